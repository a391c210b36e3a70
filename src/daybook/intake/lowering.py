"""PURE: what was given back before the invoice has left is taken off that (docs/orders.md, decision 46)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, of_line
from daybook.documents.kinds import Kind, Paper
from daybook.documents.order_file import OrderFile
from daybook.intake import conversion
from daybook.intake.material import Material, once_of_left
from daybook.kit.money import ZERO
from daybook.mapping import credit_notes, gateways, invoices, totals
from daybook.mapping.orders import StatedTotals
from daybook.mapping.refunds import NOTHING_SAID, GivenBack, OfCancelled, OfLine
from daybook.mapping.steps import split_in
from daybook.mapping.totals import Priced
from daybook.outbox.states import IN_FLIGHT, State
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Payment

FROZEN = IN_FLIGHT | {State.POSTED}
"""States in which what a document says stays as it is."""
_NOTES = frozenset({Kind.CREDIT_NOTE, Kind.CREDIT_FILE})


def invoice(of: Material, number: str) -> Paper | Hold:
    """Return the invoice of a sale, less what was given back before it is posted."""
    whole = invoices.map_invoice(of.order, of.rules, number=number, prices=of.prices)
    if isinstance(whole, Hold) or not _lowers(of):
        return whole
    less = _less(of, whole)
    return Hold(Cause.REFUNDED_BEFORE_POSTING) if less is None else less


def _less(of: Material, whole: Invoice) -> Invoice | Hold | None:
    """Return an invoice less what can be taken off it; a refund that cannot becomes a credit note once it stands.

    Such are one that went back by another way than the money came, which would be missing on both accounts, and one of more
    than is left.
    """
    told = real(of, None)
    backs = _by_the_way_it_came(of, told)
    less: Invoice | Hold | None = credit_notes.lowered(whole, backs, of.order, of.rules)
    while isinstance(less, Hold) and less.cause is Cause.NEGATIVE_TOTAL and backs:
        backs = backs[:-1]
        less = credit_notes.lowered(whole, backs, of.order, of.rules)
    if len(backs) == len(told) or not isinstance(less, Invoice):
        return less
    return replace(less if backs else whole, leaves_refunds=True)


def _by_the_way_it_came(of: Material, told: Sequence[GivenBack]) -> list[GivenBack]:
    """Return the refunds whose money is among what was paid on the same accounts; of money that nobody tells of nobody knows."""
    paid = [] if of.received is None else [each for each in of.received.payments if _is_in_currency(of, each)]
    if not of.rules.post_payments or not paid:
        return list(told)
    rooms = _by_account(of, paid)
    moved = {} if of.received is None else {each.id: each.payments for each in of.received.refunds}
    found = list[GivenBack]()
    for back in told:
        mine = _by_account(of, [each for each in moved.get(back.id, ()) if _is_in_currency(of, each)])
        is_there = all(amount <= rooms.get(account, ZERO) for account, amount in mine.items() if account)
        if not back.is_covered and not is_there:
            continue
        found.append(back)
        rooms = {account: room - mine.get(account, ZERO) for account, room in rooms.items()}
    return found


def _by_account(of: Material, moved: Iterable[Payment]) -> dict[str, Decimal]:
    """Return what moved on which account, or by which gateway as long as it has none; "" where nobody says which."""
    found: dict[str, Decimal] = {}
    for each in moved:
        kind, name = each.kind.value, gateways.name_of(each.kind.value, each.gateway)
        source = "" if of.received is None else of.received.source
        account = gateways.clearing_account(
            of.rules.gateways, source=source, kind=kind, gateway=each.gateway, currency=of.order.currency
        )
        key = name if isinstance(account, Hold) or not name else account.account
        found[key] = found.get(key, ZERO) + each.amount
    return found


def _is_in_currency(of: Material, payment: Payment) -> bool:
    return payment.currency in {None, of.order.currency}


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


def real(of: Material, sale: Invoice | OrderFile | None) -> list[GivenBack]:
    """Return the refunds that give something back, less what does not stand on the invoice.

    Those are goods that were cancelled before, and what was paid beyond the sale. `sale`: as it was posted; then a refund of a
    later day is of other goods than the cancelled. None: it has not left yet.
    """
    ordered = [] if of.received is None else [line.quantity for line in of.received.lines]
    on_it = of.invoiced if sale is not None else of.stands.remaining if of.stands is not None else ()
    room = {of_line(n): had - has for n, (had, has) in enumerate(zip(ordered, on_it, strict=False), start=1)}
    posted = sale if isinstance(sale, Invoice) else None  # of files only money that no sum tells is booked otherwise
    off = {} if posted is None else {each.refund: each.totals.gross for each in posted.lowered_by}
    noted, over = _noted(of), _overpaid(of, posted, off)
    is_booked = {each.id for each in of.refunds if each.id in off or keys.of(each.id) in noted}
    slack = free = _rounded(of, over, room)
    free += over
    found = list[GivenBack]()
    for each in of.refunds:
        if each.is_nothing:
            continue
        is_of_before = sale is None or (each.day is not None and (sale.date is None or each.day <= sale.date))
        is_of_before |= each.id not in is_booked and _is_of_cancelled(each, room, free)
        found.append(_beyond(each, room) if is_of_before else each)
        is_over = found[-1].is_covered or (each.is_bare and (each.money or ZERO) <= free)
        free -= each.money or ZERO if is_over and each.id not in is_booked else ZERO
    if sale is None and not any(room.values()):
        found = _with_cents(of, found)
    return _less_overpaid(found, over, is_booked, slack=slack)


def _is_of_cancelled(back: GivenBack, room: Mapping[str, Decimal], free: Decimal) -> bool:
    """Tell whether it names only goods that are among the cancelled, and its money among what was paid beyond the sale."""
    is_among = all(line.quantity <= sum((room.get(part, ZERO) for part in line.parts), ZERO) for line in back.lines)
    is_of_lines = bool(back.lines) and not (back.others or back.carriage.is_anything or back.is_all)
    return is_of_lines and is_among and back.money is not None and ZERO < back.money <= free


def _with_cents(of: Material, found: Sequence[GivenBack]) -> list[GivenBack]:
    """Return the refunds; where all that was cancelled was paid back, one of these knows what of that money is left for others.

    An order rounds what is left of it anew, and the shop what it pays back: the two may leave cents that nobody owes.
    """
    told = {each.id: each for each in of.refunds}
    mine = [each for each in found if each is not told[each.id]]
    moved = [money for each in mine if (money := told[each.id].money) is not None]
    one = next((each for each in mine if not each.is_covered), mine[-1] if mine else None)
    worth = _worth_of_cancelled(of) if one is not None else None
    if (
        one is None
        or worth is None
        or len(moved) < len(mine)
        or not all(each.is_covered or each is one for each in mine)
    ):
        return list(found)
    rest = sum(moved, ZERO) - worth
    if one.is_covered and not rest:
        return list(found)
    lines = [line for each in mine for line in told[each.id].lines]
    parts = tuple(part for line in lines for part in line.parts)
    pieces = sum((max(ceil(line.quantity), 1) for line in lines), 0)
    said = OfCancelled(rest=rest, parts=parts, pieces=pieces)
    return [replace(each, of_cancelled=said) if each is one else each for each in found]


@once_of_left
def _worth_of_cancelled(of: Material) -> Decimal | None:
    """Return by how much less the order comes to for what was cancelled of it; None where that cannot be told."""
    if of.received is None or of.stands is None or not isinstance(of.prices, Priced):
        return None
    ordered = replace(of.stands, cancelled=(), remaining=tuple(line.quantity for line in of.received.lines))
    whole = conversion.mapping_order(
        of.received,
        ordered,
        currency=of.order.currency,
        document_date=of.order.document_date,
        cash_step=of.order.cash_step,
    )
    known = of.rules.tax_types
    came_to, is_left = totals.order_totals(whole, known=known), of.prices.totals
    if isinstance(came_to, Hold):  # they are those of what is left
        unstated = replace(whole, stated=StatedTotals(), rounding=ZERO)
        came_to = totals.order_totals(unstated, known=known)
    return None if isinstance(came_to, Hold) or isinstance(is_left, Hold) else came_to.gross - is_left.gross


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


def _rounded(of: Material, overpaid: Decimal, not_on_it: Mapping[str, Decimal]) -> Decimal:
    """Return how far rounding may part what was paid beyond the sale from what is paid back for goods that do not stand on it.

    The shop may round each of them; and of small sums a cent is no rounding.
    """
    pieces = sum((ceil(each) for each in not_on_it.values() if each > 0), 0)
    return min(split_in(of.order.currency) * pieces, max(overpaid, ZERO) / 10)


def _less_overpaid(
    refunds: Sequence[GivenBack], overpaid: Decimal, booked: Collection[str], *, slack: Decimal
) -> list[GivenBack]:
    """Return the refunds; nothing is taken off for those that pay back what was paid beyond the sale.

    One that says only its money is such a one where it fits. One that names goods is where all of them together come to
    what is too much: the order was changed to what is left, and tells of the refund beside. `booked`: by their ids those of
    which it was decided. `slack`: what fits to so much.
    """
    over = overpaid - sum((each.money or ZERO for each in refunds if each.is_covered and each.id not in booked), ZERO)
    found = list[GivenBack]()
    for each in refunds:
        is_over = bool(each.money) and each.is_bare and each.id not in booked and not each.is_covered
        is_over = is_over and each.money is not None and each.money <= over + slack
        over -= each.money if is_over and each.money else ZERO
        found.append(replace(each, is_covered=True) if is_over else each)
    others = [each for each in found if not each.is_covered and each.id not in booked]
    is_all = bool(others) and all(each.money for each in others)
    if not is_all or abs(sum((each.money or ZERO for each in others), ZERO) - over) > slack:
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
