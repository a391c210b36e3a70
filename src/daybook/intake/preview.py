"""What would become of an order: decided as for any other, in a transaction in which the database lets nothing be written.

an order's row, stored or made up -> loading -> prepare.planned -> carrying_out.in_memory -> previewed
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog
from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet

from daybook.catalog import facts as catalog
from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents.document import Document
from daybook.feeds import roster as feeds
from daybook.intake import carrying_out, loading, outlook, prepare, previewed, receive, storing
from daybook.intake.intents import CompanyRules, Enter
from daybook.intake.loading import Work
from daybook.intake.outlook import Outlook
from daybook.intake.previewed import Preview, PreviewedConnection
from daybook.intake.rules import load_rules, of_no_connection
from daybook.intake.storing import Incoming
from daybook.kit import clock
from daybook.ledgers.registry import LEDGERS
from daybook.orders.models import Order, OrderStanding, Revision
from daybook.outbox.models import Entry
from daybook.outbox.retrying import is_database_away
from daybook.sources.canonical import schema
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem

log = structlog.get_logger("daybook.intake")

NOT_YET = "x" * prepare.MARK_LENGTH
"""Stands for a mark, and for the id of an order, that are drawn when they are made."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A connection and its rules; a connection that is not saved where the company has none yet."""

    connection: Connection
    rules: CompanyRules


def of_stored(
    company: Company, public_id: str, *, connection: str = "", rules: CompanyRules | None = None
) -> Preview | None:
    """Return what would become of a stored order if it were looked at now; None: the company has no such order.

    `connection`: public id of the one that is asked about; all without. Raises NotAnOrderError where there is none such,
    or where it does not take the order. `rules`: of the connection that is asked about, where they are
    not as they stand.
    """
    with reading():
        mine = Order.objects.select_related("feed", "current_revision")
        order = mine.filter(company=company, public_id=public_id).first()
        ways = _ways(company, connection)
        if rules is not None:
            ways = [_Way(each.connection, rules) for each in ways]
        return None if order is None else _preview(company, order, {}, ways, connection)


def of_given(company: Company, payload: object, *, source: str = "", connection: str = "") -> Preview:
    """Return what would become of an order in plain JSON values if it came now, and came to stand.

    `source`: of an order that names none. `connection`: as in `of_stored`. Raises NotAnOrderError.
    """
    with reading():
        ways = _ways(company, connection)
        zone = ways[0].rules.timing.zones.sender
        given = receive.read(payload, zone=zone, source=source)
        feed = feeds.named_if_any(company, given.source)
        if feed.closed_at is not None:
            raise NotAnOrderError((receive.closed(feed),))
        incoming = Incoming(given, feed)
        order = _row(company, incoming, clock.now(), zone)
        return _preview(company, order, {order.pk: incoming.as_meant}, ways, connection)


@contextmanager
def reading() -> Iterator[None]:
    """Open a transaction that changes nothing: PostgreSQL refuses to write, to lock and to wake in it."""
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _ways(company: Company, public_id: str) -> list[_Way]:
    """Return the connections that documents are made for, as `roster.taking_orders` does, or the one asked about."""
    there = list(roster.of_company(company))
    if not public_id:
        taking = [each for each in there if each.started_at is not None] or there[:1]
        return [_Way(each, load_rules(each)) for each in taking] or [_nowhere(company)]
    chosen = [_Way(each, load_rules(each)) for each in there if each.public_id == public_id]
    if not chosen:
        known = "; ".join(f"{each.public_id} ({each.name})" for each in there) or "none yet"
        cure = f"Name one of the company's connections ({known}), or none for all of them."
        raise NotAnOrderError((Problem("connection", "The company has no such connection.", cure),))
    return chosen


def _nowhere(company: Company) -> _Way:
    return _Way(Connection(company=company, public_id=""), of_no_connection(company))


def _row(company: Company, incoming: Incoming, now: datetime, zone: tzinfo) -> Order:
    """Return the order's row as it would be with this content: nothing of it is saved."""
    order = _stored_row(company, incoming)
    if order is None:
        order = storing.new_row(company, incoming, now, zone)
        order.public_id = NOT_YET
    order.source_id = incoming.order.id  # which one that a callback made does not know yet
    digest = storing.content_hash(schema.content_of(incoming.order))
    last = order.current_revision
    if last is None or last.content_hash != digest:
        storing.fill(order, incoming, now, zone)
        number = last.number + 1 if last is not None else 1
        order.current_revision = Revision(number=number, content_hash=digest, received_at=now)
    return order


def _stored_row(company: Company, incoming: Incoming) -> Order | None:
    """Return the order of that name, or what waits for it of which only a callback told."""
    if incoming.feed.pk is None:
        return None
    order = incoming.order
    name = Q(source_id=order.id) | Q(source_id=order.ref, ref=order.ref, current_revision=None)
    mine = Order.objects.select_related("feed", "current_revision").filter(name, company=company, feed=incoming.feed)
    return min(mine, key=lambda row: row.source_id != order.id, default=None)


def _preview(
    company: Company, order: Order, contents: Mapping[int, CanonicalOrder], ways: list[_Way], asked: str
) -> Preview:
    found = [each for way in ways if (each := _connection(company, order, contents, way)) is not None]
    if asked and not found:
        cure = "Let the connection take older orders too: daybook orders backfill."
        raise NotAnOrderError((Problem("connection", "The order came before this connection.", cure),))
    public_id = "" if order.pk is None else order.public_id
    return Preview(order=public_id, source=order.source, id=order.source_id, ref=order.ref, connections=found)


def _connection(
    company: Company, order: Order, contents: Mapping[int, CanonicalOrder], way: _Way
) -> PreviewedConnection | None:
    """Return what would become of the order there, None where it is not the connection's own.

    What Daybook cannot work with would be put aside, and is said to be: a defect of ours.
    """
    try:
        with transaction.atomic():
            work = _work(company, order, contents, way)
            return None if work is None else _shown(way, *_said(work))
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("order not previewed", company=company.public_id, order=order.pk)
        return _shown(way, _put_aside(order, way, error), [])


def _work(company: Company, order: Order, contents: Mapping[int, CanonicalOrder], way: _Way) -> Work | None:
    """Return the order with all that is known of it, and what would be done carried out in memory."""
    now, rules = clock.now(), way.rules
    begun = OrderStanding(company=company, order=order, connection=way.connection)
    fresh = {order.pk: begun} if order.pk is None else None
    works = loading.works(company, rules.connection_id, [order], contents, now, fresh=fresh, in_turn=_in_turn)
    plans = prepare.planned(works, rules, now, taken={}, marks=_mark)
    numbers = [(each.kind, each.number) for _, plan in plans for each in plan.intents if isinstance(each, Enter)]
    taken = prepare.owners(company, rules, numbers)
    if taken:
        plans = prepare.planned(works, rules, now, taken=taken, marks=_mark)
    carrying_out.in_memory(company, plans, rules, now)
    return works[0] if works else None


def _in_turn(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    return entries.order_by("id")


def _mark() -> str:
    return NOT_YET


def _said(work: Work) -> tuple[Outlook, list[Entry]]:
    return outlook.of(work.stands, work.entries), work.entries


def _put_aside(order: Order, way: _Way, error: Exception) -> Outlook:
    why = prepare.defect(error)
    held = {"standing": "held", "cause": why.cause, "subject": order.ref, "detail": why.detail}
    return outlook.of(OrderStanding(connection=way.connection, **held), [])


def _shown(way: _Way, said: Outlook, entries: list[Entry]) -> PreviewedConnection:
    ledger = LEDGERS.get(way.connection.ledger)

    def spelt(document: Document) -> dict[str, dict[str, str]]:
        return {
            each.name: catalog.tracked_codes(way.rules.organisation_id, each.needed(document))
            for each in (ledger.supplies.values() if ledger is not None else ())
        }

    return PreviewedConnection(
        connection=way.connection.public_id,
        name=way.connection.name if way.connection.pk else "",
        standing=Order.Standing(said.standing),
        cause=said.cause,
        explanation=said.explanation,
        documents=[
            previewed.document(entry, says, ledger, spelt, way.rules.mapping.file)
            for entry, says in zip(entries, said.documents, strict=True)
        ],
    )
