"""PURE: what the toy shop sends: `{"sold": [...], "gone": [...]}`, in pence, as canonical orders and notices."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from daybook.sources import json_text
from daybook.sources.canonical import schema
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import NotAnOrder, Notice, Read, Refusal


def read(body: bytes) -> Sequence[Read]:
    """Return what stands in one message."""
    try:
        given = json_text.parse(body)
        if "ping" in given:
            return [NotAnOrder("A ping says only that the shop is there.")]
        return [*map(_sold, given.get("sold", [])), *map(_gone, given.get("gone", []))]
    except (NotAnOrderError, TypeError, AttributeError) as error:
        return [Refusal(getattr(error, "problems", (Problem("", "This is no message.", "Send sold and gone."),)))]


def _sold(given: dict[str, Any]) -> Read:
    line = {"id": "1", "quantity": 1, "unit_price": Decimal(given["pence"]) / 100, "tax_rate": "0.2"}
    order = {"source": "toyshop", "id": given["no"], "status": given.get("status", ""), "currency": "GBP"}
    return schema.parse_order({**order, "lines": [line], "ordered_at": "2026-03-02T10:00:00Z"})


def _gone(number: int) -> Read:
    notice = schema.parse_notice({"status": "Gone", "dispatched": True})
    return Notice(source_id=str(number), ref=str(number), external_ref="", notice=notice)
