"""Taking in again what reached us: what was refused, as it was or corrected by a person; what was kept for later.

The first version stays as it came. What is taken in again is a delivery of its own that names the one it comes from.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from daybook.companies.models import Person
from daybook.feeds.models import Feed
from daybook.intake import deliveries, news, receipts, receive, rules
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.receipts import Receipt
from daybook.intake.repeats import Result
from daybook.kit import clock, ids
from daybook.orders.models import Delivery, Order
from daybook.sources import json_text
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Read, Refusal

log = structlog.get_logger("daybook.feeds")

AT_ONCE = 200
MAY_BE_REPLAYED = frozenset({Delivery.Result.REFUSED, Delivery.Result.WAITING})
LARGEST = 1024 * 1024
"""Bytes that a person corrects on a page; what is larger is downloaded, and sent again by its sender."""
OVERTAKEN = Problem(
    "", "A newer content of the order came meanwhile and stands.", "Nothing: what is older was not taken in any more."
)
_PAUSED, _NOT_YET = deliveries.told([receipts.PAUSED]), deliveries.told([news.NOT_YET])
_STUMBLED = Problem(
    "",
    "Daybook stumbled over it, and took nothing of it in.",
    "Show it to whoever runs Daybook: the worker's log says what happened. Daybook tries again, others first.",
)

Reader = Callable[[bytes], Sequence[Read]]


class ReplayError(Exception):
    """It cannot be taken in again; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of what was taken in again."""

    receipts: Sequence[Receipt]
    newer: Order | None = None
    """An order that came again since; nothing was done, for what is older would stand in its place."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return why it was refused again."""
        return tuple(problem for each in self.receipts for problem in each.problems)

    @property
    def waits_for(self) -> tuple[Problem, ...]:
        """Return why it is kept for later still."""
        return tuple(each.waits_for for each in self.receipts if each.waits_for is not None)

    @property
    def is_taken(self) -> bool:
        """Tell whether something of it is taken in now."""
        return any(each.result not in {Result.REFUSED, Result.WAITING} for each in self.receipts)


class _NothingNewError(Exception):
    """As before: no second row is written of it."""


def may_be_replayed(delivery: Delivery) -> bool:
    """Tell whether it is refused or waiting still, and its bytes are there."""
    is_open = delivery.result in MAY_BE_REPLAYED and delivery.settled_at is None and bool(bytes(delivery.raw))
    return is_open and not (delivery.is_whole and delivery.door not in set(Door))  # a page is asked for again instead


def piece_of(delivery: Delivery) -> bytes:
    """Return the bytes of the thing itself: of an order that came among others not those of the whole request."""
    raw = bytes(delivery.raw)
    if delivery.is_whole or delivery.position or delivery.door not in set(Door):
        return raw
    try:
        given = json_text.parse(raw)
    except NotAnOrderError:
        return raw
    return json_text.write(given[0]).encode() if isinstance(given, list) and given else raw


def replay(
    delivery: Delivery, *, by: Person | None, corrected: bytes | None = None, even_if_older: bool = False
) -> Replayed:
    """Take a delivery in again. Raises ReplayError.

    What is refused or waits as before leaves no trace; a correction that is refused is kept, in the place of the first.
    """
    try:
        with transaction.atomic():
            mine = Delivery.objects.select_for_update(of=("self",)).select_related("feed__company", "company")
            row = mine.get(company_id=delivery.company_id, pk=delivery.pk)
            if not may_be_replayed(row):
                raise ReplayError(
                    "It was taken in or put aside meanwhile, or its bytes are forgotten. Load the page again."
                )
            if row.feed is not None and row.feed.closed_at is not None:
                raise ReplayError(f"The feed {row.feed.title} is closed: open it again first.")
            return _replayed(row, by, corrected, even_if_older=even_if_older)
    except _NothingNewError as same:
        return Replayed(receipts=same.args[0])


def _replayed(row: Delivery, by: Person | None, corrected: bytes | None, *, even_if_older: bool) -> Replayed:
    raw = piece_of(row) if corrected is None else corrected
    newer = None if even_if_older else _newer(row, raw)
    if newer is not None:
        return Replayed(receipts=(), newer=newer)
    receipts = _taken(row, raw, by)
    is_same = not any(each.result not in {Result.REFUSED, Result.WAITING} for each in receipts)
    if is_same and (corrected is None or raw == piece_of(row)) and not _waits_for_its_feed(row):
        raise _NothingNewError(receipts)
    Delivery.objects.filter(company_id=row.company_id, pk=row.pk).update(settled_at=clock.now())
    return Replayed(receipts=receipts)


def _waits_for_its_feed(row: Delivery) -> bool:
    """Tell whether nobody has read it yet: what stands of it is that its feed is paused."""
    return row.result == Delivery.Result.WAITING and row.problems == _PAUSED


def put_aside(delivery: Delivery) -> bool:
    """Let it be open no more because a person says so; it stays, with its bytes. False where it is settled already."""
    mine = Delivery.objects.filter(company_id=delivery.company_id, pk=delivery.pk, result__in=MAY_BE_REPLAYED)
    return bool(mine.filter(settled_at=None).update(settled_at=clock.now()))


def take_waiting() -> int:
    """Take in what waited for its feed to be resumed, or for its order to come; return how much of it.

    Each says afterwards what it waits for now: what is tried in vain leaves the front to others.
    """
    return sum(_took(row) for row in _waiting())


def _took(row: Delivery) -> bool:
    try:
        done = replay(row, by=None)
    except ReplayError as error:
        _waits_for(row, Problem("", str(error), ""))
        return False
    except Exception:  # one delivery that cannot be worked with must not keep the others waiting
        log.exception("not taken in", delivery=row.pk)
        _waits_for(row, _STUMBLED)
        return False
    if done.newer is not None:
        _mine(row).update(settled_at=clock.now(), problems=deliveries.told([OVERTAKEN]))
    elif not done.is_taken:
        _waits_for(row, *done.waits_for)
    return done.is_taken


def _waits_for(row: Delivery, *why: Problem) -> None:
    """Note why it waits still, where it does."""
    _mine(row).filter(result=Delivery.Result.WAITING, settled_at=None).update(problems=deliveries.told(why))


def _mine(row: Delivery) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(company_id=row.company_id, pk=row.pk)


def _waiting() -> Iterator[Delivery]:
    """Yield what may be taken in now, in the order in which it came; what was tried in vain before comes last."""
    open_feeds = Feed.objects.filter(closed_at=None, paused_at=None)
    rows = Delivery.objects.filter(result=Delivery.Result.WAITING, settled_at=None).exclude(raw=b"").order_by("id")
    rows = rows.select_related("feed__company", "company").filter(feed__in=open_feeds)
    rows = rows.filter(Q(problems=_PAUSED) | Q(feed__brings=Feed.Brings.SALES) | Exists(_called_so()))
    yield from rows.filter(problems=_PAUSED, feed__brings=Feed.Brings.SALES)[:AT_ONCE]
    yield from rows.filter(problems__in=[_PAUSED, _NOT_YET], feed__brings=Feed.Brings.NEWS)[:AT_ONCE]
    yield from rows.exclude(problems__in=[_PAUSED, _NOT_YET])[:AT_ONCE]


def _called_so() -> QuerySet[Order]:
    """Return the orders of other feeds that are called as a delivery calls its own."""
    others = Order.objects.filter(company=OuterRef("company")).exclude(feed=OuterRef("feed"))
    names = [OuterRef("ref"), OuterRef("external_ref")]
    return others.filter(Q(ref__in=names) | Q(external_ref__gt="", external_ref__in=names))


def _taken(row: Delivery, raw: bytes, by: Person | None) -> list[Receipt]:
    arrival = Arrival(door=row.door, raw=raw, request=_request(row), is_awaited=False, corrects=row, by=by)
    if row.feed is not None and (read := _reader_of(row)) is not None:
        return receive.take_read(row.feed, _one(row, read(raw)), arrival)
    try:
        given = json_text.parse(raw)
    except NotAnOrderError as error:
        receive.keep_whole(row.company, arrival, error.problems)
        return [Receipt(position=0, result=Result.REFUSED, problems=error.problems)]
    payloads = given if isinstance(given, list) else [given]
    return list(receive.receive_many(row.company, payloads, source=row.source, arrival=arrival))


def held_in(row: Delivery) -> list[Read]:
    """Return what was kept of a delivery, read as it would be taken in now; nothing is taken in.

    Raises NotAnOrderError where nothing of it can be read, ReplayError where it cannot be read by itself.
    """
    read, raw = _reader_of(row) if row.feed is not None else None, piece_of(row)
    if read is not None:
        return list(_one(row, read(raw)))
    given = json_text.parse(raw)
    zone = rules.of_company(row.company)[0].timing.zones.sender
    return [
        receive.read(each, zone=zone, source=row.source) for each in (given if isinstance(given, list) else [given])
    ]


def _request(row: Delivery) -> str:
    """Return what the new delivery shares with others: a correction of a file's row is one of the file's."""
    return row.request if row.door == Door.FILE else ids.public_id()


def _one(row: Delivery, held: Sequence[Read]) -> Sequence[Read]:
    """Return that of the things in a message which the delivery is about."""
    return [held[row.position]] if len(held) > 1 and row.position < len(held) else held


def _reader_of(row: Delivery) -> Reader | None:
    """Return what reads the delivery's bytes, as its feed's source does; None: they are orders of our own form."""
    assert row.feed is not None  # noqa: S101 - the caller asked
    feed, kind = row.feed, row.feed.row
    if row.door == Door.FILE and row.result == Delivery.Result.WAITING:
        return _read_our_form
    for door in kind.doors:
        if row.door == receive.door_name(feed, door):
            return door.read
    if row.door == Door.FILE and kind.reread_of_file is not None:
        of_file = kind.reread_of_file
        return lambda raw: of_file(raw, feed.settings)
    if row.door in set(Door):
        return None
    if kind.reread is None:
        raise ReplayError("What this source brought cannot be read again by itself: have it sent again.")
    reread = kind.reread
    return lambda raw: reread(raw, feed.said)


def _read_our_form(raw: bytes) -> Sequence[Read]:
    """Read news of a file, which are kept as orders of our own form."""
    try:
        return [schema.parse_order(json_text.parse(raw))]
    except NotAnOrderError as error:
        return [Refusal(error.problems, raw=raw)]


def _newer(row: Delivery, raw: bytes) -> Order | None:
    """Return an order in these bytes of which newer content came since; None where there is none."""
    if row.feed is None or (reader := _reader_of(row)) is None:
        return _newer_of_ours(row)
    for read in _one(row, reader(raw)):
        if isinstance(read, CanonicalOrder) and row.feed.brings == Feed.Brings.SALES:
            found = _since(row, Q(feed=row.feed, source_id=read.id))
            if found is not None:
                return found
    return None


def _newer_of_ours(row: Delivery) -> Order | None:
    if not row.ref or not row.source:
        return None
    return _since(row, Q(feed__name=row.source, source_id=row.ref))


def _since(row: Delivery, named: Q) -> Order | None:
    orders = Order.objects.filter(named, company_id=row.company_id, current_revision__received_at__gt=row.received_at)
    return orders.select_related("feed").first()
