"""PURE: what an order itself says that a document of it comes to: a row for each kind of which it says anything.

A kind without a row is compared on two sides, day book and ledger, and so is a document of which its order is silent: of
goods that came back it may name no amount. No amount is read from a document but what is its own to decide: which refunds
it is lowered by, which tax stands apart from its lines or is kept, how much of what was given back is tax, and how much of
what was paid went back before there was a sale.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.document import CreditNote, Invoice, Lowered, Settlement
from daybook.documents.kinds import Kind, Paper
from daybook.kit.money import ZERO, Totals, round2
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Payment, Refund
from daybook.sources.canonical.schema import CanonicalOrder

_NOTHING = Totals(ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An order, as far as a document is compared with it."""

    totals: Totals | None
    """Its own, as its sender counts; None where they cannot be had."""
    currency: str = ""
    key: str = ""
    """Which part of it the document is about; "": the whole order."""
    document: Paper | None = None
    order: CanonicalOrder | None = None
    """What counts of it; None where the row does not ask for it."""
    typed: Mapping[str, Refund] = field(default_factory=dict)
    """By refund what a person typed of its amounts."""
    is_cut: bool = False
    """Some of its goods were cancelled: a refund may name what the invoice never bore."""
    cancelled: Sequence[Totals] = ()
    """Of the credit notes of what was cancelled after the sale was posted: the order counts that no more."""
    came_to: Totals | None = None
    """What it came to when its sale was posted, where all that was cancelled since is on notes (`cancelled_goods`)."""
    worth: Totals | None = None
    """Of the cancelled goods that the document credits, as they were sold."""
    sale: Paper | None = None
    """The document of its sale, of what comes after that."""
    parts: Mapping[str, Invoice] = field(default_factory=dict)
    """By key the documents of its sale, where that has one for each part that left."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind is read from its order."""

    read: Callable[[Said], Totals | None]
    comes_after: bool = False
    """It is read from what the order says of payments and refunds, and from the sale's document."""


def _the_sale(said: Said) -> Totals | None:
    """Return what the order comes to, with its tax where the document has it, less what was given back before.

    What was cancelled since is on a credit note, and so it still stands on the sale: as much as the order came to then. Of a sale in parts each says what left in
    it; the last is what the order comes to, less the others.
    """
    invoice = said.document
    if said.totals is None or not isinstance(invoice, Invoice):
        return said.totals
    if said.key and not invoice.is_last:
        return invoice.totals
    net, tax, gross = said.came_to or [_sum((said.totals, *said.cancelled), place) for place in range(3)]
    others = [each for key, each in said.parts.items() if said.key and key != said.key]
    apart = invoice.tax_apart + sum((each.tax_apart for each in others), ZERO)
    kept = invoice.tax_kept + sum((each.tax_kept for each in others), ZERO)
    less = [each.totals for each in others]
    less += [_lowered_by(said, each, is_whole=not kept) for each in invoice.lowered_by]
    return Totals(
        net + apart - _sum(less, 0),
        tax - apart - kept - _sum(less, 1),
        gross - kept - _sum(less, 2),
    )


def _sum(all_: Sequence[Totals], place: int) -> Decimal:
    return sum((each[place] for each in all_), ZERO)


def _lowered_by(said: Said, lowered: Lowered, *, is_whole: bool) -> Totals:
    given_back = _given_back(said, lowered.refund) if is_whole else None
    if given_back is None or ZERO < given_back - lowered.totals.gross <= _overpaid(said):
        return lowered.totals  # what was paid too much and went back is no part of the sale
    return _with_tax(given_back, lowered.totals.tax)


def _overpaid(said: Said) -> Decimal:
    """Return by how much the order says that more was paid than it comes to."""
    paid = sums.paid(said.order.payments, said.currency) if said.order is not None else None
    return ZERO if paid is None or said.totals is None else max(ZERO, round2(paid) - said.totals.gross)


def _credit_note(said: Said) -> Totals | None:
    note, sale = said.document, said.sale
    if said.key.startswith(keys.CANCELLED) or not isinstance(note, CreditNote):
        return said.worth
    refund = next((each for each in _refunds(said) if keys.of(each) == said.key), None)
    if refund is None:
        return _NOTHING
    is_whole = not (isinstance(sale, Invoice) and sale.tax_kept) and not any(p.tax_kept for p in said.parts.values())
    given_back = _given_back(said, refund) if is_whole else None
    return None if given_back is None else _with_tax(given_back, note.totals.tax)


def _refunds(said: Said) -> Sequence[str]:
    told = [] if said.order is None else [each.id for each in said.order.refunds]
    return [*told, *said.typed]


def _given_back(said: Said, refund_id: str) -> Decimal | None:
    """Return what a refund gave back, with tax: the money that moved, else its parts; None where it does not say."""
    told = next((each for each in said.order.refunds if each.id == refund_id), None) if said.order else None
    if told is not None and told.lines and said.is_cut:
        return None
    money = None if told is None else sums.paid(told.payments, said.currency)
    parts = said.typed.get(refund_id, told)
    given_back = money if money is not None or parts is None else sums.given_back(parts)
    return None if given_back is None else round2(given_back)


def _with_tax(gross: Decimal, tax: Decimal) -> Totals:
    return Totals(gross - tax, tax, gross)


def _payment(said: Said) -> Totals | None:
    """Return what was paid, less what its document takes off it: what went back before there was a sale."""
    payments = [] if said.order is None else said.order.payments
    if said.parts and said.key in {keys.of(each.id, part) for each in payments for part in (*said.parts, keys.OVER)}:
        return None  # how much of it is whose the order does not say
    off = _taken_off(said)
    for each, less in zip(payments, _of_before(said, payments), strict=True):
        if keys.of(each.id) == said.key:
            amount = each.amount - (less if off is None else off)
            return _moved(amount) if _is_in_currency(said, each) else None
    return _NOTHING


def _of_before(said: Said, payments: Sequence[Payment]) -> list[Decimal]:
    """Return what is taken off each payment by a document that kept nothing of it: all of it off the last of them."""
    over, found = min(_paid_beyond(said, payments), _lowered_money(said)), list[Decimal]()
    for each in reversed(payments):
        found.append(min(over, each.amount) if _is_in_currency(said, each) else ZERO)
        over -= found[-1]
    return found[::-1]


def _paid_beyond(said: Said, payments: Sequence[Payment]) -> Decimal:
    paid = sum((each.amount for each in payments if _is_in_currency(said, each)), ZERO)
    return max(paid - said.sale.totals.gross, ZERO) if isinstance(said.sale, Invoice) else ZERO


def _lowered_money(said: Said) -> Decimal:
    """Return what moved back by refunds that the sale's document is lowered by."""
    off = {each.refund for each in said.sale.lowered_by} if isinstance(said.sale, Invoice) else set()
    refunds = [] if said.order is None else [each for each in said.order.refunds if each.id in off]
    return sum((paid.amount for each in refunds for paid in each.payments if _is_in_currency(said, paid)), ZERO)


def _taken_off(said: Said) -> Decimal | None:
    return said.document.taken_off if isinstance(said.document, Settlement) else None


def _refund(said: Said) -> Totals | None:
    """Return what was paid back by one sum of a refund; None where the order only says what it gave back in all."""
    for refund in [] if said.order is None else said.order.refunds:
        for paid in refund.payments:
            if said.key == keys.of(refund.id, paid.id) or said.key.startswith(
                f"{refund.id}/{paid.id}/{keys.CANCELLED}"
            ):
                return _moved(round2(paid.amount) - (_taken_off(said) or ZERO)) if _is_in_currency(said, paid) else None
    rests = {key for each in _refunds(said) for key in (keys.of_rest(each), keys.of(each))}
    return None if said.key in rests else _NOTHING


def _is_in_currency(said: Said, payment: Payment) -> bool:
    return payment.currency in {None, said.currency}


def _moved(amount: Decimal) -> Totals:
    return Totals(amount, ZERO, amount)


ROWS: Mapping[str, Row] = {
    Kind.INVOICE: Row(_the_sale),
    Kind.CREDIT_NOTE: Row(_credit_note, comes_after=True),
    Kind.PAYMENT: Row(_payment, comes_after=True),
    Kind.REFUND: Row(_refund, comes_after=True),
}


def says(kind: str) -> bool:
    """Tell whether orders say what documents of this kind come to."""
    return kind in ROWS


def needs_content(kind: str, document: Paper | None) -> bool:
    """Tell whether what an order says of payments and refunds is asked for."""
    row = ROWS.get(kind)
    return row is not None and (row.comes_after or (isinstance(document, Invoice) and bool(document.lowered_by)))


def said(kind: str, order: Said) -> Totals | None:
    """Return what an order says of its document of this kind; None: nothing. 0 where it does not tell of that any more."""
    row = ROWS.get(kind)
    return row.read(order) if row else None
