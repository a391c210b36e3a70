"""An order of a Tracked company becomes a purchase order at unit cost."""

from dataclasses import replace
from decimal import Decimal

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import AmountType, DecidedBy, Line, PurchaseOrder
from daybook.kit.money import decimals, plain, round2, round4
from daybook.mapping import checks, costs, forms, stock
from daybook.mapping.arithmetic import document_totals
from daybook.mapping.orders import Order, OrderLine
from daybook.mapping.pricing import TOO_LARGE
from daybook.mapping.references import reference
from daybook.mapping.rules import MappingRules
from daybook.mapping.texts import writable

_DECIDED_BY = DecidedBy(tax_type="Tax on purchase orders", item="Goods on stock")


def map_purchase_order(order: Order, rules: MappingRules, *, number: str) -> PurchaseOrder | Hold:
    """Return the purchase order for an order's goods, or why there is none yet.

    Quantity x unit cost in the costs' own currency, exclusive, each line on its tracked item: the item's own inventory
    account applies, so lines name none (xero-rules.md 5.5). `number`: from `document_number`.
    """
    try:
        return _purchase_order(order, rules, number=number)
    except Held as held:
        return held.hold


def _purchase_order(order: Order, rules: MappingRules, *, number: str) -> PurchaseOrder:
    checks.check_settings(rules, ("supplier_contact_id", "purchase_tax_type"))
    rates = forms.effective_rates(rules)
    if rules.purchase_tax_type not in rates:
        detail = f"{rules.purchase_tax_type} is not an active tax rate of the organisation."
        raise Held(Cause.SETTINGS_INCOMPLETE, "purchase_tax_type", detail)
    goods = stock.to_order(order, rules)
    if not goods:
        raise Held(Cause.NO_LINES)
    unit_costs = costs.in_one_currency(goods, rules)
    order = replace(order, currency=unit_costs[0].currency)
    checks.check_order(order, rules, number=number)
    lines = tuple(_line(line, cost.amount, rules) for line, cost in zip(goods, unit_costs, strict=True))
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


def _line(line: OrderLine, cost: Decimal, rules: MappingRules) -> Line:
    """Return one line at cost, its price at the four decimals that a purchase order keeps (xero-rules.md 5.4).

    Purchase orders take no line amount in the place of a price, so a finer cost is rounded, and a quantity finer than
    four decimals travels as 1 at the whole line's cost.
    """
    if not line.quantity.is_finite() or max(line.quantity, cost, line.quantity * cost) >= TOO_LARGE:
        raise Held(Cause.AMOUNT_TOO_LARGE, line.sku)
    if line.quantity < 0:
        raise Held(Cause.NEGATIVE_TOTAL, line.sku, "A purchase order takes no negative quantity.")
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
        decided_by=_DECIDED_BY,
    )
