"""/PurchaseOrders: always paged, no `where`, prices with 4 decimals (xero-rules.md 5.4)."""

from datetime import date
from operator import attrgetter

from localkit.answers import Answer
from localkit.clock import instant
from localxero.books import Books
from localxero.books.records import PurchaseOrder
from localxero.drafting.documents import purchase_order_draft
from localxero.drafting.lines import Setting
from localxero.endpoints.documents import Kind, not_there
from localxero.endpoints.reading import envelope, listed, one_of
from localxero.endpoints.writing import Outcome
from localxero.gate.calls import Call
from localxero.keeping import documents as keeping
from localxero.queries.lists import Listing, QueryParseError, Test
from localxero.render import documents as render_documents
from localxero.render.documents import LISTED
from localxero.rules.purchase_orders import PURCHASE_ORDER_RULES, PURCHASE_ORDER_WARNINGS
from localxero.wire import PurchaseOrderBody, UnreadableError, calendar_date

LISTING: Listing[PurchaseOrder] = Listing(
    "PurchaseOrder",
    {
        "PurchaseOrderID": lambda record: record.document_id,
        "PurchaseOrderNumber": lambda record: record.number,
        "Reference": lambda record: record.reference,
        "Status": lambda record: record.status,
        "Date": lambda record: record.date,
        "DeliveryDate": lambda record: record.delivery_date,
        "Total": lambda record: record.total,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
    },
    attrgetter("updated_ms"),
    has_where=False,
)


def list_purchase_orders(call: Call) -> Answer:
    """List purchase orders, by status and dates."""
    with call.books.lock:
        page = listed(
            call,
            call.books.purchase_orders.values(),
            LISTING,
            tests=(one_of(call, "Status", lambda record: record.status), _between(call)),
            always_paged=True,
        )
        shown = [render_documents.purchase_order(record, call.books, view=LISTED) for record in page.records]
    return envelope(call, "PurchaseOrders", shown, page.pagination)


def _between(call: Call) -> Test[PurchaseOrder] | None:
    args = call.args
    try:
        first = calendar_date(args.get("DateFrom"), "DateFrom") or date.min
        last = calendar_date(args.get("DateTo"), "DateTo") or date.max
    except UnreadableError as reason:
        raise QueryParseError(str(reason)) from reason
    return lambda record: first <= record.date <= last


def _same_number(setting: Setting, body: PurchaseOrderBody) -> list[PurchaseOrder]:
    """Find what a POST means by its number, by a switch (xero-rules.md 4.2)."""
    by_number = setting.switches.post_updates_purchase_order_by_number and body.purchase_order_number
    return setting.books.purchase_orders_numbered(body.purchase_order_number or "") if by_number else []


def _unknown(body: PurchaseOrderBody) -> Outcome:
    named = {"PurchaseOrderID": body.purchase_order_id, "PurchaseOrderNumber": body.purchase_order_number}
    return not_there("purchase_order_exists", "Purchase order could not be found", **named)


PURCHASE_ORDERS = Kind(
    plural="PurchaseOrders",
    words="purchase order",
    body=PurchaseOrderBody,
    stored=lambda books: books.purchase_orders,
    numbered=Books.purchase_orders_numbered,
    sent_id=lambda body: body.purchase_order_id,
    sent_number=lambda body: body.purchase_order_number,
    same_number=_same_number,
    unknown=_unknown,
    draft=purchase_order_draft,
    rules=PURCHASE_ORDER_RULES,
    warnings=PURCHASE_ORDER_WARNINGS,
    keep=keeping.keep_purchase_order,
    show=lambda record, books, _, view: render_documents.purchase_order(record, books, view=view),
)
ROUTES = PURCHASE_ORDERS.routes(list_purchase_orders)
