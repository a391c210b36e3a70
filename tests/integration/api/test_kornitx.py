"""Kornit X's push and status callback: who may send, and what becomes of it."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import daybook.ops.demo
from daybook.companies import doors
from daybook.companies.models import Company, CompanySettings
from daybook.feeds.models import Feed
from daybook.orders.models import Delivery, Notice, Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.sources.kornitx import signature
from tests.world import take_from_kornitx

pytestmark = pytest.mark.django_db

SAMPLES = Path(daybook.ops.demo.__file__).parent / "samples"
KEY, SECRET = "example-hmac-key", "a-random-secret"


def sample(name):
    return (SAMPLES / f"kornitx-{name}.json").read_bytes()


@pytest.fixture
def kornit(acme):
    """Acme takes Kornit X's orders."""
    take_from_kornitx(acme, key=KEY, callback_secret=SECRET)
    return acme


@pytest.fixture
def push(client, kornit):
    def send(body, *, sign=None, company=kornit.public_id):
        sign = signature.sign(KEY, body) if sign is None else sign
        response = client.post(
            f"/api/v1/intake/kornitx/{company}", body, "application/json", headers={signature.HEADER: sign}
        )
        return response.status_code, response.json()

    return send


@pytest.fixture
def call_back(client, kornit):
    def send(body, *, secret=SECRET, headers=None):
        path = f"/api/v1/intake/kornitx/{kornit.public_id}/status/{secret}"
        response = client.put(path, body, "application/json", headers=headers or {})
        return response.status_code, response.json()

    return send


class TestAPush:
    def test_of_a_dispatched_order_becomes_an_invoice_to_the_cent(self, push, kornit):
        status, answer = push(sample("order.min"))

        entry = Entry.objects.get()
        assert (status, answer["result"], answer["standing"]) == (200, "accepted", "documented")
        assert (entry.number, entry.gross) == ("DB-A7D00C41E5B92F10", Decimal("52.97"))
        assert str(entry.date) == "2026-03-05"
        assert bytes(Order.objects.get().current_revision.raw) == sample("order.min")
        assert Feed.objects.get(company=kornit).last_received_at is not None

    def test_may_be_signed_in_base64(self, push):
        assert push(sample("order.min"), sign="VJpkzlFk0IlrZjhUVvGQZB0OUCxR0gOa0Rygca9T/r0=")[0] == 200

    def test_may_come_with_spaces_since_the_raw_bytes_are_signed(self, push):
        push(sample("order"))

        assert push(sample("order.min"))[1]["result"] == "unchanged"

    def test_of_the_awkward_order_is_kept_and_skipped(self, push):
        status, answer = push(sample("order-edge"))

        assert (status, answer["standing"], answer["cause"]) == (200, "skipped", "free_of_charge")
        assert Order.objects.get().currency == "GBP"

    def test_of_split_orders_keeps_both_although_they_share_the_shops_reference(self, push):
        push(sample("order"))
        push(sample("order-edge"))

        assert Order.objects.filter(external_ref="WEB-200077").count() == 2

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"id": 0, "ref": ""}, "id"),
            ({"items": {}}, "items"),
            ({"items": ["x"]}, "items[0]"),
            ({"items": [{"sku": "A"}]}, "items[0].quantity"),
            ({"items": [{"quantity": 1, "unit_sale_price": "many"}]}, "items[0].unit_sale_price"),
            ({"items": [{"quantity": 1, "unit_sale_price": 1e12}]}, "items[0].unit_sale_price"),
            ({"items": [{"quantity": 1, "unit_cost_price": -1}]}, "items[0].unit_cost_price"),
            ({"shipping_price": -1}, "shipping_price"),
            ({"currency_code": "\ud800"}, "currency_code"),
            ({"currency_code": "ZZZ"}, "currency_code"),
            ({"completion_datetime": "yesterday"}, "completion_datetime"),
        ],
    )
    def test_of_something_else_is_refused_by_field(self, push, changes, field):
        status, answer = push(json.dumps(json.loads(sample("order")) | changes).encode())

        assert (status, answer["problems"][0]["field"]) == (422, field)
        assert answer["problems"][0]["cure"]
        assert not Order.objects.exists()


class TestAStranger:
    def test_is_answered_the_same_whatever_is_wrong(self, push, client):
        unset = Company.objects.create(name="Cedar")
        CompanySettings.objects.create(company=unset)
        body = sample("order")
        empty_key = signature.sign("", body)
        answers = [
            push(body, sign="0" * 64),
            push(body, sign=""),
            push(body, sign="ünicode"),
            push(body, company="nobody"),
            push(body, company=unset.public_id),
            push(body, company=unset.public_id, sign=empty_key),
            push(b"not json", sign="0"),
        ]

        assert {status for status, _ in answers} == {401}
        assert len({json.dumps(answer) for _, answer in answers}) == 1
        assert not Order.objects.exists()

    def test_cannot_send_ten_megabytes(self, push):
        body = b'"' + b"x" * 10_000_000 + b'"'

        assert push(body, sign="0" * 64)[0] == 413
        assert push(body, sign="no signature")[0] == 401  # nothing is said of what nobody looks at

    def test_is_counted_for_the_companys_people_with_time_and_reason(self, push, kornit):
        for sign in ("0" * 64, ""):
            push(sample("order"), sign=sign)

        counted = Feed.objects.get(company=kornit)
        assert (counted.refused, counted.refused_why) == (2, "a push was not signed")
        assert counted.refused_at
        assert counted.last_received_at is None

    def test_is_told_to_wait_after_many_tries_and_the_right_one_is_not(self, push, kornit):
        answers = [push(sample("order"), sign="0" * 64) for _ in range(doors.PUSHES_BY_COMPANY.most + 1)]

        assert [status for status, _ in answers[-2:]] == [401, 429]
        assert Feed.objects.get(company=kornit).refused == doors.PUSHES_BY_COMPANY.most
        assert push(sample("order"))[0] == 200


class TestACallback:
    def test_of_the_dispatch_makes_an_order_due(self, push, call_back):
        assert push(sample("order-in-production"))[1]["cause"] == "not_dispatched"

        status, answer = call_back(sample("callback-dispatched"))

        assert (status, answer["standing"]) == (200, "documented")
        assert str(Entry.objects.get().date) == "2026-03-06"

    def test_of_a_cancelled_item_lowers_the_invoice(self, push, call_back):
        push(sample("order-in-production"))
        call_back(sample("callback-cancelled-item"))
        call_back(sample("callback-dispatched"))

        assert Entry.objects.get().gross == Decimal("28.99")  # 1 x 11.99 + 14.00 + 3.00

    def test_counts_once_where_it_is_repeated_for_want_of_an_answer(self, push, call_back):
        push(sample("order-in-production"))
        call_back(sample("callback-cancelled-item"))
        Delivery.objects.update(answered=None)
        assert call_back(sample("callback-cancelled-item"))[1]["result"] == "unchanged"
        call_back(sample("callback-dispatched"))

        assert (Notice.objects.count(), Entry.objects.get().gross) == (2, Decimal("28.99"))

    @pytest.mark.parametrize("is_pushed", [True, False])
    def test_with_nothing_but_a_status_is_unchanged_where_it_is_the_last_word_already(self, push, call_back, is_pushed):
        if is_pushed:
            push(sample("order-in-production"))
        calls = [(4, "accepted"), (4, "unchanged"), (517, "accepted"), (4, "accepted")]

        for status, result in calls:
            body = json.dumps({"id": 70210452, "ref": "A7D00C41E5B92F12", "status": status}).encode()
            assert call_back(body)[1]["result"] == result

    @pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
    def test_by_another_method_is_told_which_one_to_use(self, client, kornit, method):
        path = f"/api/v1/intake/kornitx/{kornit.public_id}/status/{SECRET}"
        response = getattr(client, method)(path)

        assert (response.status_code, response["Allow"]) == (405, "PUT")
        assert response.json()["detail"] == f"This address does not take {method.upper()}. Send PUT."

    def test_for_an_order_never_seen_is_kept_until_the_order_comes(self, push, call_back):
        status, answer = call_back(sample("callback-dispatched"))
        assert (status, answer["standing"]) == (200, "waiting")
        assert OrderStanding.objects.get().cause == "order_not_received"

        push(sample("order-in-production"))

        assert OrderStanding.objects.get().standing == "documented"
        assert Entry.objects.get().state == "ready"

    def test_that_knows_only_the_ref_finds_its_order_before_and_after(self, push, call_back):
        named_by_ref = json.loads(sample("callback-dispatched")) | {"id": 0}
        call_back(json.dumps(named_by_ref).encode())
        push(sample("order-in-production"))
        call_back(json.dumps(named_by_ref | {"shipping_tracking": "later"}).encode())

        assert Order.objects.get().source_id == "70210452"
        assert OrderStanding.objects.get().standing == "documented"

    def test_with_a_status_without_meaning_is_kept_too(self, push, call_back):
        push(sample("order-in-production"))
        status, _ = call_back(b'{"id": 70210452, "ref": "A7D00C41E5B92F12", "status": 777, "status_name": "Rebatch"}')

        assert (status, Order.objects.get().status) == (200, "Rebatch (777)")

    def test_needs_the_right_secret(self, call_back):
        assert call_back(sample("callback-dispatched"), secret="wrong")[0] == 401
        assert not Order.objects.exists()

    def test_must_be_signed_rightly_where_it_is_signed(self, call_back):
        body = sample("callback-dispatched")

        assert call_back(body, headers={signature.HEADER: "wrong"})[0] == 401
        assert call_back(body, headers={signature.HEADER: signature.sign(KEY, body)})[0] == 200

    @pytest.mark.parametrize(
        "body",
        [b"[]", b"{}", b"", b'{"id": 1, "new_shipments": 7}', b'{"id": 1, "new_cancellations": [{"items": [{}]}]}'],
    )
    def test_that_is_none_is_refused(self, call_back, body):
        assert call_back(body)[0] in {400, 422}
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        ("field", "junk"),
        [(field, junk) for field in ("id", "ref") for junk in ("a\x00b", "\ud800", "x" * 201)]
        + [("external_ref", "a\x00b"), ("external_ref", "\ud800")],
    )
    def test_that_names_its_order_in_junk_is_refused_by_field(self, call_back, field, junk):
        status, answer = call_back(json.dumps({"id": 1, "ref": "R1", "external_ref": "W", field: junk}).encode())

        assert (status, answer["problems"][0]["field"]) == (422, field)
        assert not Order.objects.exists()
