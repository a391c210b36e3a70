"""Give prices that were shown rounded to the cent the four decimals that the ledger keeps (xero-rules.md 5.2)."""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from daybook.documents.document import Line
from daybook.kit.money import CENT, ZERO, round4, round_to
from daybook.mapping import discounts
from daybook.mapping.arithmetic import line_amount


def closing(lines: tuple[Line, ...], gap: Decimal, *, step: Decimal = CENT) -> tuple[Line, ...] | None:
    """Return the lines with finer prices, together larger by `gap`; None where rounding to the cent cannot explain it.

    Ten at 4.16 that the order counts as 41.58 are ten at 4.158. Every price still rounds to the one shown; lines of
    many units, on which rounding weighs most, are changed first. `step`: to which the sender rounds prices.
    """
    finer, rest = list(lines), gap
    for index in sorted(range(len(lines)), key=lambda index: (-lines[index].quantity, index)):
        if rest == 0:
            break
        found = _moved(lines[index], rest, step=step)
        if found is not None:
            rest -= line_amount(found) - line_amount(lines[index])
            finer[index] = found
    return tuple(finer) if rest == 0 and gap != 0 else None


def _moved(line: Line, wanted: Decimal, *, step: Decimal) -> Line | None:
    """Return the line moved towards `wanted` as far as its shown price allows; None where it cannot move at all."""
    price = line.unit_amount
    if not price or line.quantity <= 1 or price % step:
        return None
    reach = (step / 2 * line.quantity).quantize(CENT, rounding=ROUND_FLOOR)
    move = max(-reach, min(reach, wanted))
    amount = line_amount(line) + move
    found = replace(line, unit_amount=round4((amount + (line.discount_amount or ZERO)) / line.quantity))
    is_shown = round_to(found.unit_amount or ZERO, step) == price
    fits = line_amount(found) == amount and is_shown and discounts.is_safe(found)
    return found if fits and move else None
