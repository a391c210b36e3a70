"""PURE: how each kind of document is made of an order: a row for each, in the order in which they are made."""

from collections.abc import Mapping
from functools import partial

from daybook.documents.causes import Hold
from daybook.documents.kinds import Kind, Paper
from daybook.intake import (
    billing,
    crediting,
    lowering,
    mailed_invoices,
    order_files,
    part_documents,
    paying,
    paying_back,
    sold_less,
)
from daybook.intake.material import Made as Made  # noqa: PLC0414 - whoever makes a kind finds all here
from daybook.intake.material import Maker as Maker  # noqa: PLC0414 - as above
from daybook.intake.material import Material as Material  # noqa: PLC0414 - as above
from daybook.ledgers.files.formats import XML
from daybook.mapping import purchase_orders, stock
from daybook.mapping.rules import MappingRules, ProcessMethod


def _purchase_order(of: Material, number: str) -> Paper | Hold:
    return purchase_orders.map_purchase_order(of.order, of.rules, number=number)


def _order_file(of: Material, number: str) -> Paper | Hold:
    rules, zone = of.rules.file, of.zones.sender
    sale = partial(sold_less.sale_of, of, Kind.ORDER_FILE)
    return order_files.writable(of.received, of.order, zone=zone, number=number, sale=sale, rules=rules)


def _mailed_invoice(of: Material, number: str) -> Paper | Hold:
    return mailed_invoices.mailed_invoice(
        of.received, of.order, sold_less.sale_of(of, Kind.INVOICE_MAIL), of.rules, number=number
    )


def _invoice(of: Material, number: str) -> Paper | Hold:
    return part_documents.invoice(of, number) if of.key else lowering.invoice(of, number)


def _is_anything_sold(of: Material) -> bool:
    return part_documents.is_split(of) or lowering.is_anything_left(of)


def _is_tracked(rules: MappingRules) -> bool:
    return rules.process_method is ProcessMethod.TRACKED


def _is_anything_to_order(of: Material) -> bool:
    return stock.is_anything_to_order(of.order, of.rules)


def _is_file_due(of: Material) -> bool:
    """Where the file says what was sold and no sums, it says so also of what was given back since."""
    return of.rules.file.format == XML.name or sold_less.is_anything_left(of, Kind.ORDER_FILE)


_GIVEN_BACK = "all of it was given back before it was posted"
MAKERS: Mapping[Kind, Maker] = {
    Kind.PURCHASE_ORDER: Maker(
        make=_purchase_order,
        is_made=_is_tracked,
        is_due=_is_anything_to_order,
        why_not_due="nothing is to be ordered",
    ),
    Kind.INVOICE: Maker(
        make=_invoice,
        is_due=_is_anything_sold,
        keys=part_documents.of_sale,
        why_not_due=_GIVEN_BACK,
    ),
    Kind.INVOICE_MAIL: Maker(
        make=_mailed_invoice,
        is_due=lambda of: sold_less.is_anything_left(of, Kind.INVOICE_MAIL),
        why_not_due=_GIVEN_BACK,
    ),
    Kind.ORDER_FILE: Maker(
        make=_order_file,
        is_due=_is_file_due,
        why_not_due=_GIVEN_BACK,
        number=lambda prefix, ref, _issue, _numbering: order_files.number(prefix, ref),
    ),
    Kind.CREDIT_FILE: sold_less.CREDIT_FILE,
    Kind.CREDIT_NOTE: crediting.CREDIT_NOTE,
    Kind.ALLOCATION: crediting.ALLOCATION,
    Kind.PAYMENT: paying.PAYMENT,
    Kind.REFUND: paying_back.REFUND,
    Kind.BILL: billing.BILL,
    Kind.BILL_PAYMENT: billing.BILL_PAYMENT,
}
