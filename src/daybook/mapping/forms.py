"""Find the way to write an order's parts as document lines whose totals, in Xero's arithmetic, are the order's own.

    parts -> layouts (exclusive, inclusive) -> rungs, plainest first -> the first that meets the totals

Tax rounded on an order's total differs from Xero's sum over lines for many orders, so the lower rungs are daily bread.
Whatever a rung makes is believed only after `document_totals` has come to the order's totals exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from daybook.kit.money import CENT, ZERO, Totals, decimals, plain, round2, round4
from daybook.mapping import tax_moves
from daybook.mapping.arithmetic import document_totals, line_amount
from daybook.mapping.documents import AmountType, Line
from daybook.mapping.holds import Held, HoldCause
from daybook.mapping.pricing import Part, Side
from daybook.mapping.rules import MappingRules, WhenTaxDiffers
from daybook.mapping.totals import totals_in_words

_MOST_ROUNDING = Decimal("0.05")
"""A rounding line explains what rounding did, a few cents; more than that is a difference a person should see."""
_DESCRIPTION_LIMIT = 4000


class Fineness(IntEnum):
    """How plainly a line can be written, the plainest first."""

    CENTS = 0
    FOUR_DECIMALS = 1
    WORKED_OUT = 2
    """The unit price is worked out from the other side."""
    LINE_AMOUNT = 3
    """No price of four decimals gives the amount: the amount itself is sent (xero-rules.md 5.2)."""


_FINENESS_IN_WORDS = {
    Fineness.CENTS: "",
    Fineness.FOUR_DECIMALS: ", 4-decimal prices",
    Fineness.WORKED_OUT: ", prices worked out",
    Fineness.LINE_AMOUNT: ", line amounts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part together with where it is booked."""

    part: Part
    account_code: str
    tax_type: str
    item_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All rows as lines on one basis."""

    amount_type: AmountType
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    fineness: Fineness
    tricks: str = ""

    @property
    def form(self) -> str:
        """How the page names it: "inclusive lines, 4-decimal prices, tax moved by cents"."""
        return f"{self.amount_type.value.lower()} lines{_FINENESS_IN_WORDS[self.fineness]}{self.tricks}"


class Met(NamedTuple):
    """Lines and what they come to in Xero."""

    layout: Layout
    totals: Totals


def meet(rows: tuple[Row, ...], target: Totals, rules: MappingRules) -> Met:
    """Return the plainest lines that come to `target` in Xero's arithmetic; raise Held where there are none."""
    rates = effective_rates(rules)
    layouts = lay_out(rows)
    for layout in _rungs(layouts, target, rules):
        totals = document_totals(layout.lines, layout.amount_type, rates)
        if totals == target:
            return Met(layout, totals)
    if rules.when_tax_differs is WhenTaxDiffers.KEEP_GROSS:
        kept = _keeping_gross(layouts, target, rules)
        if kept is not None:
            return kept
    nearest = document_totals(layouts[0].lines, layouts[0].amount_type, rates)
    detail = f"The order says {totals_in_words(target)}; Xero would make it {totals_in_words(nearest)}."
    raise Held(HoldCause.TOTALS_CANNOT_BE_MET, detail=detail)


def effective_rates(rules: MappingRules) -> Mapping[str, Decimal]:
    """Return the rate Xero calculates with for each TaxType; the no-tax type is 0 also where it is not listed."""
    return {rules.no_tax_type: ZERO, **rules.tax_rates}


def lay_out(rows: tuple[Row, ...]) -> list[Layout]:
    """Return the rows as exclusive and as inclusive lines, the plainer first; exclusive where they are equally plain."""
    layouts = [_layout(rows, amount_type) for amount_type in (AmountType.EXCLUSIVE, AmountType.INCLUSIVE)]
    return sorted(layouts, key=lambda layout: layout.fineness)


def _rungs(layouts: list[Layout], target: Totals, rules: MappingRules) -> Iterator[Layout]:
    """Yield what to try, plainest first."""
    rates = effective_rates(rules)
    yield from layouts
    for layout in layouts:
        yield _with_moved_tax(layout, target, rates)
    for layout in layouts:
        yield _with_own_tax(layout, rates)
    for layout in layouts:
        rounded = _with_rounding_line(layout, target, rules)
        if rounded is not None:
            yield rounded
            yield _with_moved_tax(rounded, target, rates)
            yield _with_own_tax(rounded, rates)


def _layout(rows: tuple[Row, ...], amount_type: AmountType) -> Layout:
    written = [_write(row, amount_type) for row in rows]
    return Layout(
        amount_type=amount_type,
        lines=tuple(line for line, _ in written),
        rows=rows,
        fineness=max(fineness for _, fineness in written),
    )


def _write(row: Row, amount_type: AmountType) -> tuple[Line, Fineness]:
    """Return one row as a line whose amount is the part's amount on this basis."""
    part = row.part
    side = part.net if amount_type is AmountType.EXCLUSIVE else part.gross
    bare = Line(
        description=_description(part),
        quantity=part.quantity,
        unit_amount=None,
        account_code=row.account_code,
        tax_type=row.tax_type,
        item_code=row.item_code,
    )
    for price, fineness in _prices(part.quantity, side):
        line = replace(bare, unit_amount=price, discount_amount=round2(side.discount) if side.discount else None)
        if line_amount(line) == side.amount:
            return line, fineness
    return _by_amount(bare, part, side), Fineness.LINE_AMOUNT


def _prices(quantity: Decimal, side: Side) -> Iterator[tuple[Decimal, Fineness]]:
    """Yield the unit prices that Xero can take for this side, plainest first; none where the quantity is too fine."""
    if decimals(quantity) > 4:
        return
    if side.unit is not None:
        if decimals(side.unit) <= 4:
            yield side.unit, Fineness.CENTS if decimals(side.unit) <= 2 else Fineness.FOUR_DECIMALS
        return
    exact = (side.amount + side.discount) / quantity
    yield round2(exact), Fineness.WORKED_OUT
    yield round4(exact), Fineness.WORKED_OUT


def _by_amount(bare: Line, part: Part, side: Side) -> Line:
    """Return the line by its amount; the price, where it is too fine for Xero, is named in the description instead."""
    quantity = part.quantity if decimals(part.quantity) <= 4 else Decimal(1)
    description = bare.description
    if side.unit is not None or quantity != part.quantity:
        price = "" if side.unit is None else f" at {plain(side.unit)}"
        suffix = f" ({plain(part.quantity)}{price})"
        description = description[: _DESCRIPTION_LIMIT - len(suffix)] + suffix
    return replace(bare, description=description, quantity=quantity, line_amount=side.amount)


def _description(part: Part) -> str:
    return (part.description.strip() or part.sku or "Item")[:_DESCRIPTION_LIMIT]


def _with_moved_tax(layout: Layout, target: Totals, rates: Mapping[str, Decimal]) -> Layout:
    """Return the layout with the tax of its largest lines moved by a cent each, as far as the gap needs."""
    gap = target.tax - document_totals(layout.lines, layout.amount_type, rates).tax
    lines = tax_moves.by_cents(layout.lines, gap, amount_type=layout.amount_type, rates=rates)
    return replace(layout, lines=lines, tricks=layout.tricks + ", tax moved by cents")


def _with_own_tax(layout: Layout, rates: Mapping[str, Decimal]) -> Layout:
    """Return the layout with each line's tax as the order's own amounts have it."""
    parts = [row.part for row in layout.rows]
    lines = tax_moves.to_own(layout.lines, parts, amount_type=layout.amount_type, rates=rates)
    return replace(layout, lines=lines, tricks=layout.tricks + ", tax as the order rounds it")


def _with_rounding_line(layout: Layout, target: Totals, rules: MappingRules) -> Layout | None:
    """Return the layout with one line without tax that closes the gap, or None where there is no gap or it is too wide.

    The line stands on the account whose SystemAccount is ROUNDING (xero-rules.md 5.2).
    """
    wanted = target.net if layout.amount_type is AmountType.EXCLUSIVE else target.gross
    gap = wanted - sum((line_amount(line) for line in layout.lines), ZERO)
    if not rules.rounding_account or gap == 0 or abs(gap) > rounding_limit([row.part for row in layout.rows]):
        return None
    rounding = Line(
        description="Rounding",
        quantity=Decimal(1),
        unit_amount=gap,
        account_code=rules.rounding_account,
        tax_type=rules.no_tax_type,
    )
    return replace(layout, lines=(*layout.lines, rounding), tricks=layout.tricks + ", rounding line")


def rounding_limit(parts: Sequence[Part]) -> Decimal:
    """Return how much a rounding line may be: what rounding can explain, at most 5 cents."""
    return max(CENT, min(_MOST_ROUNDING, sum((part.slack for part in parts), ZERO)))


def _keeping_gross(layouts: list[Layout], target: Totals, rules: MappingRules) -> Met | None:
    """Return lines that meet the gross exactly, with the tax that Xero works out; inclusive lines first."""
    inclusive_first = sorted(layouts, key=lambda layout: layout.amount_type is AmountType.EXCLUSIVE)
    for layout in inclusive_first:
        for candidate in (layout, _closing_gross(layout, target, rules)):
            if candidate is None:
                continue
            totals = document_totals(candidate.lines, candidate.amount_type, effective_rates(rules))
            if totals.gross == target.gross:
                return Met(replace(candidate, tricks=candidate.tricks + ", Xero's tax"), totals)
    return None


def _closing_gross(layout: Layout, target: Totals, rules: MappingRules) -> Layout | None:
    totals = document_totals(layout.lines, layout.amount_type, effective_rates(rules))
    shifted = Totals(net=totals.net + target.gross - totals.gross, tax=totals.tax, gross=target.gross)
    return _with_rounding_line(layout, shifted, rules)
