"""Tokens: one row per connection, refreshed before they end under a row lock, stored before use.

    current_token -> good for long enough? -> yes: as stored
                  -> no: lock the row, read it again -> somebody else refreshed? -> as stored
                         -> ask the ledger's login (short time-out) -> store both, commit -> the new one

Only `invalid_grant` (RFC 6749 5.2) after the second reading means that consent is gone. An answer that is lost after
the tokens were rotated costs nothing where the ledger lets the old refresh token be used for a while (xero-rules.md 1.4,
1.5, 10.4, 10.6).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models, transaction

from daybook.connections import endpoints, standing, whereabouts
from daybook.connections.models import Connection, TokenSet
from daybook.ledgers.consent import Consent, Tokens
from daybook.ledgers.registry import title
from daybook.wire.asks import Request
from daybook.wire.errors import ConsentNeeded, NotSent, OutcomeUnknown
from daybook.wire.http import HttpClient

LEAST_LIFE = timedelta(minutes=3)
"""A token is renewed when it has less than this left: an attempt may wait 60 s and run as long."""
FRESH = timedelta(minutes=2)
"""How soon after one refusal another one means that a new token is no cure."""
TOKEN_SECONDS = 10.0
"""Time-out of a call to the ledger's login; the row stays locked as long."""
_GRANTED = ("access_token_sealed", "refresh_token_sealed", "expires_at", "fingerprint", "scope", "refreshed_at")
GIVE_AGAIN = "Press Get Access Token and allow Daybook again; everything that waits then goes by itself."
NOT_CONNECTED = "This company is not connected to {ledger}. Press Get Access Token in the connection's settings."


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the organisation it is used for."""

    access_token: str = field(repr=False)
    fingerprint: str
    """SHA-256, hex."""
    their_id: str
    """The ledger's own id of the organisation."""
    organisation_id: int
    expires_at: datetime
    scope: str = ""
    """What the consent covers, as it was granted; "" where nobody noted it."""


def current_token(
    connection_id: int, *, now: datetime, client: HttpClient, at_least: timedelta = LEAST_LIFE, rejected: str = ""
) -> Token:
    """Return a token that lives `at_least` that long and whose fingerprint is not the `rejected` one.

    Call it outside of any transaction: it commits the rotated pair before anybody uses it. Raises ConsentNeeded where
    a person must act at the ledger, Misconfigured where they must act at the app's settings; Throttled, Offline and NotSent
    leave the tokens untouched.
    """
    token_set = _token_sets(connection_id).first()
    if token_set is None:
        raise ConsentNeeded(_why_not_connected(connection_id))
    if not token_set.connection.is_connected:
        raise ConsentNeeded(_why_not(token_set.connection))
    if not _serves(token_set, now + at_least, rejected):
        token_set = _refresh(connection_id, now=now, client=client, at_least=at_least, rejected=rejected, is_left=False)
    return _token(token_set)


def last_token(connection_id: int, *, now: datetime, client: HttpClient) -> Token:
    """Return a working token even where the organisation is gone: for leaving and for looking. Raises as above."""
    token_set = _token_sets(connection_id).first()
    if token_set is None:
        raise ConsentNeeded(_why_not_connected(connection_id))
    if not _serves(token_set, now + LEAST_LIFE, ""):
        token_set = _refresh(connection_id, now=now, client=client, at_least=LEAST_LIFE, rejected="", is_left=True)
    return _token(token_set)


def fetch(consent: Consent, request: Request, *, now: datetime, client: HttpClient) -> Tokens:
    """Send a token request and read its answer. No answer is NotSent: the same may be asked again (1.4, 1.5)."""
    try:
        answer = client.send(request, timeout_seconds=TOKEN_SECONDS)
    except OutcomeUnknown as error:
        raise NotSent(f"the login gave no answer ({error.words})", error.http_status) from None
    return consent.read_tokens(answer, now)


@transaction.atomic
def refuse(connection_id: int, *, now: datetime, fingerprint: str) -> bool:
    """Have this token renewed before its next use, because the ledger refuses it whatever our clock says.

    Return whether it came in the place of one that was refused a moment ago, so that yet another is no cure. A newer
    one, which somebody else has renewed meanwhile, stays; and of one token only the first refusal counts.
    """
    this = TokenSet.objects.filter(connection_id=connection_id, fingerprint=fingerprint)
    token_set = this.select_for_update().first()
    if token_set is None or token_set.expires_at == token_set.refused_at:
        return False
    is_second = token_set.refused_at is not None and now - token_set.refused_at < FRESH
    token_set.expires_at = token_set.refused_at = now
    token_set.save(update_fields=["expires_at", "refused_at"])
    return is_second


def store(connection: Connection, granted: Tokens, *, now: datetime) -> None:
    """Put a newly granted pair in place of whatever is stored. Wants a transaction of the caller's."""
    token_set = TokenSet(connection=connection)
    _fill(token_set, granted, now)
    changes = {name: getattr(token_set, name) for name in _GRANTED}
    TokenSet.objects.update_or_create(connection=connection, defaults=changes)  # waits for a refresh under way


def _token_sets(connection_id: int) -> models.QuerySet[TokenSet]:
    return TokenSet.objects.select_related("connection__organisation", "connection__last_organisation").filter(
        connection_id=connection_id
    )


def _refresh(
    connection_id: int, *, now: datetime, client: HttpClient, at_least: timedelta, rejected: str, is_left: bool
) -> TokenSet:
    """Renew under the row's lock. The one place where a transaction is open during a call (decision 10).

    Not by a copy of the database: the pair of the true one would be dead. Raises Paused there. `is_left`: also where
    nothing is reached any more; otherwise whoever waited while another was told that consent is gone asks no login again.
    """
    whereabouts.refuse_elsewhere()
    with transaction.atomic(durable=True):
        # without its connection: a join would show that as it was before we waited for the lock
        token_set = TokenSet.objects.filter(connection_id=connection_id).select_for_update().first()
        if token_set is None:  # disconnected while we waited
            raise ConsentNeeded(_why_not_connected(connection_id))
        if _serves(token_set, now + at_least, rejected):
            return token_set
        if not is_left and not token_set.connection.is_connected:
            raise ConsentNeeded(_why_not(token_set.connection))
        consent = _consent(token_set.connection)
        over = f"{consent.over} {GIVE_AGAIN}"
        try:
            granted = fetch(consent, _refresh_request(consent, token_set), now=now, client=client)
        except ConsentNeeded as error:
            lost = error
            standing.mark_needs_consent(connection_id, over)  # in the lock: a consent given meanwhile wins
        else:
            _fill(token_set, granted, now)
            token_set.save(update_fields=_GRANTED)
            standing.app_works(connection_id, now)
            return token_set
    raise ConsentNeeded(over, lost.http_status)


def _consent(connection: Connection) -> Consent:
    """Return how its ledger lets people in. Raises ConsentNeeded where this version has no such ledger any more."""
    consent = endpoints.consent_of(connection)
    if consent is None:
        raise ConsentNeeded(_why_not(connection))
    return consent


def _refresh_request(consent: Consent, token_set: TokenSet) -> Request:
    connection = token_set.connection
    bases = endpoints.bases(endpoints.ledger_of(connection))
    return consent.refresh(bases, endpoints.app_of(connection), token_set.refresh_token)


def _fill(token_set: TokenSet, granted: Tokens, now: datetime) -> None:
    token_set.seal_tokens(access_token=granted.access_token, refresh_token=granted.refresh_token)
    token_set.expires_at = granted.expires_at
    token_set.fingerprint = hashlib.sha256(granted.access_token.encode()).hexdigest()
    token_set.scope = (
        granted.scope or token_set.scope
    )  # an answer that names none grants what was granted (RFC 6749, 6)
    token_set.refreshed_at = now


def _serves(token_set: TokenSet, until: datetime, rejected: str) -> bool:
    return token_set.expires_at >= until and token_set.fingerprint != rejected


def _token(token_set: TokenSet) -> Token:
    reached = token_set.connection.facts
    return Token(
        access_token=token_set.access_token,
        fingerprint=token_set.fingerprint,
        their_id=reached.their_id,
        organisation_id=reached.pk,
        expires_at=token_set.expires_at,
        scope=token_set.scope,
    )


def _why_not_connected(connection_id: int) -> str:
    return _why_not(Connection.objects.get(pk=connection_id))


def _why_not(connection: Connection) -> str:
    return connection.status_reason or NOT_CONNECTED.format(ledger=title(connection.ledger))
