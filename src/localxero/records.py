"""What a set of books is made of: immutable records, all money Decimal, named as Xero names them."""

from datetime import date
from decimal import Decimal

import msgspec

# Plans, as Organisation.Class names them, and those of them that have the base currency alone (xero-rules.md 10.18, likely).
PLANS = (
    "DEMO", "TRIAL", "STARTER", "STANDARD", "PREMIUM", "PREMIUM_20", "PREMIUM_50", "PREMIUM_100", "LEDGER", "GST_CASHBOOK",
    "NON_GST_CASHBOOK", "ULTIMATE", "LITE", "ULTIMATE_10", "ULTIMATE_20", "ULTIMATE_50", "ULTIMATE_100", "IGNITE", "GROW",
    "COMPREHENSIVE", "SIMPLE", "BASICLITE", "ULTRA",
)  # fmt: skip
EDITIONS = ("BUSINESS", "PARTNER")
ONE_CURRENCY = {
    "STARTER",
    "STANDARD",
    "LEDGER",
    "GST_CASHBOOK",
    "NON_GST_CASHBOOK",
    "LITE",
    "IGNITE",
    "GROW",
    "SIMPLE",
    "BASICLITE",
}
# Who writes a history line that no person wrote.
SYSTEM = "System Generated"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the books; a change replaces it, so a shallow copy of the books is a snapshot of them."""


class Organisation(Record, frozen=True, kw_only=True):
    """An organisation and those of its settings that rules ask for."""

    tenant_id: str
    name: str
    legal_name: str
    short_code: str
    country_code: str
    base_currency: str
    version: str
    timezone: str
    tax_number: str
    registration_number: str | None = None
    organisation_type: str = "COMPANY"
    edition: str = "BUSINESS"
    plan: str = "PREMIUM"
    invoice_cap: int | None = None
    bill_cap: int | None = None
    status: str = "ACTIVE"
    is_demo_company: bool = False
    financial_year_end_day: int = 31
    financial_year_end_month: int = 3
    sales_tax_basis: str = "ACCRUALS"
    sales_tax_period: str = "QUARTERLY"
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    created_ms: int = 0
    api_key: str = ""
    offline: bool = False
    not_allowed: tuple[str, ...] = ()

    @property
    def has_multicurrency(self) -> bool:
        """Tell whether plan and person allow other currencies (xero-rules.md 5.3, likely)."""
        return self.plan not in ONE_CURRENCY and "UseMulticurrency" not in self.not_allowed


class Account(Record, frozen=True, kw_only=True):
    """One account of the chart."""

    account_id: str
    code: str
    name: str
    type: str
    klass: str
    tax_type: str = "NONE"
    status: str = "ACTIVE"
    description: str = ""
    system_account: str = ""
    enable_payments: bool = False
    show_in_expense_claims: bool = False
    add_to_watchlist: bool = False
    reporting_code: str = ""
    bank_account_type: str | None = None
    currency_code: str | None = None
    bank_account_number: str | None = None
    updated_ms: int = 0


class TaxComponent(Record, frozen=True, kw_only=True):
    """One part of a tax rate that has several."""

    name: str
    rate: Decimal
    is_compound: bool = False
    is_non_recoverable: bool = False


class TaxRate(Record, frozen=True, kw_only=True):
    """One tax rate; `applies_to` holds the account classes it may be used with (xero-rules.md 5.7)."""

    tax_type: str
    name: str
    rate: Decimal
    applies_to: frozenset[str]
    report_tax_type: str = ""
    status: str = "ACTIVE"
    component: str = "Tax"
    components: tuple[TaxComponent, ...] = ()


class TrackingOption(Record, frozen=True, kw_only=True):
    """One option of a tracking category."""

    option_id: str
    name: str
    status: str = "ACTIVE"


class TrackingCategory(Record, frozen=True, kw_only=True):
    """A way to divide income and costs, such as Region."""

    category_id: str
    name: str
    status: str = "ACTIVE"
    options: tuple[TrackingOption, ...] = ()


class BrandingTheme(Record, frozen=True, kw_only=True):
    """A look of printed documents; the default one comes first."""

    theme_id: str
    name: str
    sort_order: int = 0
    created_ms: int = 0


class Currency(Record, frozen=True, kw_only=True):
    """One currency the organisation is subscribed to."""

    code: str
    description: str


class Address(Record, frozen=True, kw_only=True, rename="pascal"):
    """A contact's address."""

    address_type: str
    address_line1: str = ""
    address_line2: str = ""
    address_line3: str = ""
    address_line4: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    attention_to: str = ""


class Phone(Record, frozen=True, kw_only=True, rename="pascal"):
    """A contact's telephone number."""

    phone_type: str
    phone_number: str = ""
    phone_area_code: str = ""
    phone_country_code: str = ""


class ContactPerson(Record, frozen=True, kw_only=True, rename="pascal"):
    """One more person of a contact."""

    first_name: str = ""
    last_name: str = ""
    email_address: str = ""
    include_in_emails: bool = False


class PaymentTerm(Record, frozen=True, kw_only=True, rename="pascal"):
    """When something is to be paid, such as 20 DAYSAFTERBILLDATE."""

    day: int | None = None
    type: str | None = None


class PaymentTerms(Record, frozen=True, kw_only=True, rename="pascal"):
    """When a contact's bills and invoices are to be paid."""

    bills: PaymentTerm | None = None
    sales: PaymentTerm | None = None


class BatchPaymentDetails(Record, frozen=True, kw_only=True, rename="pascal"):
    """How a contact is paid in a batch."""

    bank_account_number: str = ""
    bank_account_name: str = ""
    details: str = ""
    code: str | None = None
    reference: str | None = None


class DefaultTracking(Record, frozen=True, kw_only=True, rename="pascal"):
    """What a contact's lines are tracked by unless told otherwise."""

    tracking_category_name: str | None = None
    tracking_option_name: str | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A customer or supplier. What it sets as defaults is kept and shown; here no document is drafted from it."""

    contact_id: str
    name: str
    status: str = "ACTIVE"
    contact_number: str | None = None
    account_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_address: str = ""
    tax_number: str | None = None
    company_number: str | None = None
    default_currency: str | None = None
    tax_number_type: str | None = None
    bank_account_details: str = ""
    accounts_receivable_tax_type: str | None = None
    accounts_payable_tax_type: str | None = None
    sales_default_line_amount_type: str | None = None
    purchases_default_line_amount_type: str | None = None
    sales_default_account_code: str | None = None
    purchases_default_account_code: str | None = None
    xero_network_key: str | None = None
    payment_terms: PaymentTerms | None = None
    batch_payments: BatchPaymentDetails | None = None
    sales_tracking: tuple[DefaultTracking, ...] = ()
    purchases_tracking: tuple[DefaultTracking, ...] = ()
    addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    persons: tuple[ContactPerson, ...] = ()
    merged_to: str | None = None
    updated_ms: int = 0


class ItemSide(Record, frozen=True, kw_only=True):
    """PurchaseDetails or SalesDetails of an item."""

    unit_price: Decimal | None = None
    account_code: str | None = None
    cogs_account_code: str | None = None
    tax_type: str | None = None


class Item(Record, frozen=True, kw_only=True):
    """A product; tracked when it has an inventory asset account."""

    item_id: str
    code: str
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool = True
    is_purchased: bool = True
    sales: ItemSide = ItemSide()
    purchases: ItemSide = ItemSide()
    inventory_asset_account_code: str | None = None
    quantity_on_hand: Decimal = Decimal("0.0000")
    total_cost_pool: Decimal = Decimal("0.00")
    opening_quantity: Decimal = Decimal("0.0000")
    opening_cost: Decimal = Decimal("0.00")
    updated_ms: int = 0

    @property
    def is_tracked(self) -> bool:
        """Tell whether Xero keeps stock of it."""
        return self.inventory_asset_account_code is not None


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


class Note(Record, frozen=True, kw_only=True):
    """One line of a record's history; it cannot be changed or deleted."""

    changes: str
    details: str
    at_ms: int
    user: str = SYSTEM


class Attachment(Record, frozen=True, kw_only=True):
    """A file that hangs on a record."""

    attachment_id: str
    file_name: str
    mime_type: str
    content: bytes
    include_online: bool = False


class PurchaseOrder(Document, frozen=True, kw_only=True):
    """A purchase order: posts nothing, moves no stock (xero-rules.md 5.4)."""

    delivery_date: date | None = None
    expected_arrival_date: date | None = None
    delivery_address: str = ""
    attention_to: str = ""
    telephone: str = ""
    delivery_instructions: str = ""


class StockMove(Record, frozen=True, kw_only=True):
    """What one approved document did to one item; `paid` is what was paid for it where that decides its cost."""

    item_id: str
    quantity: Decimal
    cost: Decimal
    paid: Decimal | None = None
