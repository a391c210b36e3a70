"""PURE: what a Kornit X OMS sends, as JSON Schema for the API's own page: only what Daybook reads."""

from typing import Any

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
ORDER: dict[str, Any] = {
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
CALLBACK: dict[str, Any] = {
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
