"""Calls on behalf of a connection: reading, leaving, and what a failure means for the connection as a whole.

Writing belongs to `posting`, which keeps an account of every call; it uses `record_limits` and `react` from here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import stamina
import structlog
from django.db import transaction

from daybook.companies.models import Person
from daybook.connections import endpoints, tokens
from daybook.connections.models import Connection, Consent, TokenSet
from daybook.connections.saving import about
from daybook.connections.standing import (
    OFFLINE_PAUSE,
    PauseCause,
    check,
    mark_needs_consent,
    pause,
    record_limits,
    rest,
    resume,
    stumble,
)
from daybook.connections.tokens import Token
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.ledgers.ledger import Talk
from daybook.ledgers.xero import oauth, protocol
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import (
    ConsentNeeded,
    Misconfigured,
    NotSent,
    Offline,
    OutcomeUnknown,
    Throttled,
    TokenExpired,
    Unexpected,
    WireError,
)
from daybook.wire.http import HttpClient

__all__ = [
    "ask",
    "carry",
    "confirm_consent_lost",
    "disconnect",
    "mark_needs_consent",
    "pause",
    "react",
    "read",
    "record_limits",
    "resume",
    "stumble",
]

T = TypeVar("T")

log = structlog.get_logger("daybook.connections")

READ_SECONDS = 30.0
READ_TRIES = 3
ORGANISATION_GONE = (
    "Xero says that Daybook is no longer connected to this organisation: it was disconnected in Xero, or the "
    "organisation was closed or reset. Press Get Access Token and choose the organisation again; "
    "what waits then goes by itself and nothing is posted twice."
)
RIGHTS_LOST = (
    "Xero refuses the person who connected: they may have left the organisation or lost their rights. "
    "Let an administrator press Get Access Token."
)
FRESH_ACCESS_REFUSED = "Xero refuses the access that it gave a moment ago; Daybook asks again every few minutes."
SCOPE_MISSING = (
    "Xero says that the consent does not cover what Daybook needs. Press Get Access Token and allow everything "
    "that Xero's page lists."
)


def read(
    connection: Connection,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    modified_since: datetime | None = None,
    client: HttpClient | None = None,
) -> Answer:
    """Return Xero's 200 or 304 to a GET of `path` (say `/Accounts`). Raises what `ask` raises."""
    return ask(connection, protocol.ask(path, query, modified_since=modified_since), client=client)


def carry(connection: Connection, talk: Talk[T], *, client: HttpClient | None = None) -> T:
    """Ask what the talk asks, one call after the other, and return what it found.

    An ask that fails is thrown into the talk, which may know what that means (there is none of this id); where it does
    not, the error is raised here. Raises what `ask` raises.
    """
    try:
        asked = next(talk)
        while True:
            try:
                answer = ask(connection, asked, client=client)
            except WireError as error:
                asked = talk.throw(error)
            else:
                asked = talk.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found


def ask(connection: Connection, asked: Request, *, client: HttpClient | None = None) -> Answer:
    """Return the answer to a reading request that carries neither address nor access.

    Makes no call while the connection rests, and raises Paused. Tries three times where no clear answer comes, and once
    more under a new token after a 401. Raises what the answer stands for; Throttled and Offline have then paused the
    connection, a confirmed 403 has stopped it.
    """
    sender = client or endpoints.client()
    retries = stamina.retry_context(on=(NotSent, OutcomeUnknown), attempts=READ_TRIES, timeout=45, wait_initial=0.5)
    for attempt in retries:
        with attempt:
            return _ask(connection, asked, client=sender)
    raise AssertionError  # pragma: no cover - the last attempt raises or returns


def react(
    connection_id: int, error: WireError, now: datetime, *, client: HttpClient | None = None, fingerprint: str = ""
) -> None:
    """Let the connection as a whole follow from an error: pause it, stop it, or have its token renewed.

    `fingerprint`: of the token that the call went out under; only that one is renewed, and only where Xero refuses the
    one that came in its place too does the connection rest. A refusal of one document, and a pause that stood already,
    say nothing about the connection. Raises nothing of Xero's: this is called on the way
    out of an error already.
    """
    match error:
        case ConsentNeeded():
            try:
                confirm_consent_lost(Connection.objects.get(pk=connection_id), error, client=client)
            except WireError as second:
                log.warning("could not confirm", connection=connection_id, error=type(second).__name__)
                rest(connection_id, second, now)
        case TokenExpired():
            if tokens.refuse(connection_id, now=now, fingerprint=fingerprint):
                pause(connection_id, now + OFFLINE_PAUSE, FRESH_ACCESS_REFUSED, cause=PauseCause.ACCESS)
        case Throttled() | Offline() | NotSent() | OutcomeUnknown() | Misconfigured() | Unexpected():
            rest(connection_id, error, now)


def confirm_consent_lost(connection: Connection, error: ConsentNeeded, *, client: HttpClient | None = None) -> None:
    """Find out what a refusal for want of consent means, and stop or pause the connection accordingly.

    A 403 is confirmed with /connections first (xero-rules.md 4.5, 10.16). Raises what that call raises; nothing is
    marked then.
    """
    if error.http_status == 401:
        mark_needs_consent(connection.pk, SCOPE_MISSING)
        return
    if error.http_status != 403:  # the token's own end is marked where it is found
        return
    sender, now = client or endpoints.client(), clock.now()
    token = tokens.last_token(connection.pk, now=now, client=sender)
    request = oauth.connections_request(endpoints.endpoints(), access_token=token.access_token)
    tenants = oauth.read_connections(sender.send(request, timeout_seconds=READ_SECONDS))
    if token.tenant_id in {tenant.tenant_id for tenant in tenants}:
        mark_needs_consent(connection.pk, RIGHTS_LOST)
    else:
        mark_needs_consent(connection.pk, ORGANISATION_GONE)


def disconnect(connection: Connection, *, client: HttpClient | None = None, by: Person | None = None) -> bool:
    """End the connection at Xero, then forget its tokens; return whether Xero could be told.

    Which organisation it was stays known, and so does all that was posted. Raises Throttled, Offline, NotSent and
    OutcomeUnknown with nothing forgotten: the person may press the button again.
    """
    told = _leave(connection, client or endpoints.client())
    with transaction.atomic():
        TokenSet.objects.filter(connection=connection).delete()
        Consent.objects.filter(connection=connection).update(tokens_sealed=b"")
        kept = Connection.objects.select_for_update().get(pk=connection.pk)
        kept.last_organisation_id = kept.organisation_id or kept.last_organisation_id
        kept.organisation, kept.holds = None, ""
        kept.xero_connection_id = kept.status_reason = ""
        kept.offered_tenants = []
        kept.status = Connection.Status.NOT_CONNECTED
        kept.save()
        telling.tell(about(kept), What.DISCONNECTED, by=by, before={"organisation": kept.facts.name})
    connection.refresh_from_db()
    return told


def _leave(connection: Connection, client: HttpClient) -> bool:
    if not connection.xero_connection_id:
        return False
    try:
        token = tokens.last_token(connection.pk, now=clock.now(), client=client)
    except (ConsentNeeded, Misconfigured):
        return False  # there is no token any more with which to tell Xero
    request = oauth.delete_connection_request(
        endpoints.endpoints(), access_token=token.access_token, connection_id=connection.xero_connection_id
    )
    answer = client.send(request, timeout_seconds=READ_SECONDS)
    if answer.status not in {401, 403, 404}:  # 404: gone already (xero-rules.md 1.6)
        protocol.raise_for_status(answer)
    return answer.status in {200, 204, 404}


def _ask(connection: Connection, asked: Request, *, client: HttpClient) -> Answer:
    check(connection.pk, clock.now())
    token = tokens.current_token(connection.pk, now=clock.now(), client=client)
    try:
        return _get(connection, asked, token, client=client)
    except TokenExpired as error:
        react(connection.pk, error, clock.now(), client=client, fingerprint=token.fingerprint)
    token = tokens.current_token(connection.pk, now=clock.now(), client=client, rejected=token.fingerprint)
    try:
        return _get(connection, asked, token, client=client)
    except TokenExpired as error:
        react(connection.pk, error, clock.now(), client=client, fingerprint=token.fingerprint)
        raise


def _get(connection: Connection, asked: Request, token: Token, *, client: HttpClient) -> Answer:
    ledger = endpoints.ledger_of(connection)
    request = ledger.dress(asked, endpoints.access(ledger, token.access_token, token.tenant_id), "")
    answer = client.send(request, timeout_seconds=READ_SECONDS)
    now = clock.now()
    record_limits(connection.pk, ledger.remaining(answer), now, is_well=200 <= answer.status < 400)
    error = ledger.failure(answer)
    if error is None:
        return answer
    if isinstance(error, Throttled | Offline | ConsentNeeded):
        react(connection.pk, error, now, client=client)
    raise error
