"""API keys: made once, shown once, known afterwards by their SHA-256 only."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from daybook.companies.models import ApiKey, Company, Membership, Person
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.kit import clock
from daybook.tables import reading

PREFIX = "dbk_"
HINT_LENGTH = 8
OF_A_SENDER = (ApiKey.Scope.READ, ApiKey.Scope.ORDERS)
"""What whoever sends orders needs, and asks how they stand."""
LAST_YEAR = 2999
"""Of a key's last day; whoever means for ever leaves it empty."""
USE_IS_NOTED_EVERY = timedelta(minutes=1)
"""A busy key would otherwise write its row at every call."""


def create_api_key(
    company: Company,
    name: str,
    person: Person | None = None,
    *,
    scopes: Iterable[str] = ApiKey.Scope.values,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Store a new key of `company` and return it with its plaintext, which nobody can read again.

    `scopes`: of `ApiKey.Scope`, what it opens. `expires_at`: from then on it opens nothing.
    """
    plaintext = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            company=company,
            name=name,
            hint=plaintext[:HINT_LENGTH],
            key_hash=_hash(plaintext),
            scopes=" ".join(each for each in ApiKey.Scope.values if each in set(scopes)),
            expires_at=expires_at,
            created_by=person,
        )
        telling.tell(_about(key), What.MADE, by=person, after=_told(key))
    return key, plaintext


def _told(key: ApiKey) -> dict[str, str]:
    ends = {"works_until": f"{key.last_moment:%Y-%m-%d}"} if key.last_moment is not None else {}
    return {"name": key.name, "scopes": key.scopes, **ends}


def _about(key: ApiKey) -> About:
    return About(key.company_id, Subject.KEY, key.pk)


def find_api_key(plaintext: str) -> ApiKey | None:
    """Return the key behind `plaintext`, with its company, while nobody revoked it; its day may have come.

    The look-up goes by the hash: how far a guess agrees with a stored hash tells nothing about the key.
    """
    if not plaintext.startswith(PREFIX):
        return None
    found = reading.find_with(ApiKey, "company", "key_hash = %s AND revoked_at IS NULL", [_hash(plaintext)])
    return found[0] if found else None


def closed_behind(plaintext: str) -> Company | None:
    """Return the closed company whose key this was until then; None where it was nobody's, or ended before."""
    ended_with_it = ApiKey.objects.exclude(company__closed_at=None).filter(revoked_at__gte=F("company__closing_at"))
    found = ended_with_it.select_related("company").filter(key_hash=_hash(plaintext)).first()
    return found.company if found is not None else None


def keys_of(company: Company) -> QuerySet[ApiKey]:
    """Return the keys of `company`, newest first, each with `maker_left`: whoever made it no longer belongs there."""
    maker_stays = Membership.objects.filter(company=company, person=OuterRef("created_by"))
    return (
        ApiKey.objects.filter(company=company)
        .select_related("created_by")
        .annotate(maker_left=Q(created_by__isnull=False) & ~Exists(maker_stays))
    )


def note_use(key: ApiKey, now: datetime) -> None:
    """Remember that `key` was used, at most once a minute."""
    if key.last_used_at is None or key.last_used_at < now - USE_IS_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def revoke(key: ApiKey, by: Person | None = None) -> None:
    """End `key`; a revoked key stays revoked. `by`: None: the command line."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()):
            telling.tell(_about(key), What.REVOKED, by=by)


def _hash(plaintext: str) -> str:
    return hashlib.sha256(plaintext.encode()).hexdigest()
