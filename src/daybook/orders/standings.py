"""How orders stand toward their company's connections: made when an order comes, and for older ones by a backfill."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.orders.models import Order, OrderStanding
from daybook.tables import writing

BATCH = 1000
_URGENCY = (Order.Standing.HELD, Order.Standing.WAITING, Order.Standing.DOCUMENTED, Order.Standing.SKIPPED)
"""Of an order that stands differently toward several connections, the first of these is said of it as a whole."""


def open_ones(company: Company) -> QuerySet[OrderStanding]:
    """Return how the company's orders stand toward the connections that are not closed."""
    return OrderStanding.objects.filter(company=company, connection__closed_at=None)


def by_urgency(found: QuerySet[OrderStanding]) -> QuerySet[OrderStanding]:
    """Return the rows with that first which most wants a person."""
    ranks = [When(standing=standing, then=Value(rank)) for rank, standing in enumerate(_URGENCY)]
    rank = Case(*ranks, default=Value(len(_URGENCY)), output_field=IntegerField())
    return found.order_by(rank, "connection_id")


def as_a_whole(found: Iterable[OrderStanding]) -> OrderStanding | None:
    """Return which of an order's rows is said of it as a whole: the one that most wants a person."""
    ranks = {standing.value: rank for rank, standing in enumerate(_URGENCY)}
    return min(found, key=lambda row: (ranks.get(row.standing, len(ranks)), row.connection_id), default=None)


def of_order(order: Order) -> OrderStanding | None:
    """Return how the order stands as a whole: toward the connection where it most wants a person; None: toward none."""
    return by_urgency(open_ones(order.company).filter(order=order)).first()


def begin(company: Company, order_ids: Collection[int], now: datetime) -> None:
    """Let orders made just now stand toward all connections that take orders; those that come later begin with later ones.

    Wants a transaction of the caller's.
    """
    if order_ids:
        writing.insert(begun(company, order_ids, now, [connection.pk for connection in roster.taking_orders(company)]))


def begun(
    company: Company, order_ids: Collection[int], now: datetime, connection_ids: Collection[int]
) -> list[OrderStanding]:
    """Return how orders made just now stand toward these connections, for the caller to insert."""
    return [
        OrderStanding(company=company, order_id=order_id, connection_id=connection_id, unprepared_since=now)
        for connection_id in connection_ids
        for order_id in order_ids
    ]


def await_preparing(company: Company, order_ids: Collection[int], now: datetime) -> None:
    """Note that something new is known of these orders. Wants a transaction of the caller's."""
    if order_ids:
        OrderStanding.objects.filter(company=company, order__in=order_ids).update(unprepared_since=now)


def unprepared(company: Company, order_ids: Collection[int]) -> set[int]:
    """Return those of the orders of which something is not prepared yet."""
    if not order_ids:
        return set()
    open_rows = open_ones(company).filter(order__in=order_ids, unprepared_since__isnull=False)
    return set(open_rows.values_list("order_id", flat=True))


def backfill(connection: Connection, since: datetime, now: datetime) -> int:
    """Let the connection take the orders too that were received since then; return how many. They wait to be prepared."""
    mine = Order.objects.filter(company_id=connection.company_id, first_received_at__gte=since)
    lacking = mine.exclude(standings__connection=connection).order_by("id").values_list("id", flat=True)
    count = 0
    while batch := list(lacking[:BATCH]):
        with transaction.atomic():
            made = OrderStanding.objects.bulk_create(
                (
                    OrderStanding(
                        company_id=connection.company_id, order_id=order_id, connection=connection, unprepared_since=now
                    )
                    for order_id in batch
                ),
                ignore_conflicts=True,
            )
        count += len(made)
    return count
