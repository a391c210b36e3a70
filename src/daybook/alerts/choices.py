"""Which mails each person wants of each company: begun with what fits their role, changed by themselves alone."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from daybook.alerts.deciding import Digest, Kind, next_digest
from daybook.alerts.models import AlertMail, MailChoice
from daybook.companies import second_factor
from daybook.companies.models import Company, Membership, Person
from daybook.connections.models import Connection
from daybook.history import telling
from daybook.history.kinds import About, Mover, Subject
from daybook.history.telling import as_text

SALT = "alerts.stop"
DECIDE = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)
"""Roles whose mails begin switched on: they can do something about what is told."""
BATCH = 1000
UTC = ZoneInfo("UTC")
_OFF: Mapping[Kind, Mapping[str, object]] = {
    Kind.AT_ONCE: {"at_once": False},
    Kind.WARNING: {"warnings": False},
    Kind.DIGEST: {"digest": Digest.NEVER, "digest_at": None},
}


def begin(now: datetime) -> None:
    """Give every place in a company its choice that has none yet."""
    while places := list(Membership.objects.filter(mail_choice=None).select_related("company")[:BATCH]):
        zones = zones_of({each.company_id for each in places})
        made = [_first(each, now, zones.get(each.company_id, UTC)) for each in places]
        MailChoice.objects.bulk_create(made, ignore_conflicts=True)


def of_place(place: Membership, now: datetime) -> MailChoice:
    """Return the choice of one person for one company, begun where there is none yet."""
    found = MailChoice.objects.filter(membership=place).first()
    return (
        found
        or MailChoice.objects.get_or_create(
            membership=place, defaults=_fields(_first(place, now, zone_of(place.company)))
        )[0]
    )


def _first(place: Membership, now: datetime, zone: ZoneInfo) -> MailChoice:
    is_on = place.role in DECIDE
    digest = Digest.WEEKLY if is_on else Digest.NEVER
    due = next_digest(digest, now, zone) if is_on else None
    return MailChoice(membership=place, at_once=is_on, warnings=is_on, digest=digest, digest_at=due)


def _fields(choice: MailChoice) -> dict[str, object]:
    return {name: getattr(choice, name) for name in ("at_once", "warnings", "digest", "digest_at")}


def reachable() -> QuerySet[MailChoice]:
    """Return the choices of people who may be mailed: active, at an address that is known to be theirs.

    Nothing of a closed company is mailed to anybody, and nothing to whoever its pages are closed to for want of a second
    factor.
    """
    no_factor = second_factor.lacking("membership__person", "membership__company__settings")
    rows = MailChoice.objects.filter(
        membership__person__is_active=True,
        membership__person__address_proven_at__isnull=False,
        membership__company__closed_at=None,
    ).exclude(no_factor)
    return rows.select_related("membership__person", "membership__company")


@transaction.atomic
def save(place: Membership, *, at_once: bool, warnings: bool, digest: Digest, now: datetime) -> None:
    """Keep what a person chose; mails that wait and are not wanted any more go nowhere."""
    choice = of_place(place, now)
    with _told(choice, by=place.person):
        if choice.digest != digest:
            choice.digest_at = next_digest(digest, now, zone_of(place.company))
        choice.at_once, choice.warnings, choice.digest = at_once, warnings, digest
        choice.save()
    _drop(place.pk, [kind for kind in Kind if not wants(choice, kind)])


def wants(choice: MailChoice, kind: Kind) -> bool:
    """Return whether the person wants mails of the kind."""
    return {Kind.AT_ONCE: choice.at_once, Kind.WARNING: choice.warnings}.get(kind, choice.digest != Digest.NEVER)


def token(membership_id: int, kind: Kind) -> str:
    """Return what a link carries that stops one kind of mail to one person about one company, and nothing else."""
    return signing.dumps([membership_id, kind.value], salt=SALT)


def behind(signed: str) -> tuple[MailChoice, Kind] | None:
    """Return what such a link is about; None: it was not made here, or the person left the company."""
    try:
        membership_id, kind = signing.loads(signed, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    choice = MailChoice.objects.select_related("membership__person", "membership__company")
    found = choice.filter(membership=membership_id).first()
    return (found, Kind(kind)) if found is not None else None


@transaction.atomic
def stop(choice: MailChoice, kind: Kind) -> None:
    """Switch one kind of mail off, by a link that went to the person's own address."""
    with _told(choice, by=None):
        MailChoice.objects.filter(pk=choice.pk).update(**_OFF[kind])
    _drop(choice.membership_id, [kind])


def zone_of(company: Company) -> ZoneInfo:
    """Return the zone by whose clock summaries go: the first organisation's."""
    return zones_of({company.pk}).get(company.pk, UTC)


def zones_of(companies: Collection[int]) -> dict[int, ZoneInfo]:
    """Return the same by company, with one statement; a company without a connection is left out."""
    rows = Connection.objects.filter(company__in=companies, closed_at=None).order_by("-id")
    named = rows.select_related("organisation", "last_organisation")
    return {each.company_id: ZoneInfo(each.facts.time_zone or "UTC") for each in named}


def _drop(membership_id: int, kinds: Iterable[Kind]) -> None:
    AlertMail.objects.filter(membership=membership_id, kind__in=list(kinds), state=AlertMail.State.WAITING).delete()


def _told(choice: MailChoice, by: Person | None) -> AbstractContextManager[None]:
    place = choice.membership
    about = About(place.company_id, Subject.PERSON, place.person_id)
    return telling.saving(about, lambda: _values(choice.pk), by=by, mover="" if by is not None else Mover.DAYBOOK)


def _values(pk: int) -> dict[str, str]:
    stands = MailChoice.objects.get(pk=pk)
    return {
        "mails_at_once": as_text(stands.at_once),
        "mails_of_warnings": as_text(stands.warnings),
        "mails_of_summaries": stands.digest,
    }
