"""An order becomes a sales invoice."""

from decimal import Decimal
from itertools import chain, repeat

from daybook.documents.causes import Held, Hold, HoldCause
from daybook.documents.document import Invoice
from daybook.kit.money import plain
from daybook.mapping import checks, fineness, forms, stock
from daybook.mapping.layouts import Row
from daybook.mapping.orders import Order
from daybook.mapping.pricing import Part
from daybook.mapping.references import reference
from daybook.mapping.rules import MappingRules
from daybook.mapping.totals import Priced, priced, settled

_RATE_STEP = Decimal("0.000001")


def map_invoice(
    order: Order, rules: MappingRules, *, number: str, prices: Priced | Hold | None = None
) -> Invoice | Hold:
    """Return the invoice whose totals in Xero will be the order's own, to the cent, or why there is none yet.

    `number`: from `document_number`; fixed for the life of the document. `prices`: of the order, where it is priced already.
    """
    try:
        return _invoice(order, rules, priced(order, known=rules.tax_types) if prices is None else prices, number=number)
    except Held as held:
        return held.hold


def _invoice(order: Order, rules: MappingRules, prices: Priced | Hold, *, number: str) -> Invoice:
    checks.check_order(order, rules, number=number)
    checks.check_settings(rules, ("customer_contact_id", "sales_account"))
    parts, reckoned = settled(prices)
    fineness.check(reckoned.totals, order.currency)
    items = stock.item_codes(order, rules)  # of the goods, which stand before the shipping
    booked = zip((part.in_cents() for part in parts), chain(items, repeat("")), strict=False)
    met = forms.meet(tuple(_row(part, rules, item) for part, item in booked), reckoned.goods, rules)
    met = forms.with_rounding(met, reckoned.rounding, rules)
    invoice = Invoice(
        number=number,
        contact_id=rules.customer_contact_id,
        contact_name=rules.customer_contact_name,
        date=order.document_date,
        due_date=order.document_date + checks.payment_terms(rules),
        currency=order.currency,
        amount_type=met.layout.amount_type,
        lines=met.layout.lines,
        totals=met.totals,
        reference=reference(order, rules.reference_template, number=number),
        status=rules.document_status,
        form=met.layout.form,
        url=order.source_url,
        currency_rate=_currency_rate(order, rules),
    )
    checks.check_size(invoice)
    return invoice


def _currency_rate(order: Order, rules: MappingRules) -> Decimal | None:
    """Return the order's own rate of exchange, as finely as Xero keeps it (xero-rules.md 5.1); none in the base currency."""
    if order.exchange_rate is None or order.currency == rules.base_currency:
        return None
    return order.exchange_rate.quantize(_RATE_STEP)


def _row(part: Part, rules: MappingRules, item_code: str) -> Row:
    """Return where a part is booked: account, TaxType and, for goods on a Tracked company's stock, the item."""
    if part.is_shipping:
        checks.check_settings(rules, ("shipping_account",))
        return Row(part=part, account_code=rules.shipping_account, tax_type=_tax_type(part, rules))
    return Row(part=part, account_code=rules.sales_account, tax_type=_tax_type(part, rules), item_code=item_code)


def _tax_type(part: Part, rules: MappingRules) -> str:
    """Return the TaxType a person mapped the rate to; raise Held where there is none, or it has left the organisation."""
    tax_type = rules.tax_types.get(part.rate)
    if not tax_type:
        raise Held(HoldCause.TAX_RATE_NOT_MAPPED, plain(part.rate))
    if tax_type not in forms.effective_rates(rules):
        detail = f"{tax_type}, to which the rate is mapped, is not an active tax rate of the organisation."
        raise Held(HoldCause.TAX_RATE_NOT_MAPPED, plain(part.rate), detail)
    return tax_type
