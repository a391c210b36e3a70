"""Leave nothing to the ledger's rounding of halves below nothing, of which nothing is documented (xero-rules.md 5.2, 11).

-0.105 is -0.11 to one and -0.10 to another. Where a line comes to such a half, its amount or its tax is stated, not left
to be worked out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from daybook.documents.document import AmountType, Line
from daybook.kit.money import ZERO
from daybook.mapping.arithmetic import line_amount, line_tax


def stated(lines: Iterable[Line], *, amount_type: AmountType, rates: Mapping[str, Decimal]) -> tuple[Line, ...]:
    """Return the lines with the same totals, but with amounts and taxes given where a negative half would be rounded."""
    return tuple(_stated(line, rate=rates[line.tax_type], amount_type=amount_type) for line in lines)


def _stated(line: Line, *, rate: Decimal, amount_type: AmountType) -> Line:
    amount = line_amount(line)
    if amount >= 0:
        return line
    if line.unit_amount is not None and _is_half(_exact_amount(line)):
        line = replace(line, unit_amount=None, line_amount=amount, discount_amount=None)
    if line.tax_amount is None and _is_half(_exact_tax(amount, rate, amount_type)):
        line = replace(line, tax_amount=line_tax(line, rate=rate, amount_type=amount_type))
    return line


def _exact_amount(line: Line) -> Fraction:
    return Fraction(line.quantity) * Fraction(line.unit_amount or ZERO) - Fraction(line.discount_amount or ZERO)


def _exact_tax(amount: Decimal, rate: Decimal, amount_type: AmountType) -> Fraction:
    tax = Fraction(amount) * Fraction(rate)
    return tax / (1 + Fraction(rate)) if amount_type is AmountType.INCLUSIVE else tax


def _is_half(amount: Fraction) -> bool:
    """Tell whether an amount lies in the middle between two cents."""
    return (amount * 100).denominator == 2
