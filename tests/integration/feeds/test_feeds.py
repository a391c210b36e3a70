"""More than one feed a company: whose order it is, whose number it bears, and what becomes of it when one is closed."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from daybook.companies.models import Company
from daybook.feeds import opening, roster
from daybook.feeds.models import Feed
from daybook.feeds.roster import FeedError
from daybook.intake import receive as receiving
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from daybook.secrets.keyring import CannotOpenError
from daybook.sources.kornitx import signature
from daybook.sources.kornitx.source import KORNITX
from tests.integration.api.conftest import *  # noqa: F403 - Acme and its API key
from tests.world import take_from_kornitx

pytestmark = pytest.mark.django_db
KEY, SECRET = "example-hmac-key", "a-random-secret"


def pushed(**changes):
    item = {"id": 1, "ref": "L1", "sku": "MUG", "quantity": 2, "unit_sale_price": 10, "sale_vat_rate": 0.2}
    given = {"id": 7, "ref": "K7", "status": 8, "completion_datetime": "2026-03-05 10:00:00", "currency_code": "GBP"}
    return json.dumps(given | {"items": [item]} | changes).encode()


@pytest.fixture
def first(acme):
    """Acme's first Kornit X."""
    return take_from_kornitx(acme, key=KEY, callback_secret=SECRET)


@pytest.fixture
def outlet(acme, first):
    """Its second one."""
    feed = opening.add(acme, "kornitx", "outlet", "OUT-")
    roster.change_fields(feed, secrets={"hmac_key": "another key"}, settings={})
    Feed.objects.update(
        meets_others=False
    )  # alike on purpose: whether they are one sale is asked in test_a_second_feed
    feed.refresh_from_db()
    return feed


@pytest.fixture
def push(client):
    def send(address, key=KEY, body=None, **changes):
        body = body or pushed(**changes)
        headers = {signature.HEADER: signature.sign(key, body)}
        answer = client.post(f"/api/v1/intake/kornitx/{address}", body, "application/json", headers=headers)
        return answer.status_code, answer.json()

    return send


class TestTwoFeedsWithOneOrderNumber:
    def test_have_an_order_and_a_document_each_under_their_own_prefix(self, acme, first, outlet, push):
        assert push(acme.public_id)[1]["source"] == "kornitx"
        assert push(outlet.public_id, "another key")[1]["source"] == "outlet"

        assert [(order.source_id, order.feed) for order in Order.objects.order_by("id")] == [
            ("7", first),
            ("7", outlet),
        ]
        assert [entry.number for entry in Entry.objects.order_by("id")] == ["DB-K7", "OUT-K7"]

    def test_are_told_apart_by_callbacks(self, client, acme, first, outlet, push):
        push(acme.public_id, status=4, completion_datetime=None)
        push(outlet.public_id, "another key", status=4, completion_datetime=None)
        secret = roster.make_secret(outlet, "callback")
        body = json.dumps({"id": 7, "ref": "K7", "status": 8}).encode()

        path = f"/api/v1/intake/kornitx/{outlet.public_id}/status/{secret}"
        assert client.put(path, body, "application/json").json()["standing"] == "documented"

        assert [entry.order.feed for entry in Entry.objects.select_related("order__feed")] == [outlet]

    def test_are_found_by_source_and_id(self, acme, first, outlet, push, call):
        push(acme.public_id)
        push(outlet.public_id, "another key")

        found = {name: call("GET", f"/orders?source={name}&id=7")[1] for name in ("kornitx", "outlet")}

        assert {name: answer["documents"][0]["number"] for name, answer in found.items()} == {
            "kornitx": "DB-K7",
            "outlet": "OUT-K7",
        }

    def test_of_the_api_are_one_feed_for_each_source_that_is_named(self, acme, call, order):
        call(
            "POST", "/orders", [order(), order(source="market", number="M-1001"), order(source="kornitx", number="K-1")]
        )

        assert list(Feed.objects.order_by("name").values_list("name", "source")) == [
            ("kornitx", "kornitx"),
            ("market", "canonical"),
            ("shop", "canonical"),
        ]

    def test_whose_number_is_taken_is_held_and_says_whose_it_is(self, acme, call, order):
        call("POST", "/orders", order())
        answer = call("POST", "/orders", order(source="market"))[1]["results"][0]

        assert answer["cause"] == "number_taken_in_daybook"
        assert "shop" in answer["explanation"]


class TestAnAddress:
    def test_of_its_own_leads_to_the_first_feed_too(self, first, push):
        assert push(first.public_id)[0] == 200

    @pytest.mark.parametrize("address", ["nobody", "a%00b", "x" * 300])
    def test_of_nobody_is_refused_like_a_wrong_signature(self, first, push, address):
        assert push(address) == push(first.public_id, "wrong key")

    def test_of_one_feed_takes_no_signature_of_another(self, first, outlet, push):
        assert push(outlet.public_id, KEY)[0] == 401
        outlet.refresh_from_db()
        assert (outlet.refused, outlet.refused_why) == (1, "a push's signature was wrong")


class TestASecondFeed:
    @pytest.mark.parametrize("prefix", ["", "A B"])
    def test_asks_for_a_prefix_of_its_own_before_it_is_switched_on(self, acme, first, prefix):
        with pytest.raises(FeedError, match="prefix"):
            opening.add(acme, "kornitx", "outlet", prefix)
        assert not Feed.objects.filter(name="outlet").exists()

    def test_may_not_take_the_prefix_of_another_later_on(self, acme, first, outlet):
        with pytest.raises(FeedError, match="could meet those of Kornit X"):
            opening.change_rules(outlet, {"number_prefix": ""})

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("canonical", "x"),
            ("nothing", "x"),
            ("kornitx", ""),
            ("kornitx", "a b"),
            ("kornitx", "x" * 41),
            ("kornitx", "shop"),
        ],
    )
    def test_that_cannot_be_is_refused_in_words(self, acme, call, order, source, name):
        call("POST", "/orders", order())
        with pytest.raises(FeedError):
            opening.add(acme, source, name, "P-")

    def test_of_a_name_that_was_closed_is_that_one_opened_again(self, acme, first, outlet, push):
        push(outlet.public_id, "another key")
        roster.close(outlet)

        assert opening.add(acme, "kornitx", "outlet") == outlet
        assert push(outlet.public_id, "another key")[1]["result"] == "unchanged"


class TestAClosedFeed:
    def test_refuses_with_the_cure_keeps_what_was_accepted_and_goes_on_once_open(self, acme, first, push):
        push(acme.public_id, status=4, completion_datetime=None)
        roster.close(first)

        status, answer = push(acme.public_id, id=8, ref="K8")
        assert status == 410
        assert "Open it again" in answer["detail"]
        refused = Delivery.objects.get(result="refused")
        assert (refused.answered, refused.feed) == (410, first)
        assert bytes(refused.raw) == pushed(id=8, ref="K8")
        assert [order.ref for order in Order.objects.all()] == ["K7"]

        opening.reopen(first)
        assert push(acme.public_id)[1]["standing"] == "documented"
        assert push(acme.public_id, id=8, ref="K8")[1]["standing"] == "documented"

    def test_tells_strangers_nothing(self, acme, first, push):
        roster.close(first)
        assert push(acme.public_id, "wrong key")[0] == 401

    def test_of_the_api_refuses_its_own_orders_only(self, acme, call, order):
        call("POST", "/orders", order())
        roster.close(Feed.objects.get(name="shop"))

        status, answer = call("POST", "/orders", [order(), order(source="market", number="M-1")])
        assert (status, answer["accepted"], answer["results"][0]["problems"][0]["field"]) == (207, 1, "source")
        assert call("POST", "/orders", order())[0] == 410
        assert call("GET", "/orders?source=shop&id=1001")[0] == 200

    def test_may_not_be_opened_again_onto_the_numbers_of_another(self, acme, first):
        roster.close(first)
        opening.add(acme, "kornitx", "outlet")
        with pytest.raises(FeedError, match="could meet those of"):
            opening.reopen(first)


class TestAStatusTable:
    def test_says_what_a_status_means_also_of_orders_that_are_there(self, acme, first, push):
        assert push(acme.public_id, status=777, status_name="Packed")[1]["cause"] == "not_dispatched"

        opening.change_rules(first, {"statuses": "Packed (777) = dispatched"})
        assert push(acme.public_id, status=777, status_name="Packed", external_ref="W")[1]["standing"] == "documented"

    def test_takes_away_what_the_source_would_say(self, acme, first, push):
        opening.change_rules(first, {"statuses": "8 = goes on"})
        assert push(acme.public_id)[1]["cause"] == "not_dispatched"

    def test_reads_callbacks_so_too(self, client, acme, first, push):
        opening.change_rules(first, {"statuses": "777 = dispatched"})
        push(acme.public_id, status=4, completion_datetime=None)
        path = f"/api/v1/intake/kornitx/{acme.public_id}/status/{SECRET}"

        body = json.dumps({"id": 7, "ref": "K7", "status": 777}).encode()
        assert client.put(path, body, "application/json").json()["standing"] == "documented"

    def test_of_the_api_is_kept_although_the_first_feed_numbers_as_it_does(self, acme, first):
        receiving.receive(acme, {"source": "shop", "id": "1", "lines": []})
        mine = Feed.objects.get(name="shop")

        opening.change_rules(mine, {"statuses": "Packed = dispatched", "number_prefix": ""})

        mine.refresh_from_db()
        assert "dispatched" in mine.status_table.values()
        with pytest.raises(FeedError, match="could meet those"):
            opening.change_rules(opening.add(acme, "kornitx", "outlet", "OUT-"), {"number_prefix": ""})

    @pytest.mark.parametrize("rules", [{"statuses": "x"}, {"post_when": "never"}, {"reference_template": "{nonsense}"}])
    def test_or_rule_that_is_none_is_refused_and_nothing_changed(self, first, rules):
        with pytest.raises(FeedError):
            opening.change_rules(first, rules | {"number_prefix": "NEW-"})
        first.refresh_from_db()
        assert first.number_prefix == ""


def test_a_feed_may_post_on_receipt_where_the_company_does_not(acme, first, push):
    opening.change_rules(first, {"post_when": "received", "reference_template": "{ref}"})

    assert push(acme.public_id, status=4, sale_datetime="2026-03-05 10:00:00")[1]["standing"] == "documented"


class TestALaw:
    def test_keeps_a_company_that_has_feeds_and_a_feed_that_has_orders(self, acme, first, push):
        push(acme.public_id)
        with pytest.raises(ProtectedError):
            first.delete()
        with pytest.raises(ProtectedError):
            acme.delete()

    def test_of_the_database_refuses_an_order_of_another_companys_feed(self, acme):
        other = roster.own(Company.objects.create(name="Birch"), KORNITX)
        Order.objects.create(company=acme, feed=other, source_id="1", ref="1")
        with pytest.raises(IntegrityError, match="same_company"), transaction.atomic():
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        Order.objects.all().delete()

    def test_binds_a_secret_to_its_feed(self, acme, first, outlet):
        outlet.secrets = first.secrets
        with pytest.raises(CannotOpenError):
            outlet.open_secrets()
