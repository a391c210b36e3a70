"""Lists in the turn that a person chose: whole, page by page, both ways, by an index, and linked to."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.web.listing import page_of
from daybook.web.reading import documents, orders
from tests.integration.web.conftest import take_in
from tests.integration.web.test_very_long_lists import many_like

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
MANY = 40
DOCUMENTS = {"public_id": "'m' || place", "number": "row.number || '-' || place", "key": "place::text"}
DOCUMENTS |= {"gross": "mod(place, 7)::numeric", "date": "row.date + mod(place, 5)"}
ORDERS = {"public_id": "'m' || place", "source_id": "row.source_id || place", "ref": "'R' || mod(place, 9)"}
ORDERS |= {"gross": "mod(place, 7)::numeric"}


@pytest.fixture
def many(acme):
    entry = take_in(acme)
    many_like(entry, DOCUMENTS, MANY)
    many_like(entry.order, ORDERS, MANY)
    Order.objects.filter(public_id="m1").update(gross=None)
    return acme.company


def walked(found_by, asked: str, size: int = 6) -> tuple[list, list]:
    """All rows from the first page on, and all of them on the way back from the last one."""
    there, page = [], page_of(found_by(QueryDict(asked)), QueryDict(asked), size)
    there += page.rows
    while page.older:
        query = QueryDict(page.older[1:])
        page = page_of(found_by(query), query, size)
        there += page.rows
    back = [*page.rows]
    while page.newer:
        query = QueryDict(page.newer[1:])
        page = page_of(found_by(query), query, size)
        back = [*page.rows, *back]
    return there, back


def test_documents_stand_in_it_whole_on_the_way_there_and_back(many):
    for sort in ("", *documents.SORTS):
        for more in ("", "&state=ready", "&q=ORD", "&from=2026-03-02&to=2026-03-04"):
            _stand_so(many, sort, more)


def _stand_so(many, sort, more):
    def found(asked):
        return documents.found(many, asked, today_began=clock.now())

    there, back = walked(found, f"sort={sort}{more}")
    assert there == back
    field = {"-date": "date", "date": "date", "-amount": "gross", "amount": "gross"}.get(sort, "pk")
    is_rising = sort in {"entered", "date", "amount"}
    if sort or "from" not in more:
        assert there == sorted(there, key=lambda row: (getattr(row, field), row.pk), reverse=not is_rising)
    assert len(there) == found(QueryDict(more[1:])).rows.count() == len({row.pk for row in there})


def test_orders_do_so_and_those_without_an_amount_are_not_among_amounts(many):
    for sort in orders.SORTS:
        there, back = walked(lambda asked: orders.found(many, asked), f"sort={sort}")
        assert there == back
        field, is_rising = sort.removeprefix("-"), not sort.startswith("-")
        by = {"amount": "gross", "ref": "ref", "came": "pk"}[field]
        assert there == sorted(there, key=lambda row: (getattr(row, by), row.pk), reverse=not is_rising)
        assert len(there) == MANY + 1 - (field == "amount")


def test_each_turn_has_an_index(many):
    for model, index, by in (
        (Entry, "entry_dated", "date"),
        (Entry, "entry_by_gross", "gross"),
        (Order, "order_by_gross", "gross"),
    ):
        _by_index(many, model, index, by)


def _by_index(many, model, index, by):
    """Were nothing cheaper than to read all of so small a table, the index would be taken."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_sort = off")
        rows = model.objects.filter(company=many, **{f"{by}__isnull": False}).order_by(f"-{by}", "-pk")[:10]
        plan = rows.values_list("pk").explain()
        cursor.execute("RESET enable_seqscan")
        cursor.execute("RESET enable_sort")
    assert index in plan
    assert "Sort" not in plan


def test_is_linked_to_and_chosen_on_the_page(logged_in, acme):
    take_in(acme)
    client = logged_in("viewer")
    page = reverse("web:documents", args=[acme.company.public_id])
    text = client.get(page, {"sort": "-amount"}).content.decode()
    assert re.search(r'<option value="-amount" selected>\s*Largest amount first', text)
    assert client.get(page, {"sort": "gross; DROP TABLE x\0"}).status_code == 200
    orders_page = reverse("web:orders", args=[acme.company.public_id])
    assert "Smallest amount first" in client.get(orders_page).content.decode()
