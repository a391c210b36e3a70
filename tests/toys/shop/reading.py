"""PURE: what the toy shop sends: `{"sold": [...], "gone": [...]}`, in pence, as canonical orders and notices."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from daybook.sources import json_text, spelling
from daybook.sources.canonical import schema
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import NotAnOrder, Notice, Read, Refusal

THEIRS = {"id": "no"}
"""The shop's names of fields."""
NO_MESSAGE = Problem("", "This is no message of a toy shop.", "Send what was sold, and what is gone.")


def read(body: bytes) -> Sequence[Read]:
    """Return what stands in one message; a bad part of it never loses the good ones."""
    given = _each(json_text.parse, body)
    if not isinstance(given, dict):
        return [given if isinstance(given, Refusal) else Refusal((NO_MESSAGE,))]
    if "ping" in given:
        return [NotAnOrder("A ping says only that the shop is there.")]
    sold, gone = given.get("sold", []), given.get("gone", [])
    return [*(_each(_sold, one) for one in sold), *(_each(_gone, one) for one in gone)]


def _each(read_one: Callable[[Any], Any], given: Any) -> Any:
    try:
        return read_one(given)
    except NotAnOrderError as error:
        return Refusal(error.problems)
    except (ArithmeticError, LookupError, TypeError):
        return Refusal((NO_MESSAGE,))


def _sold(given: dict[str, Any]) -> Read:
    line = {"id": "1", "quantity": 1, "unit_price": Decimal(given["pence"]) / 100, "tax_rate": "0.2"}
    order = {"source": "toyshop", "id": given["no"], "status": given.get("status", ""), "currency": "GBP"}
    order |= {"lines": [line], "ordered_at": "2026-03-02T10:00:00Z"}
    return spelling.in_their_words(lambda: schema.parse_order(order), THEIRS, {"lines[0].unit_price": "pence"})


def _gone(number: int) -> Read:
    notice = schema.parse_notice({"status": "Gone", "dispatched": True})
    return Notice(source_id=str(number), ref=str(number), external_ref="", notice=notice)
