"""PURE: documents and items -> the JSON Xero answers with, field by field as in its OpenAPI file and in live answers."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

from localxero.arithmetic import rounded
from localxero.books import PAYABLE, Books
from localxero.json_values import Json, dated, day, given, iso, moment
from localxero.records import (
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
from localxero.render_contacts import contact_in_document, contact_in_order, contact_short

NONE_THERE = Decimal("0.0000")
TEN_DECIMALS = Decimal("1.0000000000")
# What summaryOnly=true leaves out (Xero's page on invoices).
NOT_IN_SUMMARY = ("LineItems", "Payments", "HasAttachments")
# Credit notes know no discounts, a refused one neither (SPEC CreditNote).
NOT_IN_CREDIT_NOTES = ("IsDiscounted", "TotalDiscount")


def invoice(record: Invoice, books: Books, *, unitdp: int = 2, short: bool = False, lines: bool = True) -> Json:
    """Render a sales invoice or bill; `short` as in lists, with `lines` only where they are paged."""
    return {
        **given(Type=record.type or None),
        "InvoiceID": record.document_id,
        "InvoiceNumber": record.number,
        "Reference": "" if record.type == PAYABLE else record.reference,
        **given(Url=record.url, BrandingThemeID=record.branding_theme_id),
        "Payments": [_payment_made(each) for each in books.payments_of(record.document_id)],
        "CreditNotes": [_credited(each, books) for each in books.allocations_of(record.document_id)],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": record.amount_due,
        "AmountPaid": record.amount_paid,
        "AmountCredited": record.amount_credited,
        **_on_day("FullyPaidOnDate", record.fully_paid_on),
        **({"RoundingAmount": record.rounding} if record.rounding else {}),
        **_document(record, books, short=short),
        "InvoiceAddresses": [],
        "InvoicePaymentServices": [],
        **dated("DueDate", record.due_date),
        **_on_day("ExpectedPaymentDate", record.expected_payment_date),
        **_on_day("PlannedPaymentDate", record.planned_payment_date),
        "LineItems": [line(each, books, unitdp=unitdp) | {"ValidationErrors": []} for each in record.lines]
        if lines
        else [],
        **({} if short else attached(record.document_id, books, "Invoices")),
        "UpdatedDateUTCString": iso(record.updated_ms),
    }


def invoice_summary(record: Invoice, books: Books) -> Json:
    """Render an invoice for summaryOnly=true: no lines, payments, attachments (xero-rules.md 6)."""
    whole = invoice(record, books, short=True, lines=False)
    return {name: value for name, value in whole.items() if name not in NOT_IN_SUMMARY}


def _on_day(name: str, value: date | None) -> Json:
    return {} if value is None else {name: day(value)}


def credit_note(record: CreditNote, books: Books, *, unitdp: int = 2, short: bool = False, lines: bool = True) -> Json:
    """Render a credit note."""
    whole = {
        "CreditNoteID": record.document_id,
        "CreditNoteNumber": record.number,
        "ID": record.document_id,
        **given(Type=record.type or None),
        "Reference": record.reference,
        **given(BrandingThemeID=record.branding_theme_id),
        "Payments": [_payment_made(each) for each in books.payments_of(record.document_id)],
        "RemainingCredit": record.remaining_credit,
        "Allocations": [_allocated(each, books) for each in books.allocations_of(record.document_id)],
        **_on_day("FullyPaidOnDate", record.fully_paid_on),
        **_document(record, books, short=short),
        **dated("DueDate", record.due_date),
        "LineItems": [line(each, books, unitdp=unitdp) | {"ValidationErrors": []} for each in record.lines]
        if lines
        else [],
        **({} if short else attached(record.document_id, books, "CreditNotes")),
        "UpdatedDateUTCString": iso(record.updated_ms),
    }
    return {name: value for name, value in whole.items() if name not in NOT_IN_CREDIT_NOTES}


def _credited(record: Allocation, books: Books) -> Json:
    note = books.credit_notes[record.credit_note_id]
    return {
        "CreditNoteID": note.document_id,
        "CreditNoteNumber": note.number,
        "ID": note.document_id,
        "HasErrors": False,
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
        "IsDiscounted": False,
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "LineItems": [],
        "ValidationErrors": [],
    }


def _payment_made(record: Payment) -> Json:
    return {
        "PaymentID": record.payment_id,
        "Date": day(record.date),
        "Amount": record.amount,
        "Reference": record.reference,
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
    """Render the files of a single record, where it has any."""
    files = books.attachments.get(record_id)
    return {"Attachments": [attachment(each, books, parent, record_id) for each in files]} if files else {}


def purchase_order(record: PurchaseOrder, books: Books, *, short: bool = False) -> Json:
    """Render a purchase order; its prices keep 4 decimals without any parameter (xero-rules.md 5.4)."""
    who = books.contacts.get(record.contact_id)
    return {
        "PurchaseOrderID": record.document_id,
        "PurchaseOrderNumber": record.number,
        "Type": "PURCHASEORDER",
        "Reference": record.reference,
        **_document(record, books),
        "Contact": contact_in_order(who) if who else {},
        "TotalDiscount": record.total_discount,
        **dated("DeliveryDate", record.delivery_date),
        **dated("ExpectedArrivalDate", record.expected_arrival_date),
        "DeliveryAddress": record.delivery_address,
        "AttentionTo": record.attention_to,
        "Telephone": record.telephone,
        "DeliveryInstructions": record.delivery_instructions,
        **given(BrandingThemeID=record.branding_theme_id),
        "LineItems": [line(each, books, unitdp=4) for each in record.lines],
        **({} if short else attached(record.document_id, books, "PurchaseOrders")),
    }


def _document(record: Document, books: Books, *, short: bool = False) -> Json:
    who = books.contacts.get(record.contact_id)
    discounted = any(each.discount_rate or each.discount_amount for each in record.lines)
    return {
        "Contact": (contact_short(who) if short else contact_in_document(who, books)) if who else {},
        **dated("Date", record.date),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "SubTotal": record.sub_total,
        "TotalTax": record.total_tax,
        "Total": record.total,
        **({"TotalDiscount": record.total_discount} if discounted else {}),
        "IsDiscounted": discounted,
        "CurrencyCode": record.currency_code,
        "CurrencyRate": rate_of(record.currency_rate),
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


def item(record: Item, *, unitdp: int = 2) -> Json:
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
