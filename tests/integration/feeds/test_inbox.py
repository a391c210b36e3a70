"""What reached us is kept with why it was refused, corrected with both versions kept, and taken in again."""

import json
from datetime import timedelta

import pytest

from daybook.companies.keys import create_api_key
from daybook.companies.models import Person
from daybook.feeds import opening, roster
from daybook.feeds.models import Feed
from daybook.intake import replaying
from daybook.intake.replaying import ReplayError
from daybook.kit import clock
from daybook.orders import retention
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from daybook.sources.kornitx import signature
from tests.integration.api.conftest import *  # noqa: F403 - Acme and its API key
from tests.world import take_from_kornitx

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
KEY, SECRET = "example-hmac-key", "a-random-secret"


def order(number, **changes):
    line = {"sku": "MUG", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}
    return {
        "source": "shop", "id": f"{number}", "dispatched": True, "dispatched_at": "2026-03-05", "currency": "GBP",
        "lines": [line],
    } | changes  # fmt: skip


def pushed(**changes):
    item = {"id": 1, "ref": "L1", "sku": "MUG", "quantity": 2, "unit_sale_price": 10, "sale_vat_rate": 0.2}
    given = {"id": 7, "ref": "K7", "status": 8, "completion_datetime": "2026-03-05 10:00:00", "currency_code": "GBP"}
    return json.dumps(given | {"items": [item]} | changes).encode()


@pytest.fixture
def feed(acme) -> Feed:
    return take_from_kornitx(acme, key=KEY, callback_secret=SECRET)


@pytest.fixture
def push(client, feed):
    def send(body, key=KEY, at=feed):
        address = at.company.public_id if at.name == at.source else at.public_id
        headers = {signature.HEADER: signature.sign(key, body)}
        return client.post(f"/api/v1/intake/kornitx/{address}", body, "application/json", headers=headers)

    return send


@pytest.fixture
def post(client, acme):
    _, key = create_api_key(acme, "tests")

    def send(given):
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        headers = {"Authorization": f"Bearer {key}"}
        return client.post("/api/v1/orders", body, "application/json", headers=headers)

    return send


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("ann@example.com", "x")


def open_one() -> Delivery:
    return Delivery.objects.get(settled_at=None, result__in=["refused", "waiting"])


class TestWhatIsRefused:
    def test_is_kept_with_its_bytes_and_the_problem_by_field(self, push):
        assert push(pushed(items=[{"id": 1}])).status_code == 422
        kept = open_one()
        assert json.loads(bytes(kept.raw))["id"] == 7
        assert kept.problems == [
            {"field": "items[0].quantity", "problem": "The quantity is missing.", "cure": "Send how many were ordered."}
        ]

    @pytest.mark.parametrize("body", [b"no JSON", b"{", b"\xff\xfe\x00", b"[" * 5000, b""])
    def test_by_the_api_as_a_whole_is_kept_too(self, post, body):
        assert post(body).status_code == 400
        kept = open_one()
        assert (bytes(kept.raw), kept.is_whole, kept.door) == (body, True, "api")
        assert kept.problems[0]["cure"]

    def test_among_good_ones_is_kept_by_itself(self, post):
        answer = post([order(1), order(2, lines=[{"sku": "X", "quantity": "many"}]), order(3)])
        assert (answer.status_code, answer.json()["refused"]) == (207, 1)
        kept = open_one()
        assert (kept.position, kept.ref) == (1, "2")
        assert json.loads(replaying.piece_of(kept))["lines"][0]["quantity"] == "many"

    def test_as_the_first_of_many_is_shown_by_itself(self, post):
        post([order(1, lines=[{"sku": "X", "quantity": "many"}]), order(2)])
        assert json.loads(replaying.piece_of(open_one()))["id"] == "1"

    def test_keeps_exact_numbers(self, post):
        body = b'[{"source":"shop","id":"1","lines":[]},{"source":"shop","id":"2","lines":[{"unit_price":0.10000000000000000001}]}]'
        post(body)
        assert b"0.10000000000000000001" in replaying.piece_of(Delivery.objects.get(position=1))

    def test_with_a_wrong_signature_is_counted_and_not_kept(self, push, feed):
        for key in ("wrong", "other"):
            assert push(pushed(), key=key).status_code == 401
        feed.refresh_from_db()
        assert (feed.refused, Delivery.objects.count()) == (2, 0)

    def test_with_a_signature_that_is_replayed_on_another_body_is_not_kept(self, client, feed):
        headers = {signature.HEADER: signature.sign(KEY, pushed())}
        address = f"/api/v1/intake/kornitx/{feed.company.public_id}"
        assert client.post(address, pushed(id=8), "application/json", headers=headers).status_code == 401
        assert client.post(address, pushed(), "application/json").status_code == 401
        assert (Order.objects.count(), Delivery.objects.count()) == (0, 0)

    def test_and_replayed_with_its_own_body_changes_nothing(self, push):
        assert [push(pushed()).json()["result"] for _ in range(3)] == ["accepted", "unchanged", "unchanged"]
        assert Entry.objects.count() == 1

    def test_because_it_has_20_megabytes_is_told_so(self, client, feed):
        body = b'{"id": 7, "x": "' + b"x" * 20_000_000 + b'"}'
        headers = {signature.HEADER: signature.sign(KEY, body)}
        answer = client.post(
            f"/api/v1/intake/kornitx/{feed.company.public_id}", body, "application/json", headers=headers
        )
        assert (answer.status_code, "8 MB" in answer.json()["detail"]) == (413, True)


class TestAReplay:
    def test_as_it_was_takes_in_what_can_be_read_by_now(self, push, feed):
        push(pushed())
        roster.close(feed)
        feed.refresh_from_db()
        assert push(pushed(id=9, ref="K9")).status_code == 410
        opening.reopen(feed)
        kept = open_one()
        done = replaying.replay(kept, by=None)
        assert done.is_taken
        assert set(Order.objects.values_list("ref", flat=True)) == {"K7", "K9"}
        kept.refresh_from_db()
        assert kept.settled_at is not None

    def test_that_is_refused_again_leaves_no_trace(self, push):
        push(pushed(items=[{"id": 1}]))
        done = replaying.replay(open_one(), by=None)
        assert (done.is_taken, done.problems[0].field) == (False, "items[0].quantity")
        assert Delivery.objects.count() == 1

    def test_corrected_keeps_both_versions_and_who_did_it(self, push, person):
        push(pushed(items=[{"id": 1, "unit_sale_price": 10, "sale_vat_rate": 0.2}]))
        first = open_one()
        done = replaying.replay(first, by=person, corrected=pushed())
        second = Delivery.objects.latest("id")
        assert done.is_taken
        assert (second.corrects, second.by, second.result, second.answered) == (first, person, "accepted", 200)
        first.refresh_from_db()
        assert b'"quantity"' not in bytes(first.raw)
        assert bytes(second.raw) == pushed()
        assert str(Entry.objects.get().net) == "20.00"

    def test_corrected_badly_stays_open_in_the_corrected_form(self, push, person):
        push(pushed(items=[{"id": 1}]))
        done = replaying.replay(open_one(), by=person, corrected=b"{")
        assert not done.is_taken
        assert bytes(open_one().raw) == b"{"
        assert replaying.replay(open_one(), by=person, corrected=pushed()).is_taken
        assert Delivery.objects.count() == 3

    def test_of_a_whole_request_takes_in_each_of_its_orders(self, post, person):
        post(b'[{"source": "shop",')
        good = json.dumps([order(1), order(2)]).encode()
        assert replaying.replay(open_one(), by=person, corrected=good).is_taken
        assert Order.objects.count() == 2

    def test_of_one_of_many_leaves_the_others_alone(self, post, person):
        post([order(1), order(2, lines=[{"sku": "X", "quantity": "many"}])])
        post([order(1, dispatched=False, dispatched_at=None)])
        done = replaying.replay(open_one(), by=person, corrected=json.dumps(order(2)).encode())
        assert [each.id for each in done.receipts] == ["2"]

    def test_of_what_was_overtaken_waits_for_a_yes(self, post, person):
        post([order(1, lines=[{"sku": "X", "quantity": "many"}])])
        post([order(1)])
        stale = json.dumps(order(1) | {"number": "OLD"}).encode()
        done = replaying.replay(open_one(), by=person, corrected=stale)
        assert (done.is_taken, done.newer) == (False, Order.objects.get())
        assert Order.objects.get().ref == "1"
        assert replaying.replay(open_one(), by=person, corrected=stale, even_if_older=True).is_taken
        assert Order.objects.get().ref == "OLD"

    def test_twice_is_refused_the_second_time(self, push, person):
        push(pushed(items=[{"id": 1}]))
        kept = open_one()
        replaying.replay(kept, by=person, corrected=pushed())
        with pytest.raises(ReplayError, match="meanwhile"):
            replaying.replay(kept, by=person, corrected=pushed())
        assert Entry.objects.count() == 1

    def test_of_what_is_put_aside_is_not_asked_for(self, push):
        push(pushed(items=[{"id": 1}]))
        kept = open_one()
        assert replaying.put_aside(kept)
        assert not replaying.put_aside(kept)
        with pytest.raises(ReplayError):
            replaying.replay(kept, by=None)


class TestAPausedFeed:
    def test_keeps_what_comes_and_takes_it_in_once_it_is_resumed(self, push, feed, client):
        roster.pause(feed)
        answer = push(pushed())
        callback = {"id": 7, "ref": "K7", "status": 128}
        client.put(f"/api/v1/intake/kornitx/{feed.company.public_id}/status/{SECRET}", callback, "application/json")
        assert (answer.status_code, answer.json()["result"]) == (200, "waiting")
        assert (Order.objects.count(), replaying.take_waiting()) == (0, 0)

        roster.resume(feed)
        assert replaying.take_waiting() == 2
        assert replaying.take_waiting() == 0
        assert Order.objects.get().standings.get().standing == "cancelled"

    def test_loses_no_order_however_long_it_is_paused(self, push, feed):
        roster.pause(feed)
        push(pushed())
        much_later = clock.now() + timedelta(days=400)
        assert retention.forget_raw(now=much_later, kept_for=timedelta(days=30)) == 0
        roster.resume(feed)
        assert retention.forget_raw(now=much_later, kept_for=timedelta(days=30)) == 0  # nobody has read it yet
        assert (replaying.take_waiting(), Order.objects.get().ref) == (1, "K7")
        assert retention.forget_raw(now=much_later, kept_for=timedelta(days=30)) == 2

    def test_that_is_closed_keeps_what_came_no_longer_than_others(self, push, feed):
        roster.pause(feed)
        push(pushed())
        roster.close(feed)
        assert retention.forget_raw(now=clock.now() + timedelta(days=31), kept_for=timedelta(days=30)) == 1

    def test_says_what_cannot_be_read_once_it_is_resumed(self, push, feed):
        roster.pause(feed)
        push(pushed(items=[{"id": 1}]))
        assert open_one().result == "waiting"
        roster.resume(feed)
        assert (replaying.take_waiting(), replaying.take_waiting()) == (0, 0)
        kept = open_one()
        assert (kept.result, kept.problems[0]["field"]) == ("refused", "items[0].quantity")
        assert (Delivery.objects.count(), json.loads(bytes(kept.raw))["id"]) == (2, 7)

    def test_with_much_that_cannot_be_read_keeps_no_other_waiting(self, push, feed):
        roster.pause(feed)
        for number in range(replaying.AT_ONCE + 1):
            push(pushed(id=number, ref=f"BAD{number}", items=[{"id": 1}]))
        push(pushed())
        roster.resume(feed)
        assert [replaying.take_waiting() for _ in range(3)] == [0, 1, 0]
        assert Delivery.objects.filter(result="refused", settled_at=None).count() == replaying.AT_ONCE + 1

    def test_of_news_tells_them_once_it_is_resumed_or_says_what_they_wait_for(self, push, feed):
        news = opening.add(feed.company, "kornitx", "makers", brings="news")
        roster.change_fields(news, secrets={"hmac_key": KEY}, settings={})
        push(pushed())
        roster.pause(news)
        push(pushed(status=128), at=news)
        push(pushed(ref="K8", id=8), at=news)
        roster.resume(news)
        assert (replaying.take_waiting(), replaying.take_waiting()) == (1, 0)
        assert Order.objects.get().standings.get().standing == "cancelled"
        assert open_one().problems[0]["field"] == "external_ref"

    def test_takes_in_nothing_that_was_overtaken(self, push, feed):
        roster.pause(feed)
        push(pushed(ref="OLD"))
        roster.resume(feed)
        push(pushed(ref="NEW"))
        assert replaying.take_waiting() == 0
        assert Order.objects.get().ref == "NEW"
        assert not Delivery.objects.filter(result="waiting", settled_at=None).exists()


class TestASecretThatIsReplaced:
    def test_opens_for_a_week_beside_the_new_one(self, push, feed):
        roster.change_fields(feed, secrets={"hmac_key": "the next key"}, settings={})
        assert [push(pushed(), key=key).status_code for key in (KEY, "the next key", "wrong")] == [200, 200, 401]
        feed.refresh_from_db()
        feed.overlaps["hmac_key"] = "2026-01-01T00:00:00+00:00"
        feed.save()
        assert [push(pushed(), key=key).status_code for key in (KEY, "the next key")] == [401, 200]

    def test_opens_beside_another_that_was_replaced_too(self, push, feed, client):
        fresh = roster.make_secret(feed, "callback")
        roster.change_fields(feed, secrets={"hmac_key": "the next key"}, settings={})
        body = json.dumps({"id": 7, "ref": "K7", "status": 128}).encode()
        for secret, key in ((fresh, KEY), (fresh, "the next key"), (SECRET, KEY), (SECRET, "the next key")):
            headers = {signature.HEADER: signature.sign(key, body)}
            address = f"/api/v1/intake/kornitx/{feed.company.public_id}/status/{secret}"
            assert client.put(address, body, "application/json", headers=headers).status_code == 200

    def test_opens_no_more_where_a_person_says_so_or_forgets_it(self, push, feed):
        roster.change_fields(feed, secrets={"hmac_key": "the next key"}, settings={})
        roster.end_overlap(feed, "hmac_key")
        assert push(pushed()).status_code == 401
        roster.change_fields(feed, secrets={"hmac_key": "third"}, settings={})
        roster.change_fields(feed, secrets={"hmac_key": ""}, settings={})
        assert [push(pushed(), key=key).status_code for key in ("the next key", "third")] == [401, 401]
