"""Write orders and their revisions, each known by (company, feed, source id), a batch in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from django.db import transaction
from django.db.models import Q

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.history.kinds import What
from daybook.intake import deliveries, facts, judging
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.judging import Change, Incoming, Key
from daybook.intake.repeats import Result, Said
from daybook.kit.translation import told
from daybook.mapping.texts import without_entities
from daybook.orders import money, standings, telling
from daybook.orders.contents import content_hash
from daybook.orders.models import Delivery, Order, OrderStanding, Revision
from daybook.sources.canonical import forgetting, moments, schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import Problem
from daybook.tables import reading, writing

__all__ = [
    "FILLED",
    "Incoming",
    "Result",
    "Stored",
    "content_hash",
    "fill",
    "new_row",
    "store",
    "take",
    "write_rows",
]

FILLED = (
    "ref", "status", "external_ref", "customer_name", "currency", "ordered_at", "changed_at", "on_hold_since",
    "dispatched_seen_at", "current_revision",
)  # fmt: skip
"""The fields of an order's row that new content changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An order's row after storing."""

    row: Order
    """Locked until the transaction ends that stored it."""
    result: Result
    body_hash: str
    is_unprepared: bool
    """Documents are still to be made of it, or why not."""
    content: CanonicalOrder | None = None
    """What stands since, where it came with this; None: as the row's revision has it."""
    begun: Mapping[int, OrderStanding] = field(default_factory=dict)
    """By connection, not inserted yet, of an order made just now: nothing else is known of it."""
    problems: tuple[Problem, ...] = ()
    """Why it was refused."""

    @property
    def order_id(self) -> int:
        """Return the id of its row."""
        return self.row.pk

    @property
    def public_id(self) -> str:
        """Return Daybook's own name of the order."""
        return self.row.public_id


def store(
    company: Company, batch: Sequence[Incoming], *, now: datetime, zone: tzinfo, arrival: Arrival | None = None
) -> dict[Key, Stored]:
    """Store orders of which none comes twice in the batch; return by key what became of them.

    `zone`: of the sender's clock.
    """
    with transaction.atomic():
        stored = take(company, batch, now=now, zone=zone, arrival=arrival)
        write_rows(company, stored.values())
    return stored


def take(
    company: Company,
    batch: Sequence[Incoming],
    *,
    now: datetime,
    zone: tzinfo,
    arrival: Arrival | None = None,
    connection_ids: Collection[int] | None = None,
) -> dict[Key, Stored]:
    """Do all of `store` but writing the orders' own rows and new standings, which the caller does in the same transaction.

    `connection_ids`: those that take orders, where the caller knows.
    """
    made = _make_rows(company, batch, _there(company, batch), now, zone)
    there = _locked(company, [each for each in batch if each.key not in made])
    changes = _changes(company, batch, there, made, arrival or Arrival(), now, zone)
    _add_revisions(company, [each for each in changes if each.result is Result.ACCEPTED], now, zone)
    _deliver(changes)
    news = [each for each in changes if each.result is not Result.UNCHANGED]
    writing.insert([telling.event(each.order, _what(each), reason=each.note, at=now) for each in news])
    begun, unprepared = _standings(company, changes, now, connection_ids)
    return {each.incoming.key: _outcome(each, begun.get(each.order.pk, {}), unprepared) for each in changes}


def write_rows(company: Company, stored: Iterable[Stored]) -> None:
    """Write the rows of the orders whose content is new, and the standings of those that are new themselves."""
    accepted = [each for each in stored if each.result is Result.ACCEPTED]
    writing.save([each.row for each in accepted], FILLED, company_id=company.pk)
    writing.insert([row for each in accepted for row in each.begun.values()])


def _standings(
    company: Company, changes: Sequence[Change], now: datetime, connection_ids: Collection[int] | None
) -> tuple[dict[int, dict[int, OrderStanding]], set[int]]:
    """Let new orders stand toward the connections; return these standings, and which orders are not prepared yet."""
    begun: dict[int, dict[int, OrderStanding]] = {}
    fresh = [each.order.pk for each in changes if each.is_fresh]
    if fresh and connection_ids is None:
        connection_ids = [connection.pk for connection in roster.taking_orders(company)]
    for row in standings.begun(company, fresh, now, connection_ids or ()):
        begun.setdefault(row.order_id, {})[row.connection_id] = row
    accepted = {each.order.pk for each in changes if each.result is Result.ACCEPTED}
    standings.await_preparing(company, accepted.difference(fresh), now)
    repeated = [each.order.pk for each in changes if each.result is not Result.ACCEPTED]
    return begun, accepted | standings.unprepared(company, repeated)


def _what(change: Change) -> What:
    if change.result is Result.ACCEPTED:
        return What.RECEIVED if change.number == 1 else What.CHANGED
    return What.IGNORED if change.result is Result.LATE_RETRY else What.REFUSED


def _outcome(change: Change, begun: Mapping[int, OrderStanding], unprepared: Collection[int]) -> Stored:
    return Stored(
        row=change.order,
        result=change.result,
        body_hash=change.delivery.body_hash,
        is_unprepared=change.order.pk in unprepared,
        content=change.incoming.as_meant if change.result is Result.ACCEPTED else None,
        begun=begun,
        problems=change.problems,
    )


_Rows = dict[Key, Order]
_BY_NAME = """
    SELECT feed_id, source_id, ref, current_revision_id FROM orders_order
    WHERE company_id = %s AND feed_id = ANY(%s) AND source_id = ANY(%s) ORDER BY id
"""


def _there(company: Company, batch: Sequence[Incoming]) -> set[Key]:
    """Return which orders have a row by now; one that was made knowing only a ref takes the id that comes with its order."""
    renamed = {(each.feed.pk, each.order.ref): each.order.id for each in batch if each.order.ref != each.order.id}
    names = [*(each.order.id for each in batch), *(ref for _, ref in renamed)]
    found = reading.ask(_BY_NAME, [company.pk, list({each.feed.pk for each in batch}), names])
    there = {(feed, source_id) for feed, source_id, _, _ in found}
    for feed, source_id, ref, revision in found:
        name = renamed.get((feed, ref), source_id)
        if revision is None and source_id == ref and (feed, name) not in there:
            mine = Order.objects.filter(company=company, feed=feed, source_id=ref, current_revision=None)
            mine.update(source_id=name)
            there.add((feed, name))
    return there


def _of_keys(batch: Sequence[Incoming]) -> Q:
    wanted = Q(pk__in=[])
    for feed in sorted({each.feed.pk for each in batch}):
        wanted |= Q(feed=feed, source_id__in=[each.order.id for each in batch if each.feed.pk == feed])
    return wanted


def _make_rows(company: Company, batch: Sequence[Incoming], there: set[Key], now: datetime, zone: tzinfo) -> _Rows:
    """Make the rows that are missing, sorted so that two batches never wait for each other; return them by key."""
    missing = sorted((each for each in batch if each.key not in there), key=lambda each: each.key)
    made = {each.key: new_row(company, each, now, zone) for each in missing}
    writing.insert_missing(list(made.values()))
    return {key: row for key, row in made.items() if row.pk is not None}


def _locked(company: Company, batch: Sequence[Incoming]) -> _Rows:
    """Return the rows of orders that were there, locked in one order, whoever made them."""
    if not batch:
        return {}
    mine = Order.objects.filter(_of_keys(batch), company=company).select_for_update().order_by("id")
    found = list(mine.prefetch_related("current_revision"))  # after the lock: a join shows what stood before we waited
    feeds = {each.feed.pk: each.feed for each in batch}
    for row in found:
        row.feed = feeds[row.feed_id]
    return {(row.feed_id, row.source_id): row for row in found}


def new_row(company: Company, incoming: Incoming, now: datetime, zone: tzinfo) -> Order:
    """Return the row, not saved, of an order that came now for the first time."""
    row = fill(Order(company=company, feed=incoming.feed, source_id=incoming.order.id), incoming, now, zone)
    row.first_received_at = now
    row.undispatched_seen_at = now if row.dispatched_seen_at is None else None
    return row


def fill(order: Order, incoming: Incoming, now: datetime, zone: tzinfo) -> Order:
    """Put into the row what a list of orders shows."""
    given = incoming.as_meant
    order.ref, order.status = given.ref, given.status
    order.external_ref = without_entities(given.external_ref)
    order.customer_name = without_entities(given.customer.company or given.customer.name)
    order.currency = given.currency or order.currency
    order.ordered_at = moments.instant(given.ordered_at, zone) if given.ordered_at else None
    order.changed_at = now
    order.on_hold_since = order.on_hold_since if given.on_hold else None
    if order.dispatched_seen_at is None and facts.derive(given).is_dispatched:
        order.dispatched_seen_at = now
    return order


def _changes(
    company: Company,
    batch: Sequence[Incoming],
    there: _Rows,
    made: _Rows,
    arrival: Arrival,
    now: datetime,
    zone: tzinfo,
) -> list[Change]:
    """Return each order beside its locked row, judged against what came of it before."""
    changes = []
    for sent in batch:
        row = made.get(sent.key) or there[sent.key]
        each = _without_persons(sent) if row.forgotten_at is not None else sent
        content = schema.content_of(each.order)
        changes.append(
            Change(
                each,
                row,
                each.key in made,
                content,
                content_hash(content),
                arrival.delivery(company, each.position, now),
                _said(each.order, zone),
            )
        )
    known = judging.known_of(company, changes, arrival, now)
    forgotten = [change for change in changes if change.order.forgotten_at is not None]
    if forgotten:
        _keep_no_bytes(company, changes if arrival.raw else forgotten, arrival)
    for change in changes:
        _fill_delivery(change)
        change.problems = judging.problems_of(change, known, arrival)
        if change.problems:
            change.result, change.note = Result.REFUSED, told(f"Refused: {change.problems[0].problem}")[:500]
            change.delivery.problems = deliveries.told(change.problems)
        else:
            judging.judge(change, known, arrival)
    return changes


def _without_persons(sent: Incoming) -> Incoming:
    """Return an order whose customer was forgotten as it may be kept: nobody asked for them to be known again."""
    return replace(sent, order=forgetting.without_persons(sent.order), raw=b"")


def _keep_no_bytes(company: Company, changes: Sequence[Change], arrival: Arrival) -> None:
    """What came with such an order would say again whose it is; the first of its request may be stored already.

    Of a file, and of what a pull brought, each has its own: others' can still be corrected.
    """
    if arrival.raw and arrival.door != Door.FILE:
        Delivery.objects.filter(company=company, request=arrival.request).exclude(raw=b"").update(raw=b"")
    if arrival.corrects is not None:
        Delivery.objects.filter(company=company, pk=arrival.corrects.pk).update(raw=b"")
    for change in changes:
        change.delivery.raw = b""


def _said(order: CanonicalOrder, zone: tzinfo) -> Said:
    if order.updated_at is None:
        return Said(order.sequence)
    return Said(
        order.sequence, moments.instant(order.updated_at, zone), moments.instant(order.updated_at, zone, latest=True)
    )


def _fill_delivery(change: Change) -> None:
    row, incoming = change.delivery, change.incoming
    row.feed, row.source, row.order = incoming.feed, incoming.feed.name, change.order
    row.delivery_id, row.sequence, row.updated_at = (
        incoming.order.delivery_id,
        change.said.sequence,
        change.said.earliest,
    )
    row.body_hash = deliveries.digest(incoming.raw) if incoming.raw else change.content_hash


def _deliver(changes: Sequence[Change]) -> None:
    """Write down what came, with the content that stands after it."""
    for change in changes:
        change.delivery.result = change.result.value
        if change.result in {Result.ACCEPTED, Result.UNCHANGED}:
            change.delivery.revision_id = change.order.current_revision_id
    writing.insert([change.delivery for change in changes])


def _add_revisions(company: Company, changes: Sequence[Change], now: datetime, zone: tzinfo) -> None:
    """Add the revisions and let the rows point at them; the rows are written later."""
    revisions = [
        Revision(
            company=company,
            order=change.order,
            number=change.number,
            content=change.content,
            content_hash=change.content_hash,
            raw=change.incoming.raw,
            received_at=now,
        )
        for change in changes
    ]
    writing.insert(revisions)
    moved = [
        row
        for change, revision in zip(changes, revisions, strict=True)
        for row in money.rows_of(revision, change.incoming.order, now, zone)
    ]
    writing.insert(moved)
    for change, revision in zip(changes, revisions, strict=True):
        if not change.is_fresh:
            fill(change.order, change.incoming, now, zone)
        change.order.current_revision = revision
