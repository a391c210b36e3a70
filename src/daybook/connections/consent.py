"""A person's trip to Xero's consent page and back, and which organisation it leads to.

    begin -> Xero's page -> finish: whose trip? -> code -> tokens, stored -> which organisations?
                                        one, or the one of before: settle -> its facts are read
                                        several: a person chooses -> settle
    settle: one transaction puts the tokens, the organisation and the status in place

What was granted waits, sealed, on the trip's own row until it is settled: a trip that leads nowhere leaves a working
connection as it was. No transaction is open during a call. Sources: xero-rules.md 1.3 to 1.6, 10.7, 10.30.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import IntegrityError, transaction

from daybook.companies.models import Person
from daybook.connections import endpoints, organisation, roster, tokens
from daybook.connections.failures import (
    AppRefusedError,
    CodeOverError,
    ConsentDeniedError,
    ConsentError,
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
    XeroErredError,
    XeroSilentError,
)
from daybook.connections.models import Connection, Consent, Organisation, PostingSettings
from daybook.connections.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.ledgers.xero import oauth
from daybook.ledgers.xero.oauth import Tenant, Tokens
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, OutcomeUnknown, Throttled, WireError
from daybook.wire.http import HttpClient

__all__ = ["ConsentError", "begin", "choose", "finish"]

TRIP_LIFE = timedelta(minutes=30)
KEEP_TRIPS = timedelta(days=7)

DocumentsInFlight = Callable[[Connection], bool]
"""Tells whether a document of the connection's company is sending or unknown; the day book is a layer above."""

log = structlog.get_logger("daybook.connections")


def begin(connection: Connection, person: Person) -> str:
    """Return the address of Xero's consent page for this person. Raises ConsentError where the app is not filled in."""
    if not connection.is_ledger_known:
        raise UnknownLedgerError(connection, connection.ledger)
    if not connection.client_id or not connection.client_secret_sealed:
        raise UnfinishedAppError(connection)
    now = clock.now()
    Consent.objects.filter(connection=connection, created_at__lt=now - KEEP_TRIPS).delete()
    state, verifier = secrets.token_urlsafe(32), oauth.new_code_verifier()
    trip = Consent(state_hash=_hash(state), connection=connection, person=person, created_at=now)
    trip.code_verifier = verifier
    trip.save()
    app = endpoints.app_of(connection)
    return oauth.authorize_url(endpoints.endpoints(), app, state=state, code_verifier=verifier)


def finish(
    query: Mapping[str, str],
    person: Person,
    *,
    documents_in_flight: DocumentsInFlight,
    client: HttpClient | None = None,
) -> Connection:
    """Take what Xero sent the browser back with (`query`), and return the connection: connected, or choosing.

    Raises a ConsentError of its own for each way in which it can fail; its text says what happened and what to do.
    """
    sender = client or endpoints.client()
    trip = _use(query.get("state", ""), person, clock.now())
    connection = trip.connection
    if error := query.get("error", ""):
        raise _refusal(connection, error)
    granted = _exchange(trip, query.get("code", ""), sender)
    _keep(trip, granted)
    tenants = _tenants(connection, granted, sender)
    chosen = _obvious(connection, tenants)
    if chosen is None and connection.is_connected and documents_in_flight(connection):
        raise OtherOrganisationError(connection, connection.facts.name)
    if chosen is None:
        return _offer(connection, tenants)
    return _settle(trip, chosen, person, documents_in_flight=documents_in_flight, client=sender)


def choose(
    connection: Connection,
    tenant_id: str,
    person: Person,
    *,
    documents_in_flight: DocumentsInFlight,
    client: HttpClient | None = None,
) -> Connection:
    """Connect one of the organisations that the last consent gave. Raises ConsentError."""
    offered = {row["tenantId"]: row for row in connection.offered_tenants}
    trip = Consent.objects.filter(connection=connection).exclude(tokens_sealed=b"").order_by("-used_at").first()
    if trip is None or tenant_id not in offered:
        raise NotOfferedError(connection)
    row = offered[tenant_id]
    log.info("organisation chosen", connection=connection.public_id, person=person.pk)
    tenant = Tenant(row["id"], row["tenantId"], row["tenantName"])
    return _settle(trip, tenant, person, documents_in_flight=documents_in_flight, client=client or endpoints.client())


@transaction.atomic
def keep(connection: Connection, person: Person | None = None) -> bool:
    """Stay with the organisation of before instead of choosing. False where there is none to stay with."""
    kept = (
        Connection.objects.filter(pk=connection.pk, status=Connection.Status.CHOOSING, token_set__isnull=False)
        .exclude(organisation=None)
        .update(status=Connection.Status.CONNECTED, status_reason="", offered_tenants=[])
    )
    if kept:
        telling.tell(about(connection), What.KEPT, by=person, after={"organisation": connection.facts.name})
    return bool(kept)


def _use(state: str, person: Person, now: datetime) -> Consent:
    """Spend the trip's one use; two browsers that come back at once do not both get through."""
    trip = Consent.objects.select_related("connection__company").filter(state_hash=_hash(state)).first()
    if trip is None:
        raise UnknownTripError
    if trip.person_id != person.pk:
        raise SomebodyElsesError
    if not Consent.objects.filter(pk=trip.pk, used_at__isnull=True).update(used_at=now):
        raise ReplayedError(trip.connection)
    if now - trip.created_at > TRIP_LIFE:
        raise TooLateError(trip.connection)
    trip.used_at = now
    return trip


def _refusal(connection: Connection, error: str) -> ConsentError:
    """Xero's login shows most faults on its own page; these come back to us (xero-rules.md 1.3, 1.5)."""
    match error:
        case "access_denied":
            return ConsentDeniedError(connection)
        case "invalid_scope":
            return ScopeRefusedError(connection)
        case "unauthorized_client" | "invalid_client":
            return AppRefusedError(connection, "Xero does not let this app ask for consent.")
        case "server_error" | "temporarily_unavailable":
            return XeroSilentError(connection)
    return XeroErredError(connection, error[:100])


def _exchange(trip: Consent, code: str, client: HttpClient) -> Tokens:
    if not code:
        raise XeroErredError(trip.connection, "no code")
    app = endpoints.app_of(trip.connection)
    request = oauth.code_request(endpoints.endpoints(), app, code=code, code_verifier=trip.code_verifier)
    try:
        return tokens.fetch(request, now=clock.now(), client=client)
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
        return XeroSilentError(connection)
    return XeroErredError(connection, error.words[:200])


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


def _tenants(connection: Connection, granted: Tokens, client: HttpClient) -> tuple[Tenant, ...]:
    """Return what this consent reaches; where Xero names nothing new, what this person connected before (1.6)."""
    event = oauth.authentication_event_id(granted.access_token)
    try:
        tenants = _listed(granted, event, client)
        if not tenants and event:
            tenants = _listed(granted, "", client)
    except WireError as error:
        raise _unclear(connection, error) from None
    if not tenants:
        raise NoOrganisationError(connection)
    return tenants


def _listed(granted: Tokens, event: str, client: HttpClient) -> tuple[Tenant, ...]:
    request = oauth.connections_request(endpoints.endpoints(), access_token=granted.access_token, auth_event_id=event)
    return oauth.read_connections(client.send(request, timeout_seconds=tokens.TOKEN_SECONDS))


def _obvious(connection: Connection, tenants: tuple[Tenant, ...]) -> Tenant | None:
    """Return the organisation that needs no choice: the one of before, or the only one where there was none (1.6).

    Another one than before is a person's decision: what was made for the first one then waits.
    """
    before = connection.facts.their_id
    for tenant in tenants:
        if tenant.tenant_id == before:
            return tenant
    return tenants[0] if len(tenants) == 1 and not before else None


def _offer(connection: Connection, tenants: tuple[Tenant, ...]) -> Connection:
    """Let a person choose. Until they have, documents wait: another organisation may be what they want."""
    connection.offered_tenants = [
        {"id": tenant.connection_id, "tenantId": tenant.tenant_id, "tenantName": tenant.name} for tenant in tenants
    ]
    connection.status = Connection.Status.CHOOSING
    connection.status_reason = (
        "The consent gave several organisations. Choose the one that the orders go to."
        if len(tenants) > 1
        else f"The consent gave {tenants[0].name}, which is another organisation than before. Say whether it is meant."
    )
    connection.save(update_fields=["offered_tenants", "status", "status_reason"])
    return connection


def _settle(
    trip: Consent, tenant: Tenant, person: Person, *, documents_in_flight: DocumentsInFlight, client: HttpClient
) -> Connection:
    connection = trip.connection
    granted = msgspec.json.decode(trip.tokens, type=Tokens)
    try:
        with transaction.atomic():
            tokens.store(connection, granted, now=clock.now())  # takes the lock that a refresh holds: first of all
            fresh = Connection.objects.select_for_update().get(pk=connection.pk)  # nothing begins to leave any more
            _refuse_slip(fresh, tenant, documents_in_flight)
            with saving(fresh, by=person):
                _connect(fresh, tenant)
            telling.tell(about(fresh), What.CONNECTED, by=person, after={"organisation": tenant.name})
            Consent.objects.filter(pk=trip.pk).update(tokens_sealed=b"")
    except IntegrityError as error:
        if "organisation_connected_once" not in str(error):
            raise
        connection.refresh_from_db()
        raise OrganisationTakenError(connection, tenant.name) from None
    connection.refresh_from_db()
    log.info("connected", connection=connection.public_id)
    _read_facts(connection, client)
    return connection


def _refuse_slip(connection: Connection, tenant: Tenant, documents_in_flight: DocumentsInFlight) -> None:
    """Another organisation than before waits until nothing is under way to the first (how a document stays single, 8)."""
    before = connection.facts.their_id
    if before not in {"", tenant.tenant_id} and documents_in_flight(connection):
        raise OtherOrganisationError(connection, connection.facts.name)


def _connect(fresh: Connection, tenant: Tenant) -> None:
    """The row was read anew and locked by the caller: limits and pauses may have moved while Xero was asked."""
    before, now = fresh.facts.their_id, clock.now()
    reached = roster.organisation_of(fresh, tenant.tenant_id, tenant.name)
    if reached.connection_id != fresh.pk:  # its documents hang on the other connection's orders
        raise ReachedOtherwiseError(fresh, tenant.name)
    if before != tenant.tenant_id:
        _begin_anew(fresh, before)
    Organisation.objects.filter(company_id=fresh.company_id, pk=reached.pk).update(name=tenant.name[:255])
    fresh.last_organisation_id = fresh.organisation_id or fresh.last_organisation_id
    fresh.organisation, fresh.holds, fresh.xero_connection_id = reached, reached.identity, tenant.connection_id
    fresh.status, fresh.status_reason = Connection.Status.CONNECTED, ""
    fresh.offered_tenants = []
    fresh.paused_until = fresh.retry_at if fresh.retry_at and fresh.retry_at > now else None  # Xero's wait stands
    fresh.pause_cause, fresh.pause_reason = "", fresh.pause_reason if fresh.paused_until else ""
    fresh.connected_at, fresh.started_at = now, fresh.started_at or now
    fresh.save()


def _begin_anew(connection: Connection, before: str) -> None:
    """What is known of the organisation of before must not pass for the new one's; its ids mean nothing there."""
    connection.retry_at = connection.day_remaining = connection.minute_remaining = connection.limits_read_at = None
    if before:
        PostingSettings.objects.filter(connection=connection).update(contact_id="", supplier_contact_id="")


def _read_facts(connection: Connection, client: HttpClient) -> None:
    """Name, country and currency are shown at once; where Xero does not answer now, the next refresh brings them."""
    try:
        organisation.read_facts(connection, client=client)
    except WireError as error:
        log.warning("facts not read", connection=connection.public_id, error=type(error).__name__)
        connection.refresh_from_db()


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
