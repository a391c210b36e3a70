"""Calls on behalf of a connection: reading, leaving, and what a failure means for the connection as a whole.

Writing belongs to `posting`, which keeps an account of every call; it uses `record_limits` and `react` from here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import stamina
import structlog
from django.db import transaction

from daybook.companies.models import Person
from daybook.connections import endpoints, tokens, whereabouts
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
from daybook.ledgers.registry import title
from daybook.ledgers.talk import Talk
from daybook.tables.outages import is_database_away
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import (
    ConsentNeeded,
    Misconfigured,
    NotSent,
    Offline,
    OutcomeUnknown,
    Paused,
    Throttled,
    TokenExpired,
    Unexpected,
    WireError,
)
from daybook.wire.http import HttpClient

__all__ = [
    "apart",
    "ask",
    "ask_once",
    "carry",
    "confirm_consent_lost",
    "disconnect",
    "mark_needs_consent",
    "pause",
    "put",
    "react",
    "record_limits",
    "resume",
    "stumble",
]

T = TypeVar("T")

log = structlog.get_logger("daybook.connections")

READ_SECONDS = 30.0
READ_TRIES = 3
READ_TRIES_SECONDS, READ_WAIT_SECONDS = 45.0, 0.5
ORGANISATION_GONE = (
    "{ledger} says that Daybook is no longer connected to this organisation: it was disconnected in {ledger}, or the "
    "organisation was closed or reset. Press Get Access Token and choose the organisation again; "
    "what waits then goes by itself and nothing is posted twice."
)
RIGHTS_LOST = (
    "{ledger} refuses the person who connected: they may have left the organisation or lost their rights. "
    "Let an administrator press Get Access Token."
)
FRESH_ACCESS_REFUSED = "{ledger} refuses the access that it gave a moment ago; Daybook asks again every few minutes."
SCOPE_MISSING = (
    "{ledger} says that the consent does not cover what Daybook needs. Press Get Access Token and allow everything "
    "that its page lists."
)


def carry(
    connection: Connection,
    talk: Talk[T],
    *,
    client: HttpClient | None = None,
    asking: Callable[[Request], Answer] | None = None,
) -> T:
    """Ask what the talk asks, one call after the other, and return what it found.

    An ask that fails is thrown into the talk, which may know what that means (there is none of this id); where it does
    not, the error is raised here. `asking`: in the place of `ask`. Raises what `ask` raises.
    """
    try:
        asked = next(talk)
        while True:
            try:
                answer = asking(asked) if asking else ask(connection, asked, client=client)
            except WireError as error:
                asked = talk.throw(error)
            else:
                asked = talk.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found


def put(talk: Talk[T], client: HttpClient, *, seconds: float) -> T:
    """Send what a talk of consent asks, as it is, and return what it found. Raises what the answers stand for."""
    try:
        asked = next(talk)
        while True:
            asked = talk.send(client.send(asked, timeout_seconds=seconds))
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
    retries = stamina.retry_context(
        on=(NotSent, OutcomeUnknown),
        attempts=READ_TRIES,
        timeout=clock.lasting(READ_TRIES_SECONDS),
        wait_initial=clock.lasting(READ_WAIT_SECONDS),
    )
    for attempt in retries:
        with attempt:
            return _ask(connection, asked, client=sender)
    raise AssertionError  # pragma: no cover - the last attempt raises or returns


def ask_once(connection: Connection, asked: Request, *, key: str, client: HttpClient | None = None) -> Answer:
    """Return the answer to a request that goes out once: a writing one, under this key. Raises as `ask` does.

    Only where the ledger refused the token, and so carried nothing out, does it go again.
    """
    return _ask(connection, asked, client=client or endpoints.client(), key=key)


def react(
    connection_id: int, error: WireError, now: datetime, *, client: HttpClient | None = None, fingerprint: str = ""
) -> None:
    """Let the connection as a whole follow from an error: pause it, stop it, or have its token renewed.

    `fingerprint`: of the token that the call went out under; only that one is renewed, and only where the ledger refuses the
    one that came in its place too does the connection rest. A refusal of one document, and a pause that stood already,
    say nothing about the connection. Raises nothing of the ledger's: this is called on the
    way out of an error already.
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
                pause(
                    connection_id,
                    now + OFFLINE_PAUSE,
                    _said(FRESH_ACCESS_REFUSED, connection_id),
                    cause=PauseCause.ACCESS,
                )
        case Throttled() | Offline() | NotSent() | OutcomeUnknown() | Misconfigured() | Unexpected():
            rest(connection_id, error, now)


@contextmanager
def apart(connection: Connection, words: str, client: HttpClient | None = None) -> Iterator[None]:
    """Let one connection's trouble keep no other waiting: it is logged in these words, and the connection rests.

    A pause that stands is no trouble. Raises what is one for all of them: that the database is away.
    """
    try:
        yield
    except Paused:
        pass
    except WireError as error:
        log.warning(words, connection=connection.public_id, error=type(error).__name__)
        react(connection.pk, error, clock.now(), client=client)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception(words, connection=connection.public_id)
        stumble(connection.pk, clock.now())


def confirm_consent_lost(connection: Connection, error: ConsentNeeded, *, client: HttpClient | None = None) -> None:
    """Find out what a refusal for want of consent means, and stop or pause the connection accordingly.

    A 403 is confirmed by asking what the token still reaches (xero-rules.md 4.5, 10.16). Raises what that call raises;
    nothing is marked then.
    """
    if error.http_status == 401:
        mark_needs_consent(connection.pk, _said(SCOPE_MISSING, connection.pk))
        return
    consent = endpoints.consent_of(connection)
    if error.http_status != 403 or consent is None:  # the token's own end is marked where it is found
        return
    sender, now = client or endpoints.client(), clock.now()
    token = tokens.last_token(connection.pk, now=now, client=sender)
    bases = endpoints.bases(endpoints.ledger_of(connection))
    reached = put(consent.still_reached(bases, token.access_token), sender, seconds=READ_SECONDS)
    is_there = token.their_id in {each.their_id for each in reached}
    mark_needs_consent(connection.pk, _said(RIGHTS_LOST if is_there else ORGANISATION_GONE, connection.pk))


def disconnect(connection: Connection, *, client: HttpClient | None = None, by: Person | None = None) -> bool:
    """End the connection at the ledger, then forget its tokens; return whether the ledger could be told.

    Which organisation it was stays known, and so does all that was posted. Raises Throttled, Offline, NotSent and
    OutcomeUnknown with nothing forgotten: the person may press the button again; Paused in a copy of the database, which
    would end the true one's connection.
    """
    whereabouts.refuse_elsewhere()
    told = _leave(connection, client or endpoints.client())
    with transaction.atomic():
        TokenSet.objects.filter(connection=connection).delete()
        Consent.objects.filter(connection=connection).update(tokens_sealed=b"")
        kept = Connection.objects.select_for_update().get(pk=connection.pk)
        kept.last_organisation_id = kept.organisation_id or kept.last_organisation_id
        kept.organisation, kept.holds = None, ""
        kept.link_id = kept.status_reason = ""
        kept.offered = []
        kept.status = Connection.Status.NOT_CONNECTED
        kept.save()
        telling.tell(about(kept), What.DISCONNECTED, by=by, before={"organisation": kept.facts.name})
    connection.refresh_from_db()
    return told


def _leave(connection: Connection, client: HttpClient) -> bool:
    consent = endpoints.consent_of(connection)
    if consent is None:
        return False
    try:
        token = tokens.last_token(connection.pk, now=clock.now(), client=client)
    except (ConsentNeeded, Misconfigured):
        return False  # there is no token any more with which to tell the ledger
    bases = endpoints.bases(endpoints.ledger_of(connection))
    request = consent.leave(bases, token.access_token, connection.link_id)
    if request is None:
        return False
    return consent.has_left(client.send(request, timeout_seconds=READ_SECONDS))


def _said(words: str, connection_id: int) -> str:
    """Fill in what people call the ledger."""
    return words.format(ledger=title(Connection.objects.values_list("ledger", flat=True).get(pk=connection_id)))


def _ask(connection: Connection, asked: Request, *, client: HttpClient, key: str = "") -> Answer:
    check(connection.pk, clock.now())
    token = tokens.current_token(connection.pk, now=clock.now(), client=client)
    try:
        return _get(connection, asked, token, client=client, key=key)
    except TokenExpired as error:
        react(connection.pk, error, clock.now(), client=client, fingerprint=token.fingerprint)
    token = tokens.current_token(connection.pk, now=clock.now(), client=client, rejected=token.fingerprint)
    try:
        return _get(connection, asked, token, client=client, key=key)
    except TokenExpired as error:
        react(connection.pk, error, clock.now(), client=client, fingerprint=token.fingerprint)
        raise


def _get(connection: Connection, asked: Request, token: Token, *, client: HttpClient, key: str) -> Answer:
    ledger = endpoints.ledger_of(connection)
    request = ledger.dress(asked, endpoints.access(ledger, token.access_token, token.their_id), key)
    answer = client.send(request, timeout_seconds=READ_SECONDS)
    now = clock.now()
    record_limits(connection.pk, ledger.remaining(answer), now, is_well=200 <= answer.status < 400)
    error = ledger.failure(answer)
    if error is None:
        return answer
    if isinstance(error, Throttled | Offline | ConsentNeeded):
        react(connection.pk, error, now, client=client)
    raise error
