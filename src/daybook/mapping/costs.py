"""PURE: what a unit costs the company, in the currency of whoever supplies it: never in the sale's."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Held
from daybook.kit.money import ZERO
from daybook.mapping.orders import OrderLine
from daybook.mapping.rules import MappingRules


class Cost(NamedTuple):
    """What one unit costs, excluding tax."""

    amount: Decimal
    currency: str
    """ISO 4217."""


def known(line: OrderLine, rules: MappingRules) -> tuple[Cost, ...]:
    """Return what one unit may cost, the surest first: the order's word, else the item's price and the company's list.

    Each cost is in its own currency. 0 counts only where nobody says more, since many senders write it for "not known".
    """
    said = Cost(line.unit_cost or ZERO, line.cost_currency or rules.cost_currency or rules.base_currency)
    if _is_amount(said.amount) and said.amount > 0:
        return (said,)
    others = list(_of_company(line.sku, rules))
    above = tuple(cost for cost in others if cost.amount > 0)
    if above or not (others or line.unit_cost == 0):
        return above
    return (Cost(ZERO, said.currency),)


def _of_company(sku: str, rules: MappingRules) -> Iterator[Cost]:
    """Yield the item's purchase price, which is in the base currency (xero-rules.md 5.3), and the list's, base first."""
    item = rules.items.get(sku)
    if item is not None and item.purchase_price:  # 0 there is a price nobody has filled in
        yield Cost(item.purchase_price, rules.base_currency)
    listed = rules.unit_costs.get(sku, {})
    for currency in sorted(listed, key=lambda currency: (currency != rules.base_currency, currency)):
        yield Cost(listed[currency], currency)


def _is_amount(cost: Decimal) -> bool:
    return cost.is_finite() and cost >= 0


def in_one_currency(lines: Iterable[OrderLine], rules: MappingRules) -> tuple[Cost, ...]:
    """Return a cost for each line, all in one currency, as one purchase order wants it.

    Raises Held where a line's cost is not known, or where no currency has costs of all lines.
    """
    choices = []
    for line in lines:
        choices.append(known(line, rules))
        if not choices[-1]:
            raise Held(Cause.COST_UNKNOWN, line.sku)
    currencies = list(dict.fromkeys(cost.currency for costs in choices for cost in costs))
    for currency in currencies:
        found = [next((cost for cost in costs if cost.currency == currency), None) for costs in choices]
        if None not in found:
            return tuple(cost for cost in found if cost is not None)
    raise Held(Cause.COSTS_IN_CURRENCIES, " and ".join(currencies))
