"""A source that nobody but its own folder knows: its orders, its page and its settings come with its row."""

import json

import pytest

from daybook.feeds import opening
from daybook.feeds.models import Feed
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from daybook.sources.registry import SOURCES
from tests.integration.web.conftest import *  # noqa: F403 - the pages' people and companies
from tests.toys.shop.source import TOYSHOP

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.toys.urls")]
TOKEN = "a token of the tests"


@pytest.fixture
def toyshop(acme, monkeypatch):
    """Acme sells by the toy shop too."""
    monkeypatch.setitem(SOURCES, TOYSHOP.name, TOYSHOP)
    return opening.add(acme.company, "toyshop", "counter-7", "TOY-")


@pytest.fixture
def send(client, toyshop):
    def make(token=TOKEN, **said):
        path = f"/api/v1/intake/toyshop/{toyshop.public_id}"
        answer = client.post(path, json.dumps(said), "application/json", headers={"X-Toy-Token": token})
        return answer.status_code, answer.json()

    return make


def test_its_settings_draw_themselves_and_its_sales_are_posted_under_its_prefix(logged_in, acme, toyshop, send):
    owner = logged_in("owner")
    page = f"/c/{acme.company.public_id}/feeds/{toyshop.public_id}/"
    text = owner.get(page).content.decode()
    assert "No token: everything is refused" in text
    assert "Which of the shop's counters it is." in text
    assert send(sold=[{"no": 1, "pence": 500}])[0] == 401

    owner.post(f"{page}settings/", {"token": TOKEN, "counter": "7", "is_gift_wrapped": "on"})
    toyshop.refresh_from_db()
    assert toyshop.settings == {"counter": "7", "is_gift_wrapped": True}
    status, answer = send(sold=[{"no": 1, "pence": 500}, {"no": 2, "pence": 250}], gone=[1])

    assert (status, answer["accepted"]) == (200, 3)
    assert [(entry.number, str(entry.net)) for entry in Entry.objects.all()] == [("TOY-1", "5.00")]
    assert {order.source for order in Order.objects.all()} == {"counter-7"}
    assert TOKEN not in owner.get(page).content.decode()


def test_what_is_no_order_is_kept_and_answered(toyshop, send):
    toyshop.keep_secret("token", TOKEN)
    toyshop.save()

    assert send(ping=1) == (
        200, {"position": 0, "result": "ignored", "explanation": "A ping says only that the shop is there."}
    )  # fmt: skip
    assert send(sold=[{"no": 1, "pence": "x"}])[0] in {400, 422}
    kept = Delivery.objects.order_by("id").values_list("door", "result", "feed")
    assert list(kept) == [("toyshop_sales", "ignored", toyshop.pk), ("toyshop_sales", "refused", toyshop.pk)]


def test_a_feed_of_a_source_that_this_daybook_does_not_know_breaks_no_page(logged_in, acme):
    Feed.objects.create(company=acme.company, source="lost", name="lost")

    owner = logged_in("owner")
    for page in ("connection", "feeds", "inbox", "orders"):
        assert owner.get(f"/c/{acme.company.public_id}/{page}/").status_code == 200
