"""PURE: the canonical order as the invoice that its customer is mailed."""

from datetime import timedelta

from daybook.documents.causes import Cause, Hold
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.sale import Sale
from daybook.intake import order_files
from daybook.ledgers.mail import messages
from daybook.ledgers.mail.reasons import MailCause
from daybook.mapping import orders as mapping
from daybook.mapping.rules import MappingRules
from daybook.mapping.texts import without_entities
from daybook.sources.canonical.schema import CanonicalOrder


def mailed_invoice(
    order: CanonicalOrder | None, left: mapping.Order, sale: Sale | Hold, rules: MappingRules, *, number: str
) -> MailedInvoice | Hold:
    """Return the invoice of an order, or why there is none to be mailed.

    `left`: the order less what was cancelled; `sale`: what it comes to.
    """
    assert order is not None  # noqa: S101 - without an order there is no document
    said = order.customer.email.strip()
    email = messages.usable_address(said)
    if not email:
        return Hold(MailCause.ADDRESS_UNUSABLE, said) if said else Hold(MailCause.ADDRESS_MISSING)
    if not left.lines and not left.shipping:
        return Hold(Cause.NO_LINES, left.ref)
    if isinstance(sale, Hold):
        return sale
    if rules.latest_date is not None and sale.date > rules.latest_date:
        return Hold(Cause.DATE_IN_FUTURE, sale.date.isoformat())
    return MailedInvoice(
        number=number,
        email=email,
        customer_name=without_entities(order.customer.name or order.billing_address.name),
        customer_vat_number=order.customer.vat_number,
        billing_address=order_files.billed(order),
        shipping_address=order_files.address(order.shipping_address),
        order_ref=left.ref,
        external_ref=left.external_ref,
        shipping_method=without_entities(order.shipping_method),
        due_date=sale.date + timedelta(days=rules.payment_terms_days),
        currency=left.currency,
        sale=sale,
    )
