"""What would become of an order: decided as for any other, in a transaction in which the database lets nothing be written.

an order's row, stored or made up -> rehearsal -> previewed
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import connection as database
from django.db import transaction

from daybook.catalog import facts as catalog
from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents.document import Document
from daybook.feeds import roster as feeds
from daybook.intake import outlook, previewed, receipts, receive, rehearsal
from daybook.intake.intents import CompanyRules
from daybook.intake.outlook import Outlook
from daybook.intake.previewed import Preview, PreviewedConnection
from daybook.intake.rehearsal import Rows
from daybook.intake.rules import load_rules, of_no_connection
from daybook.intake.storing import Incoming
from daybook.kit import clock
from daybook.ledgers.registry import LEDGERS
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.tables.outages import is_database_away

log = structlog.get_logger("daybook.intake")


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
            raise NotAnOrderError((receipts.closed(feed),))
        rows = rehearsal.rows_of(company, [Incoming(given, feed)], clock.now(), zone)
        (order,) = rows.orders
        return _preview(company, order, rows.contents, ways, connection)


@contextmanager
def reading() -> Iterator[None]:
    """Open a transaction that changes nothing: PostgreSQL refuses to write, to lock and to wake in it.

    All that is read in it is of one moment, unless the caller has a transaction open already.
    """
    is_outermost = not database.in_atomic_block
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION {'ISOLATION LEVEL REPEATABLE READ ' if is_outermost else ''}READ ONLY")
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


def _preview(
    company: Company, order: Order, contents: Mapping[int, CanonicalOrder], ways: list[_Way], asked: str
) -> Preview:
    found = [each for way in ways if (each := _connection(company, order, contents, way)) is not None]
    if asked and not found:
        cure = "Let the connection take older orders too: daybook orders backfill."
        raise NotAnOrderError((Problem("connection", "The order came before this connection.", cure),))
    public_id = order.public_id if order.pk > 0 else ""
    return Preview(order=public_id, source=order.source, id=order.source_id, ref=order.ref, connections=found)


def _connection(
    company: Company, order: Order, contents: Mapping[int, CanonicalOrder], way: _Way
) -> PreviewedConnection | None:
    """Return what would become of the order there, None where it is not the connection's own.

    What Daybook cannot work with would be put aside, and is said to be: a defect of ours.
    """
    try:
        with transaction.atomic():
            rows = Rows(orders=[order], contents=dict(contents))
            found = rehearsal.of_one(way.connection, way.rules, rows, clock.now())
            return None if found is None else _shown(way, outlook.of(found.stands, found.entries), found.entries)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("order not previewed", company=company.public_id, order=order.pk)
        return _shown(way, outlook.of(rehearsal.put_aside(order, way.connection, error), []), [])


def _shown(way: _Way, said: Outlook, entries: Sequence[Entry]) -> PreviewedConnection:
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
