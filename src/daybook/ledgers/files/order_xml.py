"""PURE: an order file's bytes: the OMS's own XML structure, the same for the same order to the last byte (docs/files.md).

Every element is always there, in one order, empty where the order does not say; amounts as the OMS writes them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from daybook.documents.causes import Hold
from daybook.documents.order_file import ADDRESS_LINES, Address, Item, OrderFile
from daybook.kit.money import plain
from daybook.ledgers.files.reasons import FileCause

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_INDENT = "   "
_NO_TIME = "0000-00-00 00:00:00"
"""How the OMS writes that there is none."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2."""
_Pair = tuple[str, str]


def order_xml(order: OrderFile) -> bytes | Hold:
    """Return the file of one order."""
    return orders_xml([order])


def orders_xml(orders: Iterable[OrderFile]) -> bytes | Hold:
    """Return the file's bytes, UTF-8; the hold names the first field whose text XML cannot carry."""
    root = ET.Element("orders")
    for order in orders:
        element = ET.SubElement(root, "order")
        for pair in order_fields(order):
            _add(element, *pair)
        items = ET.SubElement(element, "items")
        for item in order.items:
            _add_item(items, item)
    unwritable = next(_unwritable(root), None)
    if unwritable is not None:
        return Hold(FileCause.TEXT_UNWRITABLE, unwritable)
    ET.indent(root, _INDENT)
    content: bytes = ET.tostring(root, encoding="utf-8")
    # Readers take a bare carriage return for a line end (XML 1.0, 2.11), so it is written by its number.
    return _DECLARATION + content.replace(b"\r", b"&#13;") + b"\n"


def order_fields(order: OrderFile) -> Iterator[_Pair]:
    """Yield the order's elements but its items: first those that the OMS documents, in its order."""
    yield "id", order.id
    yield "company_ref_id", order.company_ref_id
    yield "ref", order.ref
    yield from _address("shipping", order.shipping_address)
    yield "shipping_country_code", order.shipping_address.country_code
    yield from _address("billing", order.billing_address)
    yield "customer_name", order.customer_name
    yield "external_ref", order.external_ref
    yield "shipping_method", order.shipping_method
    yield "customer_email", order.customer_email
    yield "shipping_company", order.shipping_address.company
    yield "billing_company", order.billing_address.company
    yield "sale_datetime", _time(order.sale_datetime)
    yield "completion_datetime", _time(order.completion_datetime)
    yield "currency_code", order.currency_code
    yield "shipping_price", _number(order.shipping_price)
    yield "shipping_price_inc_tax", _number(order.shipping_price_inc_tax)
    yield "shipping_tax_rate", _number(order.shipping_tax_rate)


def item_fields(item: Item) -> Iterator[_Pair]:
    """Yield an item's elements but its assets and attributes."""
    yield "id", item.id
    yield "ref", item.ref
    yield "external_ref", item.external_ref
    yield "sku", item.sku
    yield "description", item.description
    yield "quantity", _number(item.quantity)
    yield "unit_sale_price", _number(item.unit_sale_price)
    yield "unit_sale_price_inc_tax", _number(item.unit_sale_price_inc_tax)
    yield "sale_vat_rate", _number(item.sale_vat_rate)


def _address(kind: str, address: Address) -> Iterable[_Pair]:
    if len(address.lines) > ADDRESS_LINES:
        raise ValueError(f"an address of {len(address.lines)} lines; the file has {ADDRESS_LINES}")
    lines = address.lines + ("",) * (ADDRESS_LINES - len(address.lines))
    for number, line in enumerate(lines, start=1):
        yield f"{kind}_address_{number}", line
    yield f"{kind}_postcode", address.postcode
    yield f"{kind}_country", address.country


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text or None


def _add_item(parent: ET.Element, item: Item) -> None:
    element = ET.SubElement(parent, "item")
    for pair in item_fields(item):
        _add(element, *pair)
    ET.SubElement(element, "assets")  # artwork is the OMS's own: Daybook has none
    attributes = ET.SubElement(element, "attributes")
    for name, value in item.attributes:
        attribute = ET.SubElement(attributes, "attribute")
        _add(attribute, "name", name)
        _add(attribute, "value", value)


def _unwritable(element: ET.Element) -> Iterator[str]:
    """Yield the names of the elements whose text XML cannot carry."""
    return (each.tag for each in element.iter() if each.text and _NOT_IN_XML.search(each.text))


def _number(number: Decimal | None) -> str:
    """Return 3.5 for 3.50, 8 for 8.00, as the OMS writes numbers; nothing for None."""
    return "" if number is None else plain(number + 0)  # 0 for -0


def _time(moment: datetime | None) -> str:
    return _NO_TIME if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
