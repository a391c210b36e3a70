"""PURE: what was given back of a sale that a file or a mailed invoice tells of: off the sale itself, or as its credit.

The amounts are split over the sale's lines as those of a credit note are (`splitting`), so each bears the tax of its line.
An amount for no line, as goodwill, is taken off all lines in proportion: such papers have no account of their own for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import Line
from daybook.documents.sale import Sale, SoldLine
from daybook.kit.money import ZERO, figure
from daybook.mapping import remainder, splitting
from daybook.mapping.refunds import GivenBack
from daybook.mapping.remainder import Left, Piece
from daybook.mapping.steps import split_in


def lowered(sale: Sale, refunds: Sequence[GivenBack], *, currency: str) -> Sale | Hold | None:
    """Return a sale less what was given back of it; None where nothing is left."""
    whole = _whole(sale, currency)
    left = whole
    try:
        for back in refunds:
            left = remainder.less(left, _pieces(whole, left, back))
    except Held as held:
        return held.hold
    if all(each.is_gone for each in left):
        return None
    lines = [_less(line, each) for line, each in zip(sale.lines, left, strict=True) if not each.is_gone]
    return replace(_of(sale, lines), lowered_by=tuple(each.id for each in refunds))


def credit(sale: Sale, before: Iterable[Sale], back: GivenBack, *, currency: str, today: date) -> Sale | Hold:
    """Return what one refund gives back of a sale, below 0. `before`: what was given back of it already."""
    whole = _whole(sale, currency)
    try:
        pieces = _pieces(whole, _less_credits(whole, before), back)
    except Held as held:
        return held.hold
    lines = [_credited(sale.lines[each.place], each) for each in pieces if each.place is not None]
    return replace(_of(sale, lines), date=max(back.day or today, sale.date), lowered_by=())


def _whole(sale: Sale, currency: str) -> tuple[Left, ...]:
    return tuple(
        Left(Line(description=each.description, quantity=each.quantity, unit_amount=None, tax_type="", of=each.of),
             each.quantity, each.net, each.tax, step=split_in(currency))
        for each in sale.lines
    )  # fmt: skip


def _pieces(whole: Sequence[Left], left: Sequence[Left], back: GivenBack) -> list[Piece]:
    """Return what is taken off which line. Raises Held where it does not add up, or exceeds what is left."""
    found = splitting.credit(whole, left, back)
    pieces = [each for each in found if each.place is not None]
    over = sum((each.gross for each in found if each.place is None), ZERO)
    spread, beyond = splitting.spread(remainder.less(left, pieces), over) if over > 0 else ([], over)
    if beyond:
        words = (
            f"It gives back {figure(abs(beyond))} {'beyond the order' if beyond > 0 else 'less than its lines say'}."
        )
        raise Held(Cause.REFUND_UNCLEAR, back.id, words)
    return [*pieces, *spread]


def _less_credits(whole: Sequence[Left], before: Iterable[Sale]) -> tuple[Left, ...]:
    places = {each.line.of: place for place, each in enumerate(whole)}
    taken = [
        Piece(places[line.of], line.quantity, -line.net, -line.tax)
        for sale in before
        for line in sale.lines
        if line.of in places
    ]
    return remainder.less(whole, taken)


def _less(line: SoldLine, left: Left) -> SoldLine:
    """Return a line less what was given back of it; what is not whole units is taken off as a discount."""
    if (left.quantity, left.net, left.tax) == (line.quantity, line.net, line.tax):
        return line
    quantity = left.quantity or line.quantity
    unit, amount = (line.unit_price, left.net) if line.unit_price is not None else (line.unit_price_inc_tax, left.gross)
    discount = ZERO if unit is None else unit * quantity - amount
    return replace(line, quantity=quantity, discount=discount, net=left.net, tax=left.tax)


def _credited(line: SoldLine, piece: Piece) -> SoldLine:
    quantity = piece.quantity or Decimal(1)
    return replace(
        line, quantity=quantity, unit_price=None, unit_price_inc_tax=None, discount=ZERO, net=-piece.net, tax=-piece.tax
    )


def _of(sale: Sale, lines: Sequence[SoldLine]) -> Sale:
    net, tax = sum((each.net for each in lines), ZERO), sum((each.tax for each in lines), ZERO)
    return replace(sale, lines=tuple(lines), net=net, tax=tax, gross=net + tax)
