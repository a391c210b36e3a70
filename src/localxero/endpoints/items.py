"""/Items, untracked and tracked. Not paged (xero-rules.md 5.5)."""

from localkit.answers import Answer
from localkit.clock import instant
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books import Books
from localxero.books.arithmetic import rounded
from localxero.books.records import Item, ItemSide
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.keeping import chronicle
from localxero.keeping.changes import changes
from localxero.queries.lists import Listing
from localxero.render import documents as render_documents
from localxero.render.values import ZERO_ID, messages
from localxero.rules.items import ITEM_RULES, ItemDraft
from localxero.wire import ItemBody, ItemSideBody

SCOPES = ("accounting.invoices", "accounting.settings")
MOST = 500
LISTING: Listing[Item] = Listing(
    "Item",
    {
        "ItemID": lambda record: record.item_id,
        "Code": lambda record: record.code,
        "Name": lambda record: record.name,
        "Description": lambda record: record.description,
        "IsSold": lambda record: record.is_sold,
        "IsPurchased": lambda record: record.is_purchased,
        "IsTrackedAsInventory": lambda record: record.is_tracked,
        "QuantityOnHand": lambda record: record.quantity_on_hand if record.is_tracked else None,
        "SalesDetails.UnitPrice": lambda record: record.sales.unit_price,
        "SalesDetails.AccountCode": lambda record: record.sales.account_code,
        "PurchaseDetails.UnitPrice": lambda record: record.purchases.unit_price,
        "PurchaseDetails.AccountCode": lambda record: record.purchases.account_code,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
    },
)


def list_items(call: Call) -> Answer:
    """List items, whole."""
    with call.books.lock:
        page = listed(call, call.books.items.values(), LISTING)
    return envelope(
        call,
        "Items",
        [render_documents.item(record, unitdp=call.unitdp, view=render_documents.LISTED) for record in page.records],
    )


def get_item(call: Call, key: str) -> Answer:
    """Get one item by id or code."""
    record = found(by_key(call.books, key))
    return envelope(call, "Items", [render_documents.item(record, unitdp=call.unitdp)])


def write_items(call: Call) -> Answer:
    """Create (PUT) or create and change (POST) items, at most 500 (xero-rules.md 2.2)."""
    return write(call, RESOURCE)


def write_item(call: Call, key: str) -> Answer:
    """Change the item in the path."""
    return write(call, RESOURCE, found(by_key(call.books, key)).item_id)


def delete_item(call: Call, key: str) -> Answer:
    """Delete an item that no document uses; a tracked one cannot go once used (xero-rules.md 5.5, likely)."""
    books = call.books
    with books.lock:
        record = found(by_key(books, key))
        if _is_used(books, record.code):
            message = "This item cannot be deleted because it has been used in a transaction"
            return validation([{"ItemID": record.item_id, "ValidationErrors": messages([message])}])
        books.remove_item(record)
    call.entry.booked.append(Booking("item", record.item_id, record.code, "DELETED"))
    return Answer(204)


def _is_used(books: Books, code: str) -> bool:
    documents = (*books.invoices.values(), *books.purchase_orders.values())
    return any(line.item_code == code for document in documents for line in document.lines)


def by_key(books: Books, key: str) -> Item | None:
    """Find an item by id or code."""
    return books.items.get(key.lower()) or books.item_coded(key)


def book_item(writing: Writing, body: ItemBody) -> Outcome:
    """Book one item, or say why not."""
    setting, books = writing.setting, writing.setting.books
    before = _target(writing, body)
    after = _changed(body, before, writing=writing)
    refused = refusals(ITEM_RULES, ItemDraft(books, setting.switches, body, before, after))
    element = render_documents.item(after, unitdp=setting.unitdp, view=render_documents.WRITTEN)
    if refused:
        if not before:
            element["ItemID"] = ZERO_ID
        return Outcome(element, refused)
    books.put_item(after)
    chronicle.tell_write(setting, after.item_id, "ACTIVE" if before else None, "ACTIVE")
    return Outcome(element, booking=Booking("item", after.item_id, after.code, "ACTIVE", changes(before, after)))


def _target(writing: Writing, body: ItemBody) -> Item | None:
    """Find the item a POST means: by id, then by Code (xero-rules.md 4.2; by Code a switch)."""
    books = writing.setting.books
    if writing.target:
        return books.items[writing.target]
    if writing.creates_only:
        return None
    if body.item_id and (by_id := books.items.get(body.item_id.lower())):
        return by_id
    if body.code and writing.setting.switches.post_updates_item_by_code:
        return books.item_coded(body.code)
    return None


def _changed(body: ItemBody, before: Item | None, *, writing: Writing) -> Item:
    """Lay what was sent over what was there; a side that is switched off is emptied (xero-rules.md 5.5)."""
    setting = writing.setting
    base = before or Item(item_id=setting.books.new_id("item"), code="")
    sold = base.is_sold if body.is_sold is None else body.is_sold
    purchased = base.is_purchased if body.is_purchased is None else body.is_purchased
    asset = _first(body.inventory_asset_account_code, base.inventory_asset_account_code) or None
    purchases = _side(body.purchase_details, base.purchases, setting.unitdp, tracked=asset is not None)
    return Item(
        item_id=base.item_id,
        code=_first(body.code, base.code) or "",
        name=_first(body.name, base.name),
        description=_first(body.description, base.description) if sold else None,
        purchase_description=_first(body.purchase_description, base.purchase_description) if purchased else None,
        is_sold=sold,
        is_purchased=purchased,
        sales=_side(body.sales_details, base.sales, setting.unitdp) if sold else ItemSide(),
        purchases=purchases if purchased else ItemSide(),
        inventory_asset_account_code=asset,
        quantity_on_hand=base.quantity_on_hand,
        total_cost_pool=base.total_cost_pool,
        opening_quantity=base.opening_quantity,
        opening_cost=base.opening_cost,
        updated_ms=setting.now_ms,
    )


def _first(sent: str | None, had: str | None) -> str | None:
    return had if sent is None else sent


def _side(body: ItemSideBody | None, had: ItemSide, unitdp: int, *, tracked: bool = False) -> ItemSide:
    """Lay one side over the other; AccountCode does not apply to a tracked item's purchases (xero-rules.md 5.5)."""
    if body is None:
        return had
    return ItemSide(
        unit_price=had.unit_price if body.unit_price is None else rounded(body.unit_price, unitdp),
        account_code=None if tracked else _first(body.account_code, had.account_code),
        cogs_account_code=_first(body.cogs_account_code, had.cogs_account_code) or None,
        tax_type=_first(body.tax_type, had.tax_type),
    )


RESOURCE = Resource("Items", ItemBody, book_item, MOST)
ROUTES = (
    Route("/Items", SCOPES, {"GET": list_items, "PUT": write_items, "POST": write_items}),
    Route("/Items/<key>", SCOPES, {"GET": get_item, "POST": write_item, "DELETE": delete_item}),
)
