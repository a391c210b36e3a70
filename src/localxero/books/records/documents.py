"""Invoices, bills, credit notes, purchase orders, and what settles them."""

from datetime import date
from decimal import Decimal

from localxero.books.records.record import Record


class Tracking(Record, frozen=True, kw_only=True):
    """What a line is tracked by."""

    category_id: str
    option_id: str


class Line(Record, frozen=True, kw_only=True):
    """One line of a document, its amount and tax already rounded."""

    line_item_id: str
    description: str | None = None
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal = Decimal("0.00")
    tax_amount: Decimal = Decimal("0.00")
    tax_type: str | None = None
    item_code: str | None = None
    account_code: str | None = None
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    tracking: tuple[Tracking, ...] = ()


class Document(Record, frozen=True, kw_only=True):
    """What invoices, bills, credit notes and purchase orders have in common."""

    document_id: str
    number: str
    contact_id: str
    status: str
    date: date
    line_amount_types: str
    lines: tuple[Line, ...]
    currency_code: str
    currency_rate: Decimal
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    total_discount: Decimal = Decimal("0.00")
    reference: str = ""
    sent_to_contact: bool = False
    branding_theme_id: str | None = None
    created_by: str = ""
    updated_ms: int = 0


class Invoice(Document, frozen=True, kw_only=True):
    """A sales invoice (ACCREC) or a bill (ACCPAY)."""

    type: str
    due_date: date | None = None
    url: str | None = None
    expected_payment_date: date | None = None
    planned_payment_date: date | None = None
    former_numbers: tuple[str, ...] = ()
    rounding: Decimal = Decimal("0.00")
    amount_paid: Decimal = Decimal("0.00")
    amount_credited: Decimal = Decimal("0.00")
    fully_paid_on: date | None = None

    @property
    def amount_due(self) -> Decimal:
        """Return what is still to be paid; nothing on a dead document."""
        if self.status in {"VOIDED", "DELETED"}:
            return Decimal("0.00")
        return self.total - self.amount_paid - self.amount_credited

    @property
    def is_settled(self) -> bool:
        """Tell whether anything was paid or credited on it."""
        return bool(self.amount_paid or self.amount_credited)


class CreditNote(Document, frozen=True, kw_only=True):
    """A credit note for a customer (ACCRECCREDIT) or from a supplier (ACCPAYCREDIT)."""

    type: str
    due_date: date | None = None
    amount_allocated: Decimal = Decimal("0.00")
    amount_refunded: Decimal = Decimal("0.00")
    fully_paid_on: date | None = None

    @property
    def remaining_credit(self) -> Decimal:
        """Return what is still to be used up; nothing on a dead document."""
        if self.status in {"VOIDED", "DELETED"}:
            return Decimal("0.00")
        return self.total - self.amount_allocated - self.amount_refunded

    @property
    def is_settled(self) -> bool:
        """Tell whether any of it was allocated or refunded."""
        return bool(self.amount_allocated or self.amount_refunded)


class PurchaseOrder(Document, frozen=True, kw_only=True):
    """A purchase order: posts nothing, moves no stock (xero-rules.md 5.4)."""

    delivery_date: date | None = None
    expected_arrival_date: date | None = None
    delivery_address: str = ""
    attention_to: str = ""
    telephone: str = ""
    delivery_instructions: str = ""


class Payment(Record, frozen=True, kw_only=True):
    """Money against an invoice, bill or credit note; `amount` is in the document's currency."""

    payment_id: str
    document_id: str
    type: str
    account_id: str
    date: date
    amount: Decimal
    currency_rate: Decimal = Decimal("1.000000")
    bank_amount: Decimal = Decimal("0.00")
    reference: str = ""
    particulars: str | None = None
    details: str | None = None
    code: str | None = None
    is_reconciled: bool = False
    status: str = "AUTHORISED"
    updated_ms: int = 0


class Allocation(Record, frozen=True, kw_only=True):
    """A part of a credit note that was set against an invoice or bill."""

    allocation_id: str
    credit_note_id: str
    invoice_id: str
    amount: Decimal
    date: date
