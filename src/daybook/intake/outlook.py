"""What will happen to an order, in words: its standing, why, and its documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from daybook.companies.models import Company
from daybook.orders.models import Order
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOutlook:
    """One document of an order."""

    public_id: str
    kind: str
    number: str
    state: str
    cause: str
    explanation: str
    xero_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What will happen to an order."""

    standing: str
    cause: str
    explanation: str
    documents: tuple[DocumentOutlook, ...]


_STATES = {
    State.READY: "It is ready and will be posted to Xero.",
    State.SENDING: "It is on its way to Xero.",
    State.UNKNOWN: "It was sent without a clear answer; Daybook looks in Xero before it does anything else.",
    State.POSTED: "It stands in Xero.",
    State.CANCELLED: "It was cancelled and will not be sent.",
}

_GIVEN_UP = "A person said that it shall not be posted."


def of_orders(company: Company, order_ids: Sequence[int]) -> dict[int, Outlook]:
    """Return the outlook of each of a company's orders."""
    entries: dict[int, list[Entry]] = {}
    for entry in Entry.objects.filter(company=company, order_id__in=order_ids).order_by("id"):
        entries.setdefault(entry.order_id, []).append(entry)
    orders = Order.objects.filter(company=company, id__in=order_ids)
    return {order.pk: of(order, entries.get(order.pk, [])) for order in orders}


def of(order: Order, entries: Sequence[Entry]) -> Outlook:
    """Return the outlook of an order whose rows are at hand, its documents oldest first."""
    documents = tuple(_document(entry) for entry in entries)
    if order.standing == Order.Standing.DOCUMENTED:
        words = " ".join(
            f"{each.kind.replace('_', ' ').capitalize()} {each.number}: {each.explanation}" for each in documents
        )
    elif order.cause:
        words = explain(order.cause, order.subject, order.detail).sentence
    else:
        words = "The order is kept and will be looked at in a moment."
    return Outlook(standing=order.standing, cause=order.cause, explanation=words, documents=documents)


def _document(entry: Entry) -> DocumentOutlook:
    words = (
        _GIVEN_UP
        if entry.given_up_at
        else _STATES.get(State(entry.state)) or explain(entry.cause, entry.subject, entry.detail).sentence
    )
    if entry.attention:
        words = f"{words} {explain(entry.attention, entry.number, entry.attention_detail).sentence}"
    return DocumentOutlook(
        public_id=entry.public_id,
        kind=entry.kind,
        number=entry.number,
        state=entry.state,
        cause=entry.cause,
        explanation=words,
        xero_id=entry.xero_id,
    )
