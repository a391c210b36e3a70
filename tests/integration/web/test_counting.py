"""The overview, the lists and `daybook status` count the same things."""

import re

import pytest
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Company, CompanySettings, Person
from daybook.kit import clock
from daybook.ops.cli import status
from daybook.outbox import counting
from daybook.outbox.models import Entry
from daybook.web.reading import inbox
from tests.integration.web.conftest import take_in
from tests.integration.web.test_sorted_lists import DOCUMENTS
from tests.integration.web.test_very_long_lists import many_like

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def mixed(acme) -> None:
    """One ready, two with a rate that nobody mapped, one posted and flagged, one on hold, one not dispatched."""
    take_in(acme, 1)
    take_in(acme, 2, rate="0.19")
    take_in(acme, 3, rate="0.19")
    flagged = take_in(acme, 4)
    Entry.objects.filter(pk=flagged.pk).update(
        state="posted", their_id="x", posted_at=clock.now(), attention="totals_differ"
    )
    for serial, changes in ((5, {"on_hold": True}), (6, {"dispatched": False, "dispatched_at": None})):
        with pytest.raises(Entry.DoesNotExist):
            take_in(acme, serial, **changes)


def test_every_number_of_the_overview_is_the_length_of_the_list_behind_it(logged_in, acme, mixed):
    client = logged_in("viewer")
    overview = client.get(reverse("web:overview", args=[acme.company.public_id]))
    tiles = overview.context["live"]["text"]
    found = re.findall(r'db-tile"\s+href="([^"]+)">\s*<b>(\d+)</b>\s*<span>\s*([^<]+?)\s*<', tiles)

    assert [(int(count), name) for _, count, name in found] == [
        (1, "posted today"),
        (1, "document on its way"),
        (4, "orders need a person"),
        (1, "order not due yet"),
    ]
    for address, count, name in found:
        rows = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert rows.count("<tr>") - 1 == int(count), name


def test_what_was_posted_today_is_told_by_kind_where_there_are_several(logged_in, acme, mixed):
    client, address = logged_in("viewer"), reverse("web:overview", args=[acme.company.public_id])
    assert "db-tiny db-block" not in client.get(address).content.decode()
    Entry.objects.filter(state="ready").update(state="posted", their_id="y", posted_at=clock.now(), kind="credit_note")
    assert "1 invoice, 1 credit note" in client.get(address).content.decode()


def test_an_order_of_more_documents_than_are_counted_is_one_order(acme):
    take_in(acme, 1, rate="0.19")
    many_like(take_in(acme, 2, rate="0.19"), DOCUMENTS, counting.MOST_COUNTED + 1)
    assert counting.capped(counting.few_orders_needing_a_person(acme.company)) == 2


def test_the_inbox_says_when_more_orders_have_a_name_than_it_looks_at(logged_in, acme):
    order = take_in(acme, 1).order
    client, address = logged_in("viewer"), reverse("web:inbox", args=[acme.company.public_id])
    many_like(order, {"public_id": "'m' || place", "source_id": "row.source_id || place"}, inbox.MOST_ORDERS - 1)
    assert "More than" not in client.get(address, {"q": order.ref}).content.decode()
    many_like(order, {"public_id": "'n' || place", "source_id": "row.source_id || '-' || place"}, 1)
    assert "More than 1,000 orders have this reference" in client.get(address, {"q": order.ref}).content.decode()


def test_the_command_counts_as_the_overview_does(acme, mixed):
    (told,) = status.read(clock.now()).companies

    counted = counting.counts(acme.company)
    assert (told.orders_need_a_person, told.documents_need_a_person) == (4, 3)
    assert (counted.orders_need_a_person, counted.documents_need_a_person) == (4, 3)
    assert told.needs_a_person


def test_each_bar_of_the_flow_leads_to_a_list_as_long(logged_in, acme, mixed):
    client = logged_in("viewer")
    page = client.get(reverse("web:overview", args=[acme.company.public_id]))
    bars = [bar for day in page.context["flow"].days for bar in day.bars if bar.count]

    assert [(bar.series, bar.count) for bar in bars] == [("received", 6), ("posted", 1), ("waiting", 3)]
    for bar in bars:
        assert f'href="{bar.url}"'.replace("&", "&amp;") in page.content.decode()
        rows = client.get(bar.url, headers={"HX-Request": "true"}).content.decode()
        assert rows.count("<tr>") - 1 == bar.count, bar.series


def test_money_says_what_the_ledger_last_showed(logged_in, acme, mixed, django_assert_max_num_queries):
    Entry.objects.filter(state="posted").update(their_gross="15.01")
    client = logged_in("viewer")
    with django_assert_max_num_queries(75):  # however many documents; days are counted and kept the first time
        page = client.get(reverse("web:overview", args=[acme.company.public_id]))
    (row,) = page.context["money"].rows
    assert (row.documents, row.differing, str(row.orders)) == (1, 1, "15.00")
    assert (str(row.day_book), str(row.ledger), str(row.difference)) == ("15.00", "15.01", "0.01")


def test_several_companies_stand_side_by_side_the_worst_first(
    logged_in, acme, birch, mixed, django_assert_max_num_queries
):
    client = logged_in("viewer")
    person = Person.objects.get(email="viewer@acme.example")
    for name in ("Calm", "Guarded"):
        people.create_company(name, owner=person, by=person)
    CompanySettings.objects.update_or_create(
        company=Company.objects.get(name="Guarded"), defaults={"require_second_factor": True}
    )

    with django_assert_max_num_queries(17):  # however many companies
        page = client.get(reverse("web:home"))

    lines = {line.company.name: line for line in page.context["lines"]}
    assert next(iter(lines)) == "Acme"
    assert (lines["Acme"].documents, lines["Acme"].orders, lines["Acme"].under_way, lines["Acme"].posted) == (
        3,
        1,
        1,
        1,
    )
    assert "Birch" not in lines
    assert [name for name, line in lines.items() if not line.is_told] == ["Guarded"]
