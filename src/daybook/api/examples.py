"""The bodies that routes read themselves, described for the OpenAPI document, with examples."""

from typing import Any

from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.registry import with_doors

_ORDER_EXAMPLE: dict[str, Any] = {
    "source": "shop",
    "id": "10045",
    "number": "ORD-10045",
    "external_ref": "WEB-100045",
    "channel": "web",
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
        },
        {"id": "2", "kind": "tip", "description": "Tip", "quantity": 1, "unit_price": 1, "tax_rate": 0},
    ],
    "shipping": {"price": 3.5, "price_inc_tax": 4.2, "tax_rate": 0.2},
    "totals": {"net": "17.00", "tax": "3.20", "gross": "20.20"},
    "customer": {"name": "Ada Example", "company": "Example Gifts Ltd", "email": "ada@example.com"},
    "shipping_address": {"lines": ["1 Example Street"], "city": "Leeds", "postcode": "LS1 1AA", "country_code": "GB"},
    "payments": [{"id": "ch_1", "at": "2026-03-03T09:15:00Z", "amount": "20.20", "gateway": "stripe"}],
}


def body_schemas() -> dict[str, Any]:
    """Return the schemas by name, as they stand under `components/schemas`."""
    order = CanonicalOrder.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = order.pop("$defs")
    return {
        **parts,
        "CanonicalOrder": {**order, "examples": [_ORDER_EXAMPLE]},
        **{door.schema["title"]: dict(door.schema) for source in with_doors() for door in source.doors},
    }
