"""PURE: how each kind of document is made of an order: a row for each, in the order in which they are made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from daybook.documents.causes import Hold
from daybook.documents.kinds import SPECS, Kind, Paper
from daybook.intake import mailed_invoices, order_files
from daybook.mapping import invoices, numbers, purchase_orders, stock
from daybook.mapping.numbers import Numbering
from daybook.mapping.orders import Order
from daybook.mapping.rules import MappingRules, ProcessMethod
from daybook.mapping.totals import Priced
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.sources.canonical.schema import CanonicalOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document of the order that was made before, or just now: as it stands, or will when it has gone."""

    kind: Kind
    key: str
    generation: int
    mark: str
    number: str
    is_number_free: bool
    """Cancelled, and certainly not in the ledger."""
    state: State
    their_status: str
    """"" before it is posted."""
    paper: Paper | None
    """What it says; None while it is held, or where it cannot be read."""


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
    key: str = ""
    """Which part of the order is to be made."""
    made: Sequence[Made] = ()
    """All its documents, of kinds that follow the sale only: what they are about is among them. Oldest first."""

    def sale(self) -> Made | None:
        """Return the newest document that books the sale and is not cancelled."""
        live = (each for each in self.made if SPECS[each.kind].is_the_sale and each.state != State.CANCELLED)
        return max(live, key=lambda each: each.generation, default=None)


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
    keys: Callable[[Material], Sequence[str]] = lambda _of: ("",)
    """Of a kind that follows the sale: which parts of the order become one each, such as refunds by their ids."""
    named: Callable[[Material, Numbering], str | Hold] | None = None
    """The number, of a kind that follows the sale; instead of `number`."""
    about: Callable[[Material], str] = lambda _of: ""
    """The mark of the document that it is about, among those made; where another one takes its place it is made anew."""
    needs: Callable[[Material], Sequence[tuple[str, Until]]] = lambda _of: ()
    """By mark how far other documents of the order must have come before it goes: what those it is about need, too."""


def _invoice(of: Material, number: str) -> Paper | Hold:
    return invoices.map_invoice(of.order, of.rules, number=number, prices=of.prices)


def _purchase_order(of: Material, number: str) -> Paper | Hold:
    return purchase_orders.map_purchase_order(of.order, of.rules, number=number)


def _order_file(of: Material, number: str) -> Paper | Hold:
    rules = of.rules.file
    return order_files.writable(of.received, of.order, zone=of.zone, number=number, prices=of.prices, rules=rules)


def _mailed_invoice(of: Material, number: str) -> Paper | Hold:
    return mailed_invoices.mailed_invoice(of.received, of.order, of.prices, of.rules, number=number)


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
    Kind.INVOICE_MAIL: Maker(make=_mailed_invoice),
    Kind.ORDER_FILE: Maker(
        make=_order_file, number=lambda prefix, ref, _issue, _numbering: order_files.number(prefix, ref)
    ),
}
