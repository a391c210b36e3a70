"""The bodies that routes read themselves, described for the OpenAPI document, with examples."""

from typing import Any

from daybook.sources.canonical.schema import CanonicalOrder

_ORDER_EXAMPLE: dict[str, Any] = {
    "source": "shop",
    "id": "10045",
    "number": "ORD-10045",
    "external_ref": "WEB-100045",
    "status": "Dispatched",
    "dispatched": True,
    "ordered_at": "2026-03-03T09:15:00Z",
    "dispatched_at": "2026-03-05T14:02:11Z",
    "currency": "GBP",
    "lines": [
        {
            "id": "1",
            "sku": "MUG-11OZ-WHT",
            "description": "Photo mug 11oz",
            "quantity": 2,
            "unit_price": 6.25,
            "unit_price_inc_tax": 7.5,
            "tax_rate": 0.2,
            "unit_cost": 2.1,
        }
    ],
    "shipping": {"price": 3.5, "price_inc_tax": 4.2, "tax_rate": 0.2},
    "totals": {"net": "16.00", "tax": "3.20", "gross": "19.20"},
    "customer": {"name": "Ada Example", "company": "Example Gifts Ltd", "email": "ada@example.com"},
}
_TEXT = {"type": ["string", "null"]}
_NUMBER = {"type": ["number", "string", "null"]}
_IDENTIFIER = {"type": ["integer", "string", "null"]}
_YES_OR_NO = {"type": ["boolean", "integer", "string", "null"]}

_ITEM = {
    "type": "object",
    "required": ["quantity"],
    "properties": {
        "id": _IDENTIFIER,
        "ref": _TEXT,
        "external_ref": _TEXT,
        "sku": _TEXT,
        "description": _TEXT,
        "quantity": {"type": ["number", "string"]},
        "unit_sale_price": _NUMBER,
        "unit_sale_price_inc_tax": _NUMBER,
        "sale_vat_rate": _NUMBER,
        "unit_cost_price": _NUMBER,
    },
}
_PARTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"quantity": {"type": ["number", "string"]}, "ref": _TEXT, "external_ref": _TEXT},
        "required": ["quantity"],
    },
}
_IDENTITY = {"id": _IDENTIFIER, "ref": _TEXT, "external_ref": _TEXT, "status": _IDENTIFIER, "status_name": _TEXT}
_KORNITX_ORDER: dict[str, Any] = {
    "title": "KornitXOrder",
    "type": "object",
    "description": "The vendor's order object. Only what Daybook reads is listed; the rest is ignored. Needs id or ref.",
    "properties": {
        **_IDENTITY,
        "has_been_completed": _YES_OR_NO,
        "sale_datetime": _TEXT,
        "creation_datetime": _TEXT,
        "completion_datetime": _TEXT,
        "has_error": _YES_OR_NO,
        "error_message": _TEXT,
        "is_free_of_charge": _YES_OR_NO,
        "currency_code": _TEXT,
        "shipping_price": _NUMBER,
        "shipping_price_inc_tax": _NUMBER,
        "shipping_tax_rate": _NUMBER,
        "customer_name": _TEXT,
        "billing_customer_name": _TEXT,
        "billing_company": _TEXT,
        "items": {"type": "array", "items": _ITEM},
    },
}
_KORNITX_CALLBACK: dict[str, Any] = {
    "title": "KornitXCallback",
    "type": "object",
    "description": "The vendor's notification object. Needs id or ref.",
    "properties": {
        **_IDENTITY,
        "new_shipments": {
            "type": ["array", "null"],
            "items": {"type": "object", "properties": {"dispatch_datetime": _TEXT, "items": _PARTS}},
        },
        "new_cancellations": {
            "type": ["array", "null"],
            "items": {"type": "object", "properties": {"items": _PARTS}},
        },
    },
}


def body_schemas() -> dict[str, Any]:
    """Return the schemas by name, as they stand under `components/schemas`."""
    order = CanonicalOrder.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = order.pop("$defs")
    return {
        **parts,
        "CanonicalOrder": {**order, "examples": [_ORDER_EXAMPLE]},
        "KornitXOrder": _KORNITX_ORDER,
        "KornitXCallback": _KORNITX_CALLBACK,
    }
