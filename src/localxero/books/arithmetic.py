"""PURE: Xero's arithmetic of lines, tax and totals (xero-rules.md 5.2).

    line amount = round2(quantity x unit amount x discount)
    line tax    = round2(line amount x rate), or taken out of it when amounts are tax inclusive
    totals      = sums of the rounded lines; tax is never recomputed on a total

Halves go up at the cent: 2.165 becomes 2.17. For negative halves nothing is documented; here they go away from
zero, as `ROUND_HALF_UP` does (unsure).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal

EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"
LINE_AMOUNT_TYPES = (EXCLUSIVE, INCLUSIVE, NO_TAX)

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
CENT = Decimal("0.01")
UNITS = {2: CENT, 4: Decimal("0.0001"), 6: Decimal("0.000001")}

# Wide enough for the product of any two numbers the wire lets through, so that nothing is rounded twice.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def rounded(value: Decimal, places: int = 2, *, away: bool = True) -> Decimal:
    """Round half up to 2, 4 or 6 decimals; negative halves away from zero, or towards it (a switch)."""
    if value < 0 and not away:
        return value.quantize(UNITS[places], rounding=ROUND_HALF_DOWN, context=EXACT)
    return value.quantize(UNITS[places], context=EXACT)


def extended(quantity: Decimal, unit_amount: Decimal) -> Decimal:
    """Multiply quantity and price without rounding."""
    return EXACT.multiply(quantity, unit_amount)


def line_amount(
    quantity: Decimal,
    unit_amount: Decimal,
    *,
    discount_rate: Decimal | None = None,
    discount_amount: Decimal | None = None,
    away: bool = True,
) -> Decimal:
    """Compute a line's amount: quantity x price, less its discount, rounded to the cent once."""
    gross = extended(quantity, unit_amount)
    if discount_rate is not None:
        return rounded(EXACT.divide(EXACT.multiply(gross, HUNDRED - discount_rate), HUNDRED), away=away)
    if discount_amount is not None:
        return rounded(EXACT.subtract(gross, discount_amount), away=away)
    return rounded(gross, away=away)


def unit_amount_of(amount: Decimal, quantity: Decimal, *, discount_rate: Decimal | None, places: int) -> Decimal:
    """Find the price of a line that came with LineAmount and no UnitAmount (xero-openapi: LineItem.LineAmount)."""
    share = ONE if discount_rate is None else EXACT.divide(HUNDRED - discount_rate, HUNDRED)
    whole = EXACT.multiply(quantity, share)
    return rounded(EXACT.divide(amount, whole), places) if whole else rounded(ZERO, places)


def line_tax(amount: Decimal, rate: Decimal, line_amount_types: str, *, away: bool = True) -> Decimal:
    """Compute the tax of a rounded line amount; `rate` is a percentage."""
    if line_amount_types == NO_TAX or not rate:
        return rounded(ZERO)
    if line_amount_types == INCLUSIVE:
        net = EXACT.divide(EXACT.multiply(amount, HUNDRED), HUNDRED + rate)
        return rounded(EXACT.subtract(amount, net), away=away)
    return rounded(EXACT.divide(EXACT.multiply(amount, rate), HUNDRED), away=away)


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's three sums."""

    sub_total: Decimal
    total_tax: Decimal
    total: Decimal


def totals(lines: Iterable[tuple[Decimal, Decimal]], line_amount_types: str) -> Totals:
    """Add up (line amount, line tax) pairs: inclusive amounts already hold their tax."""
    amounts, taxes = ZERO, ZERO
    for amount, tax in lines:
        amounts += amount
        taxes += tax
    sub_total = amounts - taxes if line_amount_types == INCLUSIVE else amounts
    return Totals(rounded(sub_total), rounded(taxes), rounded(sub_total + taxes))


def discount_of(quantity: Decimal, unit_amount: Decimal, amount: Decimal) -> Decimal:
    """Compute what a discount took off a line, for TotalDiscount."""
    return rounded(extended(quantity, unit_amount)) - amount
