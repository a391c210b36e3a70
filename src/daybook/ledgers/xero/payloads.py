"""PURE: documents in Xero's spelling, to the byte. Decimals are written as exact JSON numbers, never as floats.

Sources: xero-rules.md 5.1 (invoices), 5.4 (purchase orders), 5.5 (items), 4.2 (ContactID only).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from daybook.documents.document import Document, Invoice, Line, PurchaseOrder

MAX_BYTES = 3_000_000
"""Of one body (xero-rules.md 2.2)."""

encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A tracked inventory item to be made so that documents can name it."""

    code: str
    name: str
    inventory_account: str
    cogs_account: str
    sales_account: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one kind of document goes."""

    resource: str
    id_field: str
    number_field: str
    query: tuple[tuple[str, str], ...]


INVOICES = Endpoint("Invoices", "InvoiceID", "InvoiceNumber", (("summarizeErrors", "false"), ("unitdp", "4")))
PURCHASE_ORDERS = Endpoint("PurchaseOrders", "PurchaseOrderID", "PurchaseOrderNumber", (("summarizeErrors", "false"),))
ITEMS = Endpoint("Items", "ItemID", "Code", (("summarizeErrors", "false"), ("unitdp", "4")))


def query_of(endpoint: Endpoint, *, allow_backorders: bool) -> dict[str, str]:
    """Return the query of a creating call; backorders are a matter of invoices only (xero-rules.md 5.1)."""
    extra = {"allowBackorders": "true"} if allow_backorders and endpoint is INVOICES else {}
    return dict(endpoint.query) | extra


def batch_body(endpoint: Endpoint, elements: Sequence[dict[str, Any]]) -> tuple[bytes, int]:
    """Return one call's body and how many of the first `elements` are in it (3 MB at most)."""
    written = [encoder.encode(element) for element in elements]
    taken = fitting([len(element) for element in written])
    return b'{"%s":[%s]}' % (endpoint.resource.encode(), b",".join(written[:taken])), taken


NO_CODES: Mapping[str, str] = MappingProxyType({})


def document_payload(document: Document, codes: Mapping[str, str] = NO_CODES) -> dict[str, Any]:
    """Return the element that creates `document`; `codes` gives item codes in the organisation's own spelling."""
    if isinstance(document, Invoice):
        return _invoice(document, codes)
    if isinstance(document, PurchaseOrder):
        return {"PurchaseOrderNumber": document.number, **_shared(document, codes)}
    raise TypeError(document)


def item_payload(item: NewItem) -> dict[str, Any]:
    """Return the element that creates a tracked item: the two accounts are what makes it tracked (5.5)."""
    return {
        "Code": item.code,
        "Name": item.name[:50],
        "InventoryAssetAccountCode": item.inventory_account,
        "IsSold": True,
        "IsPurchased": True,
        "PurchaseDetails": {"COGSAccountCode": item.cogs_account},
        "SalesDetails": {"AccountCode": item.sales_account},
    }


def _invoice(invoice: Invoice, codes: Mapping[str, str]) -> dict[str, Any]:
    payload = {
        "Type": "ACCREC",
        "InvoiceNumber": invoice.number,
        **_shared(invoice, codes),
        "DueDate": invoice.due_date.isoformat(),
    }
    rate = {} if invoice.currency_rate is None else {"CurrencyRate": invoice.currency_rate}
    return payload | rate | ({"Url": invoice.url} if invoice.url else {})


def _shared(document: Document, codes: Mapping[str, str]) -> dict[str, Any]:
    """Only the ContactID is sent: more fields would change the contact (xero-rules.md 4.2)."""
    return {
        "Contact": {"ContactID": document.contact_id},
        "Date": document.date.isoformat(),
        "LineAmountTypes": document.amount_type.value,
        "Reference": document.reference,
        "CurrencyCode": document.currency,
        "Status": document.status,
        "LineItems": [_line(line, codes) for line in document.lines],
    }


def _line(line: Line, codes: Mapping[str, str]) -> dict[str, Any]:
    """Absent is not null: a field that we do not decide is left to Xero's own default."""
    fields = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": line.unit_amount,
        "LineAmount": line.line_amount if line.unit_amount is None else None,
        "DiscountAmount": line.discount_amount,
        "ItemCode": codes.get(line.item_code, line.item_code) or None,
        "AccountCode": line.account_code or None,
        "TaxType": line.tax_type,
        "TaxAmount": line.tax_amount,
    }
    return {name: value for name, value in fields.items() if value is not None}


def fitting(sizes: Sequence[int], most: int = MAX_BYTES) -> int:
    """Return how many of the first bodies, of these sizes in bytes, fit into one call; at least one."""
    total = 0
    for index, size in enumerate(sizes):
        total += size + 1  # the comma
        if total > most and index:
            return index
    return len(sizes)
