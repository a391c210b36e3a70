"""What is counted of a company, for the overview, the lists and `daybook status` alike: one rule for each number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.orders.models import Order, OrderStanding
from daybook.orders.standings import open_ones
from daybook.outbox.models import Entry, EntryNeed
from daybook.outbox.needs import Until
from daybook.outbox.states import State

NEEDS_A_PERSON = Q(state__in=[State.HELD, State.REJECTED]) | ~Q(attention="")
"""Which documents do: held, rejected, or flagged."""
_CLOSED = Exists(
    Connection.objects.filter(
        company=OuterRef("company"), last_organisation=OuterRef("organisation"), closed_at__isnull=False
    )
)
FOR_A_CLOSED_CONNECTION = Q(state=State.HELD, attention="") & Q(_CLOSED)
"""Which documents stay held until their connection is opened again, so that nobody can help them before."""
MOST_COUNTED = 10_000
"""Pages count no further: what is more is a matter of minutes, not of numbers."""
UNDER_WAY = (State.READY, State.SENDING, State.UNKNOWN)
"""States of documents that go on by themselves."""

AWAITS_APPROVAL = Q(state=State.READY, open_needs__gt=0) & Q(
    Exists(
        EntryNeed.objects.filter(
            company=OuterRef("company"), entry=OuterRef("pk"), until=Until.AUTHORISED, met_at=None,
            needed__state=State.POSTED,
        )
    )
)  # fmt: skip
"""Which documents wait until somebody approves another one there: neither a backlog, nor in need of a person here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One company's figures."""

    documents: Mapping[str, int]
    """Count of each state that occurs."""
    orders: Mapping[str, int]
    """Count of each standing that occurs."""
    documents_under_way: int
    documents_await_approval: int
    documents_need_a_person: int
    orders_need_a_person: int
    """Each order once, whether it is held itself or a document of it needs a person."""
    oldest_under_way_since: datetime | None
    """Since when the oldest document under way is in its state; None: none is."""


def counts(company: Company, connection: Connection | None = None) -> Counts:
    """Return what the pages and `daybook status` say of a company, or of one of its connections."""
    entries = _of(Entry.objects.filter(company=company), connection)
    documents: dict[str, int] = dict(entries.order_by("state").values_list("state").annotate(Count("id")))
    standings = _standings(company, connection).order_by("standing").values_list("standing")
    awaiting = documents_awaiting_approval(company, connection).count()
    moving = documents_under_way(company, connection)
    return Counts(
        documents=documents,
        orders=dict(standings.annotate(Count("id"))),
        documents_under_way=sum(documents.get(state, 0) for state in UNDER_WAY) - awaiting,
        documents_await_approval=awaiting,
        documents_need_a_person=documents_needing_a_person(company, connection).count(),
        orders_need_a_person=orders_needing_a_person(company, connection).count(),
        oldest_under_way_since=moving.aggregate(oldest=Min("state_since"))["oldest"],
    )


def documents_under_way(company: Company, connection: Connection | None = None) -> QuerySet[Entry]:
    """Return the company's documents that go on by themselves."""
    moving = Entry.objects.filter(company=company, state__in=UNDER_WAY).exclude(AWAITS_APPROVAL)
    return _of(moving, connection)


def documents_awaiting_approval(company: Company, connection: Connection | None = None) -> QuerySet[Entry]:
    """Return the company's documents that go on once somebody approves another one in the ledger."""
    return _of(Entry.objects.filter(AWAITS_APPROVAL, company=company), connection)


def orders_not_due(company: Company, connection: Connection | None = None) -> QuerySet[OrderStanding]:
    """Return how those of the company's orders stand that nothing is to become of yet."""
    return _standings(company, connection).filter(standing=Order.Standing.WAITING)


def documents_needing_a_person(company: Company, connection: Connection | None = None) -> QuerySet[Entry]:
    """Return the company's documents that go on, or are settled, only after a person did something.

    What is held for a closed connection is none of them until the connection is opened again.
    """
    entries = Entry.objects.filter(NEEDS_A_PERSON, company=company).exclude(FOR_A_CLOSED_CONNECTION)
    return _of(entries, connection)


def orders_needing_a_person(company: Company, connection: Connection | None = None) -> QuerySet[Any, Any]:
    """Return the ids of the orders that are held or have a document that needs a person: each half by its own index."""
    held = _standings(company, connection).filter(standing=Order.Standing.HELD).order_by().values_list("order_id")
    of_documents = documents_needing_a_person(company, connection).order_by().values_list("order_id")
    return held.union(of_documents)


def few_orders_needing_a_person(company: Company, connection: Connection | None = None) -> QuerySet[Any, Any]:
    """Return the same ids, of each half no more than are counted for a page; an order of several documents is one."""
    held = _standings(company, connection).filter(standing=Order.Standing.HELD).order_by().values_list("order_id")
    of_documents = documents_needing_a_person(company, connection).order_by().values_list("order_id")
    return held.distinct()[: MOST_COUNTED + 1].union(of_documents.distinct()[: MOST_COUNTED + 1])


def capped(rows: QuerySet[Any, Any]) -> int:
    """Return how many rows there are, at most one more than a page counts."""
    ids = rows if rows.query.combinator else rows.order_by().values("pk")
    return ids[: MOST_COUNTED + 1].count()


def in_words(count: int) -> str:
    """Return a capped count as a page says it: "7", "10,000+"."""
    return f"{count:,}" if count <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


def _of(entries: QuerySet[Entry], connection: Connection | None) -> QuerySet[Entry]:
    return entries if connection is None else entries.filter(organisation__connection=connection)


def _standings(company: Company, connection: Connection | None) -> QuerySet[OrderStanding]:
    rows = open_ones(company)
    return rows if connection is None else rows.filter(connection=connection)


def posted_since(company: Company, since: datetime) -> QuerySet[Entry]:
    """Return the documents posted at that moment or later."""
    return Entry.objects.filter(company=company, state=State.POSTED, posted_at__gte=since)
