"""A reader of order files, as somebody would write it who has only docs/files.md; it believes nothing."""

from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from daybook.documents.order_file import Address, Item, OrderFile

ORDER = [
    "id",
    "company_ref_id",
    "ref",
    "shipping_address_1",
    "shipping_address_2",
    "shipping_address_3",
    "shipping_address_4",
    "shipping_address_5",
    "shipping_postcode",
    "shipping_country",
    "shipping_country_code",
    "billing_address_1",
    "billing_address_2",
    "billing_address_3",
    "billing_address_4",
    "billing_address_5",
    "billing_postcode",
    "billing_country",
    "customer_name",
    "external_ref",
    "shipping_method",
    "customer_email",
    "shipping_company",
    "billing_company",
    "sale_datetime",
    "completion_datetime",
    "currency_code",
    "shipping_price",
    "shipping_price_inc_tax",
    "shipping_tax_rate",
    "items",
]
ITEM = [
    "id",
    "ref",
    "external_ref",
    "sku",
    "description",
    "quantity",
    "unit_sale_price",
    "unit_sale_price_inc_tax",
    "sale_vat_rate",
    "assets",
    "attributes",
]


def read(content: bytes) -> OrderFile:
    """Return the order of a file; every element has its place, and nothing else is there."""
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<orders>\n')
    assert content.endswith(b"</orders>\n")
    root = ET.fromstring(content)  # noqa: S314 - our own file
    (order,) = root
    assert [each.tag for each in order] == ORDER
    texts = {each.tag: each.text or "" for each in order}
    return OrderFile(
        **{name: texts[name] for name in ("id", "company_ref_id", "ref", "external_ref", "shipping_method")},
        shipping_address=_address(texts, "shipping", texts["shipping_country_code"]),
        billing_address=_address(texts, "billing", ""),
        customer_name=texts["customer_name"],
        customer_email=texts["customer_email"],
        sale_datetime=_time(texts["sale_datetime"]),
        completion_datetime=_time(texts["completion_datetime"]),
        currency_code=texts["currency_code"],
        shipping_price=_number(texts["shipping_price"]),
        shipping_price_inc_tax=_number(texts["shipping_price_inc_tax"]),
        shipping_tax_rate=_number(texts["shipping_tax_rate"]),
        items=tuple(_item(each) for each in order.find("items")),
    )


def _address(texts, kind, country_code):
    return Address(
        company=texts[f"{kind}_company"],
        lines=tuple(texts[f"{kind}_address_{number}"] for number in range(1, 6)),
        postcode=texts[f"{kind}_postcode"],
        country=texts[f"{kind}_country"],
        country_code=country_code,
    )


def _item(element):
    assert element.tag == "item"
    assert [each.tag for each in element] == ITEM
    assert len(element.find("assets")) == 0
    texts = {each.tag: each.text or "" for each in element}
    prices = ("unit_sale_price", "unit_sale_price_inc_tax", "sale_vat_rate")
    return Item(
        **{name: texts[name] for name in ("id", "ref", "external_ref", "sku", "description")},
        quantity=Decimal(texts["quantity"]),
        **{name: _number(texts[name]) for name in prices},
        attributes=tuple((each.findtext("name"), each.findtext("value")) for each in element.find("attributes")),
    )


def _number(text):
    assert "E" not in text
    return Decimal(text) if text else None


def _time(text):
    return None if text == "0000-00-00 00:00:00" else datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
