"""The ledger's own arithmetic, so that a document's totals are known before it is sent (xero-rules.md 5.2)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from daybook.documents.document import AmountType, Line
from daybook.kit.money import ZERO, Totals, round2


def line_amount(line: Line) -> Decimal:
    """Return what one line comes to, at two decimals: quantity x unit amount less the discount, rounded once.

    A line without a unit amount carries its amount itself (xero-rules.md 5.2, 10.13).
    """
    if line.unit_amount is None:
        return round2(line.line_amount or ZERO)
    return round2(line.quantity * line.unit_amount - (line.discount_amount or ZERO))


def tax_on(amount: Decimal, *, rate: Decimal, amount_type: AmountType) -> Decimal:
    """Return the tax of a rounded line amount, rounded on its own (xero-rules.md 5.2: 420.00 inclusive at 0.15 -> 54.78).

    `rate` is a fraction. The caller sums what comes out: the ledger never works tax out again on the document's total.
    """
    if amount_type is AmountType.INCLUSIVE:
        return round2(amount - amount / (1 + rate))
    return round2(amount * rate)


def line_tax(line: Line, *, rate: Decimal, amount_type: AmountType) -> Decimal:
    """Return the tax of one line: its own TaxAmount where it has one, else what the ledger works out."""
    if line.tax_amount is not None:
        return line.tax_amount
    return tax_on(line_amount(line), rate=rate, amount_type=amount_type)


def document_totals(lines: Iterable[Line], amount_type: AmountType, rates: Mapping[str, Decimal]) -> Totals:
    """Return net, tax and gross of these lines as the ledger works them out; `rates`: a fraction by tax type."""
    amount = tax = round2(ZERO)
    for line in lines:
        amount += line_amount(line)
        tax += line_tax(line, rate=rates[line.tax_type], amount_type=amount_type)
    if amount_type is AmountType.INCLUSIVE:
        return Totals(net=amount - tax, tax=tax, gross=amount)
    return Totals(net=amount, tax=tax, gross=amount + tax)
