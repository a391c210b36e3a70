"""PURE: goods that were cancelled after their sale was posted, against the credit notes that took them off.

An order counts them no more and rounds what is left anew; its books hold the sale as it was posted and notes of so many
each, a share of the line as it was sold. With a rate such as 8.875 % the two are cents apart and both right. So where
each piece that is gone stands on a note, the sale is compared with what the order came to when it was posted, and each
note with the share that it must be.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from daybook.documents import keys
from daybook.documents.document import CreditNote, Invoice, of_line
from daybook.kit.money import ZERO, Totals
from daybook.mapping import remainder
from daybook.mapping.remainder import Left
from daybook.mapping.steps import split_in

_SALE, _CHANGE = "invoice", "invoice:change"


def gone(written: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return by part of the order how many are on its sale and no more in the order, as the order's row keeps both."""
    had = (written.get(_SALE) or {}).get("remaining") or ()
    has = ((written.get("told") or {}).get(_CHANGE) or {}).get("remaining") or ()
    pairs = enumerate(zip(had, has, strict=False), start=1)
    return {of_line(n): Decimal(was) - Decimal(now) for n, (was, now) in pairs if Decimal(was) > Decimal(now)}


def of_cancelled(sale: Invoice, notes: Iterable[tuple[str, CreditNote]], gone: Mapping[str, Decimal]) -> Totals:
    """Return what the refunds among these notes, by key, took off of goods that were cancelled since.

    What notes of what was cancelled took of them counts first: it is told of by those.
    """
    left, net, tax = dict(gone), ZERO, ZERO
    for is_refund in (False, True):
        for key, note in notes:
            if key.startswith(keys.CANCELLED) is is_refund:
                continue
            rows = zip(
                note.places, note.quantities, remainder.whole(note.lines, note.amount_type, note.currency), strict=True
            )
            for place, quantity, row in rows:
                part = sale.lines[place].of if place is not None and place < len(sale.lines) else ""
                taken = min(quantity, left.get(part, ZERO))
                if not taken:
                    continue
                left[part] -= taken
                if is_refund:
                    own_net, own_tax = row.net, row.tax
                    if taken != quantity:
                        own_net, own_tax = remainder.in_step(
                            row, row.net * taken / quantity, row.tax * taken / quantity
                        )
                    net, tax = net + own_net, tax + own_tax
    return Totals(net, tax, net + tax)


def came_to(written: Mapping[str, Any], sale: Invoice, key: str = "") -> Totals | None:
    """Return what an order came to when its sale was written, as its row keeps that; `key`: of a part of the sale.

    Older versions kept the gross alone: of that the tax is what the sale says, unless that is a part.
    """
    then = written.get(f"{_SALE}:{key}" if key else _SALE) or {}
    if then.get("gross") is None or (key and "tax" not in then):
        return None
    gross = Decimal(then["gross"])
    tax = Decimal(then["tax"]) if "tax" in then else _tax_of(sale)
    return Totals(gross - tax, tax, gross)


def is_as_priced(written: Mapping[str, Any]) -> bool:
    """Tell whether an order that has lost goods since its sale was written has the prices and totals of then, or nothing left."""
    then, now = written.get(_SALE) or {}, (written.get("told") or {}).get(_CHANGE) or {}
    has = now.get("remaining") or ()
    is_nothing_left = bool(has) and not any(Decimal(each) for each in has)
    return is_nothing_left or (bool(now) and now.get("money") == then.get("money"))


def has_other_prices(written: Mapping[str, Any], key: str = "") -> bool:
    """Tell whether an order that states no totals has other prices than its sale (`key`: a part of it) was written from.

    One that states totals says them anew when it loses goods, so that its print tells no prices.
    """
    name = f"{_SALE}:{key}" if key else _SALE
    then, now = written.get(name) or {}, (written.get("told") or {}).get(f"{name}:change") or {}
    was = then.get("money")
    return then.get("goods", was) == was and now.get("money", was) != was


def is_by_rounding(then: Totals, now: Totals | None, credited: Iterable[Totals], notes: Iterable[CreditNote]) -> bool:
    """Tell whether an order and what notes took of it come to what it was before but for their rounding.

    What is left of a line is rounded anew, and so was the whole of it, and each piece that a note takes: half a unit each.
    """
    if now is None:
        return False
    rows = [(each, place) for each in notes for place, count in zip(each.places, each.quantities, strict=True) if count]
    lines = {place for _, place in rows}
    step = max((split_in(each.currency) for each, _ in rows), default=ZERO)
    gap = then.gross - now.gross - sum((each.gross for each in credited), ZERO)
    return abs(gap) <= step * (len(rows) + 2 * len(lines)) / 2


def _tax_of(sale: Invoice) -> Decimal:
    """Return the order's tax as its sale has it, with what stands apart, is kept or was given back before."""
    return sale.totals.tax + sale.tax_apart + sale.tax_kept + sum((each.totals.tax for each in sale.lowered_by), ZERO)


def are_noted(sale: Invoice, notes: Iterable[CreditNote], gone: Mapping[str, Decimal], *, is_whole: bool) -> bool:
    """Tell whether credit notes take off each piece that is gone; `is_whole`: of an order that was cancelled, all of it."""
    left = remainder.less_notes(_whole(sale), notes)
    if is_whole:
        return not sum((each.gross for each in left), ZERO)
    there, needed = _counts(left), _counts(_whole(sale))
    return all(needed.get(part, ZERO) - there.get(part, ZERO) >= number for part, number in gone.items())


def worth(sale: Invoice, note: CreditNote, others: Sequence[CreditNote]) -> Totals:
    """Return what a credit note of cancelled goods must come to, with the other notes of its sale.

    A quantity is worth its share of the line as it was sold, and the notes that take all of a line bring it to 0. What
    else is on the note (tax that stands apart, goodwill taken off again) says itself what it is.
    """
    sold, left = _whole(sale), remainder.less_notes(_whole(sale), others)
    net = tax = ZERO
    for place, quantity, row in zip(note.places, note.quantities, _whole(note), strict=True):
        own = row.net, row.tax
        if place is not None and place < len(left) and quantity:
            own = _share(sold[place], left[place], quantity)
        net, tax = net + own[0], tax + own[1]
    return Totals(net, tax, net + tax)


def _share(sold: Left, left: Left, quantity: Decimal) -> tuple[Decimal, Decimal]:
    if quantity == left.quantity:
        return left.net, left.tax
    count, net, tax = sold.line.sold or (sold.quantity, sold.net, sold.tax)
    return remainder.in_step(left, net * quantity / count, tax * quantity / count)


def _whole(paper: Invoice | CreditNote) -> tuple[Left, ...]:
    return remainder.whole(paper.lines, paper.amount_type, paper.currency)


def _counts(lines: Iterable[Left]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in lines:
        found[each.line.of] = found.get(each.line.of, ZERO) + each.quantity
    return found
