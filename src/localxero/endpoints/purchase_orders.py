"""/PurchaseOrders: always paged, no `where`, prices with 4 decimals (xero-rules.md 5.4)."""

from datetime import date

from msgspec.structs import replace

from localxero import render
from localxero.answers import Answer
from localxero.books import Books
from localxero.calls import Call
from localxero.clock import instant
from localxero.drafting import purchase_order_draft
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed, one_of
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.journal import Booking
from localxero.queries import Fields, QueryParseError, Test
from localxero.records import PurchaseOrder
from localxero.rules import Refusal, refusals
from localxero.rules.purchase_orders import PURCHASE_ORDER_RULES, PURCHASE_ORDER_WARNINGS
from localxero.wire import PurchaseOrderBody, UnreadableError, calendar_date

FIELDS: Fields[PurchaseOrder] = {
    "PurchaseOrderID": lambda record: record.document_id,
    "PurchaseOrderNumber": lambda record: record.number,
    "Reference": lambda record: record.reference,
    "Status": lambda record: record.status,
    "Date": lambda record: record.date,
    "DeliveryDate": lambda record: record.delivery_date,
    "Total": lambda record: record.total,
    "UpdatedDateUTC": lambda record: instant(record.updated_ms),
}


def list_purchase_orders(call: Call) -> Answer:
    """List purchase orders, by status and dates."""
    with call.books.lock:
        page = listed(
            call,
            call.books.purchase_orders.values(),
            FIELDS,
            tests=(one_of(call, "Status", lambda record: record.status), _between(call)),
            always_paged=True,
        )
        shown = [render.purchase_order(record, call.books, short=True) for record in page.records]
    return envelope(call, "PurchaseOrders", shown, page.pagination)


def _between(call: Call) -> Test[PurchaseOrder] | None:
    args = call.request.args
    try:
        first = calendar_date(args.get("DateFrom"), "DateFrom") or date.min
        last = calendar_date(args.get("DateTo"), "DateTo") or date.max
    except UnreadableError as reason:
        raise QueryParseError(str(reason)) from reason
    return lambda record: first <= record.date <= last


def get_purchase_order(call: Call, key: str) -> Answer:
    """Get one purchase order by id or number."""
    with call.books.lock:
        record = found(by_key(call.books, key))
        return envelope(call, "PurchaseOrders", [render.purchase_order(record, call.books)])


def write_purchase_orders(call: Call) -> Answer:
    """Create (PUT) or create and change (POST) purchase orders."""
    return write(call, RESOURCE)


def write_purchase_order(call: Call, key: str) -> Answer:
    """Change the purchase order in the path."""
    return write(call, RESOURCE, found(by_key(call.books, key)).document_id)


def by_key(books: Books, key: str) -> PurchaseOrder | None:
    """Find a purchase order by id or number."""
    if record := books.purchase_orders.get(key.lower()):
        return record
    numbered = books.purchase_orders_numbered(key)
    return numbered[0] if numbered else None


def book_purchase_order(writing: Writing, body: PurchaseOrderBody) -> Outcome:
    """Book one purchase order, or say why not."""
    setting, books = writing.setting, writing.setting.books
    try:
        before = _target(writing, body)
    except LookupError:
        echo = {"PurchaseOrderID": body.purchase_order_id, "PurchaseOrderNumber": body.purchase_order_number}
        refusal = Refusal("purchase_order_exists", "Purchase order could not be found")
        return Outcome(echo, [refusal], flags={"HasErrors": True})
    draft = purchase_order_draft(setting, body, before)
    refused = refusals(PURCHASE_ORDER_RULES, draft)
    if refused:
        shown = draft.after if before else replace(draft.after, document_id=render.ZERO_ID)
        return Outcome(render.purchase_order(shown, books), refused, flags={"HasErrors": True})
    books.put_purchase_order(draft.after)
    warned = refusals(PURCHASE_ORDER_WARNINGS, draft)
    after = draft.after
    booking = Booking("purchase order", after.document_id, after.number, after.status)
    return Outcome(render.purchase_order(after, books), (), warned, booking)


def _target(writing: Writing, body: PurchaseOrderBody) -> PurchaseOrder | None:
    """Find the purchase order a POST means: by id; by number only by a switch (xero-rules.md 4.2)."""
    books = writing.setting.books
    key = writing.target or (None if writing.creates_only else body.purchase_order_id)
    if key:
        return books.purchase_orders[key.lower()]
    by_number = writing.setting.switches.post_updates_purchase_order_by_number
    if writing.creates_only or not by_number or not body.purchase_order_number:
        return None
    numbered = books.purchase_orders_numbered(body.purchase_order_number)
    return numbered[0] if numbered else None


RESOURCE = Resource("PurchaseOrders", PurchaseOrderBody, book_purchase_order)
ROUTES = (
    Route(
        "/PurchaseOrders",
        ("accounting.invoices",),
        {"GET": list_purchase_orders, "PUT": write_purchase_orders, "POST": write_purchase_orders},
    ),
    Route(
        "/PurchaseOrders/<key>",
        ("accounting.invoices",),
        {"GET": get_purchase_order, "POST": write_purchase_order},
    ),
)
