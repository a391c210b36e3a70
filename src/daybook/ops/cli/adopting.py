"""`daybook reconcile --adopt`: after a restore, what the ledgers hold is taken up, and posting goes on."""

from django.conf import settings

from daybook.companies.models import Company
from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.connections.whereabouts import Home
from daybook.kit import clock
from daybook.reconciliation import witness
from daybook.wire import http
from daybook.wire.errors import Paused, WireError

QUESTION = (
    "Only one database may post and renew the tokens; another one that goes on makes both lose their connections. Is this "
    "the one, and is every process on the other stopped for good?"
)

_NOT_CONNECTED = "not connected. Connect it again, then run this once more: until then it posts nothing."


def doubt() -> str:
    """Return why this database may not be the one that posts; "" where nothing speaks against it."""
    return Home.objects.values_list("doubt", flat=True).first() or ""


def adopt_all(company: Company | None) -> tuple[list[str], bool]:
    """Take up what the ledgers of stopped connections hold; return a line for each, and whether all could be read.

    What is closed posts nothing and cannot be connected again: its stop waits until somebody opens it.
    """
    stopped = Connection.objects.filter(posting_stops__has_key=Why.RESTORED.value, closed_at=None)
    stopped = stopped.filter(company__closed_at=None).select_related("company", "organisation", "last_organisation")
    if company is not None:
        stopped = stopped.filter(company=company)
    client = http.shared_client(settings.CALL_TIMEOUT_SECONDS)
    said = [_adopt(connection, client) for connection in stopped.order_by("company__name", "id")]
    return [line for line, _ in said], all(is_whole for _, is_whole in said)


def _adopt(connection: Connection, client: http.HttpClient) -> tuple[str, bool]:
    name = f"{connection.company}, {connection.name}"
    if not connection.is_connected:
        return f"{name}: {_NOT_CONNECTED}", False
    try:
        found = witness.adopt(connection, client)
    except WireError as error:
        if not isinstance(error, Paused):
            calls.react(connection.pk, error, clock.now(), client=client)
        connection.refresh_from_db()
        if not connection.is_connected:
            return f"{name}: {_NOT_CONNECTED}", False
        return f"{name}: could not be read ({error}). Nothing is posted there; run this once more.", False
    if not found.is_whole:
        return f"{name}: {found.taken_up} taken up, and there is more. Run this once more.", False
    unknown = (
        f"{found.unknown} of orders that are not here or not ready, kept until those come" if found.unknown else ""
    )
    return f"{name}: {found.taken_up} taken up as posted{unknown and '; '}{unknown}. Posting goes on.", True
