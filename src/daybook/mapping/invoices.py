"""An order becomes a sales invoice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, repeat

from daybook.documents.causes import Held, Hold
from daybook.documents.document import Invoice, Line
from daybook.kit.money import Totals
from daybook.mapping import booking, checks, fineness, forms, posting_rules, stock, taxes
from daybook.mapping.arithmetic import line_tax
from daybook.mapping.layouts import Layout
from daybook.mapping.orders import Order
from daybook.mapping.references import reference
from daybook.mapping.rules import MappingRules
from daybook.mapping.totals import Priced, priced, settled

_RATE_STEP = Decimal("0.000001")


def map_invoice(
    order: Order, rules: MappingRules, *, number: str, prices: Priced | Hold | None = None
) -> Invoice | Hold:
    """Return the invoice whose totals in the ledger will be the order's own, to the cent, or why there is none yet.

    `number`: from `document_number`; fixed for the life of the document. `prices`: of the order, where it is priced already.
    """
    try:
        return _invoice(order, rules, priced(order, known=rules.tax_types) if prices is None else prices, number=number)
    except Held as held:
        return held.hold


def _invoice(order: Order, rules: MappingRules, prices: Priced | Hold, *, number: str) -> Invoice:
    checks.check_order(order, rules, number=number)
    checks.check_settings(rules, ("customer_contact_id", "sales_account"))
    taxes.check_liable(order, posting_rules.liable_named(rules.posting_rules))
    parts, reckoned = settled(prices)
    fineness.check(reckoned.totals, order.currency, ledger=rules.ledger)
    items = stock.item_codes(order, rules)  # of the goods, which stand before the shipping
    booked = zip((part.in_cents() for part in parts), chain(items, repeat("")), strict=False)
    met = forms.meet(booking.rows(booked, order, rules), reckoned.goods, rules)
    met = forms.with_rounding(met, reckoned.rounding, rules)
    invoice = Invoice(
        number=number,
        contact_id=rules.customer_contact_id,
        contact_name=rules.customer_contact_name,
        date=order.document_date,
        due_date=_due_date(order, rules, met.totals),
        currency=order.currency,
        amount_type=met.layout.amount_type,
        lines=_with_taxes(met.layout, forms.effective_rates(rules)),
        totals=met.totals,
        reference=reference(order, rules.reference_template, number=number),
        status=rules.document_status,
        form=met.layout.form,
        url=order.source_url,
        currency_rate=_currency_rate(order, rules),
    )
    checks.check_size(invoice)
    return invoice


def _with_taxes(layout: Layout, rates: Mapping[str, Decimal]) -> tuple[Line, ...]:
    """Return the lines with what their taxes come to now: what is given back later bears the tax of the sale's own day."""
    basis = layout.amount_type
    return tuple(
        replace(line, tax=line_tax(line, rate=rates[line.tax_type], amount_type=basis)) for line in layout.lines
    )


def _due_date(order: Order, rules: MappingRules, totals: Totals) -> date:
    """Return when it is due: on its own day where all of it was paid and that is booked."""
    is_paid = rules.post_payments and order.paid >= totals.gross
    return order.document_date if is_paid else order.document_date + checks.payment_terms(rules)


def _currency_rate(order: Order, rules: MappingRules) -> Decimal | None:
    """Return the order's own rate of exchange, as finely as it is kept (xero-rules.md 5.1); none in the base currency."""
    if order.exchange_rate is None or order.currency == rules.base_currency:
        return None
    return order.exchange_rate.quantize(_RATE_STEP)
