"""PURE: what was given back before the invoice has left is taken off that (docs/orders.md, decision 46)."""

from dataclasses import replace
from decimal import Decimal

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, of_line
from daybook.documents.kinds import Paper
from daybook.documents.order_file import OrderFile
from daybook.intake.material import Material
from daybook.kit.money import ZERO
from daybook.mapping import credit_notes, invoices
from daybook.mapping.refunds import NOTHING_SAID, GivenBack, OfLine
from daybook.outbox.states import IN_FLIGHT, State

FROZEN = IN_FLIGHT | {State.POSTED}
"""States in which what a document says stays as it is."""


def invoice(of: Material, number: str) -> Paper | Hold:
    """Return the invoice of a sale, less what was given back before it is posted."""
    whole = invoices.map_invoice(of.order, of.rules, number=number, prices=of.prices)
    if isinstance(whole, Hold) or not _lowers(of):
        return whole
    less = credit_notes.lowered(whole, real(of, None), of.order, of.rules)
    return Hold(Cause.REFUNDED_BEFORE_POSTING) if less is None else less


def is_anything_left(of: Material) -> bool:
    """Tell whether an order becomes an invoice: not where all of it was given back before that was posted."""
    if not _lowers(of):
        return True
    made = invoice(of, "1")
    return not (isinstance(made, Hold) and made.cause is Cause.REFUNDED_BEFORE_POSTING)


def _lowers(of: Material) -> bool:
    """Tell whether refunds are still taken off the invoice itself: it has not left, and they are posted at all."""
    sale = of.sale()
    return of.rules.post_credit_notes and bool(real(of, None)) and (sale is None or sale.state not in FROZEN)


def real(of: Material, sale: Invoice | OrderFile | None) -> list[GivenBack]:
    """Return the refunds that give something back, less goods that were cancelled before the invoice and are not on it.

    `sale`: as it was posted; then a refund of a later day is of other goods. None: it has not left yet.
    """
    ordered = [] if of.received is None else [line.quantity for line in of.received.lines]
    on_it = of.invoiced if sale is not None else of.stands.remaining if of.stands is not None else ()
    room = {of_line(n): had - has for n, (had, has) in enumerate(zip(ordered, on_it, strict=False), start=1)}
    found = []
    for each in of.refunds:
        is_of_before = sale is None or (each.day is not None and (sale.date is None or each.day <= sale.date))
        if not each.is_nothing:
            found.append(_beyond(each, room) if is_of_before else each)
    return found


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
    return replace(rest, is_covered=rest.is_bare)
