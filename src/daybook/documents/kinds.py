"""What a document is: one row for each kind. A new kind is a row here, a class in `document.py` and a form a ledger."""

from dataclasses import dataclass
from enum import StrEnum

from daybook.documents.document import Bill, CreditNote, Document, Invoice, PurchaseOrder, Settlement
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import OrderFile

Paper = Document | Settlement | OrderFile | MailedInvoice
"""What any kind says."""


class Kind(StrEnum):
    """The kinds of document; the values are stored and stand in the REST API."""

    INVOICE = "invoice"
    PURCHASE_ORDER = "purchase_order"
    CREDIT_NOTE = "credit_note"
    ALLOCATION = "allocation"
    ORDER_FILE = "order_file"
    PAYMENT = "payment"
    REFUND = "refund"
    INVOICE_MAIL = "invoice_mail"
    CREDIT_FILE = "credit_file"
    BILL = "bill"
    BILL_PAYMENT = "bill_payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """What holds for a kind in every ledger."""

    title: str
    """For people: how one is called."""
    plural: str = ""
    """Where it is not the title with an s."""
    rank: int = 0
    """Of documents that have waited as long, those of the lowest go first: what others speak of."""
    type: type[Paper]
    suffix: str = ""
    """Behind its number in a ledger where kinds share one space of numbers, and an order may have one of each."""
    is_the_sale: bool = False
    """It books the sale: its totals are the order's, and what is given back afterwards is missing on it."""
    is_of_costs: bool = False
    """It is written from what the order costs the company, not from what the customer pays."""
    is_booked: bool = True
    """It changes the books there, so that a note may have to put it right."""
    is_of_payouts: bool = False
    """It is made of what a gateway paid out (`sources/canonical/payouts.py`), and of no order; all others of orders only."""
    follows: bool = False
    """It comes after the sale: it is made as soon as there is a sale that it is about, whatever became of the order."""

    @property
    def has_its_orders_day(self) -> bool:
        """Tell whether the order's own day dates it; money and what was given back keep days of their own."""
        return not (self.follows or self.is_of_payouts)

    def counted(self, count: int) -> str:
        """Return how so many are called."""
        return self.title if count == 1 else self.plural or f"{self.title}s"


SPECS: dict[str, KindSpec] = {
    Kind.INVOICE: KindSpec(title="Invoice", type=Invoice, rank=20, is_the_sale=True),
    Kind.PURCHASE_ORDER: KindSpec(title="Purchase order", type=PurchaseOrder, rank=10, suffix="-PO", is_of_costs=True),
    Kind.CREDIT_NOTE: KindSpec(title="Credit note", type=CreditNote, rank=30, suffix="-CR", follows=True),
    Kind.ALLOCATION: KindSpec(title="Allocation", type=Settlement, rank=40, follows=True),
    Kind.ORDER_FILE: KindSpec(title="Order file", type=OrderFile, is_booked=False),
    Kind.PAYMENT: KindSpec(title="Payment", type=Settlement, rank=50, follows=True),
    Kind.REFUND: KindSpec(title="Refund", type=Settlement, rank=60, follows=True),
    Kind.INVOICE_MAIL: KindSpec(
        title="Invoice by mail", plural="Invoices by mail", type=MailedInvoice, is_booked=False
    ),
    Kind.CREDIT_FILE: KindSpec(
        title="Credit in a file", plural="Credits in files", type=OrderFile, rank=30, is_booked=False, follows=True
    ),
    Kind.BILL: KindSpec(title="Bill", type=Bill, rank=20, is_of_costs=True, is_of_payouts=True),
    Kind.BILL_PAYMENT: KindSpec(
        title="Payment of a bill",
        plural="Payments of bills",
        type=Settlement,
        rank=50,
        is_of_payouts=True,
        follows=True,
    ),
}
CHOICES = [(str(kind), spec.title) for kind, spec in SPECS.items()]
"""As pages and forms want them."""


def choices() -> list[tuple[str, str]]:
    """Return them as a model's field asks for them: a new kind is then no change of the field, and wants no migration."""
    return CHOICES
