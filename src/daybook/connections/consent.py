"""A person's trip to a ledger's consent page and back, and which organisation it leads to.

    begin -> the ledger's page -> finish: whose trip? -> code -> tokens, stored -> which organisations?
                                        one, or the one of before: settle -> its facts are read
                                        several: a person chooses -> settle
    settle: one transaction puts the tokens, the organisation and the status in place

What was granted waits, sealed, on the trip's own row until it is settled: a trip that leads nowhere leaves a working
connection as it was. No transaction is open during a call. Sources: RFC 6749,
RFC 7636, xero-rules.md 1.3 to 1.6, 10.7, 10.30.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import IntegrityError, transaction

from daybook.companies.models import Person
from daybook.connections import calls, endpoints, organisation, permissions, roster, stopping, tokens
from daybook.connections.failures import (
    AppRefusedError,
    CodeOverError,
    ConsentDeniedError,
    ConsentError,
    LedgerErredError,
    LedgerSilentError,
    NoOrganisationError,
    NotOfferedError,
    OrganisationTakenError,
    OtherOrganisationError,
    ReachedOtherwiseError,
    ReplayedError,
    ScopeRefusedError,
    SomebodyElsesError,
    TooLateError,
    UnfinishedAppError,
    UnknownLedgerError,
    UnknownTripError,
)
from daybook.connections.features import Feature
from daybook.connections.models import Connection, Consent, Organisation, PostingSettings
from daybook.connections.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.ledgers import consent as port
from daybook.ledgers.consent import Offered, Tokens
from daybook.ledgers.registry import USUAL, title
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, OutcomeUnknown, Throttled, WireError
from daybook.wire.http import HttpClient

__all__ = ["ConsentError", "begin", "choose", "finish"]

TRIP_LIFE = timedelta(minutes=30)
KEEP_TRIPS = timedelta(days=7)

DocumentsInFlight = Callable[[Connection], bool]
"""Tells whether a document of the connection's company is sending or unknown; the day book is a layer above."""

log = structlog.get_logger("daybook.connections")


def begin(connection: Connection, person: Person, *, also: Iterable[Feature] = ()) -> str:
    """Return the address of the ledger's consent page for this person. Raises ConsentError where the app is not filled in.

    `also`: what is asked for beside what the settings switch on.
    """
    asked = _asked(connection)
    if not connection.client_id or not connection.client_secret_sealed:
        raise UnfinishedAppError(connection)
    now = clock.now()
    Consent.objects.filter(connection=connection, created_at__lt=now - KEEP_TRIPS).delete()
    state, verifier = secrets.token_urlsafe(32), asked.verifier()
    scopes = permissions.wanted(connection, also=also)
    trip = Consent(
        state_hash=_hash(state), connection=connection, person=person, created_at=now, asked=" ".join(scopes)
    )
    trip.code_verifier = verifier
    trip.save()
    return asked.page(_bases(connection), endpoints.app_of(connection), state, verifier, scopes)


def finish(
    query: Mapping[str, str],
    person: Person,
    *,
    documents_in_flight: DocumentsInFlight,
    client: HttpClient | None = None,
    ledger: str = USUAL,
) -> Connection:
    """Take what a ledger sent the browser back with (`query`), and return the connection: connected, or choosing.

    `ledger`: the name of the one at whose address the browser came back. Raises a ConsentError of its own for each way in which it can fail; its text says what happened and what to do.
    """
    sender = client or endpoints.client()
    trip = _use(query.get("state", ""), person, clock.now(), ledger)
    connection = trip.connection
    if error := query.get("error", ""):
        raise _refusal(connection, error)
    granted = _exchange(trip, query.get("code", ""), sender)
    _keep(trip, granted)
    reached = _reached(connection, granted, query, sender)
    chosen = _obvious(connection, reached)
    if chosen is None and connection.is_connected and documents_in_flight(connection):
        raise OtherOrganisationError(connection, connection.facts.name)
    if chosen is None:
        return _offer(connection, reached)
    return _settle(trip, chosen, person, documents_in_flight=documents_in_flight, client=sender)


def choose(
    connection: Connection,
    their_id: str,
    person: Person,
    *,
    documents_in_flight: DocumentsInFlight,
    client: HttpClient | None = None,
) -> Connection:
    """Connect one of the organisations that the last consent gave. Raises ConsentError."""
    offered = {row["their_id"]: Offered(**row) for row in connection.offered}
    trip = Consent.objects.filter(connection=connection).exclude(tokens_sealed=b"").order_by("-used_at").first()
    if trip is None or their_id not in offered:
        raise NotOfferedError(connection)
    log.info("organisation chosen", connection=connection.public_id, person=person.pk)
    sender = client or endpoints.client()
    return _settle(trip, offered[their_id], person, documents_in_flight=documents_in_flight, client=sender)


@transaction.atomic
def keep(connection: Connection, person: Person | None = None) -> bool:
    """Stay with the organisation of before instead of choosing. False where there is none to stay with."""
    kept = (
        Connection.objects.filter(pk=connection.pk, status=Connection.Status.CHOOSING, token_set__isnull=False)
        .exclude(organisation=None)
        .update(status=Connection.Status.CONNECTED, status_reason="", offered=[])
    )
    if kept:
        telling.tell(about(connection), What.KEPT, by=person, after={"organisation": connection.facts.name})
    return bool(kept)


def _use(state: str, person: Person, now: datetime, ledger: str) -> Consent:
    """Spend the trip's one use; two browsers that come back at once do not both get through."""
    trip = Consent.objects.select_related("connection__company").filter(state_hash=_hash(state)).first()
    if trip is None or trip.connection.ledger != ledger:
        raise UnknownTripError(ledger=ledger)
    if trip.person_id != person.pk:
        raise SomebodyElsesError(ledger=ledger)
    if not Consent.objects.filter(pk=trip.pk, used_at__isnull=True).update(used_at=now):
        raise ReplayedError(trip.connection)
    if now - trip.created_at > TRIP_LIFE:
        raise TooLateError(trip.connection)
    trip.used_at = now
    return trip


def _refusal(connection: Connection, error: str) -> ConsentError:
    """A login shows most faults on its own page; these come back to us (RFC 6749 4.1.2.1, xero-rules.md 1.3, 1.5)."""
    match error:
        case "access_denied":
            return ConsentDeniedError(connection)
        case "invalid_scope":
            return ScopeRefusedError(connection)
        case "unauthorized_client" | "invalid_client":
            return AppRefusedError(connection, f"{title(connection.ledger)} does not let this app ask for consent.")
        case "server_error" | "temporarily_unavailable":
            return LedgerSilentError(connection)
    return LedgerErredError(connection, error[:100])


def _exchange(trip: Consent, code: str, client: HttpClient) -> Tokens:
    if not code:
        raise LedgerErredError(trip.connection, "no code")
    app = endpoints.app_of(trip.connection)
    asked = _asked(trip.connection)
    request = asked.redeem(_bases(trip.connection), app, code, trip.code_verifier)
    try:
        granted = tokens.fetch(asked, request, now=clock.now(), client=client)
        return replace(granted, scope=granted.scope or trip.asked)  # none named: all that was asked (RFC 6749, 5.1)
    except ConsentNeeded:
        raise CodeOverError(trip.connection, app.redirect_uri) from None
    except Misconfigured as error:
        if error.problem == "invalid_scope":
            raise ScopeRefusedError(trip.connection) from None
        raise AppRefusedError(trip.connection, error.words) from None
    except WireError as error:
        raise _unclear(trip.connection, error) from None


def _unclear(connection: Connection, error: WireError) -> ConsentError:
    if isinstance(error, NotSent | OutcomeUnknown | Offline | Throttled):
        return LedgerSilentError(connection)
    return LedgerErredError(connection, error.words[:200])


def _keep(trip: Consent, granted: Tokens) -> None:
    """Store what was granted before anything uses it; older trips' grants are superseded."""
    trip.tokens = msgspec.json.encode(
        {
            "access_token": granted.access_token,
            "refresh_token": granted.refresh_token,
            "expires_at": granted.expires_at,
            "scope": granted.scope,
        }
    ).decode()
    with transaction.atomic():
        Consent.objects.filter(connection=trip.connection).exclude(pk=trip.pk).update(tokens_sealed=b"")
        trip.save(update_fields=["tokens_sealed"])
        telling.tell(about(trip.connection), What.CONSENT_GIVEN, by=trip.person, after={"scope": granted.scope})


def _reached(
    connection: Connection, granted: Tokens, query: Mapping[str, str], client: HttpClient
) -> tuple[Offered, ...]:
    """Return the organisations that this consent reaches. Raises ConsentError where there is none."""
    talk = _asked(connection).reached(_bases(connection), granted, query)
    try:
        reached = calls.put(talk, client, seconds=tokens.TOKEN_SECONDS)
    except WireError as error:
        raise _unclear(connection, error) from None
    if not reached:
        raise NoOrganisationError(connection)
    return reached


def _asked(connection: Connection) -> port.Consent:
    """Return how the connection's ledger is asked. Raises UnknownLedgerError where this version cannot."""
    asked = endpoints.consent_of(connection)
    if asked is None:
        raise UnknownLedgerError(connection, connection.ledger)
    return asked


def _bases(connection: Connection) -> port.Bases:
    return endpoints.bases(endpoints.ledger_of(connection))


def _obvious(connection: Connection, reached: tuple[Offered, ...]) -> Offered | None:
    """Return the organisation that needs no choice: the one of before, or the only one where there was none (1.6).

    Another one than before is a person's decision: what was made for the first one then waits.
    """
    before = connection.facts.their_id
    for each in reached:
        if each.their_id == before:
            return each
    return reached[0] if len(reached) == 1 and not before else None


def _offer(connection: Connection, reached: tuple[Offered, ...]) -> Connection:
    """Let a person choose. Until they have, documents wait: another organisation may be what they want."""
    connection.offered = [asdict(each) for each in reached]
    connection.status = Connection.Status.CHOOSING
    connection.status_reason = (
        "The consent gave several organisations. Choose the one that the orders go to."
        if len(reached) > 1
        else f"The consent gave {reached[0].name}, which is another organisation than before. Say whether it is meant."
    )
    connection.save(update_fields=["offered", "status", "status_reason"])
    return connection


def _settle(
    trip: Consent, chosen: Offered, person: Person, *, documents_in_flight: DocumentsInFlight, client: HttpClient
) -> Connection:
    connection = trip.connection
    granted = msgspec.json.decode(trip.tokens, type=Tokens)
    try:
        with transaction.atomic():
            tokens.store(connection, granted, now=clock.now())  # takes the lock that a refresh holds: first of all
            fresh = Connection.objects.select_for_update().get(pk=connection.pk)  # nothing begins to leave any more
            _refuse_slip(fresh, chosen, documents_in_flight)
            is_another = fresh.facts.their_id not in {"", chosen.their_id}
            with saving(fresh, by=person):
                _connect(fresh, chosen)
            if is_another:  # nobody has seen yet what an order becomes in its books
                stopping.stop(fresh.pk, stopping.Why.FIRST_LOOK, "", person)
            telling.tell(about(fresh), What.CONNECTED, by=person, after={"organisation": chosen.name})
            Consent.objects.filter(pk=trip.pk).update(tokens_sealed=b"")
    except IntegrityError as error:
        if "organisation_connected_once" not in str(error):
            raise
        connection.refresh_from_db()
        raise OrganisationTakenError(connection, chosen.name) from None
    connection.refresh_from_db()
    log.info("connected", connection=connection.public_id)
    _read_facts(connection, client)
    return connection


def _refuse_slip(connection: Connection, chosen: Offered, documents_in_flight: DocumentsInFlight) -> None:
    """Another organisation than before waits until nothing is under way to the first (how a document stays single, 8)."""
    before = connection.facts.their_id
    if before not in {"", chosen.their_id} and documents_in_flight(connection):
        raise OtherOrganisationError(connection, connection.facts.name)


def _connect(fresh: Connection, chosen: Offered) -> None:
    """The row was read anew and locked by the caller: limits and pauses may have moved while the ledger was asked."""
    before, now = fresh.facts.their_id, clock.now()
    reached = roster.organisation_of(fresh, chosen.their_id, chosen.name)
    if reached.connection_id != fresh.pk:  # its documents hang on the other connection's orders
        raise ReachedOtherwiseError(fresh, chosen.name)
    if before != chosen.their_id:
        _begin_anew(fresh, before)
    Organisation.objects.filter(company_id=fresh.company_id, pk=reached.pk).update(name=chosen.name[:255])
    fresh.last_organisation_id = fresh.organisation_id or fresh.last_organisation_id
    fresh.organisation, fresh.holds, fresh.link_id = reached, reached.identity, chosen.link_id
    fresh.status, fresh.status_reason = Connection.Status.CONNECTED, ""
    fresh.offered = []
    fresh.paused_until = fresh.retry_at if fresh.retry_at and fresh.retry_at > now else None  # the ledger's wait stands
    fresh.pause_cause, fresh.pause_reason = "", fresh.pause_reason if fresh.paused_until else ""
    fresh.connected_at, fresh.started_at = now, fresh.started_at or now
    fresh.is_look_due = True  # whoever connects again may have been away while others posted there
    fresh.save()


def _begin_anew(connection: Connection, before: str) -> None:
    """What is known of the organisation of before must not pass for the new one's; its ids mean nothing there."""
    connection.retry_at = connection.day_remaining = connection.minute_remaining = connection.limits_read_at = None
    connection.minute_began_at = connection.day_began_at = connection.calls_a_day = connection.post_at = None
    connection.let_through = []
    if before:
        PostingSettings.objects.filter(connection=connection).update(contact_id="", supplier_contact_id="")


def _read_facts(connection: Connection, client: HttpClient) -> None:
    """Name, country and currency are shown at once; where the ledger does not answer now, the next refresh brings them."""
    try:
        organisation.read_facts(connection, client=client)
    except WireError as error:
        log.warning("facts not read", connection=connection.public_id, error=type(error).__name__)
        connection.refresh_from_db()


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
