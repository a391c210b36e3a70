"""What a person does with feeds on their pages, and finds in the list of orders."""

import re
from datetime import timedelta

import pytest

from daybook.feeds import dues
from daybook.feeds.models import Backfill, Feed
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.sources.kornitx import signature
from tests.integration.feeds.test_feeds import KEY, pushed
from tests.integration.web.conftest import *  # noqa: F403 - the pages' people and companies
from tests.integration.web.conftest import take_in
from tests.world import take_from_kornitx

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture
def page(acme):
    return f"/c/{acme.company.public_id}/feeds/"


def said(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def set_up(owner, page, key):
    """Set up the first feed of the OMS, as a person does; return its page."""
    own = owner.post(f"{page}new/kornitx/")["Location"]
    owner.post(f"{own}settings/", {"hmac_key": key})
    return own


class TestFeeds:
    def test_are_added_with_a_prefix_of_their_own_closed_and_opened_again(self, logged_in, acme, page):
        owner = logged_in("owner")
        set_up(owner, page, "a key")
        asked = {"feed-source": "kornitx", "feed-name": "outlet"}

        refused = owner.post(f"{page}add/", asked)
        assert refused.status_code == 422
        assert "give it a number prefix that no other feed has" in said(refused)

        assert "Kornit X (outlet) is open" in said(
            owner.post(f"{page}add/", {**asked, "feed-number_prefix": "OUT-"}, follow=True)
        )
        feed = Feed.objects.get(name="outlet")
        assert f"/api/v1/intake/kornitx/{feed.public_id}" in owner.get(f"{page}{feed.public_id}/").content.decode()
        assert "what it sends is refused" in said(owner.post(f"{page}{feed.public_id}/close/", follow=True))
        assert "is open again" in said(owner.post(f"{page}{feed.public_id}/open/", follow=True))

    def test_say_what_is_wrong_with_a_rule_beside_its_field(self, logged_in, acme, page):
        owner = logged_in("owner")
        set_up(owner, page, "a key")
        feed = Feed.objects.get()

        wrong = owner.post(f"{page}{feed.public_id}/rules/", {"feed-statuses": "Shipped"})
        assert wrong.status_code == 422
        assert "is not of the form STATUS = MEANING" in said(wrong)
        owner.post(f"{page}{feed.public_id}/rules/", {"feed-statuses": "Shipped = dispatched"})
        feed.refresh_from_db()
        assert feed.status_table == {"shipped": "dispatched"}

    def test_say_a_problem_once_and_as_it_is_written(self, logged_in, acme, page):
        owner = logged_in("owner")
        own = set_up(owner, page, "a key")
        owner.post(f"{own}settings/", {"export_client_id": "me", "export_client_secret": "x"})
        Feed.objects.update(problem="It is out of order (HTTP 500).")
        shown = said(owner.get(own))
        assert (shown.count("It is out of order (HTTP 500)."), "it is out of order" in shown) == (1, False)

    def test_name_of_secrets_only_those_that_a_refused_message_shows(self, logged_in, acme, page):
        owner = logged_in("owner")
        own = set_up(owner, page, "a key")
        Feed.objects.update(refused=2, refused_at=clock.now(), refused_why="a push's signature was wrong")
        shown = said(owner.get(own))
        assert "enter its HMAC key below and press Save , or make a new callback URL" in shown

    def test_say_that_the_past_waits_while_the_feed_is_paused_and_when_it_goes_on(self, logged_in, acme, page):
        owner = logged_in("owner")
        own = set_up(owner, page, "a key")
        owner.post(f"{own}settings/", {"export_client_id": "me", "export_client_secret": "x"})
        owner.post(f"{own}backfill/", {"since": f"{clock.now() - timedelta(days=9):%Y-%m-%d}"})
        Backfill.objects.update(due_at=clock.now() + timedelta(minutes=8))
        assert re.search(r"It goes on \d", said(owner.get(own)))
        Backfill.objects.update(due_at=clock.now() + dues.LEASE)  # it is asked for right now
        assert not re.search(r"It goes on \d", said(owner.get(own)))
        owner.post(f"{own}pause/")
        paused = said(owner.get(own))
        assert ("Coming" in paused, "Waits until the feed is resumed" in paused) == (False, True)

    def test_of_the_api_say_when_something_last_came(self, logged_in, acme, page):
        take_in(acme, "A-1")
        feed = Feed.objects.get()
        assert feed.is_built_in
        owner = logged_in("owner")
        assert "Last received just now" in said(owner.get(f"{page}{feed.public_id}/"))
        assert "just now" in said(owner.get(page))

    def test_lead_who_has_files_to_the_page_of_files(self, logged_in, acme, page):
        assert f'href="/c/{acme.company.public_id}/files/#feeds"' in logged_in("owner").get(page).content.decode()

    def test_say_where_each_value_is_found(self, logged_in, acme, page):
        owner = logged_in("owner")
        shown = said(owner.get(set_up(owner, page, "a key")))
        assert "In the OMS: the dropship company or fulfiller, Generic API supplier integration" in shown
        assert "the address of its notification integration, with the method PUT" in shown

    def test_show_their_secrets_to_nobody_and_keep_one_that_is_left_empty(self, logged_in, acme, page):
        owner = logged_in("owner")
        own = set_up(owner, page, "a key of the tests")
        owner.post(f"{own}settings/", {"hmac_key": ""})

        assert Feed.objects.get().open_secrets() == {"hmac_key": "a key of the tests"}
        assert "a key of the tests" not in owner.get(own).content.decode()

    def test_name_what_was_changed_and_nothing_else(self, logged_in, acme, page):
        owner = logged_in("owner")
        own = set_up(owner, page, "a key")

        changed = said(owner.post(f"{own}settings/", {"export_client_id": "exporter"}, follow=True))
        assert "Stored: Export API: client id." in changed
        again = said(owner.post(f"{own}settings/", {"export_client_id": "exporter"}, follow=True))
        assert "nothing changed" in again
        emptied = said(owner.post(f"{own}settings/", {"files_early": "on"}, follow=True))
        assert "Stored: Order files come before dispatch, Export API: client id." in emptied


def test_the_list_of_orders_is_filtered_by_feed(logged_in, acme):
    take_in(acme, 1)
    other = take_in(acme, 2, source="market").order
    owner, orders = logged_in("owner"), f"/c/{acme.company.public_id}/orders/"

    assert "Every feed" in said(owner.get(orders))
    found = said(owner.get(orders, {"feed": other.feed.public_id}))
    assert ("ORD-2" in found, "ORD-1 " in found) == (True, False)
    for odd in ("nothing", "\x00", "x" * 300):
        assert owner.get(orders, {"feed": odd}).status_code == 200


def test_a_feed_that_was_closed_while_orders_came_says_so_and_takes_all_once_open(logged_in, acme, page, client):
    owner, feed = logged_in("owner"), take_from_kornitx(acme.company, key=KEY)

    def push():
        headers = {signature.HEADER: signature.sign(KEY, pushed())}
        return client.post(f"/api/v1/intake/kornitx/{feed.public_id}", pushed(), "application/json", headers=headers)

    owner.post(f"{page}{feed.public_id}/close/")
    answers = [push(), push()]
    assert [(each.status_code, "Open it again" in each.json()["detail"]) for each in answers] == [(410, True)] * 2
    assert "what it sends is refused. What was accepted before stays" in said(owner.get(f"{page}{feed.public_id}/"))
    owner.post(f"{page}{feed.public_id}/open/")
    assert push().json()["standing"] == "documented"
    assert "it sends is refused. What was" not in said(owner.get(f"{page}{feed.public_id}/"))
    assert Order.objects.get(feed=feed).ref == "K7"


def test_the_page_of_an_order_whose_number_another_feed_s_order_has_says_whose_it_is(logged_in, acme):
    mine = take_in(acme, 1)
    take_in(acme, 1, id="of-the-market", source="market")
    taken = Order.objects.get(feed__name="market")
    shown = said(logged_in("owner").get(f"/c/{acme.company.public_id}/orders/{taken.public_id}/"))
    assert f"It belongs to order {mine.order.ref} (id 1 of shop)." in shown
    assert "What to do:" in shown
    assert list(Entry.objects.all()) == [mine]
