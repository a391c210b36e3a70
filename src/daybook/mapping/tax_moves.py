"""Override the tax of single lines where the order rounded its tax another way (xero-rules.md 5.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from daybook.documents.document import AmountType, Line
from daybook.kit.money import CENT, ZERO
from daybook.mapping.arithmetic import line_amount, line_tax, tax_on
from daybook.mapping.pricing import Part


def by_steps(
    lines: tuple[Line, ...],
    gap: Decimal,
    *,
    amount_type: AmountType,
    rates: Mapping[str, Decimal],
    step: Decimal = CENT,
) -> tuple[Line, ...]:
    """Return the lines with the tax of some moved by one of the sender's steps (a cent, a yen), until `gap` is closed or no line is left to move.

    The rates that lost most by rounding line by line are moved first, and of a rate its largest lines.
    """
    count = int(abs(gap) / step)
    step = step if gap > 0 else -step
    lost = _lost_by_rounding(lines, amount_type=amount_type, rates=rates)
    taxes = [line_tax(line, rate=rates[line.tax_type], amount_type=amount_type) for line in lines]
    open_lines = {
        index
        for index, line in enumerate(lines)
        if rates[line.tax_type] and line_amount(line) and (taxes[index] + step) * line_amount(line) >= 0
    }
    moved = list(lines)
    for _ in range(min(count, len(open_lines))):
        index = max(
            open_lines,
            key=lambda index: (lost[lines[index].tax_type] * step, abs(line_amount(lines[index])), -index),
        )
        line = lines[index]
        moved[index] = replace(line, tax_amount=taxes[index] + step)
        lost[line.tax_type] -= step
        open_lines.remove(index)
    return tuple(moved)


def _lost_by_rounding(
    lines: Iterable[Line], *, amount_type: AmountType, rates: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """Return by TaxType how much more the tax on the sum is than the sum of the lines' taxes."""
    lost: dict[str, Decimal] = {}
    for line in lines:
        rate, amount = rates[line.tax_type], line_amount(line)
        exact = amount * rate / (1 + rate) if amount_type is AmountType.INCLUSIVE else amount * rate
        rounded = tax_on(amount, rate=rate, amount_type=amount_type)
        lost[line.tax_type] = lost.get(line.tax_type, ZERO) + exact - rounded
    return lost


def to_own(
    lines: tuple[Line, ...], parts: Sequence[Part], *, amount_type: AmountType, rates: Mapping[str, Decimal]
) -> tuple[Line, ...]:
    """Return the lines with the tax that the order's own amounts have, where rounding each unit explains it.

    A shop that rounds both prices of one unit to the cent and multiplies is out by up to a cent for each unit: ten at
    4.16 without tax and 4.99 with it have 8.30 tax, while 20 % of 41.60 is 8.32. Lines beyond `parts` stay as they are.
    """
    own = [
        _with_own_tax(line, part, amount_type=amount_type, rate=rates[line.tax_type])
        for line, part in zip(lines, parts, strict=False)
    ]
    return (*own, *lines[len(own) :])


def _with_own_tax(line: Line, part: Part, *, amount_type: AmountType, rate: Decimal) -> Line:
    natural = tax_on(line_amount(line), rate=rate, amount_type=amount_type)
    explained = max(CENT, part.step, part.step / 2 * (2 + rate) * part.quantity)
    if part.tax == natural or rate == 0 or rate != part.rate or abs(part.tax - natural) > explained:
        return line
    return replace(line, tax_amount=part.tax)
