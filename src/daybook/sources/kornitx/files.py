"""PURE: the files that a Kornit X OMS drops, or that its suppliers send back: XML and CSV (docs/kornitx.md, "Files").

orders/order (XML)                     orders, with the push's fields
order.* and item.* (CSV)               orders, a row an item
shipment.correlation, ... (CSV)        what left; correlation is the order's id
cancellation.correlation, ... (CSV)    what will not be delivered
shipments, cancellations (XML)         the same by the items' ids alone: whose they are is asked of the feed's orders
order.id (CSV), returns (XML)          nothing for the accounts; kept and shown
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from daybook.sources import json_text
from daybook.sources.kornitx import reading
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Held, ItemNotice, NotAnOrder, Placed, Read, Refusal
from daybook.sources.table import cells
from daybook.sources.xml import reading as xml

EARLY = "files_early"
"""The setting: order files come before dispatch."""
_RETURN = (
    "Goods came back; the file names no amount, so nothing is posted of it. What is given back comes with a refund."
)
_ACKNOWLEDGED = "A supplier has acknowledged the order; nothing follows from it for the accounts."
_STOCK = "Stock levels; nothing follows from them for the accounts."
_ORDER_TAGS, _RETURN_TAGS = {"orders", "order"}, {"returns", "returned", "return"}
_TOLD = {
    "shipments": "shipment",
    "shipment": "shipment",
    "cancellations": "cancellation",
    "cancellation": "cancellation",
}
"""By the root's name: what repeats."""
_CALLED = {"new_shipments", "new_cancellations"}
"""What a callback has, and no order."""
_MOST = 10_000_000


def read_file(name: str, body: bytes, settings: Mapping[str, Any]) -> Held:
    """Return what a file holds. Raises NotAnOrderError at once where nothing of it can be believed."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Held(_xml(body, settings))
    if name.lower().endswith(".xml") or body.startswith(b"PK"):
        raise _neither()
    return Held(_csv(body, settings))


def _xml(body: bytes, settings: Mapping[str, Any]) -> Iterator[Placed]:
    root = xml.local(xml.top_of(body))
    for _ in xml.elements(body, "*"):  # to its end, once: what is broken further down lets nothing of it in
        pass
    if root in _ORDER_TAGS:
        path = "orders/order" if root == "orders" else "order"
        pushes = map(_as_values, xml.elements(body, path))
        return (_kept(f"order {number}", each, settings) for number, each in enumerate(pushes, start=1))
    if root in _TOLD:
        tag = _TOLD[root]
        path = f"{root}/{tag}" if root != tag else tag
        is_cancellation = tag == "cancellation"
        return _each(xml.elements(body, path), tag, lambda each: _told_of_items(each, is_cancellation=is_cancellation))
    if root in _RETURN_TAGS:
        return iter([Placed("the file", NotAnOrder(_RETURN))])
    words = f"The file's outermost element is “{root[:60]}”; none of Kornit X's files begins so. Nothing was taken."
    raise NotAnOrderError((Problem("the file", words, "Send orders, shipments, cancellations or returns."),))


def _each(elements: Iterable[Element], what: str, read: Callable[[Element], Read | ItemNotice]) -> Iterator[Placed]:
    for number, element in enumerate(elements, start=1):
        yield _placed(f"{what} {number}", lambda element=element: read(element))  # type: ignore[misc]


def _placed(
    place: str, read: Callable[[], Read | ItemNotice], message: Mapping[str, Any] = MappingProxyType({})
) -> Placed:
    """Return what is read; where that is refused, with the message that a person may correct."""
    try:
        return Placed(place, read())
    except NotAnOrderError as error:
        found = (Problem(f"{place}, {each.field}".rstrip(", "), each.problem, each.cure) for each in error.problems)
        raw = json_text.write(message).encode() if message else b""
        return Placed(place, Refusal(tuple(found), raw=raw, ref=str(message.get("ref") or message.get("id") or "")))


def _kept(place: str, message: Mapping[str, Any], settings: Mapping[str, Any]) -> Placed:
    """Return an order or a message that names its fields as a push or a callback does."""
    return _placed(place, lambda: _read(message, settings), message)


def _read(message: Mapping[str, Any], settings: Mapping[str, Any]) -> Read:
    return reading.read_callback(message) if _CALLED.intersection(message) else _order(message, settings)


def reread(raw: bytes, settings: Mapping[str, Any]) -> Sequence[Read]:
    """Return what a refused order or message of a file says now, perhaps corrected by a person; never raises."""
    try:
        given = json_text.parse(raw, junk_numbers=True)
        if not isinstance(given, dict):
            return [Refusal((Problem("", "This is no order.", 'Write it as { "id": ..., "items": [ ... ] }.'),))]
        return [_read(given, settings)]
    except NotAnOrderError as error:
        return [Refusal(error.problems)]


def _order(push: Mapping[str, Any], settings: Mapping[str, Any]) -> Read:
    """Return a file's order: where it says no status, whoever wrote the file did so once the order was dispatched."""
    says_status = any(push.get(name) for name in ("status", "status_name", "has_been_completed"))
    is_dispatched = not says_status and not settings.get(EARLY)
    return reading.read_push({**push, "has_been_completed": True} if is_dispatched else push)


def _as_values(order: Element) -> dict[str, Any]:
    """Return an order element's texts by name, as the push has them."""
    found = {xml.local(child): (child.text or "").strip() for child in order if not len(child)}
    found.pop("items", None)
    items = [{xml.local(each): (each.text or "").strip() for each in item} for item in xml.at(order, "items/item")]
    return {**found, "items": items}


def _told_of_items(element: Element, *, is_cancellation: bool) -> ItemNotice:
    """Return a notice of an order that only its items name. A cancelled item may name no quantity: all of it is meant."""
    items: list[tuple[str, Decimal | None]] = []
    for item in xml.at(element, "items/item"):
        name, quantity = xml.value(item, "order_item_id"), xml.value(item, "quantity")
        if not name:
            raise NotAnOrderError((Problem("order_item_id", "An item is not named.", "Have its id written."),))
        if quantity:
            items.append((name, _quantity(quantity)))
        elif is_cancellation:
            items.append((name, None))
        else:
            words = f"How many of item {name[:60]} left is not said."
            raise NotAnOrderError((Problem("quantity", words, "Have the quantity of each item written."),))
    if not items:
        raise NotAnOrderError((Problem("items", "No item is named.", "Send items with order_item_id and quantity."),))
    return ItemNotice(is_cancellation=is_cancellation, items=tuple(items))


def _quantity(text: str) -> Decimal:
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or not 0 < quantity < _MOST:
        words = f"“{text[:60]}” is no number of pieces."
        raise NotAnOrderError((Problem("quantity", words, "Have a number above 0 written."),))
    return quantity


def _csv(body: bytes, settings: Mapping[str, Any]) -> Iterator[Placed]:
    rows = cells.of_csv(body, encoding="utf-8", delimiter=_delimiter(body))
    table = list(_records(rows))
    names = set(table[0][1]) if table else set()
    if not table:
        raise NotAnOrderError((Problem("the file", "The file holds no rows.", "Send headings and rows."),))
    if {"cancellation.correlation", "cancellation_item.order_item_id"} <= names:
        return _told(table, "cancellation", "new_cancellations")
    if {"shipment.correlation", "shipment_item.order_item_id"} <= names:
        return _told(table, "shipment", "new_shipments")
    if names == {"order.id"}:
        return iter([Placed("the file", NotAnOrder(_ACKNOWLEDGED))])
    if "quantity_available" in names:
        return iter([Placed("the file", NotAnOrder(_STOCK))])
    if {"order.id", "order.ref", "order.external_ref"} & names and any(name.startswith("item.") for name in names):
        return _orders(table, settings)
    words = "These are none of the columns that Kornit X writes. Nothing was taken."
    cure = "For a file of another form, add a feed of the source Spreadsheet and match its columns."
    raise NotAnOrderError((Problem("row 1", words, cure),))


_Record = tuple[int, dict[str, str]]


def _records(rows: cells.Rows) -> Iterator[_Record]:
    """Yield each row's cells by heading. Raises NotAnOrderError where a row is shifted."""
    headings: list[str] = []
    for number, row in rows():
        if not any(map(str.strip, row)):
            continue
        if not headings:
            headings = [each.strip().lower() for each in row]
            continue
        if len(row) != len(headings) or any(map(cells.is_unreadable, row)):
            words = f"The row has {len(row)} cells of {len(headings)}, or bytes that are not UTF-8. Nothing was taken."
            raise NotAnOrderError((Problem(f"row {number}", words, "Have the file written anew, in UTF-8."),))
        yield number, dict(zip(headings, map(str.strip, row), strict=True))


def _grouped(table: Sequence[_Record], key: Callable[[Mapping[str, str]], str]) -> dict[str, list[_Record]]:
    groups: dict[str, list[_Record]] = {}
    for number, row in table:
        groups.setdefault(key(row) or f"row {number}", []).append((number, row))
    return groups


def _place(rows: Sequence[_Record]) -> str:
    first, last = rows[0][0], rows[-1][0]
    return f"row {first}" if first == last else f"rows {first} to {last}"


def _orders(table: Sequence[_Record], settings: Mapping[str, Any]) -> Iterator[Placed]:
    def key(row: Mapping[str, str]) -> str:
        return row.get("order.id") or row.get("order.ref") or row.get("order.external_ref", "")

    for rows in _grouped(table, key).values():
        said = {name.removeprefix("order."): text for name, text in rows[0][1].items() if name.startswith("order.")}
        said.setdefault("sale_datetime", said.pop("sales_datetime", ""))
        items = [
            {name.removeprefix("item."): text for name, text in row.items() if name.startswith("item.")}
            for _, row in rows
        ]
        yield _kept(_place(rows), {**said, "items": items}, settings)


def _told(table: Sequence[_Record], what: str, told: str) -> Iterator[Placed]:
    for order_id, rows in _grouped(table, lambda row: row[f"{what}.correlation"]).items():
        items = [
            {"id": row[f"{what}_item.order_item_id"], "quantity": row.get(f"{what}_item.quantity")} for _, row in rows
        ]
        named = "" if order_id.startswith("row ") else order_id
        yield _kept(_place(rows), {"id": named, told: [{"items": items}]}, {})


def _delimiter(body: bytes) -> str:
    first = body.split(b"\n", 1)[0]
    return max(",;\t", key=lambda each: first.count(each.encode()))


def _neither() -> NotAnOrderError:
    return NotAnOrderError(
        (Problem("the file", "This is neither XML nor CSV.", "Send the file as Kornit X writes it."),)
    )
