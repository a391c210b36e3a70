"""Lists stay quick however long they grow: what is sought is found by an index, and what cannot change is counted once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry, PostedOnDay
from daybook.outbox.states import State
from daybook.web.listing import page_of
from daybook.web.reading import documents
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

MANY = 250
OF_DOCUMENTS = {
    "public_id": "'m' || row.id || '-' || place",
    "number": "row.number || '-' || place",
    "key": "place::text",
}
OF_ORDERS = {
    "public_id": "'m' || row.id || '-' || place",
    "source_id": "row.source_id || place",
    "ref": "row.ref || '-' || place",
}


def many_like(row: Any, own: dict[str, str], count: int = MANY) -> None:
    """Let so many rows stand as this one does, and let PostgreSQL know its tables."""
    names = [each.column for each in row._meta.concrete_fields if not each.primary_key]
    values = ", ".join(own.get(name, f"row.{name}") for name in names)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values}"  # noqa: S608 - names of our own columns
            f" FROM {table} AS row, generate_series(1, %s) AS place WHERE row.id = %s",
            [count, row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


def many_orders_like(order: Order, count: int) -> None:
    many_like(order, OF_ORDERS, count)
    there = order.standings.get()
    for each in Order.objects.filter(standings=None):
        there.pk, there.order_id = None, each.pk
        there.save()


def posted(entry: Entry, **changes: Any) -> Entry:
    Entry.objects.filter(pk=entry.pk).update(state="posted", their_id="there", posted_at=clock.now(), **changes)
    entry.refresh_from_db()
    return entry


@pytest.fixture
def listed(logged_in, acme) -> Callable[..., list[str]]:
    """What a list shows of what is asked: documents by number, orders by reference."""
    browser = logged_in("viewer")

    def ask(name: str, asked: str) -> list[str]:
        address = asked if asked.startswith("/") else f"{reverse(f'web:{name}', args=[acme.company.public_id])}{asked}"
        rows = browser.get(address, headers={"HX-Request": "true"}).content.decode()
        return re.findall(r'db-link"\s+href="[^"]+">([^<]+)</a>', rows)

    return ask


@pytest.fixture
def without_walks():
    """PostgreSQL reads no table through where there is an index, as it does where the table is long."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        yield
        cursor.execute("RESET enable_seqscan")


def indexes_read(act: Callable[[], object]) -> set[str]:
    """Do it, and return by which indexes PostgreSQL goes for the ids of what is listed."""
    with CaptureQueriesContext(connection) as captured:
        act()
    asked = [each["sql"] for each in captured if "daybook_grams" in each["sql"]]
    assert asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked[-1]}")
        return set(re.findall(r"Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)", str(cursor.fetchall())))


class TestWhatIsSought:
    def test_in_a_document_is_found_by_its_index(self, listed, acme, without_walks):
        many_like(posted(take_in(acme, 1)), OF_DOCUMENTS)
        found = indexes_read(lambda: listed("documents", "?q=ord-1-77"))
        assert "entry_grams" in found
        assert listed("documents", "?q=ord-1-77") == ["ORD-1-77"]

    def test_in_an_order_is_found_by_its_index(self, listed, acme, without_walks):
        many_orders_like(take_in(acme, 1).order, MANY)
        assert "order_grams" in indexes_read(lambda: listed("orders", "?q=D-1-7"))
        assert "ORD-1-77" in listed("orders", "?q=D-1-7")

    def test_is_found_in_whatever_state_the_document_is(self, listed, acme):
        entry = posted(take_in(acme, 4711))
        for state in State:
            Entry.objects.filter(pk=entry.pk).update(state=state)
            assert listed("documents", "?q=rd-47") == ["ORD-4711"], state
            assert listed("documents", f"?q=rd-47&state={state}") == ["ORD-4711"]

    def test_is_any_part_in_capitals_or_not(self, listed, acme):
        take_in(acme, 4711)
        take_in(acme, 5, number="OTHER", customer={"name": "Amy"})
        for text in ("JO BLOGGS", "o blo", "ggs", "ORD-4711", "d-4", "47", "J"):
            assert listed("orders", f"?q={text}") == ["ORD-4711"], text

    def test_is_not_found_where_nothing_says_it(self, listed, acme):
        take_in(acme, 4711)
        for text in ("nothing", "zz", "D-4711x", "100%25", "__", "%25%25%25", "'", "\\"):
            assert listed("orders", f"?q={text}") == listed("documents", f"?q={text}") == [], text

    def test_says_so_where_not_all_rows_are_looked_through(self, logged_in, acme):
        browser, words = logged_in("viewer"), "only the newest\n    10,000"
        for name in ("orders", "documents"):
            address = reverse(f"web:{name}", args=[acme.company.public_id])
            assert words in browser.get(f"{address}?q=47").content.decode()
            assert words not in browser.get(f"{address}?q=471").content.decode()

    def test_is_found_beyond_what_ascii_has(self, listed, acme):
        take_in(acme, 1, customer={"name": "Žofie Müller-Ærø"})
        assert listed("orders", "?q=žofie") == listed("orders", "?q=ÆRØ") == listed("orders", "?q=üll") == ["ORD-1"]

    def test_is_never_another_company_s(self, listed, acme, birch):
        take_in(birch, 4711)
        assert listed("orders", "?q=ORD-4711") == listed("documents", "?q=ORD-4711") == []

    def test_fills_page_after_page_where_very_many_say_it(self, logged_in, acme, listed):
        many_like(posted(take_in(acme, 1)), OF_DOCUMENTS)
        seen: list[str] = []
        browser, address = (
            logged_in("accountant"),
            f"{reverse('web:documents', args=[acme.company.public_id])}?q=ord-1-",
        )
        while address:
            page = browser.get(address).content.decode()
            seen += re.findall(r'db-link"\s+href="[^"]+">(ORD-1-\d+)</a>', page)
            older = re.search(r'href="(\?[^"]*before=\d+)">Older', page)
            address = f"{address.split('?', maxsplit=1)[0]}{older[1]}".replace("&amp;", "&") if older else ""
        assert seen == [f"ORD-1-{place}" for place in range(MANY, 0, -1)]


class TestDaysAndAmounts:
    def test_a_list_by_days_is_in_their_turn_page_after_page(self, acme):
        days = [2, 9, 5, 5, 5, 7]
        for serial, day in enumerate(days, start=1):
            take_in(acme, serial, dispatched_at=f"2026-03-{day:02}T10:00:00Z")
        seen, asked = [], "from=2026-03-05&to=2026-03-08"
        while asked:
            page = page_of(
                documents.found(acme.company, QueryDict(asked), today_began=clock.now()), QueryDict(asked), 2
            )
            seen += [entry.number for entry in page.rows]
            asked, back = page.older.lstrip("?"), page.newer.lstrip("?")
        assert seen == ["ORD-6", "ORD-5", "ORD-4", "ORD-3"]
        newer = page_of(documents.found(acme.company, QueryDict(back), today_began=clock.now()), QueryDict(back), 2)
        assert [entry.number for entry in newer.rows] == ["ORD-6", "ORD-5"]

    def test_an_amount_finds_its_order_and_its_document(self, listed, acme):
        take_in(acme, 1)
        entry = take_in(acme, 2, shipping={"price": "1000", "tax_rate": "0.2"})
        amount = f"{entry.gross:,.2f}"
        assert listed("documents", f"?q={amount}") == listed("orders", f"?q={amount}") == ["ORD-2"]
        posted(entry)
        assert listed("documents", f"?q={amount}&from=2026-03-01") == ["ORD-2"]


class TestADayThatIsOver:
    def test_is_counted_once(self, logged_in, acme):
        yesterday = clock.now() - timedelta(days=2)
        first, second = posted(take_in(acme, 1)), posted(take_in(acme, 2))
        Entry.objects.filter(pk=first.pk).update(posted_at=yesterday)
        chart = self.chart(logged_in("viewer"), acme)
        assert (chart[-3], chart[-1]) == (1, 1)
        assert PostedOnDay.objects.get(company=acme.company, day=yesterday.date()).count == 1
        Entry.objects.filter(pk__in=[first.pk, second.pk]).update(posted_at=yesterday)  # which nothing of ours does
        chart = self.chart(logged_in("accountant"), acme)
        assert (chart[-3], chart[-1]) == (1, 0)

    def chart(self, browser, acme) -> list[int]:
        page = browser.get(reverse("web:overview", args=[acme.company.public_id]))
        return list(page.context["flow"].posted.values())


def test_currencies_are_named_with_how_many_orders_as_far_as_they_are_counted(logged_in, acme):
    many_orders_like(take_in(acme, 1).order, 1_200)
    take_in(acme, 2, currency="NZD")
    page = (
        logged_in("owner")
        .get(reverse("web:settings-room", args=[acme.company.public_id, "currencies"]))
        .content.decode()
    )
    rows = re.findall(r'db-strong"[^>]*><span>\s*([A-Z]{3})\b.*?class="num"[^>]*><span>\s*([\d,+]+)', page, re.DOTALL)
    assert (dict(rows)["GBP"], dict(rows)["NZD"]) == ("1,000+", "1")
