"""What our own credit notes give back of a sale, as they stand when another of them is about to go."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Q

from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.document import CreditNote
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO
from daybook.ledgers.exchange import Sendable
from daybook.mapping import remainder
from daybook.outbox.models import Entry
from daybook.outbox.needs import GONE
from daybook.outbox.states import IN_FLIGHT, State


def with_others(connection: Connection, pairs: Sequence[tuple[Entry, Sendable]]) -> list[Sendable]:
    """Return the documents of a call, credit notes with what others of their order give back (`Sendable.given_back`).

    Those count that have left, and of what is ready those that go before: what was held, refused or kept back since it was
    planned takes nothing, and what a person gave up is booked by that person, and seen there.
    """
    mine = [entry for entry, each in pairs if isinstance(each.document, CreditNote)]
    others = _others(connection, mine) if mine else []
    by_order: dict[int, list[tuple[Entry, Decimal]]] = {}
    for entry in others:
        paper = stored.read(entry.document, entry.kind)
        if isinstance(paper, CreditNote):
            by_order.setdefault(entry.order_id, []).append((entry, remainder.of_the_lines(paper)))
    return [replace(each, given_back=_before(entry, by_order.get(entry.order_id, ()))) for entry, each in pairs]


def _others(connection: Connection, mine: Sequence[Entry]) -> list[Entry]:
    """Return the credit notes of these orders that have left or are ready."""
    of_these = Entry.objects.filter(
        company_id=connection.company_id,
        organisation__in={entry.organisation_id for entry in mine},
        order__in={entry.order_id for entry in mine},
        kind=Kind.CREDIT_NOTE,
    )
    stands = Q(state__in=[*IN_FLIGHT, State.READY]) | Q(state=State.POSTED) & ~Q(their_status__in=GONE)
    return list(of_these.filter(stands).only("order", "kind", "state", "document"))


def _before(entry: Entry, notes: Sequence[tuple[Entry, Decimal]]) -> Decimal:
    before = (amount for each, amount in notes if each.state != State.READY or each.pk < entry.pk)
    return sum(before, ZERO)
