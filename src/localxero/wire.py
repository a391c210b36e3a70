"""What clients send: one struct per body, read leniently as Xero does (numbers as strings, unknown fields, nulls).

A missing field and a null are the same here. What cannot be read at all is Xero's PostDataInvalidException
(xero-rules.md 4.4); what can be read but must not be booked is the business of `rules`.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from localxero.arithmetic import LINE_AMOUNT_TYPES
from localxero.records import Address, ContactPerson, Phone

# A line amount is below 10,000,000,000 and a quantity has 13 characters (xero-rules.md 5.1); anything near this
# bound is already absurd, and staying below it keeps arithmetic exact.
LARGEST = Decimal(10) ** 15

_MS_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{2,4})?\)/")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_ACRONYMS = {"id": "ID", "utc": "UTC", "cogs": "COGS"}


class UnreadableError(Exception):
    """The body could not be read: PostDataInvalidException."""


def xero_name(name: str) -> str:
    """Spell a field as Xero does: contact_id is ContactID, cogs_account_code is COGSAccountCode."""
    return "".join(_ACRONYMS.get(word, word.capitalize()) for word in name.split("_"))


class Body(msgspec.Struct, rename=xero_name, kw_only=True):
    """Something a client sent."""

    def __post_init__(self) -> None:
        """Refuse numbers that are not numbers (NaN, Infinity) or beyond every cap."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Decimal) and not (value.is_finite() and abs(value) < LARGEST):
                message = f"{xero_name(name)} is not a number that can be stored"
                raise ValueError(message)


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
    default_currency: str | None = None
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
    rounding_amount: Decimal | None = None
    sub_total: Decimal | None = None
    total_tax: Decimal | None = None
    total: Decimal | None = None


class CreditNoteBody(DocumentBody):
    """A credit note."""

    credit_note_id: str | None = None
    credit_note_number: str | None = None
    type: str | None = None


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
    is_reconciled: bool | None = None
    status: str | None = None


class AllocationBody(Body):
    """A part of a credit note, set against an invoice; in XML its Amount was called AppliedAmount."""

    invoice: DocumentReference | None = None
    amount: Decimal | None = None
    applied_amount: Decimal | None = None
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


B = TypeVar("B", bound=Body)


def elements(raw: bytes, *, plural: str, kind: type[B]) -> Sequence[B]:
    """Read a body that is `{"Invoices": [...]}`, a bare list, or one object (xero-rules.md 4.1)."""
    try:
        fields = _fields(raw)
        if fields is None:
            listed: bytes | msgspec.Raw = raw
        elif plural in fields:
            listed = fields[plural]
        else:
            return [msgspec.json.decode(raw, type=kind, strict=False)]
        return msgspec.json.decode(listed, type=list[kind], strict=False)  # type: ignore[valid-type]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        xml = "This local Xero reads JSON only; Xero would read XML, too. " if raw.lstrip()[:1] == b"<" else ""
        raise UnreadableError(f"{xml}{reason}") from reason


def _fields(raw: bytes) -> dict[str, msgspec.Raw] | None:
    if raw.lstrip()[:1] == b"[":
        return None
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def calendar_date(text: str | None, field: str) -> date | None:
    """Read YYYY-MM-DD, YYYY-MM-DDThh:mm:ss or /Date(ms)/; the calendar date counts, zones are not applied."""
    if not text:
        return None
    try:
        if found := _MS_DATE.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]) / 1000, UTC).date()
        if found := _ISO_DATE.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, OverflowError, OSError) as reason:
        raise UnreadableError(_bad_date(text, field)) from reason
    raise UnreadableError(_bad_date(text, field))


def _bad_date(text: str, field: str) -> str:
    return f"{field} {text!r} is not a date: send YYYY-MM-DD"
