"""Accept orders; the same order twice changes nothing.

    payloads -> parsed, each on its own -> stored in batches, committed -> prepared -> one receipt for each

A receipt is given only after the commit: what it calls accepted survives anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from daybook.companies.models import Company
from daybook.intake import deliveries, noticing, outlook, prepare, rules, storing
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.intents import CompanyRules
from daybook.intake.loading import Work
from daybook.intake.outlook import Outlook
from daybook.intake.storing import Incoming, Result, Stored
from daybook.kit import clock
from daybook.orders import standings
from daybook.orders.models import Delivery
from daybook.sources.canonical import moments, schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.kornitx.reading import SOURCE, Callback
from daybook.sources.problems import NotAnOrderError, Problem

BATCH = 50
_FARTHEST_AHEAD = timedelta(days=1)
"""A sender whose clock is further ahead would make all that follows late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one payload."""

    position: int
    """Its place among the payloads, from 0."""
    result: Result
    source: str = ""
    id: str = ""
    ref: str = ""
    order: str = ""
    """Daybook's own public id of the order; empty where it was refused."""
    outlook: Outlook | None = None
    """What will happen to it; None where it was refused."""
    problems: tuple[Problem, ...] = ()
    stored: Stored | None = None
    """What `answered` notes; None where it was refused at once."""

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing of the payload was kept."""
        return self.result is Result.REFUSED


@dataclass(frozen=True, slots=True)
class _Refused:
    """A payload that is no order."""

    source: str
    id: str
    problems: tuple[Problem, ...]


def receive(company: Company, payload: object, *, raw: bytes = b"", arrival: Arrival | None = None) -> Receipt:
    """Accept one order: plain JSON values, or an order parsed already. `raw`: its bytes, where they are not canonical.

    `arrival`: the request or file it came in; without one nobody waits for an answer, so that nothing is a retry.
    """
    arrival = arrival or Arrival(door=Door.FILE, raw=raw)
    company_rules = rules.of_company(company)
    incoming = _parse(payload, zone=_zone(company_rules), source="", raw=raw)
    return next(_receive_batch(company, [incoming], company_rules, arrival, first=0))


def receive_many(
    company: Company, payloads: Iterable[object], *, source: str = "", arrival: Arrival | None = None
) -> Iterator[Receipt]:
    """Accept many orders, one receipt for each, in their order; a bad one never loses the good ones.

    `source`: of payloads that name none. `arrival`: the request or file they came in, as in `receive`. The work is done
    while the receipts are being read.
    """
    arrival = arrival or Arrival(door=Door.FILE)
    company_rules, first = rules.of_company(company), 0
    zone = _zone(company_rules)
    parsed = (_parse(payload, zone=zone, source=source, position=position) for position, payload in enumerate(payloads))
    for batch in _batches(parsed):
        yield from _receive_batch(company, batch, company_rules, arrival, first=first)
        first += len(batch)


def answered(company: Company, receipts: Iterable[Receipt], status: int) -> None:
    """Note that the sender has its answer: what it sends from now on is meant anew. Without this it counts as repeated."""
    kept = [receipt.stored for receipt in receipts if receipt.stored is not None]
    if kept:
        ids, hashes = [each.order_id for each in kept], [each.body_hash for each in kept]
        deliveries.note_answer(company, ids, hashes, status=status)


def note_refused(company: Company, arrival: Arrival, *, source: str) -> None:
    """Keep that something came which is no order and no notice, and its bytes."""
    _refused(company, arrival, 0, _Refused(source, "", ()), clock.now()).save()


def _parse(payload: object, *, zone: tzinfo, source: str, raw: bytes = b"", position: int = 0) -> Incoming | _Refused:
    if isinstance(payload, CanonicalOrder):
        return Incoming(payload, raw, position)
    if source and isinstance(payload, dict):
        payload = {"source": source, **payload}
    try:
        order = schema.parse_order(payload)
        _check_clock(order, zone, clock.now())
        return Incoming(order, raw, position)
    except NotAnOrderError as error:
        named = payload if isinstance(payload, dict) else {}
        return _Refused(_short(named.get("source")), _short(named.get("id")), error.problems)


def _check_clock(order: CanonicalOrder, zone: tzinfo, now: datetime) -> None:
    if order.updated_at is not None and moments.instant(order.updated_at, zone) > now + _FARTHEST_AHEAD:
        cure = "Send when the order was last changed, or leave the field out."
        raise NotAnOrderError((Problem("updated_at", "The time lies ahead of now.", cure),))


def _short(name: object) -> str:
    """Return what a refused payload called itself, as far as it can be shown."""
    text = str(name) if isinstance(name, str | int) else ""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:200]


def _batches(parsed: Iterable[Incoming | _Refused]) -> Iterator[list[Incoming | _Refused]]:
    """Yield batches in which no order comes twice."""
    batch: list[Incoming | _Refused] = []
    keys: set[tuple[str, str]] = set()
    for each in parsed:
        key = each.key if isinstance(each, Incoming) else None
        if len(batch) == BATCH or key in keys:
            yield batch
            batch, keys = [], set()
        batch.append(each)
        if key is not None:
            keys.add(key)
    if batch:
        yield batch


def _zone(company_rules: Sequence[CompanyRules]) -> tzinfo:
    """Return the zone of the sender's clock, as the first connection has it."""
    return company_rules[0].timing.zones.sender


def _receive_batch(
    company: Company,
    batch: Sequence[Incoming | _Refused],
    company_rules: Sequence[CompanyRules],
    arrival: Arrival,
    *,
    first: int,
) -> Iterator[Receipt]:
    good = [each for each in batch if isinstance(each, Incoming)]
    refused = [(at, each) for at, each in enumerate(batch, start=first) if isinstance(each, _Refused)]
    now, zone = clock.now(), _zone(company_rules)
    connections = [each.connection_id for each in company_rules]

    def keep() -> tuple[dict[tuple[str, str], Stored], dict[int, Outlook]]:
        stored = storing.take(company, good, now=now, zone=zone, arrival=arrival, connection_ids=connections)
        Delivery.objects.bulk_create(_refused(company, arrival, at, each, now) for at, each in refused)
        outlooks = _prepared(company, stored.values(), company_rules, now)
        storing.write_rows(company, [each for each in stored.values() if each.order_id not in outlooks])
        return stored, outlooks

    stored, outlooks = storing.in_transaction(keep)
    outlooks |= _looked_at(company, [each for each in stored.values() if each.order_id not in outlooks], company_rules)
    for position, each in enumerate(batch, start=first):
        if isinstance(each, Incoming):
            yield _receipt(position, each, stored[each.key], outlooks)
        else:
            yield Receipt(
                position=position, result=Result.REFUSED, source=each.source, id=each.id, problems=each.problems
            )


def _prepared(
    company: Company, stored: Iterable[Stored], company_rules: Sequence[CompanyRules], now: datetime
) -> dict[int, Outlook]:
    """Make documents in the transaction that stored the orders; none where one of them is at fault: they stay stored."""
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


def _refused(company: Company, arrival: Arrival, position: int, refused: _Refused, now: datetime) -> Delivery:
    """Return what is kept of a payload that is no order: that it came, and what was wrong is in its answer."""
    row = arrival.delivery(company, position, now)
    row.source, row.result, row.answered = refused.source[:40], Delivery.Result.REFUSED, 422
    row.body_hash = deliveries.digest(arrival.raw)
    return row


def _receipt(position: int, incoming: Incoming, stored: Stored, outlooks: dict[int, Outlook]) -> Receipt:
    order = incoming.order
    is_refused = stored.result is Result.REFUSED
    return Receipt(
        position=position,
        result=stored.result,
        source=order.source,
        id=order.id,
        ref=order.ref,
        order=stored.public_id,
        outlook=None if is_refused else outlooks[stored.order_id],
        problems=stored.problems,
        stored=None if is_refused else stored,
    )


def receive_callback(company: Company, callback: Callback, *, raw: bytes = b"") -> Receipt:
    """Accept what a status callback says; where its order was never seen, a row is kept that waits for it."""
    stored = noticing.store(company, callback, raw=raw, now=clock.now())
    if stored.is_unprepared:
        prepare.prepare_orders(company, [stored.order_id])
    return Receipt(
        position=0,
        result=stored.result,
        source=SOURCE,
        id=callback.source_id,
        ref=callback.ref,
        order=stored.public_id,
        outlook=outlook.of_orders(company, [stored.order_id])[stored.order_id],
        stored=stored,
    )
