"""The first document: a person approves it by hand, and then switches posting on; until then nothing posts by itself."""

import hashlib
import json
from collections.abc import Collection

from django.db import transaction

from daybook.companies.models import Person
from daybook.connections import stopping
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.documents.kinds import SPECS
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox import queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.states import IN_FLIGHT, State


class NotApprovedError(Exception):
    """Nothing was approved; the text says why, and what to do."""


def is_waited_for(connection: Connection) -> bool:
    """Tell whether nothing but a first look keeps posting back, as of when the row was read. PURE."""
    return set(connection.posting_stops) == {Why.FIRST_LOOK.value}


def first(connection: Connection) -> Entry | None:
    """Return the document to look at first: the oldest sale that could go now, else the oldest of any kind."""
    ready = queue.waiting(connection.company_id, connection.organisation_id, clock.now())
    sales = [kind for kind, spec in SPECS.items() if spec.is_the_sale]
    return ready.filter(kind__in=sales).order_by("id").first() or ready.order_by("id").first()


def approved(connection: Connection) -> Entry | None:
    """Return the last document that was approved by hand while nothing posts by itself, and goes or stands there.

    None: none was yet, or what was approved is refused, held or cancelled by now.
    """
    return _let_through(connection, {State.READY, State.POSTED, *IN_FLIGHT})


def kept_back(connection: Connection) -> Entry | None:
    """Return the last document that was approved so and does not go after all: a person has to see to it."""
    return _let_through(connection, {State.HELD, State.REJECTED})


def _let_through(connection: Connection, states: Collection[State]) -> Entry | None:
    mine = Entry.objects.filter(company=connection.company_id, pk__in=connection.let_through, state__in=states)
    return mine.select_related("organisation__connection").order_by("id").last()


def digest(entry: Entry) -> str:
    """Return the SHA-256, hex, of what the document says as it is stored: what a person has looked at. PURE."""
    return hashlib.sha256(json.dumps([entry.number, entry.document], sort_keys=True).encode()).hexdigest()


@transaction.atomic
def approve(entry: Entry, person: Person, seen: str) -> None:
    """Let one document go, because a person has looked at it. Raises NotApprovedError, and nothing is done.

    `seen`: the `digest` of what they looked at. Rows are locked in the order of the house: order, connection, document.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    connection = stopping.locked(entry.organisation.connection_id)
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    if mine.state != State.READY or mine.open_needs or mine.organisation_id != connection.organisation_id:
        raise NotApprovedError("It is not ready to be posted (any more): its page says why.")
    if digest(mine) != seen:
        raise NotApprovedError("It says something else since you opened this page: look again.")
    if entry.pk in connection.let_through:
        return
    if not stopping.let_through(connection.pk, mine.pk):
        raise NotApprovedError("Posting goes by itself already, or something else stops it.")
    queue.approved(mine, person=person)
    wake.wake_drain(connection.pk)


def switch_on(connection: Connection, person: Person | None = None) -> bool:
    """Let everything post by itself from now on; False where it does already. `person`: None: the command line.

    A person has approved a document first: raises NotApprovedError where nobody has.
    """
    connection.refresh_from_db(fields=["posting_stops", "let_through"])
    if Why.FIRST_LOOK.value not in connection.posting_stops:
        return False
    mine = Entry.objects.filter(company=connection.company_id, pk__in=connection.let_through)
    if person is not None and not mine.filter(state=State.POSTED).exists():
        raise NotApprovedError(
            "No document that you approved stands there yet: look at the first one, approve it, and see it posted."
        )
    lifted = stopping.lift(connection.pk, Why.FIRST_LOOK, person)
    wake.wake_drain(connection.pk)
    return lifted
