"""PURE: records -> the JSON Xero answers with, field by field as in its OpenAPI file's examples."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from localxero.arithmetic import ZERO, rounded
from localxero.books import PAYABLE, Books
from localxero.clock import instant
from localxero.records import (
    Allocation,
    Attachment,
    Contact,
    CreditNote,
    Document,
    Invoice,
    Item,
    ItemSide,
    Line,
    Payment,
    PurchaseOrder,
    Tracking,
)

Json = dict[str, Any]
ZERO_ID = "00000000-0000-0000-0000-000000000000"
PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_TYPES = ("STREET", "POBOX")

encode = msgspec.json.Encoder(decimal_format="number").encode


def moment(milliseconds: int) -> str:
    """Write an instant as Xero does: /Date(1573755038314+0000)/."""
    return f"/Date({milliseconds}+0000)/"


def day(value: date) -> str:
    """Write a calendar date as midnight UTC in Xero's form."""
    return moment(int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()) * 1000)


def dated(name: str, value: date | None) -> Json:
    """Write a date twice, as DateString and Date; nothing when there is none."""
    if value is None:
        return {}
    return {f"{name}String": f"{value.isoformat()}T00:00:00", name: day(value)}


def given(**fields: object) -> Json:
    """Keep the fields that have a value; names are already Xero's."""
    return {name: value for name, value in fields.items() if value is not None}


def invoice(record: Invoice, books: Books, *, unitdp: int = 2, short: bool = False, lines: bool = True) -> Json:
    """Render a sales invoice or bill; `short` as in lists, with `lines` only where they are paged."""
    paid_on = record.fully_paid_on
    return {
        "Type": record.type,
        "InvoiceID": record.document_id,
        "InvoiceNumber": record.number,
        **({} if record.type == PAYABLE else {"Reference": record.reference}),
        **given(Url=record.url, BrandingThemeID=record.branding_theme_id),
        "Payments": [_payment_made(each) for each in books.payments_of(record.document_id)],
        "CreditNotes": [_credited(each, books) for each in books.allocations_of(record.document_id)],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": record.amount_due,
        "AmountPaid": record.amount_paid,
        "AmountCredited": record.amount_credited,
        **({"FullyPaidOnDate": day(paid_on)} if paid_on else {}),
        **({"RoundingAmount": record.rounding} if record.rounding else {}),
        **_document(record, books, short=short),
        **dated("DueDate", record.due_date),
        "LineItems": [line(each, books, unitdp=unitdp) | {"ValidationErrors": []} for each in record.lines]
        if lines
        else [],
        **({} if short else _attached(record.document_id, books, "Invoices")),
        "UpdatedDateUTCString": iso(record.updated_ms),
    }


def iso(milliseconds: int) -> str:
    """Write an instant as in UpdatedDateUTCString."""
    return instant(milliseconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def invoice_summary(record: Invoice, books: Books) -> Json:
    """Render an invoice for summaryOnly=true: no lines, payments, attachments (xero-rules.md 6)."""
    whole = invoice(record, books, short=True, lines=False)
    for name in ("LineItems", "Payments", "CreditNotes", "Prepayments", "Overpayments", "HasAttachments"):
        del whole[name]
    return whole


def credit_note(record: CreditNote, books: Books, *, unitdp: int = 2, short: bool = False, lines: bool = True) -> Json:
    """Render a credit note."""
    paid_on = record.fully_paid_on
    whole = {
        "CreditNoteID": record.document_id,
        "CreditNoteNumber": record.number,
        "ID": record.document_id,
        "Type": record.type,
        "Reference": record.reference,
        **given(BrandingThemeID=record.branding_theme_id),
        "Payments": [_payment_made(each) for each in books.payments_of(record.document_id)],
        "RemainingCredit": record.remaining_credit,
        "Allocations": [_allocated(each, books) for each in books.allocations_of(record.document_id)],
        **({"FullyPaidOnDate": day(paid_on)} if paid_on else {}),
        **_document(record, books, short=short),
        "LineItems": [line(each, books, unitdp=unitdp) | {"ValidationErrors": []} for each in record.lines]
        if lines
        else [],
        **({} if short else _attached(record.document_id, books, "CreditNotes")),
        "UpdatedDateUTCString": iso(record.updated_ms),
    }
    del whole["IsDiscounted"]
    return whole


def _credited(record: Allocation, books: Books) -> Json:
    note = books.credit_notes[record.credit_note_id]
    return {
        "CreditNoteID": note.document_id,
        "CreditNoteNumber": note.number,
        "ID": note.document_id,
        "HasErrors": False,
        "AppliedAmount": record.amount,
        **dated("Date", record.date),
        "LineItems": [],
        "Total": note.total,
    }


def _allocated(record: Allocation, books: Books) -> Json:
    invoice_number = books.invoices[record.invoice_id].number
    return {
        "AllocationID": record.allocation_id,
        "Amount": record.amount,
        "Date": day(record.date),
        "Invoice": invoice_reference(record.invoice_id, InvoiceNumber=invoice_number),
    }


def invoice_reference(invoice_id: str, **more: object) -> Json:
    """Render an invoice where another record only names it."""
    return {
        "InvoiceID": invoice_id,
        **more,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "HasErrors": False,
        "IsDiscounted": False,
        "LineItems": [],
        "ValidationErrors": [],
    }


def _payment_made(record: Payment) -> Json:
    return {
        "PaymentID": record.payment_id,
        "Date": day(record.date),
        "Amount": record.amount,
        "Reference": record.reference,
        "CurrencyRate": record.currency_rate,
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def attachment(record: Attachment, parent: str, parent_id: str, *, sales: bool = False) -> Json:
    """Render a file that hangs on a record."""
    where = f"https://api.xero.com/api.xro/2.0/{parent}/{parent_id}/Attachments/{quote(record.file_name)}"
    return {
        "AttachmentID": record.attachment_id,
        "FileName": record.file_name,
        "Url": where,
        "MimeType": record.mime_type,
        "ContentLength": len(record.content),
        **({"IncludeOnline": record.include_online} if sales else {}),
    }


def _attached(record_id: str, books: Books, parent: str) -> Json:
    files = books.attachments.get(record_id)
    return {"Attachments": [attachment(each, parent, record_id) for each in files]} if files else {}


def purchase_order(record: PurchaseOrder, books: Books, *, short: bool = False) -> Json:
    """Render a purchase order; its prices keep 4 decimals without any parameter (xero-rules.md 5.4)."""
    return {
        "PurchaseOrderID": record.document_id,
        "PurchaseOrderNumber": record.number,
        "Type": "PURCHASEORDER",
        "Reference": record.reference,
        **_document(record, books, short=short),
        **dated("DeliveryDate", record.delivery_date),
        **dated("ExpectedArrivalDate", record.expected_arrival_date),
        "DeliveryAddress": record.delivery_address,
        "AttentionTo": record.attention_to,
        "Telephone": record.telephone,
        "DeliveryInstructions": record.delivery_instructions,
        **given(BrandingThemeID=record.branding_theme_id),
        "LineItems": [line(each, books, unitdp=4) for each in record.lines],
    }


def _document(record: Document, books: Books, *, short: bool) -> Json:
    who = books.contacts.get(record.contact_id)
    discounted = any(each.discount_rate or each.discount_amount for each in record.lines)
    return {
        "Contact": (contact_short(who) if short else contact(who, books)) if who else {},
        **dated("Date", record.date),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "SubTotal": record.sub_total,
        "TotalTax": record.total_tax,
        "Total": record.total,
        **({"TotalDiscount": record.total_discount} if discounted else {}),
        "IsDiscounted": discounted,
        "CurrencyCode": record.currency_code,
        "CurrencyRate": rounded(record.currency_rate, 6),
        "SentToContact": record.sent_to_contact,
        "HasAttachments": record.document_id in books.attachments,
        "HasErrors": False,
        "UpdatedDateUTC": moment(record.updated_ms),
    }


def line(record: Line, books: Books, *, unitdp: int) -> Json:
    """Render one line item."""
    return {
        **given(ItemCode=record.item_code, Description=record.description),
        **({} if record.unit_amount is None else {"UnitAmount": rounded(record.unit_amount, unitdp)}),
        **given(TaxType=record.tax_type),
        "TaxAmount": record.tax_amount,
        "LineAmount": record.line_amount,
        **given(AccountCode=record.account_code),
        **_referred(record, books),
        "Tracking": [_tracked(each, books) for each in record.tracking],
        **given(Quantity=record.quantity, DiscountRate=record.discount_rate, DiscountAmount=record.discount_amount),
        "LineItemID": record.line_item_id,
    }


def _referred(record: Line, books: Books) -> Json:
    """Name the account by its id and the item by all it is called, as live answers do (likely)."""
    account = books.account(record.account_code) if record.account_code else None
    item = books.item_coded(record.item_code) if record.item_code else None
    return {
        **({"AccountID": account.account_id} if account else {}),
        **({"Item": given(ItemID=item.item_id, Name=item.name, Code=item.code)} if item else {}),
    }


def _tracked(record: Tracking, books: Books) -> Json:
    category = books.tracking_categories.get(record.category_id)
    names = {each.option_id: each.name for each in category.options} if category else {}
    return {
        "Name": category.name if category else "",
        "Option": names.get(record.option_id, ""),
        "TrackingCategoryID": record.category_id,
        "TrackingOptionID": record.option_id,
    }


def contact(record: Contact, books: Books | None = None) -> Json:
    """Render a contact in full; what follows from its documents only where the books are given."""
    addresses = {address.address_type: address for address in record.addresses}
    phones = {phone.phone_type: phone for phone in record.phones}
    return {
        "ContactID": record.contact_id,
        "ContactStatus": record.status,
        "Name": record.name,
        **given(
            ContactNumber=record.contact_number,
            AccountNumber=record.account_number,
            FirstName=record.first_name,
            LastName=record.last_name,
            CompanyNumber=record.company_number,
            TaxNumber=record.tax_number,
            DefaultCurrency=record.default_currency,
        ),
        "EmailAddress": record.email_address,
        "BankAccountDetails": "",
        "Addresses": [_row(addresses.get(kind), kind, "AddressType", _ADDRESS) for kind in ADDRESS_TYPES],
        "Phones": [_row(phones.get(kind), kind, "PhoneType", _PHONE) for kind in PHONE_TYPES],
        "UpdatedDateUTC": moment(record.updated_ms),
        "ContactGroups": [],
        "IsSupplier": books is not None and record.contact_id in books.suppliers,
        "IsCustomer": books is not None and record.contact_id in books.customers,
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
        "ContactPersons": [msgspec.to_builtins(each) for each in record.persons],
        **given(MergedToContactID=record.merged_to),
        "HasAttachments": books is not None and record.contact_id in books.attachments,
        "HasValidationErrors": False,
    }


def balances(contact_id: str, books: Books, today: date) -> Json:
    """Say what a contact owes and is owed, all of it and what is overdue, in the currencies of the documents."""
    sums = {kind: {"Outstanding": ZERO, "Overdue": ZERO} for kind in ("AccountsReceivable", "AccountsPayable")}
    for key in books.invoices_of.get(contact_id, ()):
        each = books.invoices[key]
        if each.status == "AUTHORISED":
            row = sums["AccountsPayable" if each.type == PAYABLE else "AccountsReceivable"]
            row["Outstanding"] += each.amount_due
            row["Overdue"] += each.amount_due if each.due_date and each.due_date < today else ZERO
    return {"Balances": sums}


_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": "", "AttentionTo": ""}
_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


def _row(record: msgspec.Struct | None, kind: str, key: str, empty: Mapping[str, str]) -> Json:
    return {key: kind, **empty} if record is None else msgspec.to_builtins(record)


def contact_short(record: Contact) -> Json:
    """Render a contact inside a document of a list."""
    return {
        "ContactID": record.contact_id,
        "Name": record.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def contact_summary(record: Contact, books: Books | None = None) -> Json:
    """Render a contact for summaryOnly=true."""
    whole = contact(record, books)
    for name in (
        "Addresses",
        "Phones",
        "ContactGroups",
        "ContactPersons",
        "SalesTrackingCategories",
        "PurchasesTrackingCategories",
    ):
        del whole[name]
    return whole


def item(record: Item, *, unitdp: int = 2) -> Json:
    """Render an item; stock only where it is tracked (xero-openapi: getItem)."""
    stock = (
        {
            "InventoryAssetAccountCode": record.inventory_asset_account_code,
            "TotalCostPool": record.total_cost_pool,
            "QuantityOnHand": record.quantity_on_hand,
        }
        if record.is_tracked
        else {}
    )
    return {
        "ItemID": record.item_id,
        "Code": record.code,
        **given(
            Name=record.name,
            Description=record.description,
            PurchaseDescription=record.purchase_description,
        ),
        "UpdatedDateUTC": moment(record.updated_ms),
        "PurchaseDetails": _side(record.purchases, unitdp) if record.is_purchased else {},
        "SalesDetails": _side(record.sales, unitdp) if record.is_sold else {},
        "IsTrackedAsInventory": record.is_tracked,
        **stock,
        "IsSold": record.is_sold,
        "IsPurchased": record.is_purchased,
    }


def _side(side: ItemSide, unitdp: int) -> Json:
    price = None if side.unit_price is None else rounded(side.unit_price, unitdp)
    return given(
        UnitPrice=price, AccountCode=side.account_code, COGSAccountCode=side.cogs_account_code, TaxType=side.tax_type
    )


def messages(texts: Iterable[str]) -> list[Json]:
    """Render error or warning texts as Xero's list of {"Message": ...}."""
    return [{"Message": text} for text in texts]
