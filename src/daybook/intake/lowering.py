"""PURE: what was given back before the invoice has left is taken off that (docs/orders.md, decision 46)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, of_line
from daybook.documents.kinds import Kind, Paper
from daybook.documents.order_file import OrderFile
from daybook.intake.material import Material
from daybook.kit.money import ZERO
from daybook.mapping import credit_notes, gateways, invoices
from daybook.mapping.refunds import NOTHING_SAID, GivenBack, OfLine
from daybook.outbox.states import IN_FLIGHT, State
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Payment, PaymentKind

FROZEN = IN_FLIGHT | {State.POSTED}
"""States in which what a document says stays as it is."""
_NOTES = frozenset({Kind.CREDIT_NOTE, Kind.CREDIT_FILE})


def invoice(of: Material, number: str) -> Paper | Hold:
    """Return the invoice of a sale, less what was given back before it is posted."""
    whole = invoices.map_invoice(of.order, of.rules, number=number, prices=of.prices)
    if isinstance(whole, Hold) or not _lowers(of):
        return whole
    before = _before(of)
    less = credit_notes.lowered(whole, before, of.order, of.rules) if before else whole
    if isinstance(less, Invoice):
        return replace(less, credited_apart=len(before) < len(real(of, None)))
    return Hold(Cause.REFUNDED_BEFORE_POSTING) if less is None else less


def is_anything_left(of: Material) -> bool:
    """Tell whether an order becomes an invoice: not where all of it was given back before that was posted."""
    if not _lowers(of):
        return True
    open_books = replace(of, rules=replace(of.rules, lock_date=None))  # what is nothing is of no locked day
    made = invoice(open_books, "1")
    return not (isinstance(made, Hold) and made.cause is Cause.REFUNDED_BEFORE_POSTING)


def _lowers(of: Material) -> bool:
    """Tell whether refunds are still taken off the invoice itself: it has not left, and they are posted at all."""
    sale = of.sale()
    return of.rules.post_credit_notes and bool(real(of, None)) and (sale is None or sale.state not in FROZEN)


def _before(of: Material) -> list[GivenBack]:
    """Return the refunds that are taken off the sale: all whose money went back to where it came from.

    What another gateway paid back is taken off no payment, or neither account would show what is there: it has a credit note.
    """
    order, found = of.received, real(of, None)
    if order is None or not order.payments or not of.rules.post_payments:
        return found
    there, kept = dict[str, Decimal](), list[GivenBack]()
    for paid in order.payments:
        account = _account(of, paid)
        there[account] = there.get(account, ZERO) + paid.amount
    told = {each.id: each.payments for each in order.refunds}
    for each in found:
        left = dict[str, Decimal]()
        for back in told.get(each.id, ()):
            if back.gateway or back.kind is not PaymentKind.MONEY:  # else nobody says where it left
                account = _account(of, back)
                left[account] = left.get(account, there.get(account, ZERO)) - back.amount
        if each.is_covered or all(amount >= 0 for amount in left.values()):
            kept.append(each)
            there |= left
    return kept


def _account(of: Material, payment: Payment) -> str:
    """Return the account on which a payment stands, or the name of its gateway where none is chosen."""
    kind, order = payment.kind.value, of.received
    found = gateways.clearing_account(
        of.rules.gateways,
        source=order.source if order is not None else "",
        kind=kind,
        gateway=payment.gateway,
        currency=payment.currency or of.order.currency,
    )
    return gateways.name_of(kind, payment.gateway) if isinstance(found, Hold) else found.account


def real(of: Material, sale: Invoice | OrderFile | None) -> list[GivenBack]:
    """Return the refunds that give something back, less what does not stand on the invoice.

    Those are goods that were cancelled before, and what was paid beyond the sale. `sale`: as it was posted; then a refund of a
    later day is of other goods than the cancelled. None: it has not left yet.
    """
    ordered = [] if of.received is None else [line.quantity for line in of.received.lines]
    on_it = of.invoiced if sale is not None else of.stands.remaining if of.stands is not None else ()
    room = {of_line(n): had - has for n, (had, has) in enumerate(zip(ordered, on_it, strict=False), start=1)}
    found = []
    for each in of.refunds:
        is_of_before = sale is None or (each.day is not None and (sale.date is None or each.day <= sale.date))
        if not each.is_nothing:
            found.append(_beyond(each, room) if is_of_before else each)
    posted = sale if isinstance(sale, Invoice) else None  # of files only money that no sum tells is booked otherwise
    off = {} if posted is None else {each.refund: each.totals.gross for each in posted.lowered_by}
    noted = _noted(of)
    is_booked = {each.id for each in found if each.id in off or keys.of(each.id) in noted}
    return _less_overpaid(found, _overpaid(of, posted, off), is_booked)


def _noted(of: Material) -> set[str]:
    return {each.key for each in of.made if each.kind in _NOTES and each.state in FROZEN}


def _overpaid(of: Material, sale: Invoice | None, off: Mapping[str, Decimal]) -> Decimal:
    """Return by how much more was paid than the sale comes to, less what lowered it; 0 where nobody knows."""
    if of.received is None:
        return ZERO
    paid = sums.paid(of.received.payments, of.order.currency) or ZERO
    if sale is not None:
        back = {each.id: each.money for each in of.refunds}
        return (
            paid - sale.totals.gross - sale.tax_kept - sum((back.get(key) or less for key, less in off.items()), ZERO)
        )
    priced = None if isinstance(of.prices, Hold) or of.prices is None else of.prices.totals
    return ZERO if priced is None or isinstance(priced, Hold) else paid - priced.gross


def _less_overpaid(refunds: Sequence[GivenBack], overpaid: Decimal, booked: Collection[str]) -> list[GivenBack]:
    """Return the refunds; nothing is taken off for those that pay back what was paid beyond the sale.

    One that says only its money is such a one where it fits. One that names goods is where all of them together come to
    what is too much: the order was changed to what is left, and tells of the refund beside. `booked`: by their ids those of
    which it was decided.
    """
    over = overpaid - sum((each.money or ZERO for each in refunds if each.is_covered and each.id not in booked), ZERO)
    found = list[GivenBack]()
    for each in refunds:
        is_over = bool(each.money) and each.is_bare and each.id not in booked and not each.is_covered
        is_over = is_over and each.money is not None and each.money <= over
        over -= each.money if is_over and each.money else ZERO
        found.append(replace(each, is_covered=True) if is_over else each)
    others = [each for each in found if not each.is_covered and each.id not in booked]
    is_all = bool(others) and all(each.money for each in others)
    if not is_all or sum((each.money or ZERO for each in others), ZERO) != over:
        return found
    return [replace(each, is_covered=True) if each in others else each for each in found]


def _beyond(back: GivenBack, room: dict[str, Decimal]) -> GivenBack:
    """Return a refund without the goods that there is room for among the cancelled, which it uses up."""
    lines, is_less = list[OfLine](), False
    for line in back.lines:
        left = line.quantity
        for part in line.parts:
            taken = min(left, room.get(part, ZERO))
            room[part], left = room.get(part, ZERO) - taken, left - taken
        is_less |= left != line.quantity
        if left == line.quantity:
            lines.append(line)
        elif left:
            lines.append(replace(line, quantity=left, said=NOTHING_SAID))
    if not is_less:
        return back
    rest = replace(back, lines=tuple(lines), money=None)
    return replace(back, is_covered=True) if rest.is_bare else rest
