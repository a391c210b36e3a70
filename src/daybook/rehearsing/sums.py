"""PURE: what the documents of a dry run come to: sales, tax by type, debtors and stock, before, by them, and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.document import CreditNote, Document, Invoice, Settlement
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, round2
from daybook.ledgers.foretelling import Going, Stock

SALES, DEBTORS, TAX = "sales", "debtors", "tax"


class Place(NamedTuple):
    """What a sum is of: sales before tax, debtors, or the tax of a type."""

    of: str
    currency: str
    tax_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sum before, and how much the dry run adds to it."""

    place: Place
    before: Decimal
    change: Decimal

    @property
    def after(self) -> Decimal:
        """Return what it would be."""
        return self.before + self.change


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChange:
    """An item that the ledger counts: how many there are, how many would go, and at what cost."""

    code: str
    before: Decimal | None
    """None: nobody knows."""
    change: Decimal
    cost: Decimal | None
    """What goes out of stock costs at the average of today, in the base currency; None: the value is not known."""

    @property
    def after(self) -> Decimal | None:
        """Return how many there would be."""
        return None if self.before is None else self.before + self.change


SIGNS: Mapping[Kind, int] = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1}
"""How documents add to sales and to tax."""
OF_DEBTORS: Mapping[Kind, int] = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1, Kind.PAYMENT: -1, Kind.REFUND: 1}
"""How documents add to what customers owe."""


def amounts(going: Iterable[Going]) -> dict[Place, Decimal]:
    """Return what documents add to sales, to the tax of each type and to debtors; drafts count as once approved."""
    found: dict[Place, Decimal] = {}

    def add(place: Place, amount: Decimal) -> None:
        found[place] = found.get(place, ZERO) + amount

    for kind, paper in going:
        if isinstance(paper, Document | Settlement) and kind in OF_DEBTORS:
            add(Place(DEBTORS, paper.currency), OF_DEBTORS[kind] * paper.totals.gross)
        if isinstance(paper, Document) and kind in SIGNS:
            add(Place(SALES, paper.currency), SIGNS[kind] * paper.totals.net)
            for line in paper.lines:
                tax = line.tax_amount if line.tax_amount is not None else line.tax
                add(Place(TAX, paper.currency, line.tax_type), SIGNS[kind] * (tax or ZERO))
    return found


def changes(before: Mapping[Place, Decimal], added: Mapping[Place, Decimal]) -> list[Change]:
    """Return each sum that the dry run touches, or that is there: sales, then the tax of each type, then debtors."""
    turn = {SALES: 0, TAX: 1, DEBTORS: 2}
    places = sorted({*before, *added}, key=lambda each: (each.currency, turn[each.of], each.tax_type))
    return [Change(place=place, before=before.get(place, ZERO), change=added.get(place, ZERO)) for place in places]


def stock(going: Sequence[Going], there: Mapping[str, Stock | None] | None) -> list[StockChange]:
    """Return by item how its stock would change; what is given back comes in again."""
    moved: dict[str, Decimal] = {}
    for _, paper in going:
        if isinstance(paper, Invoice | CreditNote):
            sign = 1 if isinstance(paper, CreditNote) else -1
            for line in paper.lines:
                if line.item_code:
                    code = line.item_code.upper()
                    moved[code] = moved.get(code, ZERO) + sign * line.quantity
    return [_of_item(code, moved[code], there) for code in sorted(moved)]


def _of_item(code: str, change: Decimal, there: Mapping[str, Stock | None] | None) -> StockChange:
    if there is None:
        return StockChange(code=code, before=None, change=change, cost=None)
    known = there.get(code, Stock(on_hand=ZERO))
    if known is None:
        return StockChange(code=code, before=None, change=change, cost=None)
    cost = round2(-change * known.value / known.on_hand) if known.on_hand > 0 else None
    return StockChange(code=code, before=known.on_hand, change=change, cost=cost)


def cost_of(found: Iterable[StockChange]) -> Decimal:
    """Return what all that leaves stock costs, as far as it is known."""
    return sum((each.cost for each in found if each.cost is not None), ZERO)
