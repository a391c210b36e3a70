"""Find the way to write an order's parts as document lines whose totals, as the ledger adds up, are the order's own.

    parts -> layouts (exclusive, inclusive) -> rungs, plainest first -> the first that meets the totals

Tax rounded on an order's total differs from a sum over lines for many orders, so the lower rungs are daily bread.
Whatever a rung makes is believed only after `document_totals` has come to the order's totals exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Held
from daybook.documents.document import AmountType, DecidedBy, Line
from daybook.kit.money import CENT, ZERO, Totals, figure
from daybook.mapping import finer_prices, negative_halves, tax_moves
from daybook.mapping.arithmetic import document_totals, line_amount
from daybook.mapping.layouts import Fineness, Layout, Row, lay_out
from daybook.mapping.pricing import Part
from daybook.mapping.rules import MappingRules, WhenTaxDiffers
from daybook.mapping.totals import totals_in_words

_MOST_ROUNDING = Decimal("0.05")
"""A rounding line explains what rounding did, a few cents (or one of the sender's coarser steps); more than that is a
difference a person should see."""

LEDGERS_TAX = "Xero's tax"
"""Stored with documents: the gross is met, and the tax is the ledger's own."""
_OF_ROUNDINGS = DecidedBy(account="Account for roundings", tax_type="Account for roundings")


class Met(NamedTuple):
    """Lines and what they come to in the ledger."""

    layout: Layout
    totals: Totals


def meet(rows: tuple[Row, ...], target: Totals, rules: MappingRules) -> Met:
    """Return the plainest lines that come to `target` in the ledger's arithmetic; raise Held where there are none."""
    met = _meet(rows, target, rules)
    layout, rates = met.layout, effective_rates(rules)
    lines = negative_halves.stated(layout.lines, amount_type=layout.amount_type, rates=rates)
    return Met(replace(layout, lines=lines), met.totals)


def _meet(rows: tuple[Row, ...], target: Totals, rules: MappingRules) -> Met:
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
    detail = f"The order comes to {totals_in_words(target)}; {rules.ledger} would make it {totals_in_words(nearest)}."
    raise Held(Cause.TOTALS_CANNOT_BE_MET, detail=detail)


def effective_rates(rules: MappingRules) -> Mapping[str, Decimal]:
    """Return the rate the ledger calculates with for each TaxType; the no-tax type is 0 also where it is not listed."""
    return {rules.no_tax_type: ZERO, **rules.tax_rates}


def _rungs(layouts: list[Layout], target: Totals, rules: MappingRules) -> Iterator[Layout]:
    """Yield what to try, plainest first."""
    rates = effective_rates(rules)
    finer = [found for layout in layouts if (found := _with_finer_prices(layout, target)) is not None]
    layouts = [*layouts, *finer]
    if _step(layouts[0].rows) > CENT:  # a sender who knows no cents wants none in the tax of a line either
        yield from _own_taxes(layouts, target, rates)
    yield from layouts
    for layout in layouts:
        yield _with_moved_tax(layout, target, rates)
    yield from _own_taxes(layouts, target, rates)
    for layout in layouts:
        rounded = _with_rounding_line(layout, target, rules)
        if rounded is not None:
            yield rounded
            yield _with_moved_tax(rounded, target, rates)
            yield _with_own_tax(rounded, rates)


def _own_taxes(layouts: list[Layout], target: Totals, rates: Mapping[str, Decimal]) -> Iterator[Layout]:
    for layout in layouts:
        own = _with_own_tax(layout, rates)
        yield own
        yield _with_moved_tax(own, target, rates)


def _with_finer_prices(layout: Layout, target: Totals) -> Layout | None:
    """Return the layout with prices that the order shows rounded to the cent given at four decimals, closing its gap."""
    if layout.fineness > Fineness.FOUR_DECIMALS:
        return None
    lines = finer_prices.closing(layout.lines, _gap(layout, target), step=_step(layout.rows))
    return None if lines is None else replace(layout, lines=lines, tricks=", finer prices")


def _with_moved_tax(layout: Layout, target: Totals, rates: Mapping[str, Decimal]) -> Layout:
    """Return the layout with the tax of its largest lines moved by a step each, as far as the gap needs."""
    gap = target.tax - document_totals(layout.lines, layout.amount_type, rates).tax
    step = _step(layout.rows)
    lines = tax_moves.by_steps(layout.lines, gap, amount_type=layout.amount_type, rates=rates, step=step)
    return replace(layout, lines=lines, tricks=layout.tricks + ", tax moved by cents")


def _step(rows: Sequence[Row]) -> Decimal:
    """Return to what the sender rounds taxes; the ledger has none finer than the cent."""
    return max((row.part.step for row in rows), default=CENT).max(CENT)


def _with_own_tax(layout: Layout, rates: Mapping[str, Decimal]) -> Layout:
    """Return the layout with each line's tax as the order's own amounts have it."""
    parts = [row.part for row in layout.rows]
    lines = tax_moves.to_own(layout.lines, parts, amount_type=layout.amount_type, rates=rates)
    if lines == layout.lines:
        return layout
    return replace(layout, lines=lines, tricks=layout.tricks + ", tax as the order rounds it")


def _with_rounding_line(layout: Layout, target: Totals, rules: MappingRules) -> Layout | None:
    """Return the layout with one line without tax that closes the gap, or None where there is no gap or it is too wide.

    The line stands on the account whose SystemAccount is ROUNDING (xero-rules.md 5.2).
    """
    gap = _gap(layout, target)
    if not rules.rounding_account or gap == 0 or abs(gap) > rounding_limit([row.part for row in layout.rows]):
        return None
    lines = (*layout.lines, _rounding_line(gap, rules))
    return replace(layout, lines=lines, tricks=layout.tricks + ", rounding line")


def _rounding_line(amount: Decimal, rules: MappingRules) -> Line:
    return Line(
        description="Rounding",
        quantity=Decimal(1),
        unit_amount=amount,
        account_code=rules.rounding_account,
        tax_type=rules.no_tax_type,
        decided_by=_OF_ROUNDINGS,
    )


def _gap(layout: Layout, target: Totals) -> Decimal:
    """Return what the lines' amounts lack of the total on their basis."""
    wanted = target.net if layout.amount_type is AmountType.EXCLUSIVE else target.gross
    return wanted - sum((line_amount(line) for line in layout.lines), ZERO)


def rounding_limit(parts: Sequence[Part]) -> Decimal:
    """Return how much a rounding line may be: what rounding can explain, at most 5 cents or one of the sender's steps."""
    step = max((part.step for part in parts), default=CENT)
    return max(CENT, min(max(_MOST_ROUNDING, step), sum((part.slack for part in parts), ZERO)))


def with_rounding(met: Met, rounding: Decimal, rules: MappingRules) -> Met:
    """Return the lines with the order's own rounding of its total as one more, without tax; raise Held where it cannot be.

    It stands on the account whose SystemAccount is ROUNDING (xero-rules.md 5.2).
    """
    if not rounding:
        return met
    if not rules.rounding_account:
        detail = (
            f"The order's total was rounded by {figure(rounding)}, and the organisation names no account for roundings."
        )
        raise Held(Cause.TOTALS_CANNOT_BE_MET, detail=detail)
    net, tax, gross = met.totals
    lines = (*met.layout.lines, _rounding_line(rounding, rules))
    layout = replace(met.layout, lines=lines, tricks=met.layout.tricks + ", the order's rounding")
    return Met(layout, Totals(net + rounding, tax, gross + rounding))


def _keeping_gross(layouts: list[Layout], target: Totals, rules: MappingRules) -> Met | None:
    """Return lines that meet the gross exactly, with the tax that the ledger works out; inclusive lines first.

    A tax further off than rounding can explain is none of the ledger's rounding but another rate, and stays held.
    """
    explained = sum((row.part.slack for row in layouts[0].rows), ZERO)
    inclusive_first = sorted(layouts, key=lambda layout: layout.amount_type is AmountType.EXCLUSIVE)
    for layout in inclusive_first:
        for candidate in (layout, _closing_gross(layout, target, rules)):
            if candidate is None:
                continue
            totals = document_totals(candidate.lines, candidate.amount_type, effective_rates(rules))
            if totals.gross == target.gross and abs(totals.tax - target.tax) <= explained:
                return Met(replace(candidate, tricks=f"{candidate.tricks}, {LEDGERS_TAX}"), totals)
    return None


def _closing_gross(layout: Layout, target: Totals, rules: MappingRules) -> Layout | None:
    totals = document_totals(layout.lines, layout.amount_type, effective_rates(rules))
    shifted = Totals(net=totals.net + target.gross - totals.gross, tax=totals.tax, gross=target.gross)
    return _with_rounding_line(layout, shifted, rules)
