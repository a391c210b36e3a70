"""What a document is: one row for each kind. A new kind is a row here, a class in `document.py` and a form a ledger."""

from dataclasses import dataclass
from enum import StrEnum

from daybook.documents.document import Document, Invoice, PurchaseOrder
from daybook.documents.order_file import OrderFile

Paper = Document | OrderFile
"""What any kind says."""


class Kind(StrEnum):
    """The kinds of document; the values are stored and stand in the REST API."""

    INVOICE = "invoice"
    PURCHASE_ORDER = "purchase_order"
    ORDER_FILE = "order_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """What holds for a kind in every ledger."""

    title: str
    """For people: how one is called."""
    type: type[Paper]


SPECS: dict[str, KindSpec] = {
    Kind.INVOICE: KindSpec(title="Invoice", type=Invoice),
    Kind.PURCHASE_ORDER: KindSpec(title="Purchase order", type=PurchaseOrder),
    Kind.ORDER_FILE: KindSpec(title="Order file", type=OrderFile),
}
CHOICES = [(str(kind), spec.title) for kind, spec in SPECS.items()]
"""As model and form fields want them."""
