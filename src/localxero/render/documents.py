"""PURE: documents and items -> the JSON Xero answers with, field by field as in its OpenAPI file and in live answers."""

from datetime import date
from decimal import Decimal
from enum import Enum
from urllib.parse import quote

from localkit.json_values import Json, given
from localxero.books import PAYABLE, Books
from localxero.books.arithmetic import discount_of, rounded
from localxero.books.records import (
    Allocation,
    Attachment,
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
from localxero.render.contacts import contact_in_credit_note, contact_in_document, contact_in_order, contact_short
from localxero.render.values import dated, day, moment, without_zone

NONE_THERE = Decimal("0.0000")
TEN_DECIMALS = Decimal("1.0000000000")
# What summaryOnly=true leaves out (Xero's page on invoices).
NOT_IN_SUMMARY = ("LineItems", "Payments", "HasAttachments")


class View(Enum):
    """Where a record is shown: the same one has other fields in a list, alone, and in the answer to a write.

    As seen in live answers of April 2026 (likely where a field was empty in all of them).
    """

    LISTED = "listed"
    ALONE = "alone"
    WRITTEN = "written"


LISTED, ALONE, WRITTEN = View.LISTED, View.ALONE, View.WRITTEN


def invoice(
    record: Invoice, books: Books, *, unitdp: int = 2, view: View = ALONE, lines: bool = True, who: Json | None = None
) -> Json:
    """Render a sales invoice or bill; with `lines` in lists only where they are paged. `who`: its contact, if rendered."""
    listed, key = view is LISTED, record.document_id
    payments, credited = books.payments_of(key), books.allocations_of(key)
    return {
        **given(Type=record.type or None),
        "InvoiceID": key,
        "InvoiceNumber": record.number,
        "Reference": "" if record.type == PAYABLE else record.reference,
        **given(Url=record.url),
        **({"Payments": [_payment_made(each) for each in payments]} if listed or payments else {}),
        **({"CreditNotes": [_credited(each, books) for each in credited]} if listed or credited else {}),
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": record.amount_due,
        "AmountPaid": record.amount_paid,
        **({"AmountCredited": record.amount_credited} if listed or record.amount_credited else {}),
        **_sent(record, view),
        "CurrencyRate": rate_of(record.currency_rate),
        **_discount(record),
        **({} if view is WRITTEN else {"HasAttachments": key in books.attachments}),
        **({"InvoiceAddresses": []} if listed else {}),
        "HasErrors": False,
        **(attached(key, books, "Invoices") if view is ALONE else {}),
        "InvoicePaymentServices": [],
        "Contact": _who(record, books, view) if who is None else who,
        **dated("Date", record.date),
        **dated("DueDate", record.due_date),
        **_on_day("ExpectedPaymentDate", record.expected_payment_date),
        **_on_day("PlannedPaymentDate", record.planned_payment_date),
        **_sums(record, books, unitdp=unitdp, view=view, lines=lines),
        **({"RoundingAmount": record.rounding} if record.rounding else {}),
        **_end(record),
    }


def _sent(record: Invoice, view: View) -> Json:
    """Say whether an invoice was sent; a list says so only of those that were."""
    if view is LISTED:
        return {"SentToContact": True} if record.sent_to_contact else {}
    return {"SentToContact": record.sent_to_contact, **({"SentToEmailAddress": ""} if record.sent_to_contact else {})}


def _discount(record: Document) -> Json:
    if any(each.discount_rate or each.discount_amount for each in record.lines):
        return {"TotalDiscount": record.total_discount, "IsDiscounted": True}
    return {"IsDiscounted": False}


def _who(record: Document, books: Books, view: View) -> Json:
    who = books.contacts.get(record.contact_id)
    if who is None:
        return {}
    if view is LISTED:
        return contact_short(who)
    return contact_in_document(who, books) if isinstance(record, Invoice) else contact_in_credit_note(who)


def _sums(record: Document, books: Books, *, unitdp: int, view: View, lines: bool) -> Json:
    """Render the middle of an invoice or credit note: theme, status, lines and what they come to."""
    return {
        **given(BrandingThemeID=record.branding_theme_id),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "LineItems": [line(each, books, unitdp=unitdp, view=view) for each in record.lines] if lines else [],
        "SubTotal": record.sub_total,
        "TotalTax": record.total_tax,
        "Total": record.total,
    }


def _end(record: Invoice | CreditNote) -> Json:
    return {
        "UpdatedDateUTC": moment(record.updated_ms),
        "CurrencyCode": record.currency_code,
        **_on_day("FullyPaidOnDate", record.fully_paid_on),
    }


def invoice_summary(record: Invoice, books: Books) -> Json:
    """Render an invoice for summaryOnly=true: no lines, payments, attachments (xero-rules.md 6)."""
    whole = invoice(record, books, view=LISTED, lines=False)
    return {name: value for name, value in whole.items() if name not in NOT_IN_SUMMARY}


def _on_day(name: str, value: date | None) -> Json:
    return {} if value is None else {name: day(value)}


def credit_note(record: CreditNote, books: Books, *, unitdp: int = 2, view: View = ALONE, lines: bool = True) -> Json:
    """Render a credit note; it knows no discounts, a refused one neither (SPEC CreditNote)."""
    key = record.document_id
    return {
        "CreditNoteID": key,
        **given(CreditNoteNumber=record.number or None),
        "Payments": [_payment_made(each) for each in books.payments_of(key)],
        "ID": key,
        "HasErrors": False,
        "CurrencyRate": rate_of(record.currency_rate),
        **({"InvoiceAddresses": []} if view is LISTED else {}),
        **given(Type=record.type or None),
        "Reference": record.reference,
        "RemainingCredit": record.remaining_credit,
        "Allocations": [_allocated(each, books) for each in books.allocations_of(key)],
        **({} if view is WRITTEN else {"HasAttachments": key in books.attachments}),
        **(attached(key, books, "CreditNotes") if view is ALONE else {}),
        **({"SentToContact": True} if record.sent_to_contact else {}),
        "Contact": _who(record, books, view),
        **dated("Date", record.date),
        **dated("DueDate", record.due_date),
        **_sums(record, books, unitdp=unitdp, view=view, lines=lines),
        **_end(record),
    }


def _credited(record: Allocation, books: Books) -> Json:
    note = books.credit_notes[record.credit_note_id]
    return {
        "CreditNoteID": note.document_id,
        "CreditNoteNumber": note.number,
        "ID": note.document_id,
        "HasErrors": False,
        "InvoiceAddresses": [],
        "AppliedAmount": record.amount,
        **dated("Date", note.date),
        "LineItems": [],
        "Total": note.total,
    }


def _allocated(record: Allocation, books: Books) -> Json:
    invoice_number = books.invoices[record.invoice_id].number
    return {
        "AllocationID": record.allocation_id,
        "Amount": record.amount,
        "Date": day(record.date),
        "Invoice": invoice_reference(record.invoice_id, number=invoice_number),
    }


def invoice_reference(
    invoice_id: str,
    *,
    type_: str | None = None,
    number: str | None = None,
    who: Json | None = None,
    currency: str | None = None,
) -> Json:
    """Render an invoice where another record only names it."""
    return {
        **given(Type=type_),
        "InvoiceID": invoice_id,
        **given(InvoiceNumber=number),
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": False,
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        **given(Contact=who),
        "LineItems": [],
        **given(CurrencyCode=currency),
    }


def _payment_made(record: Payment) -> Json:
    return {
        "PaymentID": record.payment_id,
        "Date": day(record.date),
        "Amount": record.amount,
        **given(Reference=record.reference or None),
        "CurrencyRate": rate_of(record.currency_rate),
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def rate_of(rate: Decimal) -> Decimal:
    """Write a rate with ten decimals, as live answers do; it has six that count (xero-rules.md 5.3)."""
    return rate.quantize(TEN_DECIMALS)


def attachment(record: Attachment, books: Books, parent: str, parent_id: str, *, sales: bool = False) -> Json:
    """Render a file that hangs on a record; its Url is on this host, so that no token leaves it."""
    where = f"{books.base_url}/api.xro/2.0/{parent}/{parent_id}/Attachments/{quote(record.file_name)}"
    return {
        "AttachmentID": record.attachment_id,
        "FileName": record.file_name,
        "Url": where,
        "MimeType": record.mime_type,
        "ContentLength": len(record.content),
        **({"IncludeOnline": record.include_online} if sales else {}),
    }


def attached(record_id: str, books: Books, parent: str) -> Json:
    """Render the files of a record that is shown alone, or that there are none."""
    files = books.attachments.get(record_id, ())
    return {"Attachments": [attachment(each, books, parent, record_id) for each in files]}


def purchase_order(record: PurchaseOrder, books: Books, *, view: View = ALONE) -> Json:
    """Render a purchase order; its prices keep 4 decimals without any parameter (xero-rules.md 5.4)."""
    who, key = books.contacts.get(record.contact_id), record.document_id
    texts = {
        "DeliveryAddress": record.delivery_address,
        "AttentionTo": record.attention_to,
        "Telephone": record.telephone,
        "DeliveryInstructions": record.delivery_instructions,
    }
    return {
        "PurchaseOrderID": key,
        "PurchaseOrderNumber": record.number,
        **dated("Date", record.date),
        **dated("DeliveryDate", record.delivery_date),
        **dated("ExpectedArrivalDate", record.expected_arrival_date),
        **{name: text for name, text in texts.items() if text},
        "HasErrors": False,
        "IsDiscounted": bool(record.total_discount),
        **({"TotalDiscount": record.total_discount} if view is WRITTEN else {}),
        **({} if view is LISTED else {"SentToContact": record.sent_to_contact}),
        **given(Reference=record.reference or None),
        "Type": "PURCHASEORDER",
        "CurrencyRate": rate_of(record.currency_rate),
        "CurrencyCode": record.currency_code,
        "Contact": contact_in_order(who, books, short=view is LISTED) if who else {},
        **given(BrandingThemeID=record.branding_theme_id),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "LineItems": [order_line(each, books, view=view) for each in record.lines],
        "SubTotal": record.sub_total,
        "TotalTax": record.total_tax,
        "Total": record.total,
        "UpdatedDateUTC": moment(record.updated_ms),
        **({} if view is WRITTEN else {"HasAttachments": key in books.attachments}),
        **(attached(key, books, "PurchaseOrders") if view is ALONE else {}),
    }


def line(record: Line, books: Books, *, unitdp: int, view: View) -> Json:
    """Render a line of an invoice or credit note; it names the account by its id and the item by all it is called."""
    account = books.account(record.account_code) if record.account_code else None
    item = books.item_coded(record.item_code) if record.item_code else None
    return {
        **given(ItemCode=record.item_code),
        **_line_start(record, unitdp),
        **({"Item": given(ItemID=item.item_id, Name=item.name, Code=item.code)} if item else {}),
        **_line_end(record, books, view),
        **({"AccountID": account.account_id} if account else {}),
        **_line_discount(record),
        **({} if view is LISTED else {"ValidationErrors": []}),
    }


def order_line(record: Line, books: Books, *, view: View) -> Json:
    """Render a line of a purchase order."""
    item = books.item_coded(record.item_code) if record.item_code and view is not LISTED else None
    account = books.account(record.account_code) if record.account_code and view is not LISTED else None
    return {
        **given(ItemCode=record.item_code),
        **({"ItemID": item.item_id} if item else {}),
        **_line_start(record, 4),
        **_line_end(record, books, view),
        **({"AccountID": account.account_id} if account else {}),
        **given(DiscountAmount=record.discount_amount),
    }


def _line_start(record: Line, unitdp: int) -> Json:
    return {
        **given(Description=record.description),
        **({} if record.unit_amount is None else {"UnitAmount": rounded(record.unit_amount, unitdp)}),
        **given(TaxType=record.tax_type),
        "TaxAmount": record.tax_amount,
        "LineAmount": record.line_amount,
        **given(AccountCode=record.account_code),
    }


def _line_end(record: Line, books: Books, view: View) -> Json:
    return {
        "Tracking": [_tracked(each, books, view) for each in record.tracking],
        **given(Quantity=record.quantity, DiscountRate=record.discount_rate),
        "LineItemID": record.line_item_id,
    }


def _line_discount(record: Line) -> Json:
    """Render the amount of a discount; one that is a percentage says so (a live answer in a public repository; likely)."""
    if record.discount_rate is None or record.quantity is None or record.unit_amount is None:
        return given(DiscountAmount=record.discount_amount)
    amount = discount_of(record.quantity, record.unit_amount, record.line_amount)
    return {"DiscountEnteredAsPercent": True, "DiscountAmount": amount}


def _tracked(record: Tracking, books: Books, view: View) -> Json:
    category = books.tracking_categories.get(record.category_id)
    names = {each.option_id: each.name for each in category.options} if category else {}
    return {
        "Name": category.name if category else "",
        "Option": names.get(record.option_id, ""),
        "TrackingCategoryID": record.category_id,
        **({"Options": []} if view is LISTED else {"TrackingOptionID": record.option_id}),
    }


def item(record: Item, *, unitdp: int = 2, view: View = ALONE) -> Json:
    """Render an item; stock only where it is tracked (xero-openapi: getItem)."""
    stock = (
        {
            "InventoryAssetAccountCode": record.inventory_asset_account_code,
            "TotalCostPool": record.total_cost_pool,
            "QuantityOnHand": record.quantity_on_hand,
            "QuantityAvailable": max(record.quantity_on_hand, NONE_THERE),
            "QuantityOnBackOrder": max(-record.quantity_on_hand, NONE_THERE),
        }
        if record.is_tracked
        else {}
    )
    updated = moment(record.updated_ms)
    return {
        "ItemID": record.item_id,
        "Code": record.code,
        **given(Description=record.description, PurchaseDescription=record.purchase_description),
        "UpdatedDateUTC": without_zone(updated) if view is WRITTEN else updated,
        "PurchaseDetails": _side(record.purchases, unitdp) if record.is_purchased else {},
        "SalesDetails": _side(record.sales, unitdp) if record.is_sold else {},
        **given(Name=record.name),
        "IsTrackedAsInventory": record.is_tracked,
        **stock,
        "IsSold": record.is_sold,
        "IsPurchased": record.is_purchased,
        **({} if view is LISTED else {"ValidationErrors": []}),
    }


def _side(side: ItemSide, unitdp: int) -> Json:
    price = None if side.unit_price is None else rounded(side.unit_price, unitdp)
    return given(
        UnitPrice=price, AccountCode=side.account_code, TaxType=side.tax_type, COGSAccountCode=side.cogs_account_code
    )
