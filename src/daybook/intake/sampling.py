"""A company's newest orders as a document would be made of them now, whether they are due or not: for previews."""

from collections.abc import Iterator
from dataclasses import replace

from daybook.connections.models import Connection
from daybook.documents.causes import Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import OrderFile
from daybook.intake import conversion, facts, loading, order_files
from daybook.intake import mailed_invoices as mailed_invoices_
from daybook.intake.making import Material
from daybook.intake.rules import load_rules
from daybook.kit import clock
from daybook.mapping import numbers, sales
from daybook.mapping.totals import priced
from daybook.orders.models import Order
from daybook.sources.canonical import payouts

MOST = 3


def recent(connection: Connection, *, most: int = MOST) -> Iterator[tuple[Order, Material]]:
    """Yield the newest orders of which the content is known, each with what a document is made of."""
    company, rules = connection.company, load_rules(connection)
    mine = Order.objects.filter(company=company).exclude(current_revision=None).exclude(feed__name=payouts.SOURCE)
    orders = list(mine.select_related("feed", "current_revision").order_by("-id")[:most])
    received = loading.received(company, orders)
    for order in orders:
        content = received[order.pk].order
        if content is None:
            continue
        stands = facts.derive(content, received[order.pk].told)
        currency = content.currency or rules.default_currency
        zone = rules.timing.zones.sender
        left_at = content.dispatched_at or content.completed_at or content.ordered_at
        left = order_files.by_the_clock(left_at, zone) or clock.now()
        mapped = conversion.mapping_order(
            content,
            stands,
            currency=currency,
            document_date=left.date(),
            known=rules.mapping.tax_types,
            cash_step=rules.mapping.cash_steps.get(currency),
        )
        prices = priced(mapped, known=rules.mapping.tax_types)
        yield (
            order,
            Material(received=content, order=mapped, rules=rules.mapping, prices=prices, zones=rules.timing.zones),
        )


def mailed_invoices(connection: Connection, prefix: str) -> Iterator[tuple[str, MailedInvoice | Hold]]:
    """Yield the invoices that the newest orders would be mailed as, each under its number."""
    for order, of in recent(connection):
        number = numbers.document_number(order.feed.number_prefix or prefix, order.ref)
        if isinstance(number, Hold):
            yield order.ref, number
            continue
        yield (
            number,
            mailed_invoices_.mailed_invoice(
                of.received, of.order, sales.map_sale(of.order, of.prices), of.rules, number=number
            ),
        )


def order_file(of: Material, number: str, rules: FileRules) -> OrderFile | Hold:
    """Return an order's file by rules that may not be saved yet, or why there would be none."""
    of = replace(of, rules=replace(of.rules, file=rules))
    return order_files.writable(
        of.received,
        of.order,
        zone=of.zones.sender,
        number=number,
        sale=lambda: sales.map_sale(of.order, of.prices),
        rules=rules,
    )
