"""An order's priced parts become the lines of a file or of an invoice for people, which add up to its own totals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from daybook.documents.causes import Held, Hold
from daybook.documents.line_kinds import LineKind
from daybook.documents.sale import Sale, SoldLine
from daybook.kit.money import ZERO
from daybook.mapping.orders import Order
from daybook.mapping.pricing import Part
from daybook.mapping.totals import Priced, Reckoned, settled


def map_sale(order: Order, prices: Priced | Hold | None) -> Sale | Hold:
    """Return what the order comes to, line by line; the hold says why that cannot be had."""
    if prices is None:
        raise ValueError("an order that was not priced")
    try:
        parts, reckoned = settled(prices)
    except Held as held:
        return held.hold
    lines = tuple(_lines(parts, reckoned))
    net, tax, gross = reckoned.totals
    _prove(lines, net, tax)
    return Sale(date=_day(order), lines=lines, net=net, tax=tax, gross=gross, exchange_rate=order.exchange_rate)


def _day(order: Order) -> date:
    return order.document_date


def _prove(lines: Sequence[SoldLine], net: Decimal, tax: Decimal) -> None:
    """A file that is a penny wrong would be booked so: it is not made at all."""
    if (sum((each.net for each in lines), ZERO), sum((each.tax for each in lines), ZERO)) != (net, tax):
        raise AssertionError("the lines of a sale do not add up to its totals")


def _lines(parts: Sequence[Part], reckoned: Reckoned) -> Iterator[SoldLine]:
    """Yield the parts; what rounding has left between them and the order's totals goes onto the largest one."""
    lines = [_line(part) for part in parts]
    off_net = reckoned.goods.net - sum((each.net for each in lines), ZERO)
    off_tax = reckoned.goods.tax - sum((each.tax for each in lines), ZERO)
    if lines and (off_net or off_tax):
        place = _place_of_largest(lines)
        largest = lines[place]
        lines[place] = replace(largest, net=largest.net + off_net, tax=largest.tax + off_tax)
    elif off_net or off_tax:
        lines.append(_rounding(off_net, off_tax))
    yield from lines
    if reckoned.rounding:
        yield _rounding(reckoned.rounding, ZERO)


def _place_of_largest(lines: Sequence[SoldLine]) -> int:
    """Tax moves on a line that bears some, so that no tax comes to stand at 0 %."""
    return max(range(len(lines)), key=lambda place: (lines[place].rate != 0, abs(lines[place].gross), -place))


def _rounding(net: Decimal, tax: Decimal) -> SoldLine:
    return SoldLine(
        kind=LineKind.ROUNDING, description="Rounding", quantity=Decimal(1), unit_price=net, net=net, tax=tax, rate=ZERO
    )


def _line(part: Part) -> SoldLine:
    side = part.net if part.net.unit is not None else part.gross
    return SoldLine(
        kind=LineKind.SHIPPING if part.is_shipping else part.kind,
        sku=part.sku,
        description=part.description,
        quantity=part.quantity,
        unit_price=part.net.unit,
        unit_price_inc_tax=part.gross.unit,
        discount=side.discount,
        net=part.net.amount,
        tax=part.tax,
        rate=part.rate,
        of=part.of,
    )
