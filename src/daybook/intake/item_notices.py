"""Whose items a message speaks of that names no order: asked of the feed's own orders."""

import json
from decimal import Decimal
from typing import Any

from daybook.feeds.models import Feed
from daybook.kit.money import plain
from daybook.sources.canonical import schema
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import ItemNotice, Notice, Refusal
from daybook.tables import reading

_ORDERS_WITH = """
    SELECT orders.source_id, orders.ref, revision.content FROM orders_order orders
    JOIN orders_revision revision ON revision.id = orders.current_revision_id
    WHERE orders.company_id = %s AND orders.feed_id = %s AND revision.content->'lines' @> %s::jsonb
    ORDER BY orders.id LIMIT 2
"""


def named(feed: Feed, told: ItemNotice) -> Notice | Refusal:
    """Return the notice with the order whose items it names, or why there is none such."""
    first = told.items[0][0]
    found = reading.ask(_ORDERS_WITH, [feed.company_id, feed.pk, json.dumps([{"id": first}])])
    if len(found) != 1:
        words = (
            f"No order of this feed has an item {first[:60]}."
            if not found
            else f"Two orders have an item {first[:60]}."
        )
        cure = "Send the order's own file first, then this one again." if not found else "Send it with the order's id."
        return Refusal((Problem("order_item_id", words, cure),))
    source_id, ref, content = found[0]
    lines = {each.get("id"): each for each in _lines(content)}
    if strange := [name for name, _ in told.items if name not in lines]:
        words = f"Item {strange[0][:60]} is none of order {ref}, which has item {first[:60]}."
        return Refusal((Problem("order_item_id", words, "Send the items of one order together."),))
    parts = [
        {"line": name, "quantity": plain(quantity if quantity is not None else Decimal(lines[name]["quantity"]))}
        for name, quantity in told.items
    ]
    content = {"cancellations" if told.is_cancellation else "shipments": [{"lines": parts}]}
    try:
        notice = schema.parse_notice(content)
    except NotAnOrderError as error:
        return Refusal(error.problems)
    return Notice(source_id=source_id, ref=ref, external_ref="", notice=notice)


def _lines(content: Any) -> list[dict[str, Any]]:
    values = json.loads(content) if isinstance(content, str) else content
    return list(values.get("lines", []))
