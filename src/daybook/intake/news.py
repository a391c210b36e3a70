"""News about other feeds' sales: which order is meant, and what is told of it.

The usual customer: a shop whose orders are made in an OMS. The shop's feed brings the sales; the OMS's knows the shop's
number as its external ref, and tells of dispatch and cancellation.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from daybook.documents.line_kinds import LineKind
from daybook.feeds.models import Feed
from daybook.kit.money import ZERO
from daybook.orders.models import Order
from daybook.sources import source, statuses
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder, Line, NoticeContent
from daybook.sources.problems import Problem
from daybook.tables import reading

_MATCH = """
    SELECT id, ref, external_ref FROM orders_order
    WHERE company_id = %(company)s AND feed_id = ANY(%(feeds)s)
    AND (ref = ANY(%(names)s) OR (external_ref > '' AND external_ref = ANY(%(names)s))) ORDER BY id LIMIT 50
"""
NOT_YET = Problem(
    "external_ref",
    "No order of another feed has this number or external reference yet.",
    "It is taken in by itself once such an order comes.",
)
SEVERAL = "Several orders of other feeds are called so: {}."
_SEVERAL_CURE = "Correct the reference to that of the one that is meant, and replay it."
_LINES_CURE = (
    "Name each line that is meant by its id or SKU, with its quantity; of a whole order, all of them. Then replay it."
)
_LONGEST_NAME = 200


def names_of(read: CanonicalOrder | source.Notice) -> tuple[str, str]:
    """Return what the news call their order: number, and external reference."""
    return read.ref, read.external_ref


def match(feed: Feed, read: CanonicalOrder | source.Notice) -> Order | Problem:
    """Return the order of a feed of sales that is meant; else why nobody can say."""
    ref, external_ref = names_of(read)
    sales = Feed.objects.filter(company_id=feed.company_id, brings=Feed.Brings.SALES).exclude(pk=feed.pk)
    names = {"company": feed.company_id, "feeds": list(sales.values_list("pk", flat=True))}
    found = reading.ask(_MATCH, names | {"names": [each for each in (ref, external_ref) if each]})
    best = _best(found, ref, external_ref)
    if not best:
        return NOT_YET
    if len(best) > 1:
        named = ", ".join(sorted(of_it for _, of_it, _ in best)[:5])
        return Problem("external_ref", SEVERAL.format(named), _SEVERAL_CURE)
    return Order.objects.select_related("current_revision", "feed").get(company_id=feed.company_id, pk=best[0][0])


def _best(found: Sequence[tuple[int, str, str]], ref: str, external_ref: str) -> list[tuple[int, str, str]]:
    """Return the orders that are meant most certainly: the shop's reference says more than a number that may be anybody's."""
    number, shops = 1, 2
    for name, column in ((external_ref, shops), (external_ref, number), (ref, shops), (ref, number)):
        if name and (same := [each for each in found if each[column] == name]):
            return same
    return []


def told(feed: Feed, read: CanonicalOrder | source.Notice, order: Order) -> source.Notice | Problem:
    """Return what is told of the order, its lines in the names of its own; else why that cannot be said.

    One order may be made as several: what one of them tells is about its own goods.
    """
    if isinstance(read, source.Notice):
        return replace(read, notice=statuses.notice_as_meant(read.notice, feed.status_table))
    meant, own = statuses.order_as_meant(read, feed.status_table), _own_lines(order)
    is_part = _count(meant.lines) < _count(own)
    named = _named(meant.lines, own) if is_part else []
    if is_part and not named and (meant.dispatched or meant.cancelled):
        words = f"It is about {_count(meant.lines):f} of the {_count(own):f} things of order {order.ref}"
        return Problem("lines", f"{words}, and does not say which.", _LINES_CURE)
    content = NoticeContent.model_validate(
        {
            "status": meant.status,
            "dispatched": meant.dispatched and not is_part,
            "cancelled": True if meant.cancelled and not is_part else None,
            "on_hold": meant.on_hold or (False if meant.dispatched else None),
            "has_error": meant.has_error or None,
            "error_message": meant.error_message,
            "shipments": _shipments(meant, named),
            "cancellations": [{"lines": named}] if meant.cancelled and is_part else [],
            "costs": _costs(meant, own),
        }
    )
    return source.Notice(source_id=meant.id, ref=meant.ref, external_ref=meant.external_ref, notice=content)


def _shipments(meant: CanonicalOrder, named: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left_at = meant.dispatched_at or meant.completed_at
    return [{"dispatched_at": left_at, "lines": named}] if meant.dispatched and (named or left_at) else []


def _costs(meant: CanonicalOrder, ours: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what the news say that goods cost, by our names of their lines; what is none of ours by theirs, to be shown."""
    names = {each for own in ours for each in (own.id, own.ref, own.external_ref)}
    told: dict[str, dict[str, Any]] = {}
    for line in meant.lines:
        if line.unit_cost is None:
            continue
        same = [own.id or own.ref or own.external_ref for own in ours if _is_same(line, own)]
        theirs = (
            each
            for each in (line.sku[:_LONGEST_NAME], line.external_ref, line.ref, line.id)
            if each and each not in names
        )
        cost = {"unit_cost": str(line.unit_cost), "cost_currency": line.cost_currency or meant.cost_currency}
        told |= {name: {"line": name, **cost} for name in same or [next(theirs, "")] if name}
    return list(told.values())


def _own_lines(order: Order) -> list[Line]:
    if order.current_revision is None:
        return []
    return list(schema.load_order(order.current_revision.content).lines)


def _count(lines: Sequence[Line]) -> Decimal:
    """Return how many things there are; what is no goods is made by nobody."""
    return sum((line.quantity for line in lines if line.kind is LineKind.GOODS), ZERO)


def _named(theirs: Sequence[Line], ours: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the news' lines as parts of ours, by their names or their SKU; none unless each of them is found."""
    parts = []
    for line in theirs:
        found = next((each for each in ours if _is_same(line, each)), None)
        if found is None:
            return []
        parts.append({"line": found.id or found.ref or found.external_ref, "quantity": str(line.quantity)})
    return parts


def _is_same(theirs: Line, ours: Line) -> bool:
    names = {each for each in (ours.id, ours.ref, ours.external_ref) if each}
    is_named = theirs.external_ref in names or theirs.ref in names
    return bool(names) and (is_named or bool(theirs.sku and theirs.sku == ours.sku))
