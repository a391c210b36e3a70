"""PURE: which lines of a Tracked company's order are goods on stock, and which stand on the invoice as plain lines.

No stock is what the order says is none, what has no SKU, what is on the company's list, and a kit whose parts are the
stock. What is no stock becomes no item of the ledger and is on no purchase order.
"""

from collections.abc import Sequence
from decimal import Decimal

from daybook.documents.causes import Cause, Held
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import ZERO
from daybook.mapping import checks, costs
from daybook.mapping.orders import Order, OrderLine
from daybook.mapping.posting_rules import Field, Item, Subject, asked_by, decide, facts_of
from daybook.mapping.rules import MappingRules, ProcessMethod, WhenCostIsZero

_FEWEST_PARTS = 2
"""Of one kit: a single free unit beside goods without a cost may as well be a sample."""


def item_codes(order: Order, rules: MappingRules) -> tuple[str, ...]:
    """Return the item of each line that has a quantity, "" for what is no stock; empty where the company is Untracked.

    Raises Held where a SKU cannot be an item, and where it would become one although nobody knows a cost of it: a fee or
    a kit as likely as goods.
    """
    if rules.process_method is not ProcessMethod.TRACKED:
        return ()
    lines = _lines(order)
    codes = []
    for line, is_good in zip(lines, _are_goods(order, lines, rules), strict=True):
        if is_good:
            _check(line, lines, rules)
        codes.append(line.sku if is_good else "")
    return tuple(codes)


def to_order(order: Order, rules: MappingRules) -> tuple[OrderLine, ...]:
    """Return the lines that belong on the order to the supplier: goods on stock, less what costs nothing, by choice.

    Raises Held where a SKU cannot be an item, or a line costs nothing and the company wants to be asked.
    """
    wanted, lines = _wanted(order, rules), _lines(order)
    for line in wanted:
        _check(line, lines, rules)
        if _costs_nothing(line, rules):
            raise Held(Cause.COST_ZERO, line.sku)
    return wanted


def is_anything_to_order(order: Order, rules: MappingRules) -> bool:
    """Tell whether the order needs a purchase order at all."""
    return bool(_wanted(order, rules))


def is_good_by_sku(sku: str, rules: MappingRules) -> bool:
    """Tell whether a line of which the order says no more is goods: an Untracked company's goods may have no SKU."""
    is_named = bool(sku) or rules.process_method is not ProcessMethod.TRACKED
    return is_named and not rules.not_stock.names(sku)


def _lines(order: Order) -> tuple[OrderLine, ...]:
    """Return the lines that stand on documents, as they are priced."""
    return tuple(line for line in order.lines if line.quantity and line.kind is not LineKind.ROUNDING)


def _wanted(order: Order, rules: MappingRules) -> tuple[OrderLine, ...]:
    lines = _lines(order)
    goods = (line for line, is_good in zip(lines, _are_goods(order, lines, rules), strict=True) if is_good)
    leaves_out = rules.when_cost_is_zero is WhenCostIsZero.LEAVE_OUT
    return tuple(line for line in goods if not (leaves_out and _costs_nothing(line, rules)))


def _are_goods(order: Order, lines: Sequence[OrderLine], rules: MappingRules) -> list[bool]:
    by_rule = _without_item(order, lines, rules)
    return [
        _is_good(line, rules) and index not in by_rule and not _is_kit(index, lines, rules)
        for index, line in enumerate(lines)
    ]


def _without_item(order: Order, lines: Sequence[OrderLine], rules: MappingRules) -> frozenset[int]:
    """Return which lines a posting rule takes off the stock; raise Held where the rule that says so cannot be used."""
    about_items = [rule for rule in rules.posting_rules if rule.item]
    if not about_items:
        return frozenset()
    asked, found = asked_by(about_items), set()
    for index, line in enumerate(lines):
        rule = decide(facts_of(Subject(line, order, rules.feed), asked), about_items).get(Field.ITEM)
        if rule is not None and rule.why_not is not None:
            raise Held.of(rule.why_not)
        if rule is not None and rule.item == Item.NONE:
            found.add(index)
    return frozenset(found)


def _is_good(line: OrderLine, rules: MappingRules) -> bool:
    """Tell whether a line by itself is goods on stock."""
    if line.kind is not LineKind.GOODS:
        return False
    if line.is_stock is not None or line.is_taken_off:
        return bool(line.is_stock)
    return is_good_by_sku(line.sku, rules)


def _check(line: OrderLine, lines: Sequence[OrderLine], rules: MappingRules) -> None:
    """Raise Held where a SKU cannot be an item, or would become one although nothing says that it is goods on stock."""
    checks.check_item(line.sku, rules, line=line.description or line.id)
    if line.is_stock is None and _is_unheard_of(line, rules):
        is_beside_parts = _is_priced(line) and any(_is_part(other, rules) for other in lines)
        detail = "It bears the price beside goods that are free and have costs, so it may be a kit of them."
        raise Held(Cause.COST_UNKNOWN, line.sku, detail if is_beside_parts else "")


def _is_kit(index: int, lines: Sequence[OrderLine], rules: MappingRules) -> bool:
    """Tell whether a priced line stands for the free lines behind it, whose costs the order states.

    A sender that states costs, and none for the one line with a price, has a kit there: its cost is that of its parts.
    So has one that states the sum of the parts' costs for it. Anything less sure is asked.
    """
    kit = lines[index]
    if not _is_open(kit) or not all(line.quantity.is_finite() for line in lines):
        return False
    parts = []
    for line in lines[index + 1 :]:
        if _is_priced(line):
            break
        if _is_good(line, rules) and _stated(line) > 0:
            parts.append(line)
    if sum(part.quantity for part in parts) < _FEWEST_PARTS * kit.quantity:
        return False
    sum_of_parts = sum((part.quantity * _stated(part) for part in parts), ZERO)
    return _is_unheard_of(kit, rules) or kit.quantity * _stated(kit) == sum_of_parts


def _is_unheard_of(line: OrderLine, rules: MappingRules) -> bool:
    """Tell whether nobody knows a cost of a SKU, and the ledger has no item of it."""
    return line.sku not in rules.items and not costs.known(line, rules)


def _is_part(line: OrderLine, rules: MappingRules) -> bool:
    return (
        not _is_priced(line)
        and _is_good(line, rules)
        and not _costs_nothing(line, rules)
        and bool(costs.known(line, rules))
    )


def _is_open(line: OrderLine) -> bool:
    return line.is_stock is None and _is_priced(line)


def _is_priced(line: OrderLine) -> bool:
    return bool(line.unit_price or line.unit_price_inc_tax)


def _stated(line: OrderLine) -> Decimal:
    """Return the cost that the order itself states, 0 where it states none that makes sense."""
    cost = line.unit_cost
    return cost if cost is not None and cost.is_finite() and cost > 0 else ZERO


def _costs_nothing(line: OrderLine, rules: MappingRules) -> bool:
    return any(cost.amount == 0 for cost in costs.known(line, rules))
