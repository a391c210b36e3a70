"""An order of a Tracked company becomes a purchase order at unit cost."""

from decimal import Decimal

from daybook.kit.money import decimals, plain, round2, round4
from daybook.mapping import checks, forms
from daybook.mapping.arithmetic import document_totals
from daybook.mapping.documents import AmountType, Line, PurchaseOrder
from daybook.mapping.holds import Held, Hold, HoldCause
from daybook.mapping.orders import Order, OrderLine
from daybook.mapping.pricing import TOO_LARGE
from daybook.mapping.references import reference
from daybook.mapping.rules import MappingRules
from daybook.mapping.texts import writable


def map_purchase_order(order: Order, rules: MappingRules, *, number: str) -> PurchaseOrder | Hold:
    """Return the purchase order for an order's goods, or why there is none yet.

    Quantity x unit cost, exclusive, each line on its tracked item: the item's own inventory account applies, so lines
    name none (xero-rules.md 5.5). `number`: from `document_number`.
    """
    try:
        return _purchase_order(order, rules, number=number)
    except Held as held:
        return held.hold


def _purchase_order(order: Order, rules: MappingRules, *, number: str) -> PurchaseOrder:
    checks.check_order(order, rules, number=number)
    checks.check_settings(rules, ("supplier_contact_id", "purchase_tax_type"))
    rates = forms.effective_rates(rules)
    if rules.purchase_tax_type not in rates:
        detail = f"{rules.purchase_tax_type} is not an active tax rate of the organisation."
        raise Held(HoldCause.SETTINGS_INCOMPLETE, "purchase_tax_type", detail)
    lines = tuple(_line(line, order=order, rules=rules) for line in order.lines if line.quantity)
    if not lines:
        raise Held(HoldCause.NO_LINES)
    purchase_order = PurchaseOrder(
        number=number,
        contact_id=rules.supplier_contact_id,
        contact_name=rules.supplier_contact_name,
        date=order.document_date,
        currency=order.currency,
        amount_type=AmountType.EXCLUSIVE,
        lines=lines,
        totals=document_totals(lines, AmountType.EXCLUSIVE, rates),
        reference=reference(order, rules.reference_template, number=number),
        status=rules.document_status,
        form="exclusive lines at unit cost",
    )
    checks.check_size(purchase_order)
    return purchase_order


def _line(line: OrderLine, *, order: Order, rules: MappingRules) -> Line:
    """Return one line at cost, its price at the four decimals that a purchase order keeps (xero-rules.md 5.4).

    Purchase orders take no line amount in the place of a price, so a finer cost is rounded, and a quantity finer than
    four decimals travels as 1 at the whole line's cost.
    """
    checks.check_item(line.sku, rules, line=line.description or line.id)
    cost = _unit_cost(line, order=order, rules=rules)
    if not line.quantity.is_finite() or max(line.quantity, cost, line.quantity * cost) >= TOO_LARGE:
        raise Held(HoldCause.AMOUNT_TOO_LARGE, line.sku)
    if line.quantity < 0:
        raise Held(HoldCause.NEGATIVE_TOTAL, line.sku, "A purchase order takes no negative quantity.")
    description = (writable(line.description).strip() or line.sku)[: 4000 - 40]
    quantity, price = line.quantity, round4(cost)
    if decimals(quantity) > 4:
        description += f" ({plain(quantity)} at {plain(price)})"
        quantity, price = Decimal(1), round2(quantity * cost)
    return Line(
        description=description,
        quantity=quantity,
        unit_amount=price,
        tax_type=rules.purchase_tax_type,
        item_code=line.sku,
    )


def _unit_cost(line: OrderLine, *, order: Order, rules: MappingRules) -> Decimal:
    """Return what one unit costs in the order's currency: the order's word, else the item's price, else the list's.

    The item's price is in the base currency (xero-rules.md 5.3), and 0 there is a price nobody has filled in.
    """
    item = rules.items.get(line.sku)
    costs = (
        line.unit_cost,
        item.purchase_price or None if item is not None and order.currency == rules.base_currency else None,
        rules.unit_costs.get((line.sku, order.currency)),
    )
    for cost in costs:
        if cost is not None and cost.is_finite() and cost >= 0:
            return cost
    raise Held(HoldCause.COST_UNKNOWN, line.sku)
