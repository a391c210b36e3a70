"""What came of an order before, and what a delivery of it therefore is: new, a repeat, or to be refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daybook.companies.models import Company
from daybook.feeds.models import Feed
from daybook.intake import deliveries, facts, repeats
from daybook.intake.deliveries import Arrival
from daybook.intake.parts import Told
from daybook.intake.repeats import Before, Result, Said
from daybook.orders.models import Delivery, Notice, Order, Revision
from daybook.sources import statuses
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import Problem

KEY_REUSED = Problem(
    "Idempotency-Key",
    "This key came before with another body.",
    "Give every request a key of its own; repeat one only with the very same body.",
)


Key = tuple[int, str]
"""An order's name within its company: its feed's row and the source's id."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A parsed order of a feed, its bytes where they were not canonical, and its place in the request."""

    order: CanonicalOrder
    feed: Feed
    raw: bytes = b""
    position: int = 0

    @property
    def key(self) -> Key:
        """Return what names the order within its company."""
        return self.feed.pk, self.order.id

    @property
    def as_meant(self) -> CanonicalOrder:
        """Return the order with its status read as the feed says."""
        return statuses.order_as_meant(self.order, self.feed.status_table)


@dataclass(slots=True)
class Change:
    """One incoming order beside its row."""

    incoming: Incoming
    order: Order
    is_fresh: bool
    """Made just now, by us."""
    content: dict[str, Any]
    content_hash: str
    delivery: Delivery
    said: Said
    result: Result = Result.ACCEPTED
    number: int = 1
    note: str = ""
    """Of what is not plain from the result, in words for the order's history."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the orders of a batch that were there before."""

    unanswered: set[tuple[int | None, str]] = field(default_factory=set)
    with_ids: list[Delivery] = field(default_factory=list)
    standing: dict[int, Said] = field(default_factory=dict)
    numbers: dict[int, dict[str, int]] = field(default_factory=dict)
    """By order: the newest revision of each content."""
    contradicted: set[int] = field(default_factory=set)
    """Orders of which a callback told otherwise since: the content that stands is not all that stands."""


def known_of(company: Company, changes: Sequence[Change], arrival: Arrival, now: datetime) -> Known:
    """Read what came before of those orders that were there already; a fixed number of statements."""
    older = {each.order.pk: each for each in changes if not each.is_fresh}
    if not older:
        return Known()
    numbers: dict[int, dict[str, int]] = {}
    revisions = Revision.objects.filter(company=company, order_id__in=older).order_by("number")
    for order_id, digest, number in revisions.values_list("order_id", "content_hash", "number"):
        numbers.setdefault(order_id, {})[digest] = number
    ids = [each.incoming.order.delivery_id for each in older.values()]
    current = {pk: each.order.current_revision_id for pk, each in older.items() if each.order.current_revision_id}
    return Known(
        unanswered=deliveries.unanswered(company, older, arrival, now),
        with_ids=deliveries.with_ids(company, older, arrival, ids) if arrival.key or any(ids) else [],
        standing=deliveries.standing(company, current) if any(_says(each.said) for each in older.values()) else {},
        numbers=numbers,
        contradicted=_contradicted(company, older.values()),
    )


def _says(said: Said) -> bool:
    return said.sequence is not None or said.earliest is not None


def _contradicted(company: Company, changes: Iterable[Change]) -> set[int]:
    """Return the orders that stand otherwise than their content, which is sent again, says: a callback told so."""
    same = {each.order.pk: each for each in changes if _is_current(each)}
    newer: dict[int, list[Told]] = {}
    if same:
        for notice in Notice.objects.filter(company=company, order_id__in=same):
            revision = same[notice.order_id].order.current_revision
            if revision is not None and notice.received_at >= revision.received_at:
                table = same[notice.order_id].incoming.feed.status_table
                content = statuses.notice_as_meant(schema.load_notice(notice.content), table)
                told = Told(content, is_newer=True, at=notice.received_at)
                newer.setdefault(notice.order_id, []).append(told)
    return {
        pk
        for pk, told_since in newer.items()
        if facts.flags(same[pk].incoming.as_meant, told_since) != facts.flags(same[pk].incoming.as_meant, ())
    }


def _is_current(change: Change) -> bool:
    current = change.order.current_revision
    return current is not None and current.content_hash == change.content_hash


def problems_of(change: Change, known: Known, arrival: Arrival) -> tuple[Problem, ...]:
    """Return why an order is refused: its id of the message, or of the request, came before with something else."""
    for earlier in _namesakes(change, known, arrival):
        if earlier.delivery_id == change.delivery.delivery_id != "" and earlier.body_hash != change.delivery.body_hash:
            cure = "Give every message an id of its own; repeat one only with the message itself."
            return (Problem("delivery_id", "This id came before with other content.", cure),)
        if earlier.request_key == arrival.key != "" and earlier.request_hash != arrival.request_hash:
            return (KEY_REUSED,)
    return ()


def _namesakes(change: Change, known: Known, arrival: Arrival) -> list[Delivery]:
    """Return the order's earlier deliveries with the id of this one, or of its request and place."""
    return [
        each
        for each in known.with_ids
        if each.order_id == change.order.pk
        and (
            each.delivery_id == change.delivery.delivery_id != ""
            or (each.request_key == arrival.key != "" and each.position == change.delivery.position)
        )
    ]


def judge(change: Change, known: Known, arrival: Arrival) -> None:
    """Decide whether content is new, what stands already, or a repeat of what stood once."""
    order_id = change.order.pk
    numbers = known.numbers.get(order_id, {})
    before = Before(
        is_first=not numbers,
        equals_standing=_is_current(change) and order_id not in known.contradicted,
        same_id=bool(_namesakes(change, known, arrival)),
        same_body_unanswered=(order_id, change.delivery.body_hash) in known.unanswered,
        standing=known.standing.get(order_id, Said()),
    )
    change.result = repeats.judge(before, change.said)
    earlier = numbers.get(change.content_hash)
    if change.result is Result.LATE_RETRY:
        older = "An older state of the order came and was ignored."
        change.note = f"A late retry of revision {earlier} came and was ignored." if earlier else older
    elif change.result is Result.ACCEPTED and numbers:
        change.number = max(numbers.values()) + 1
        number = change.number
        again = f"Changed by the OMS: revision {number}, as it stood in revision {earlier}."
        change.note = again if earlier else f"Changed by the OMS: revision {number}."
