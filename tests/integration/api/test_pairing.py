"""A sender redeems a code that a person made, and is told its addresses and secrets once."""

from datetime import timedelta

import pytest

from daybook.feeds import pairing, roster
from daybook.feeds.models import Feed
from daybook.feeds.roster import FeedError
from daybook.kit import clock
from daybook.sources.kornitx import signature
from daybook.sources.kornitx.source import KORNITX
from tests.integration.api.conftest import *  # noqa: F403 - Acme and its API key
from tests.world import feed_of, take_from_kornitx

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(client):
    def send(code):
        answer = client.post("/api/v1/pair", {"code": code}, "application/json")
        return answer.status_code, answer.json()

    return send


@pytest.fixture
def feed(acme) -> Feed:
    return Feed.objects.select_related("company").get(pk=roster.own(acme, KORNITX).pk)


def test_a_code_gives_addresses_and_secrets_that_work_once(pair, feed, client):
    code = pairing.make_code(feed)
    status, told = pair(f" {code.lower().replace('-', ' ')} ")
    assert (status, told["company"], told["feed"]) == (200, "Acme", "kornitx")
    push, callback = told["addresses"]
    body = b'{"id": 7, "ref": "K7", "items": []}'
    headers = {signature.HEADER: signature.sign(told["secrets"]["hmac_key"], body)}
    path = push["url"].split("/api/")[1]
    assert client.post(f"/api/{path}", body, "application/json", headers=headers).status_code == 200
    path = callback["url"].split("/api/")[1]
    assert client.put(f"/api/{path}", {"id": 7, "ref": "K7", "status": 8}, "application/json").status_code == 200
    assert pair(code)[0] == 404


def test_the_secrets_of_before_work_on_for_a_while(pair, acme, client):
    feed = take_from_kornitx(acme, key="the old key")
    feed = Feed.objects.select_related("company").get(pk=feed.pk)
    pair(pairing.make_code(feed))
    body = b'{"id": 7, "ref": "K7", "items": []}'
    headers = {signature.HEADER: signature.sign("the old key", body)}
    address = f"/api/v1/intake/kornitx/{acme.public_id}"
    assert client.post(address, body, "application/json", headers=headers).status_code == 200


def test_a_sender_of_our_own_form_gets_an_api_key(pair, acme, call, order):
    status, told = pair(pairing.make_code(feed_of(acme, "shop")))
    assert status == 200
    assert call("POST", "/orders", [order()], key=told["secrets"]["api_key"])[0] == 200


def test_a_code_ends_after_30_minutes_with_the_next_one_and_with_its_feed(pair, feed):
    code = pairing.make_code(feed)
    Feed.objects.update(pairing_until=clock.now() - timedelta(seconds=1))
    assert pair(code)[0] == 404
    old, new = pairing.make_code(feed), pairing.make_code(feed)
    assert pair(old)[0] == 404
    roster.close(feed)
    assert pair(new)[0] == 404
    with pytest.raises(FeedError):
        pairing.make_code(Feed.objects.get())


@pytest.mark.parametrize("code", ["", "x" * 41, None, 7, ["A"], {"a": 1}])
def test_what_is_no_code_is_told_so(pair, code):
    status, told = pair(code)
    assert (status, told["problems"][0]["field"]) == (422, "code")


def test_who_guesses_is_made_to_wait(pair, feed):
    code = pairing.make_code(feed)
    answers = [pair(f"AAAA-AA{number:02}")[0] for number in range(12)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert pair(code)[0] == 200
