"""A filtered list is the same whether all that fits is read and put in turn, or its index is gone along."""

from dataclasses import replace
from itertools import cycle

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web.listing import in_turn, page_of
from daybook.web.reading import documents, log, orders
from daybook.web.reading.overview import zone_of
from tests.integration.web.conftest import take_in
from tests.integration.web.test_sorted_lists import DOCUMENTS, ORDERS, walked
from tests.integration.web.test_very_long_lists import many_like

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
MANY = 23
STATES = [State.READY, State.HELD, State.POSTED, State.REJECTED, State.CANCELLED, State.POSTED, State.CANCELLED]
STANDINGS = (*Order.Standing.values, "given_up")
OF_DOCUMENTS = (
    "state=held", "state=posted", "state=today", "state=open", "kind=invoice", "attention=1", "cause=totals_differ",
    "state=posted&attention=1", "by=state&from=2020-01-01", "by=posted&from=2020-01-01", "from=2020-01-01", "q=ORD", "q=3.00",
)  # fmt: skip


@pytest.fixture
def many(acme):
    """Orders and documents in every state and standing, some flagged, some given up."""
    entry = take_in(acme)
    many_like(entry, DOCUMENTS, MANY)
    many_like(entry.order, ORDERS, MANY)
    there, now = entry.order.standings.get(), clock.now()
    for each, standing in zip(Order.objects.exclude(pk=entry.order_id), cycle(Order.Standing.values)):
        OrderStanding.objects.create(
            company=acme.company, order=each, connection=there.connection, standing=standing, cause=standing[:3]
        )
    states = cycle(STATES)
    for place, (row, order) in enumerate(zip(Entry.objects.exclude(pk=entry.pk), Order.objects.all(), strict=False)):
        row.state, row.order, row.their_id = next(states), order, "there"
        row.posted_at = now if row.state == State.POSTED else None
        row.attention = "totals_differ" if place % 4 == 0 else ""
        row.given_up_at = now if row.state == State.CANCELLED else None
        row.save()
    return acme.company


def same(found, asked: str) -> list[int]:
    """Walk the list in both ways, there and back, and return its rows."""
    (few, few_back), (many, many_back) = (
        walked(lambda query, most=most: replace(found(query), few=most), asked, size=10) for most in (20_000, 0)
    )
    assert few == few_back == many == many_back, asked
    return [row.pk for row in few]


def test_documents_are(many):
    for filters in OF_DOCUMENTS:
        whole = {
            frozenset(same(lambda asked: documents.found(many, asked, today_began=clock.now().replace(hour=0)), query))
            for query in (filters, f"{filters}&sort=amount")
        }
        assert len(whole) == 1, filters  # each turn has the same rows
        assert whole != {frozenset()}, filters


def test_orders_are_as_their_badges_say(many):
    stand = {}
    for standing in STANDINGS:
        turn, other = (
            same(lambda asked: orders.found(many, asked), f"standing={standing}{sort}") for sort in ("", "&sort=ref")
        )
        stand[standing] = set(turn)
        assert stand[standing] == set(other) != set(), standing
    needing = {row.pk for row in orders.marked(many) if row.standing == "held" or row.needs_a_person}
    assert stand["held"] == needing
    assert stand["documented"].isdisjoint(needing | stand["given_up"])
    stand["held"] = {row.pk for row in orders.marked(many) if row.standing == "held"}  # for a cause of its own
    for cause, standing in (("doc", "documented"), ("doc", "given_up"), ("hel", "held"), ("hel", "given_up")):
        because = set(same(lambda asked: orders.found(many, asked), f"cause={cause}"))
        both = set(same(lambda asked: orders.found(many, asked), f"cause={cause}&standing={standing}"))
        assert both == because & stand[standing], (cause, standing)
        assert bool(both) == (cause == standing[:3] or cause == "doc")
    for more in ("cause=wai", "cause=hel&standing=held", "feed=" + Order.objects.first().feed.public_id):
        assert same(lambda asked: orders.found(many, asked), more), more
    for sort in orders.SORTS:
        days = set(same(lambda asked: orders.found(many, asked), f"from=2020-01-01&sort={sort}"))
        waiting = same(lambda asked: orders.found(many, asked), f"from=2020-01-01&standing=waiting&sort={sort}")
        assert set(waiting) == stand["waiting"] < days, sort


def test_the_log_of_days_holds_what_the_whole_log_holds(many, acme):
    today = f"{clock.now():%Y-%m-%d}"

    def found(asked: QueryDict):
        return log.found(many, asked, zone_of(acme.connection))

    whole, back = walked(found, "")
    assert whole == back
    assert same(found, "since=2020-01-01") == [row.pk for row in sorted(whole, key=lambda row: (row.at, row.pk))][::-1]
    assert same(found, f"group=settings&since=2020-01-01&until={today}")
    assert not same(found, "until=2020-01-01")


def since(company, asked: str):
    return documents.found(company, QueryDict(asked), today_began=clock.now())


def test_a_row_that_moves_in_its_turn_while_it_is_read_leads_nobody_back(many):
    """Neither on the next page nor in a file: the turn goes on where the row stood."""
    for asked in ("by=state&from=2020-01-01", "kind=invoice&sort=-amount"):
        for most in (20_000, 0):
            page = page_of(replace(since(many, asked), few=most), QueryDict(asked), 10)
            seen, last = {row.pk for row in page.rows}, page.rows[-1]
            Entry.objects.filter(pk=last.pk).update(state_since=clock.now(), gross=1000 + last.pk)
            query = QueryDict(page.older[1:])
            assert seen.isdisjoint(row.pk for row in page_of(replace(since(many, asked), few=most), query, 10).rows)
            filed = []
            for row in in_turn(replace(since(many, asked), few=most), 100, 5):
                filed.append(row.pk)
                Entry.objects.filter(pk=row.pk).update(state_since=clock.now(), gross=5000 + row.pk)
            assert len(filed) == len(set(filed)) == since(many, asked).rows.count()


@pytest.mark.parametrize("at", ["", "x", "%00", "2026-03-04T00:00:00", "NaN", "1e999999", "9" * 600])
def test_what_is_no_value_of_the_turn_begins_where_the_row_stands_now(many, at):
    for asked in ("by=state&from=2020-01-01", "sort=amount"):
        query = QueryDict(f"{asked}&before={Entry.objects.first().pk}&at={at}")
        assert [row.pk for row in page_of(since(many, query.urlencode()), query).rows] == [
            row.pk for row in page_of(since(many, asked), QueryDict(f"{asked}&before={query['before']}")).rows
        ]


@pytest.mark.parametrize("most", [20_000, 0])
def test_a_file_asks_once_whether_few_rows_fit(many, most):
    with CaptureQueriesContext(connection) as asked:
        rows = list(in_turn(replace(since(many, "kind=invoice"), few=most), 100, 5))
    assert len(rows) == MANY + 1
    assert sum("MATERIALIZED" in each["sql"] for each in asked) == 1


def test_the_indexes_of_days_hold_what_their_turns_ask():
    """So that no row is read of the many that days may leave."""
    held = {each.name: {*each.fields, *each.include} for each in (*Entry._meta.indexes, *Order._meta.indexes)}
    for name in ("entry_dated", "entry_by_posting", "entry_by_since"):
        assert held[name] >= {sort.by or "id" for sort in documents.SORTS.values()}, name
    assert held["order_newest"] >= {"feed", *(by or "id" for by in orders.COVERED_TURNS)}
