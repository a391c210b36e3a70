"""PURE: an order as plain values, for files in JSON and for templates: every field always there, amounts exact."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from daybook.documents.order_file import Address, Item, OrderFile
from daybook.documents.sale import Sale
from daybook.kit.money import plain

FORM = "daybook-orders/1"
_Value = Any


def plain_order(number: str, order: OrderFile) -> dict[str, _Value]:
    """Return the order as dictionaries, lists, texts, dates and decimals."""
    sale = order.sale
    return {
        "number": number,
        "id": order.id,
        "ref": order.ref,
        "external_ref": order.external_ref,
        "date": order.date,
        "ordered_at": order.sale_datetime,
        "dispatched_at": order.completion_datetime,
        "currency": order.currency_code,
        "exchange_rate": sale.exchange_rate if sale is not None else None,
        "customer": {"name": order.customer_name, "email": order.customer_email},
        "shipping_address": _address(order.shipping_address),
        "billing_address": _address(order.billing_address),
        "shipping_method": order.shipping_method,
        "shipping": {
            "price": order.shipping_price,
            "price_inc_tax": order.shipping_price_inc_tax,
            "tax_rate": order.shipping_tax_rate,
        },
        "items": [_item(each) for each in order.items],
        "totals": _totals(sale),
        "lines": _lines(sale),
        "taxes": [] if sale is None else [{"rate": row.rate, "net": row.net, "tax": row.tax} for row in sale.taxes],
    }


def orders_json(orders: Sequence[tuple[str, OrderFile]]) -> bytes:
    """Return the file of these orders: amounts as texts, times as the OMS's clock says them."""
    said = {"form": FORM, "orders": [plain_order(number, order) for number, order in orders]}
    return json.dumps(said, ensure_ascii=False, indent=2, default=as_text).encode(errors="strict") + b"\n"


def as_text(value: object) -> str:
    """Return a value that JSON has no word for. Raises TypeError for any other."""
    if isinstance(value, Decimal):
        return plain(value + 0)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no value of an order: {type(value).__name__}")


def _address(said: Address) -> Mapping[str, _Value]:
    return {
        "company": said.company,
        "lines": list(said.lines),
        "postcode": said.postcode,
        "country": said.country,
        "country_code": said.country_code,
    }


def _item(item: Item) -> Mapping[str, _Value]:
    return {
        "id": item.id,
        "ref": item.ref,
        "external_ref": item.external_ref,
        "sku": item.sku,
        "description": item.description,
        "quantity": item.quantity,
        "price": item.unit_sale_price,
        "price_inc_tax": item.unit_sale_price_inc_tax,
        "tax_rate": item.sale_vat_rate,
    }


def _totals(sale: Sale | None) -> Mapping[str, _Value]:
    return {name: getattr(sale, name, None) for name in ("net", "tax", "gross")}


def _lines(sale: Sale | None) -> list[Mapping[str, _Value]]:
    names = (
        "kind",
        "sku",
        "description",
        "quantity",
        "unit_price",
        "unit_price_inc_tax",
        "discount",
        "net",
        "tax",
        "rate",
    )
    return [
        {**{name: getattr(line, name) for name in names}, "gross": line.gross}
        for line in (sale.lines if sale is not None else ())
    ]
