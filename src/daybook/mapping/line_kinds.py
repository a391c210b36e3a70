"""PURE: what is asked of lines by their kind before they are priced."""

from decimal import Decimal

from daybook.documents.causes import Cause, Held
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import ZERO, figure
from daybook.mapping.orders import Order, OrderLine


def charged(order: Order) -> tuple[tuple[int, OrderLine], ...]:
    """Return the lines that stand on documents, each with its number as people count: what has a quantity, no roundings.

    Raises Held where a line does what its kind cannot: a discount that adds, a rounding with a tax.
    """
    lines = [(number, line) for number, line in enumerate(order.lines, start=1) if line.quantity]
    for number, line in lines:
        _check(line, number)
    return tuple(each for each in lines if each[1].kind is not LineKind.ROUNDING)


def roundings(lines: tuple[OrderLine, ...]) -> Decimal:
    """Return what the lines that are roundings of the total come to; it bears no tax."""
    return sum((line.quantity * _price(line) for line in lines if line.kind is LineKind.ROUNDING), ZERO)


def _check(line: OrderLine, number: int) -> None:
    prices = [price for price in (line.unit_price, line.unit_price_inc_tax) if price is not None]
    if line.kind is LineKind.DISCOUNT and any(price > 0 for price in prices):
        words = (
            f"Line {number} is a discount and adds {figure(max(prices))} to the order. What is taken off is below 0."
        )
        raise Held(Cause.TOTALS_CONTRADICT, line.sku or line.id, words)
    if line.kind is LineKind.ROUNDING and (line.tax_rate or line.tax_amount or len(set(prices)) > 1):
        words = f"Line {number} is a rounding of the total, which bears no tax, and has one."
        raise Held(Cause.TOTALS_CONTRADICT, line.sku or line.id, words)


def _price(line: OrderLine) -> Decimal:
    return next((price for price in (line.unit_price, line.unit_price_inc_tax) if price is not None), ZERO)
