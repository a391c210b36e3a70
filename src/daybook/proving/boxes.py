"""PURE: what documents, as they stand in the ledger, contribute to the boxes of a tax return, and which of them do not.

An invoice and a bill add, a credit note takes off. What a return cannot be told of is named with its reason instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, Totals
from daybook.kit.translation import gettext_noop
from daybook.ledgers.returns import Placement, Side, TaxReturn
from daybook.reconciliation.sums import Standing, There

SIDES: Mapping[str, tuple[Side, int]] = {
    Kind.INVOICE: (Side.SALES, 1),
    Kind.CREDIT_NOTE: (Side.SALES, -1),
    Kind.BILL: (Side.PURCHASES, 1),
}
"""Kinds that a return is made of; orders, payments and what settles are no part of one."""


class Why(StrEnum):
    """Why amounts are in no box."""

    OUTSIDE = gettext_noop("its tax type is outside the return")
    NOT_APPROVED = gettext_noop("not approved in the ledger yet")
    OTHER_CURRENCY = gettext_noop("in another currency: the return takes them at the ledger's exchange rate")
    UNPLACED = gettext_noop("Daybook does not know where this tax type goes")
    OTHER_SIDE = gettext_noop("a tax type of purchases on a sale, or the other way round")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Amounts in no box."""

    standing: Standing
    documents: int
    totals: Totals
    why: Why


@dataclass(frozen=True, slots=True)
class Contribution:
    """Amounts by box, every box named, and what is in none."""

    boxes: Mapping[str, Decimal]
    left_out: tuple[LeftOut, ...]


def contribution(of: TaxReturn, there: Mapping[Standing, There]) -> Contribution:
    """Return what these amounts contribute."""
    boxes = {box.code: ZERO for box in of.boxes}
    left_out = []
    for standing, each in sorted(there.items()):
        if standing.kind not in SIDES:
            continue
        if (why := _left_out(of, standing)) is not None:
            left_out.append(LeftOut(standing, each.documents, each.totals, why))
            continue
        for code, measure in of.placements[standing.tax_type].into.items():
            boxes[code] += SIDES[standing.kind][1] * getattr(each.totals, measure)
    for box in of.boxes:
        if box.of is not None:
            boxes[box.code] = sum((boxes[code] * times for code, times in box.of.items()), ZERO)
    return Contribution(boxes, tuple(left_out))


def _left_out(of: TaxReturn, standing: Standing) -> Why | None:
    if standing.currency != of.currency:
        return Why.OTHER_CURRENCY
    if standing.status not in of.counted:
        return Why.NOT_APPROVED
    placement = of.placements.get(standing.tax_type)
    return Why.UNPLACED if placement is None else _of_placement(placement, SIDES[standing.kind][0])


def _of_placement(placement: Placement, side: Side) -> Why | None:
    if not placement.into:
        return Why.OUTSIDE
    return None if placement.side in {None, side} else Why.OTHER_SIDE
