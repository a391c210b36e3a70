"""Accept what is sent of orders; the same order twice changes nothing.

    payloads, or a message -> read, each on its own -> stored in batches, committed -> prepared -> one receipt for each

A receipt is given only after the commit: what it calls accepted survives anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar, cast

from django.db import transaction

from daybook.companies.models import Company
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.intake import deliveries, news, noticing, outlook, prepare, rules, storing
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.intents import CompanyRules
from daybook.intake.judging import Key
from daybook.intake.loading import Work
from daybook.intake.outlook import Outlook
from daybook.intake.receipts import NO_SALES, PAUSED, Receipt, Refused, closed, receipt, row_of, short
from daybook.intake.storing import Incoming, Result, Stored
from daybook.kit import clock
from daybook.orders import standings
from daybook.orders.models import Delivery, Order
from daybook.sources import json_text
from daybook.sources.canonical import moments, schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Door as FeedDoor
from daybook.sources.source import NotAnOrder, Notice, Read, Refusal

BATCH = 100
_ORDERS = (CanonicalOrder, Refusal)
_FARTHEST_AHEAD = timedelta(days=1)
"""A sender whose clock is further ahead would make all that follows late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """An order whose feed is still to be found by the source that it names."""

    order: CanonicalOrder
    raw: bytes
    position: int


_Given = TypeVar("_Given", _Parsed | Refused, Incoming | Refused)


def receive(company: Company, payload: object, *, raw: bytes = b"", arrival: Arrival | None = None) -> Receipt:
    """Accept one order: plain JSON values, or an order parsed already. `raw`: its bytes, where they are not canonical.

    `arrival`: the request or file it came in; without one nobody waits for an answer, so that nothing is a retry.
    """
    arrival = arrival or Arrival(door=Door.FILE, raw=raw)
    company_rules = rules.of_company(company)
    parsed = _parse(payload, zone=_zone(company_rules), source="", raw=raw)
    return next(_receive_batch(company, _with_feeds(company, [parsed]), company_rules, arrival))


def receive_many(
    company: Company, payloads: Iterable[object], *, source: str = "", arrival: Arrival | None = None
) -> Iterator[Receipt]:
    """Accept many orders, one receipt for each, in their order; a bad one never loses the good ones.

    `source`: of payloads that name none. `arrival`: the request or file they came in, as in `receive`. The work is done
    while the receipts are being read.
    """
    arrival = arrival or Arrival(door=Door.FILE)
    company_rules = rules.of_company(company)
    zone = _zone(company_rules)
    parsed = (_parse(payload, zone=zone, source=source, position=position) for position, payload in enumerate(payloads))
    for batch, now_rules in _each_by_its_rules(company, _batches(parsed), company_rules):
        yield from _receive_batch(company, _with_feeds(company, batch), now_rules, arrival)


def take(feed: Feed, door: FeedDoor, body: bytes) -> list[Receipt]:
    """Accept a message that came to one of a feed's doors and is genuine; one receipt for each thing that it holds.

    Of a feed that is paused it is kept as it is.
    """
    if feed.paused_at is not None:
        return [keep(feed, Arrival(door=door_name(feed, door), raw=body), PAUSED)]
    return take_read(feed, door.read(body), Arrival(door=door_name(feed, door), raw=body))


def take_read(feed: Feed, held: Sequence[Read], arrival: Arrival, first: int = 0) -> list[Receipt]:
    """Accept what was read of a feed's messages; one receipt for each thing, in their order.

    `first`: the position of the first one, where they are the next ones of a file.
    """
    placed = list(enumerate(held, start=first))
    if feed.brings == Feed.Brings.NEWS:
        return [_take_news(feed, each, arrival, at) for at, each in placed]
    alone = arrival.raw if len(held) == 1 else b""
    raws = arrival.pieces or [alone] * len(held)
    orders = [_of_feed(feed, each, raws[at - first], at) for at, each in placed if isinstance(each, _ORDERS)]
    receipts = [_take_other(feed, each, arrival, at) for at, each in placed if not isinstance(each, _ORDERS)]
    company_rules = rules.of_company(feed.company) if orders else []
    for batch, now_rules in _each_by_its_rules(feed.company, _batches(orders), company_rules):
        receipts += _receive_batch(feed.company, batch, now_rules, arrival)
    return sorted(receipts, key=lambda receipt: receipt.position)


def keep(
    feed: Feed,
    arrival: Arrival,
    why: Problem,
    *,
    position: int = 0,
    ref: str = "",
    external_ref: str = "",
    raw: bytes = b"",
) -> Receipt:
    """Keep something for later, with why; `replaying.take_waiting` takes it in once that is over.

    `raw`: its bytes, where it came among others in a file.
    """
    row = arrival.delivery(feed.company, position, clock.now())
    row.raw = row.raw or raw
    row.feed, row.source, row.result, row.answered = feed, feed.name, Delivery.Result.WAITING, 200
    row.body_hash = deliveries.digest(arrival.raw or bytes(row.raw))
    row.ref, row.external_ref, row.problems = ref[:200], external_ref[:500], deliveries.told([why])
    row.save()
    said = f"{why.problem} {why.cure}"
    return Receipt(position=position, result=Result.WAITING, source=feed.name, ref=ref, why=said, waits_for=why)


def keep_whole(company: Company, arrival: Arrival, problems: Sequence[Problem]) -> None:
    """Keep a request of which nothing could be read as orders, with why."""
    row = row_of(company, arrival, Refused(problems=tuple(problems)), clock.now())
    row.is_whole = True
    row.save()


def _take_news(feed: Feed, read: Read, arrival: Arrival, position: int) -> Receipt:
    """Take in what a feed says about other feeds' orders; it never makes an order of its own."""
    if isinstance(read, Refusal):
        row_of(feed.company, arrival, _refused_of(feed, read, position), clock.now()).save()
        return Receipt(position=position, result=Result.REFUSED, source=feed.name, problems=read.problems)
    if isinstance(read, NotAnOrder):
        return _take_other(feed, read, arrival, position)
    found = news.match(feed, read)
    told = found if isinstance(found, Problem) else news.told(feed, read, found)
    if isinstance(found, Order) and isinstance(told, Notice):
        return _receive_notice(feed, told, arrival, position, about=found.pk)
    why = found if isinstance(found, Problem) else told
    ref, external_ref = news.names_of(read)
    raw = _in_our_form(feed, read) if arrival.door == Door.FILE and isinstance(read, CanonicalOrder) else b""
    return keep(feed, arrival, cast("Problem", why), position=position, ref=ref, external_ref=external_ref, raw=raw)


def _in_our_form(feed: Feed, read: CanonicalOrder) -> bytes:
    """Return what a file said, as it is read again (`replaying`): the file itself may be gone by then."""
    return read.model_copy(update={"source": feed.name}).model_dump_json(exclude_defaults=True).encode()


def door_name(feed: Feed, door: FeedDoor) -> str:
    """Return what a delivery says of the door by which it came."""
    return f"{feed.source}_{door.name}"


def _of_feed(feed: Feed, read: Read, raw: bytes, position: int) -> Incoming | Refused:
    """Return an order as one of its feed's, whatever source its reader names."""
    if isinstance(read, CanonicalOrder):
        return Incoming(read.model_copy(update={"source": feed.name}), feed, raw, position)
    return _refused_of(feed, read if isinstance(read, Refusal) else Refusal(()), position)


def _refused_of(feed: Feed, read: Refusal, position: int) -> Refused:
    return Refused(
        problems=read.problems, position=position, source=feed.name, id=short(read.ref), feed=feed, raw=read.raw
    )


def _take_other(feed: Feed, read: Read, arrival: Arrival, position: int) -> Receipt:
    if isinstance(read, Notice):
        return _receive_notice(feed, read, arrival, position)
    row = arrival.delivery(feed.company, position, clock.now())
    row.feed, row.source, row.result, row.answered = feed, feed.name, Delivery.Result.IGNORED, 200
    row.body_hash = deliveries.digest(arrival.raw or bytes(row.raw))
    row.save()
    why = read.why if isinstance(read, NotAnOrder) else ""
    return Receipt(position=position, result=Result.IGNORED, source=feed.name, why=why)


def answered(company: Company, receipts: Iterable[Receipt], status: int) -> None:
    """Note that the sender has its answer: what it sends from now on is meant anew. Without this it counts as repeated."""
    kept = [receipt.stored for receipt in receipts if receipt.stored is not None]
    if kept:
        ids, hashes = [each.order_id for each in kept], [each.body_hash for each in kept]
        deliveries.note_answer(company, ids, hashes, status=status)


def note_closed(feed: Feed, door: FeedDoor, body: bytes) -> None:
    """Keep that something came to a feed that is closed, and its bytes."""
    arrival = Arrival(door=door_name(feed, door), raw=body)
    refused = Refused(problems=(closed(feed),), feed=feed, source=feed.name, is_closed=True)
    row_of(feed.company, arrival, refused, clock.now()).save()


def read(payload: object, *, zone: tzinfo, source: str = "") -> CanonicalOrder:
    """Return the order in plain JSON values. `source`: where they name none. Raises NotAnOrderError."""
    if source and isinstance(payload, dict):
        payload = {"source": source, **payload}
    order = schema.parse_order(payload)
    _check_clock(order, zone, clock.now())
    return order


def _parse(payload: object, *, zone: tzinfo, source: str, raw: bytes = b"", position: int = 0) -> _Parsed | Refused:
    if isinstance(payload, CanonicalOrder):
        return _Parsed(order=payload, raw=raw, position=position)
    try:
        return _Parsed(order=read(payload, zone=zone, source=source), raw=raw, position=position)
    except NotAnOrderError as error:
        named = {"source": source, **payload} if isinstance(payload, dict) else {}
        return Refused(
            problems=error.problems,
            position=position,
            source=short(named.get("source")),
            id=short(named.get("id")),
            raw=json_text.write(payload).encode("utf-8", "replace") if position else b"",
        )


def _with_feeds(company: Company, batch: Sequence[_Parsed | Refused]) -> list[Incoming | Refused]:
    """Return the orders with the feeds that they name; those of a closed one are refused, and of one that brings only news."""
    names = {each.order.source for each in batch if isinstance(each, _Parsed)}
    feeds = roster.named(company, names) if names else {}
    return [each if isinstance(each, Refused) else _in_feed(each, feeds[each.order.source]) for each in batch]


def _in_feed(parsed: _Parsed, feed: Feed) -> Incoming | Refused:
    is_closed = feed.closed_at is not None
    if not is_closed and feed.brings == Feed.Brings.SALES:
        return Incoming(parsed.order, feed, parsed.raw, parsed.position)
    return Refused(
        problems=(closed(feed) if is_closed else NO_SALES,),
        position=parsed.position,
        source=feed.name,
        id=parsed.order.id,
        feed=feed,
        is_closed=is_closed,
        raw=parsed.order.model_dump_json(exclude_defaults=True).encode() if parsed.position else b"",
    )


def _check_clock(order: CanonicalOrder, zone: tzinfo, now: datetime) -> None:
    if order.updated_at is not None and moments.instant(order.updated_at, zone) > now + _FARTHEST_AHEAD:
        cure = "Send when the order was last changed, or leave the field out."
        raise NotAnOrderError((Problem("updated_at", "The time lies ahead of now.", cure),))


def _batches(given: Iterable[_Given]) -> Iterator[list[_Given]]:
    """Yield batches in which no order comes twice."""
    batch: list[_Given] = []
    keys: set[tuple[str, str]] = set()
    for each in given:
        key = None if isinstance(each, Refused) else (each.order.source, each.order.id)
        if len(batch) == BATCH or key in keys:
            yield batch
            batch, keys = [], set()
        batch.append(each)
        if key is not None:
            keys.add(key)
    if batch:
        yield batch


def _each_by_its_rules(
    company: Company, batches: Iterable[list[_Given]], company_rules: Sequence[CompanyRules]
) -> Iterator[tuple[list[_Given], Sequence[CompanyRules]]]:
    """Yield each batch with the rules as they stand now: settings may be saved while many orders come.

    `company_rules`: as they were read just now.
    """
    for place, batch in enumerate(batches):
        yield batch, rules.of_company(company) if place else company_rules


def _zone(company_rules: Sequence[CompanyRules]) -> tzinfo:
    """Return the zone of the sender's clock, as the first connection has it."""
    return company_rules[0].timing.zones.sender


def _receive_batch(
    company: Company,
    batch: Sequence[Incoming | Refused],
    company_rules: Sequence[CompanyRules],
    arrival: Arrival,
) -> Iterator[Receipt]:
    now = clock.now()
    try:
        stored, outlooks = _kept(company, batch, company_rules, arrival, now, are_prepared=not arrival.is_put_off)
    except prepare.AtFaultError:  # all are stored, then each is prepared alone
        stored, outlooks = _kept(company, batch, company_rules, arrival, now, are_prepared=False)
    if not arrival.is_put_off:
        rest = [each for each in stored.values() if each.order_id not in outlooks]
        outlooks |= _looked_at(company, rest, company_rules)
    for each in batch:
        if isinstance(each, Incoming):
            yield receipt(each, stored[each.key], outlooks)
        else:
            yield Receipt(
                position=each.position,
                result=Result.REFUSED,
                source=each.source,
                id=each.id,
                problems=each.problems,
                is_closed=each.is_closed,
            )


@transaction.atomic
def _kept(
    company: Company,
    batch: Sequence[Incoming | Refused],
    company_rules: Sequence[CompanyRules],
    arrival: Arrival,
    now: datetime,
    *,
    are_prepared: bool,
) -> tuple[dict[Key, Stored], dict[int, Outlook]]:
    """Store a batch and, if `are_prepared`, make its documents with it. Raises AtFaultError; then nothing is kept."""
    good = [each for each in batch if isinstance(each, Incoming)]
    refused = [each for each in batch if isinstance(each, Refused)]
    connections, zone = [each.connection_id for each in company_rules], _zone(company_rules)
    stored = storing.take(company, good, now=now, zone=zone, arrival=arrival, connection_ids=connections)
    rows = [row_of(company, arrival, each, now) for each in refused]
    Delivery.objects.bulk_create(_not_open(company, rows) if arrival.pieces else rows)
    outlooks = _prepared(company, stored.values(), company_rules, now) if are_prepared else {}
    storing.write_rows(company, [each for each in stored.values() if each.order_id not in outlooks])
    return stored, outlooks


def _prepared(
    company: Company, stored: Iterable[Stored], company_rules: Sequence[CompanyRules], now: datetime
) -> dict[int, Outlook]:
    """Make documents in the transaction that stored the orders. Raises AtFaultError, as `prepare_stored`."""
    due = [each for each in stored if each.is_unprepared]
    works: dict[int, list[Work]] = {}
    for work in prepare.prepare_stored(company, due, company_rules, now, pending=storing.FILLED) if due else []:
        works.setdefault(work.order.pk, []).append(work)
    return {order_id: _outlook(each) for order_id, each in works.items()}


def _outlook(works: Sequence[Work]) -> Outlook:
    """Return the outlook of one order, of which there is one work for each connection."""
    entries = sorted((entry for work in works for entry in work.entries), key=lambda entry: entry.pk)
    return outlook.of(standings.as_a_whole(work.stands for work in works) or works[0].stands, entries)


def _looked_at(company: Company, stored: Sequence[Stored], company_rules: Sequence[CompanyRules]) -> dict[int, Outlook]:
    """Return what will happen to orders that were not prepared as they were stored, once those that are due are."""
    due = [each.order_id for each in stored if each.is_unprepared]
    if due:
        prepare.prepare_orders(company, due, rules=company_rules)
    return outlook.of_orders(company, [each.order_id for each in stored]) if stored else {}


def _not_open(company: Company, rows: Sequence[Delivery]) -> list[Delivery]:
    """Return those that do not lie in the inbox already: a shop that is asked answers the same until it is put right there."""
    mine = Delivery.objects.filter(company=company, result=Delivery.Result.REFUSED, settled_at=None)
    same = mine.filter(body_hash__in=[each.body_hash for each in rows]) if rows else mine.none()
    there = set(same.values_list("feed_id", "body_hash"))
    return [each for each in rows if (each.feed_id, each.body_hash) not in there]


def _receive_notice(
    feed: Feed, notice: Notice, arrival: Arrival, position: int, *, about: int | None = None
) -> Receipt:
    """Accept a message about an order; where its order was never seen, a row is kept that waits for it.

    `about`: the order of another feed that it is about.
    """
    company = feed.company
    stored = noticing.store(feed, notice, arrival=arrival, position=position, now=clock.now(), about=about)
    if stored.is_unprepared:
        prepare.prepare_orders(company, [stored.order_id])
    return Receipt(
        position=position,
        result=stored.result,
        source=feed.name,
        id=notice.source_id,
        ref=notice.ref,
        order=stored.public_id,
        outlook=outlook.of_orders(company, [stored.order_id])[stored.order_id],
        stored=stored,
        is_notice=True,
    )
