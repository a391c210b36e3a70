"""What will happen to an order, in words: its standing, why, and its documents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from daybook.companies.models import Company
from daybook.kit.translation import gettext_noop
from daybook.ledgers import registry
from daybook.orders import standings
from daybook.orders.models import Order, OrderStanding
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
    their_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What will happen to an order."""

    standing: str
    cause: str
    explanation: str
    documents: tuple[DocumentOutlook, ...]


_STATES = {
    State.READY: gettext_noop("It is ready and will be posted to {ledger}."),
    State.SENDING: gettext_noop("It is on its way to {ledger}."),
    State.UNKNOWN: gettext_noop(
        "It was sent without a clear answer; Daybook looks in {ledger} before it does anything else."
    ),
    State.POSTED: gettext_noop("It stands in {ledger}."),
    State.CANCELLED: gettext_noop("It was cancelled and will not be sent."),
}

_STOPPED = gettext_noop("It is ready; posting to {ledger} is stopped, and it goes when a person lets it go on.")
_GIVEN_UP = gettext_noop("A person said that it shall not be posted.")


def of_orders(company: Company, order_ids: Sequence[int]) -> dict[int, Outlook]:
    """Return the outlook of each of a company's orders."""
    entries: dict[int, list[Entry]] = {}
    stopped: set[int] = set()
    for entry in (
        Entry.objects.filter(company=company, order_id__in=order_ids)
        .select_related("organisation__connection")
        .order_by("id")
    ):
        entries.setdefault(entry.order_id, []).append(entry)
        if entry.organisation.connection.is_posting_stopped:
            stopped.add(entry.organisation_id)
    rows = list(
        standings.by_urgency(standings.open_ones(company).filter(order__in=order_ids).select_related("connection"))
    )
    as_a_whole = {row.order_id: row for row in rows[::-1]}
    return {
        order_id: of(as_a_whole.get(order_id, OrderStanding()), entries.get(order_id, []), stopped)
        for order_id in order_ids
    }


def of(stands: OrderStanding, entries: Sequence[Entry], stopped: Collection[int] = ()) -> Outlook:
    """Return the outlook of an order whose rows are at hand: its standing as a whole, its documents oldest first.

    `stopped`: organisations to which posting is stopped.
    """
    documents = tuple(_document(entry, is_stopped=entry.organisation_id in stopped) for entry in entries)
    if stands.standing == Order.Standing.DOCUMENTED:
        words = " ".join(
            f"{each.kind.replace('_', ' ').capitalize()} {each.number}: {each.explanation}" for each in documents
        )
    elif stands.cause:
        words = explain(stands.cause, stands.subject, stands.detail, ledger=stands.connection.ledger).sentence
    else:
        words = "The order is kept and will be looked at in a moment."
    return Outlook(standing=stands.standing, cause=stands.cause, explanation=words, documents=documents)


def _document(entry: Entry, *, is_stopped: bool) -> DocumentOutlook:
    ledger = entry.ledger
    words = _of_state(entry, ledger, is_stopped=is_stopped)
    if entry.attention:
        needs = explain(entry.attention, entry.number, entry.attention_detail, ledger=ledger)
        words = f"{words} {needs.sentence}"
    return DocumentOutlook(
        public_id=entry.public_id,
        kind=entry.kind,
        number=entry.number,
        state=entry.state,
        cause=entry.cause,
        explanation=words,
        their_id=entry.their_id,
    )


def _of_state(entry: Entry, ledger: str, *, is_stopped: bool) -> str:
    if entry.given_up_at:
        return _GIVEN_UP
    if entry.state == State.READY and is_stopped:
        return _STOPPED.replace("{ledger}", registry.title(ledger))
    if state := _STATES.get(State(entry.state)):
        return state.replace("{ledger}", registry.title(ledger))
    return explain(entry.cause, entry.subject, entry.detail, ledger=ledger).sentence
