"""PURE: one struct per body that clients send, its fields spelt as Xero spells them.

A missing field and a null are the same here; see reading for how bytes become bodies.
"""

from decimal import Decimal
from functools import cache

import msgspec

from localxero.books.arithmetic import LINE_AMOUNT_TYPES
from localxero.books.records import Address, BatchPaymentDetails, ContactPerson, DefaultTracking, PaymentTerms, Phone

# A line amount is below 10,000,000,000 and a quantity has 13 characters (xero-rules.md 5.1); anything near this
# bound is already absurd, and staying below it keeps arithmetic exact.
LARGEST = Decimal(10) ** 15

_ACRONYMS = {"id": "ID", "utc": "UTC", "cogs": "COGS"}


def xero_name(name: str) -> str:
    """Spell a field as Xero does: contact_id is ContactID, cogs_account_code is COGSAccountCode."""
    return "".join(_ACRONYMS.get(word, word.capitalize()) for word in name.split("_"))


@cache
def _numbers_of(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Name the fields of a body that are numbers."""
    return tuple(each.name for each in msgspec.structs.fields(kind) if each.type == Decimal | None)


class Body(msgspec.Struct, rename=xero_name, kw_only=True):
    """Something a client sent."""

    def __post_init__(self) -> None:
        """Refuse numbers that are not numbers (NaN, Infinity) or beyond every cap."""
        for name in _numbers_of(type(self)):
            value = getattr(self, name)
            if value is None:
                continue
            if not (value.is_finite() and value.copy_abs() < LARGEST):
                message = f"{xero_name(name)} is not a number that can be stored"
                raise ValueError(message)
            if not value:
                setattr(self, name, value.copy_abs())


class TrackingBody(Body):
    """A tracking category and option, by ids or by names."""

    tracking_category_id: str | None = None
    tracking_option_id: str | None = None
    name: str | None = None
    option: str | None = None


class LineBody(Body):
    """A line item."""

    line_item_id: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal | None = None
    item_code: str | None = None
    account_code: str | None = None
    account_id: str | None = None
    tax_type: str | None = None
    tax_amount: Decimal | None = None
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    tracking: list[TrackingBody | None] | None = None


class ContactBody(Body):
    """A contact, whole or as a reference."""

    contact_id: str | None = None
    contact_number: str | None = None
    account_number: str | None = None
    contact_status: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_number: str | None = None
    email_address: str | None = None
    tax_number: str | None = None
    tax_number_type: str | None = None
    bank_account_details: str | None = None
    default_currency: str | None = None
    accounts_receivable_tax_type: str | None = None
    accounts_payable_tax_type: str | None = None
    sales_default_line_amount_type: str | None = None
    purchases_default_line_amount_type: str | None = None
    sales_default_account_code: str | None = None
    purchases_default_account_code: str | None = None
    xero_network_key: str | None = None
    payment_terms: PaymentTerms | None = None
    batch_payments: BatchPaymentDetails | None = None
    sales_tracking_categories: list[DefaultTracking | None] | None = None
    purchases_tracking_categories: list[DefaultTracking | None] | None = None
    addresses: list[Address | None] | None = None
    phones: list[Phone | None] | None = None
    contact_persons: list[ContactPerson | None] | None = None


class DocumentBody(Body):
    """What invoices and purchase orders share."""

    contact: ContactBody | None = None
    line_items: list[LineBody] | None = None
    date: str | None = None
    line_amount_types: str | None = None
    reference: str | None = None
    branding_theme_id: str | None = None
    currency_code: str | None = None
    currency_rate: Decimal | None = None
    status: str | None = None
    sent_to_contact: bool | None = None

    def __post_init__(self) -> None:
        """Bring LineAmountTypes into its own spelling, or refuse it."""
        super().__post_init__()
        if self.line_amount_types:
            wanted = self.line_amount_types.casefold()
            known = next((kind for kind in LINE_AMOUNT_TYPES if kind.casefold() == wanted), None)
            if known is None:
                message = f"LineAmountTypes {self.line_amount_types!r} is none of {', '.join(LINE_AMOUNT_TYPES)}"
                raise ValueError(message)
            self.line_amount_types = known


class InvoiceBody(DocumentBody):
    """A sales invoice or a bill."""

    invoice_id: str | None = None
    invoice_number: str | None = None
    type: str | None = None
    due_date: str | None = None
    url: str | None = None
    expected_payment_date: str | None = None
    planned_payment_date: str | None = None
    rounding_amount: Decimal | None = None
    sub_total: Decimal | None = None
    total_tax: Decimal | None = None
    total: Decimal | None = None


class CreditNoteBody(DocumentBody):
    """A credit note."""

    credit_note_id: str | None = None
    credit_note_number: str | None = None
    type: str | None = None
    due_date: str | None = None


class DocumentReference(Body):
    """An invoice or credit note, named by a payment or an allocation."""

    invoice_id: str | None = None
    invoice_number: str | None = None
    credit_note_id: str | None = None
    credit_note_number: str | None = None
    type: str | None = None


class AccountReference(Body):
    """An account, named by a payment."""

    account_id: str | None = None
    code: str | None = None


class PaymentBody(Body):
    """A payment."""

    payment_id: str | None = None
    invoice: DocumentReference | None = None
    credit_note: DocumentReference | None = None
    invoice_number: str | None = None
    credit_note_number: str | None = None
    account: AccountReference | None = None
    code: str | None = None
    date: str | None = None
    currency_rate: Decimal | None = None
    amount: Decimal | None = None
    reference: str | None = None
    particulars: str | None = None
    details: str | None = None
    is_reconciled: bool | None = None
    status: str | None = None


class AllocationBody(Body):
    """A part of a credit note, set against an invoice; AppliedAmount counts for nothing (GH:XeroAPI/xero-node#239)."""

    invoice: DocumentReference | None = None
    amount: Decimal | None = None
    date: str | None = None


class TrackingOptionBody(Body):
    """A tracking option."""

    tracking_option_id: str | None = None
    name: str | None = None
    status: str | None = None


class TrackingCategoryBody(Body):
    """A tracking category."""

    tracking_category_id: str | None = None
    name: str | None = None
    status: str | None = None
    options: list[TrackingOptionBody] | None = None


class NoteBody(Body):
    """A line of a record's history."""

    details: str | None = None


class AccountBody(Body):
    """An account of the chart."""

    account_id: str | None = None
    code: str | None = None
    name: str | None = None
    type: str | None = None
    status: str | None = None
    description: str | None = None
    tax_type: str | None = None
    enable_payments_to_account: bool | None = None
    show_in_expense_claims: bool | None = None
    add_to_watchlist: bool | None = None
    reporting_code: str | None = None
    bank_account_type: str | None = None
    bank_account_number: str | None = None
    currency_code: str | None = None


class TaxComponentBody(Body):
    """One part of a tax rate."""

    name: str | None = None
    rate: Decimal | None = None
    is_compound: bool | None = None
    is_non_recoverable: bool | None = None


class TaxRateBody(Body):
    """A tax rate."""

    name: str | None = None
    tax_type: str | None = None
    report_tax_type: str | None = None
    status: str | None = None
    tax_components: list[TaxComponentBody] | None = None


class PurchaseOrderBody(DocumentBody):
    """A purchase order."""

    purchase_order_id: str | None = None
    purchase_order_number: str | None = None
    delivery_date: str | None = None
    expected_arrival_date: str | None = None
    delivery_address: str | None = None
    attention_to: str | None = None
    telephone: str | None = None
    delivery_instructions: str | None = None


class ItemSideBody(Body):
    """PurchaseDetails or SalesDetails."""

    unit_price: Decimal | None = None
    account_code: str | None = None
    cogs_account_code: str | None = None
    tax_type: str | None = None


class ItemBody(Body):
    """An item."""

    item_id: str | None = None
    code: str | None = None
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool | None = None
    is_purchased: bool | None = None
    inventory_asset_account_code: str | None = None
    purchase_details: ItemSideBody | None = None
    sales_details: ItemSideBody | None = None


class CurrencyBody(Body):
    """A currency."""

    code: str | None = None
    description: str | None = None
