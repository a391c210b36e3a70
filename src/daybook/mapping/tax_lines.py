"""PURE: taxes that stand on a document as lines of their own, or not at all (decision 44).

A rule says it beside a tax type that bears no tax. American sales tax is owed to the state, so it stands on a liability;
what a marketplace keeps is none of the company's tax: it is shown as kept, or left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.document import DecidedBy
from daybook.kit.money import ZERO, Totals, round2
from daybook.mapping.layouts import Row
from daybook.mapping.orders import Order
from daybook.mapping.posting_rules import TaxShape
from daybook.mapping.pricing import Part, Side
from daybook.mapping.rules import MappingRules


class _Place(NamedTuple):
    """What becomes one line of tax."""

    shape: TaxShape
    account: str
    name: str
    by: str


class Apart(NamedTuple):
    """Rows with their taxes behind them, and what all of them must come to."""

    rows: tuple[Row, ...]
    goods: Totals
    apart: Decimal = ZERO
    """How much of the order's tax is among the net."""
    kept: Decimal = ZERO
    """How much of the order's tax is no part of it."""


def set_apart(rows: tuple[Row, ...], goods: Totals, order: Order, rules: MappingRules) -> Apart:
    """Return the rows as they are booked, with the taxes that stand apart behind them.

    Where every tax of the order is set apart, it is what the order states in all, to the cent; else what its lines say.
    """
    if not any(row.tax_shape for row in rows):
        return Apart(rows, goods)
    found = _amounts(rows, order)
    amounts = {place: sum(each.values(), ZERO) for place, each in found.items()}
    if amounts and all(row.tax_shape or not row.part.tax for row in rows):
        largest = max(amounts, key=lambda place: abs(amounts[place]))
        amounts[largest] += goods.tax - sum(amounts.values(), ZERO)
    booked = {place: amount for place, amount in amounts.items() if amount and place.shape.has_account}
    lines = [_line(place, amount, found[place], rules) for place, amount in booked.items()]
    apart, kept = _sum(amounts, kept=False), _sum(amounts, kept=True)
    left = Totals(net=goods.net + apart, tax=goods.tax - apart - kept, gross=goods.gross - kept)
    return Apart((*(_untaxed(row) for row in rows), *lines), left, apart, kept)


def _amounts(rows: Sequence[Row], order: Order) -> dict[_Place, dict[str, Decimal]]:
    """Return what each line of tax comes to, by the parts of the order whose tax it is."""
    found: dict[_Place, dict[str, Decimal]] = {}
    for row in rows:
        if row.tax_shape and row.part.tax:
            for name, amount in _named(row, order):
                place = _Place(row.tax_shape, row.tax_account, name, row.decided_by.tax_type)
                of = found.setdefault(place, {})
                of[row.part.of] = of.get(row.part.of, ZERO) + amount
    return found


def _named(row: Row, order: Order) -> list[tuple[str, Decimal]]:
    """Return the row's tax, or each of its taxes, by what its line is called; what rounding leaves is the last one's."""
    part = row.part
    if row.tax_shape.is_kept_by_channel:
        return [(f"Tax kept by {order.sale.channel or 'the sales channel'}", part.tax)]
    if row.tax_shape is not TaxShape.APART_BY_NAME or not part.taxes:
        return [("Tax", part.tax)]
    names = [tax.name or tax.code or "Tax" for tax in part.taxes]
    said = [tax.amount if tax.amount is not None else (tax.rate or ZERO) * part.net.amount for tax in part.taxes]
    shares = [round2(amount) for amount in said[:-1]]
    return list(zip(names, [*shares, part.tax - sum(shares, ZERO)], strict=True))


def _untaxed(row: Row) -> Row:
    """Return the row without its tax, or with it where a line behind takes it off again."""
    if not row.tax_shape:
        return row
    side = row.part.gross if row.tax_shape is TaxShape.WITHHELD else row.part.net
    kept = row.part.tax if row.tax_shape is TaxShape.LEFT_OUT else ZERO
    return replace(row, part=replace(row.part, rate=ZERO, net=side, gross=side), tax_kept=kept)


def _line(place: _Place, amount: Decimal, of: Mapping[str, Decimal], rules: MappingRules) -> Row:
    sign = -1 if place.shape is TaxShape.WITHHELD else 1
    side = _side(sign * amount)
    return Row(
        part=Part(
            sku="",
            description=place.name,
            is_shipping=False,
            quantity=Decimal(1),
            rate=ZERO,
            net=side,
            gross=side,
        ),
        account_code=place.account,
        tax_type=rules.no_tax_type,
        taxes_of=tuple((part, sign * tax) for part, tax in of.items()),
        decided_by=DecidedBy(account=place.by, tax_type=place.by),
    )


def _side(amount: Decimal) -> Side:
    return Side(unit=amount, discount=ZERO, amount=round2(amount))


def _sum(amounts: Mapping[_Place, Decimal], *, kept: bool) -> Decimal:
    return sum((amount for place, amount in amounts.items() if place.shape.is_kept_by_channel is kept), ZERO)
