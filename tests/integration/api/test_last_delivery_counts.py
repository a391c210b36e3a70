"""What is sent last counts, and a document carries the day that was meant: through the API into Xero's books."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from daybook.companies import keys
from daybook.companies.models import CompanySettings, Person
from daybook.connections.models import Organisation, PostingSettings
from daybook.history.models import Event
from daybook.intake import dating, receive
from daybook.intake.deliveries import Arrival
from daybook.kit import clock
from daybook.orders import retention
from daybook.orders.models import Delivery, Order, OrderStanding
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.sources import json_text
from daybook.sources.kornitx import signature
from localxero import LocalXero
from tests.world import connected, take_from_kornitx

pytestmark = pytest.mark.django_db(transaction=True)

KEY, SECRET = "example-hmac-key", "a-random-secret"


@pytest.fixture
def acme():
    return connected(LocalXero(limits="off"), untouched=True)


@pytest.fixture
def send(client, acme):
    """Send orders over REST; return the status and the results."""
    _, plaintext = keys.create_api_key(acme.company, "tests")

    def post(*orders, key="", bare=True):
        headers = {"Authorization": f"Bearer {plaintext}"} | ({"Idempotency-Key": key} if key else {})
        body = orders[0] if len(orders) == 1 and bare else list(orders)
        response = client.post("/api/v1/orders", json.dumps(body), "application/json", headers=headers)
        return response.status_code, response.json().get("results") or response.json()

    return post


@pytest.fixture
def kornit(client, acme):
    """Push and call back as the OMS does; each returns the answer."""
    take_from_kornitx(acme.company, key=KEY, callback_secret=SECRET)
    path = f"/api/v1/intake/kornitx/{acme.company.public_id}"

    def push(**changes):
        item = {"id": 1, "ref": "L1", "sku": "MUG", "quantity": 2, "unit_sale_price": 10, "sale_vat_rate": 0.2}
        given = {"id": 7, "ref": "K7", "status": 1, "currency_code": "GBP", "items": [item]} | changes
        body = json.dumps(given).encode()
        headers = {signature.HEADER: signature.sign(KEY, body)}
        return client.post(path, body, "application/json", headers=headers).json()

    def call_back(**said):
        body = json.dumps({"id": 7, "ref": "K7"} | said)
        return client.put(f"{path}/status/{SECRET}", body, "application/json").json()

    push.back = call_back
    return push


def order(mugs=2, **changes):
    line = {"id": "1", "description": "Mug", "quantity": mugs, "unit_price": 10.0, "tax_rate": 0.2}
    given = {"source": "shop", "id": "AB-20", "dispatched": True, "dispatched_at": "2026-11-20T10:00:00Z"}
    return given | {"currency": "GBP", "lines": [line]} | changes


def die_before_answering(acme, given):
    """Take an order in without saying so to its sender."""
    receive.receive(acme.company, json_text.parse(json.dumps(given)), arrival=Arrival(raw=json.dumps(given).encode()))


def posted(acme):
    """Post what waits; return number, day and total of what stands in Xero."""
    Entry.objects.filter(state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(acme.connection.id, acme.client)
    return [(each["InvoiceNumber"], _day(each["Date"]), each["Total"]) for each in acme.invoices()]


def _day(written):
    """/Date(1795824000000+0000)/ -> 2026-11-28"""
    return datetime.fromtimestamp(int(written[6:19]) / 1000, UTC).date().isoformat()


class TestAChangeTakenBack:
    def test_before_posting_is_what_stands(self, acme, send):
        results = [send(order(mugs))[1][0]["result"] for mugs in (2, 1, 2)]

        assert results == ["accepted"] * 3
        assert posted(acme) == [("AB-20", "2026-11-20", 24)]
        assert (
            Event.objects.filter(what="changed").last().reason
            == "Changed by the OMS: revision 3, as it stood in revision 1."
        )

    def test_after_posting_takes_its_flag_away(self, acme, send):
        send(order(1))
        posted(acme)
        send(order(1, cancelled=True))
        assert Entry.objects.get().attention == "credit_note_needed"

        send(order(1))

        assert (Entry.objects.get().attention, OrderStanding.objects.get().standing) == ("", "documented")
        assert posted(acme) == [("AB-20", "2026-11-20", 12)]

    def test_in_amounts_and_back_asks_nobody_for_anything(self, acme, send):
        send(order(2))
        posted(acme)
        for mugs in (1, 3):
            send(order(mugs))
            assert Entry.objects.get().attention == "changed_after_posting"

        send(order(2))

        assert Entry.objects.get().attention == ""

    def test_of_a_cancellation_by_callback_is_the_push_that_came_before_it_sent_again(self, acme, kornit):
        kornit()
        kornit.back(status=128, status_name="Cancelled")
        assert OrderStanding.objects.get().standing == "cancelled"

        assert kornit()["result"] == "accepted"

        kornit.back(status=8, status_name="Dispatched")
        assert [total for _, _, total in posted(acme)] == [24]


class TestARepeat:
    def test_of_what_was_not_answered_is_ignored_until_it_was(self, acme, send):
        die_before_answering(acme, order(2))
        send(order(1))
        assert send(order(2))[1][0]["result"] == "late_retry"
        assert Entry.objects.get().gross == 12

        assert send(order(2))[1][0]["result"] == "accepted", "the repeat was answered: the sender means it now"
        assert posted(acme) == [("AB-20", "2026-11-20", 24)]

    def test_of_what_was_not_answered_is_meant_after_ten_hours(self, acme, send):
        die_before_answering(acme, order(2))
        Delivery.objects.update(received_at=clock.now() - timedelta(hours=10, minutes=1))
        send(order(1))

        assert send(order(2))[1][0]["result"] == "accepted"

    def test_that_carries_the_key_of_its_request_changes_nothing(self, acme, send):
        assert send(order(2), key="k-1")[0] == 200
        send(order(1))

        assert send(order(2), key="k-1")[1][0]["result"] == "late_retry"
        assert send(order(2), key="k-2")[1][0]["result"] == "accepted"

    def test_of_a_list_is_known_by_the_key_and_the_place(self, acme, send):
        states = order(2), order(1), order(2, id="AB-21")
        assert [each["result"] for each in send(*states, key="k")[1]] == ["accepted"] * 3
        send(order(3))

        again = [each["result"] for each in send(*states, key="k")[1]]
        assert again == ["late_retry", "late_retry", "unchanged"]
        assert Entry.objects.get(number="AB-20").gross == 36

    def test_key_with_another_body_is_refused(self, acme, send):
        send(order(2), key="k-1")
        status, answer = send(order(1), key="k-1")

        assert (status, answer["problems"][0]["field"]) == (422, "Idempotency-Key")
        assert Entry.objects.get().gross == 24

    def test_key_of_a_request_that_was_refused_is_free(self, acme, send):
        assert send(order(2, currency="ZZZ"), key="k-1")[0] == 422
        assert send(order(2), key="k-1")[0] == 200

    def test_that_carries_the_id_of_its_event_changes_nothing(self, acme, send):
        send(order(2, delivery_id="evt-1"))
        send(order(1, delivery_id="evt-2"))

        assert send(order(2, delivery_id="evt-1"))[1][0]["result"] == "late_retry"
        status, answer = send(order(3, delivery_id="evt-1"))
        assert (status, answer[0]["problems"][0]["field"]) == (422, "delivery_id")
        assert Entry.objects.get().gross == 12


class TestTheSendersOwnTime:
    def test_makes_late_what_is_older_and_nothing_else(self, acme, send):
        send(order(1, updated_at="2026-11-20T12:00:00Z"))

        assert send(order(2, updated_at="2026-11-20T11:59:59Z"))[1][0]["result"] == "late_retry"
        assert send(order(3, updated_at="2026-11-20T12:00:00Z"))[1][0]["result"] == "accepted"
        assert send(order(1, updated_at="2026-11-20T14:00:00+01:00"))[1][0]["result"] == "accepted"
        assert posted(acme) == [("AB-20", "2026-11-20", 12)]

    def test_moves_on_with_the_same_content(self, acme, send):
        send(order(1, updated_at="2026-11-20T12:00:00Z"))
        send(order(1, updated_at="2026-11-20T14:00:00Z"))

        assert send(order(2, updated_at="2026-11-20T13:00:00Z"))[1][0]["result"] == "late_retry"

    def test_may_be_a_number_that_grows(self, acme, send):
        send(order(1, sequence=7))

        assert send(order(2, sequence=6))[1][0]["result"] == "late_retry"
        assert send(order(2, sequence=8))[1][0]["result"] == "accepted"

    def test_that_lies_ahead_is_refused_since_all_that_follows_would_be_late(self, acme, send):
        status, results = send(order(updated_at=(clock.now() + timedelta(days=2)).isoformat()))

        assert (status, results[0]["problems"][0]["field"]) == (422, "updated_at")
        assert not Order.objects.exists()


class TestADelivery:
    def test_is_kept_whatever_became_of_it_and_its_bytes_as_long_as_is_said(self, acme, send):
        send(order(2), {"id": 7}, key="k")
        send(order(2))

        kept = list(Delivery.objects.order_by("id").values_list("result", "answered", "position"))
        assert sorted(kept) == [("accepted", 207, 0), ("refused", 422, 1), ("unchanged", 200, 0)]
        assert json.loads(bytes(Delivery.objects.get(result="accepted").raw)) == [order(2), {"id": 7}]
        month, own = timedelta(days=30), CompanySettings.objects.get_or_create(company=acme.company)[0]
        for days in (40, None):
            CompanySettings.objects.filter(pk=own.pk).update(keep_deliveries_days=days)
            kept_for = days or month.days
            assert retention.forget_raw(now=clock.now() + timedelta(days=kept_for - 1), kept_for=month) == 0
        assert retention.forget_raw(now=clock.now() + timedelta(days=31), kept_for=month) == 3
        assert Delivery.objects.count() == 3


class TestTheDayOfADocument:
    @pytest.mark.parametrize(
        ("zone", "own", "sent", "day"),
        [
            ("America/New_York", "", "2026-11-20", "2026-11-20"),
            ("Australia/Sydney", "", "2026-06-30T15:30:00", "2026-06-30"),
            ("Australia/Sydney", "", "2026-06-30T14:30:00Z", "2026-07-01"),
            ("Australia/Sydney", "UTC", "2026-06-30T15:30:00", "2026-07-01"),
            ("Europe/London", "Europe/London", "2026-03-29T01:30:00", "2026-03-29"),
            ("Europe/London", "Europe/London", "2026-10-25T01:30:00", "2026-10-25"),
            ("Europe/London", "Europe/London", "2026-06-30T23:40:00", "2026-06-30"),
            ("America/New_York", "UTC", "2026-11-20T00:00:00", "2026-11-20"),
        ],
    )
    def test_is_the_one_that_was_meant(self, acme, send, zone, own, sent, day):
        Organisation.objects.update(time_zone=zone)
        PostingSettings.objects.update(order_time_zone=own)
        send(order(dispatched_at=sent))

        assert [date for _, date, _ in posted(acme)] == [day]
        assert Order.objects.get().current_revision.content["dispatched_at"] == sent

    def test_waits_where_nobody_has_said_yet_in_which_zone_it_is(self, acme, send, client):
        Organisation.objects.update(time_zone="Australia/Sydney")
        PostingSettings.objects.update(order_time_zone="UTC", order_time_zone_confirmed=False)
        result = send(order(dispatched_at="2026-06-30T15:30:00"))[1][0]
        assert (result["standing"], result["cause"]) == ("held", "time_zone_unsure")

        PostingSettings.objects.update(order_time_zone="", order_time_zone_confirmed=True)
        receive.prepare.prepare_company(acme.company.pk)

        assert [date for _, date, _ in posted(acme)] == ["2026-06-30"]


class TestADispatchWithoutADate:
    def test_of_an_old_order_that_was_here_before_is_dated_by_the_word_of_it(self, acme, send):
        undated = {"dispatched_at": None, "ordered_at": "2025-03-01T10:00:00Z"}
        send(order(dispatched=False, **undated))
        send(order(**undated))

        assert [date for _, date, _ in posted(acme)] == [_today(acme)]

    def test_of_an_order_that_arrives_late_waits_for_a_person_who_types_the_day(self, acme, send):
        result = send(order(dispatched_at=None, ordered_at="2025-03-01T10:00:00Z"))[1][0]
        assert (result["standing"], result["cause"]) == ("held", "dispatch_date_missing")
        assert "ordered on 2025-03-01" in result["explanation"]
        assert posted(acme) == []

        person = Person.objects.create_user(email="ada@example.com", password="a long password")
        row = Order.objects.get()
        day = row.ordered_at.date()
        for wrong in (day - timedelta(days=1), clock.now().date() + timedelta(days=30)):
            with pytest.raises(dating.NotADateError):
                dating.date_order(row, wrong, person)
        dating.date_order(row, day + timedelta(days=3), person)

        assert [date for _, date, _ in posted(acme)] == ["2025-03-04"]

    def test_of_a_push_waits_likewise_and_a_callback_tells_its_own_moment(self, acme, kornit):
        old = {"sale_datetime": "2025-03-01 10:00:00"}
        assert kornit(status=8, **old)["cause"] == "dispatch_date_missing"

        kornit(id=8, ref="K8", **old)
        kornit.back(id=8, ref="K8", status=8)
        assert posted(acme) == [("K8", _today(acme), 24)]


class TestOnHold:
    def test_ends_with_the_callback_that_says_dispatched(self, acme, kornit):
        kornit(status=256, status_name="On Hold")
        assert kornit.back(status=8, status_name="Dispatched")["standing"] == "documented"

        assert posted(acme) == [("K7", _today(acme), 24)]

    def test_told_after_the_dispatch_holds_nothing_and_is_flagged_until_it_ends(self, acme, kornit):
        kornit()
        kornit.back(status=8, status_name="Dispatched")
        kornit.back(status=256, status_name="On Hold")
        assert Entry.objects.get().attention == "on_hold_after_dispatch"
        assert [total for _, _, total in posted(acme)] == [24]

        kornit.back(status=516, status_name="Received by Shipper")
        assert Entry.objects.get().attention == ""

    def test_and_off_and_on_again_counts_each_time(self, acme, kornit):
        kornit()
        for status, cause in ((256, "on_hold"), (4, "not_dispatched"), (256, "on_hold"), (4, "not_dispatched")):
            assert kornit.back(status=status)["result"] == "accepted"
            assert OrderStanding.objects.get().cause == cause

    def test_in_error_ends_as_last_told(self, acme, kornit):
        kornit(has_error=1, error_message="No artwork", status=8, completion_datetime="2026-11-20 10:00:00")
        assert OrderStanding.objects.get().cause == "has_error"

        kornit.back(status=8, has_error=0)

        assert [total for _, _, total in posted(acme)] == [24]


class TestTheSameCallbackTwice:
    SHIPPED = {"status": 4, "new_shipments": [{"items": [{"ref": "L1", "quantity": 1}]}]}

    def test_meant_twice_is_two_shipments(self, acme, kornit):
        kornit()
        assert kornit.back(**self.SHIPPED)["standing"] == "waiting"
        assert kornit.back(**self.SHIPPED)["standing"] == "documented"

    def test_is_one_where_the_first_was_not_answered(self, acme, kornit):
        kornit()
        kornit.back(**self.SHIPPED)
        Delivery.objects.update(answered=None)

        assert kornit.back(**self.SHIPPED)["result"] == "unchanged"
        assert OrderStanding.objects.get().cause == "part_shipped"


def _today(acme):
    return clock.now().astimezone(receive.rules.zone(acme.connection.facts.time_zone)).date().isoformat()


class TestACancellationCalledBack:
    def test_is_not_taken_off_again_from_an_order_that_is_pushed_without_it(self, acme, kornit):
        item = {"id": 1, "ref": "L1", "sku": "MUG", "quantity": 1, "unit_sale_price": 10, "sale_vat_rate": 0.2}
        kornit(status=4)
        kornit.back(new_cancellations=[{"items": [{"ref": "L1", "quantity": 1}]}])

        kornit(status=8, dispatch_datetime="2026-11-20 10:00:00", items=[item])

        assert posted(acme) == [("K7", "2026-11-20", 12)]

    def test_stays_taken_off_from_one_that_is_pushed_as_it_was(self, acme, kornit):
        kornit(status=4)
        kornit.back(new_cancellations=[{"items": [{"ref": "L1", "quantity": 1}]}])

        kornit(status=8, dispatch_datetime="2026-11-20 10:00:00")

        assert posted(acme) == [("K7", "2026-11-20", 12)]
