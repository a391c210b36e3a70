"""PURE: how each kind of document is made of an order: a row for each, in the order in which they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from daybook.documents.causes import Hold
from daybook.documents.kinds import Kind, Paper
from daybook.intake import order_files
from daybook.mapping import invoices, numbers, purchase_orders, stock
from daybook.mapping.numbers import Numbering
from daybook.mapping.orders import Order
from daybook.mapping.rules import MappingRules, ProcessMethod
from daybook.mapping.totals import Priced
from daybook.sources.canonical.schema import CanonicalOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a document may be made of."""

    received: CanonicalOrder | None
    """As it was sent."""
    order: Order
    """The same for the mapping, less what was cancelled, with the document's mark."""
    rules: MappingRules
    prices: Priced | Hold | None
    zone: tzinfo
    """Of the sender's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """One kind, as it is made of an order."""

    make: Callable[[Material, str], Paper | Hold]
    """With its number."""
    is_made: Callable[[MappingRules], bool] = lambda _rules: True
    """Whether the company has such documents made at all."""
    is_due: Callable[[Material], bool] = lambda _of: True
    """Whether an order that is due becomes one."""
    why_not_due: str = "nothing of the order belongs on it"
    """In words, where one that was made is not wanted any more."""
    number: Callable[[str, str, int, Numbering], str | Hold] = numbers.document_number
    """Of (the company's prefix, the order's ref, how often one was made, what the ledger takes)."""


def _invoice(of: Material, number: str) -> Paper | Hold:
    return invoices.map_invoice(of.order, of.rules, number=number, prices=of.prices)


def _purchase_order(of: Material, number: str) -> Paper | Hold:
    return purchase_orders.map_purchase_order(of.order, of.rules, number=number)


def _order_file(of: Material, number: str) -> Paper | Hold:
    return order_files.writable(of.received, of.order, zone=of.zone, number=number)


def _is_tracked(rules: MappingRules) -> bool:
    return rules.process_method is ProcessMethod.TRACKED


def _is_anything_to_order(of: Material) -> bool:
    return stock.is_anything_to_order(of.order, of.rules)


MAKERS: Mapping[Kind, Maker] = {
    Kind.PURCHASE_ORDER: Maker(
        make=_purchase_order,
        is_made=_is_tracked,
        is_due=_is_anything_to_order,
        why_not_due="nothing is to be ordered",
    ),
    Kind.INVOICE: Maker(make=_invoice),
    Kind.ORDER_FILE: Maker(
        make=_order_file, number=lambda prefix, ref, _issue, _numbering: order_files.number(prefix, ref)
    ),
}
