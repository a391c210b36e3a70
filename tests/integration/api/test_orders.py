"""Orders over REST: what is answered, and what is kept."""

import gzip
import io
import json

import pytest

from daybook.companies import doors, keys
from daybook.companies.models import Company
from daybook.orders.models import Order
from daybook.outbox.models import Entry

pytestmark = pytest.mark.django_db


class TestSendingOneOrder:
    def test_keeps_it_and_says_what_will_happen(self, call, order):
        status, answer = call("POST", "/orders", order())

        result = answer["results"][0]
        assert (status, answer["accepted"], answer["refused"]) == (200, 1, 0)
        assert (result["result"], result["standing"], result["cause"]) == ("accepted", "documented", "")
        assert "DB-ORD-1001" in result["explanation"]
        assert "ready" in result["explanation"]
        assert Entry.objects.get().public_id == result["documents"][0]["id"]

    def test_changes_nothing_the_second_time(self, call, order):
        first, second = call("POST", "/orders", order())[1], call("POST", "/orders", order())[1]

        assert second["results"][0]["result"] == "unchanged"
        assert second["results"][0]["order"] == first["results"][0]["order"]
        assert (Order.objects.count(), Entry.objects.count()) == (1, 1)

    def test_takes_numbers_and_texts_as_the_same_amount(self, call, order):
        line = order()["lines"][0]
        call("POST", "/orders", order())
        _, answer = call("POST", "/orders", order(lines=[line | {"unit_price": 6.250}]))

        assert answer["results"][0]["result"] == "unchanged"

    def test_keeps_every_digit_of_a_number(self, call, order):
        body = json.dumps(order(totals={"gross": "G"})).replace('"G"', "1234567890.1234").encode()
        call("POST", "/orders", body)

        assert Order.objects.get().current_revision.content["totals"] == {"gross": "1234567890.1234"}

    def test_says_why_an_order_waits(self, call, order):
        _, answer = call("POST", "/orders", order(dispatched=False))

        assert (answer["results"][0]["standing"], answer["results"][0]["cause"]) == ("waiting", "not_dispatched")
        assert answer["results"][0]["explanation"].startswith("Not dispatched yet.")


class TestSendingAList:
    def test_keeps_the_good_ones_and_names_what_is_wrong_with_the_others(self, call, order):
        orders = [order(id="1", number="A"), order(id="2", number="B", currency="ZZZ"), order(id="3", number="C"), 7]
        status, answer = call("POST", "/orders", orders)

        assert (status, answer["accepted"], answer["refused"]) == (207, 2, 2)
        assert [each["result"] for each in answer["results"]] == ["accepted", "refused", "accepted", "refused"]
        assert answer["results"][1]["problems"][0]["field"] == "currency"
        assert set(Order.objects.values_list("source_id", flat=True)) == {"1", "3"}

    def test_is_refused_as_a_whole_only_where_nothing_of_it_is_good(self, call):
        assert call("POST", "/orders", [{}, []])[0] == 422
        assert not Order.objects.exists()

    def test_takes_the_same_order_twice_in_one_list_in_turn(self, call, order):
        _, answer = call("POST", "/orders", [order(), order(status="Delivered"), order()])

        assert [each["result"] for each in answer["results"]] == ["accepted", "accepted", "accepted"]
        assert Order.objects.get().status == "", "the last of the list stands"

    def test_holds_at_most_a_thousand_orders(self, call, order):
        assert call("POST", "/orders", [])[0] == 400
        assert call("POST", "/orders", [order()] * 1001)[0] == 400


class TestABadBody:
    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"", "not JSON"),
            (b"{", "not JSON"),
            (b"\xff\xfe", "not UTF-8"),
            (b'{"id": NaN}', "NaN"),
            (b'{"id": 1e99999999999999999999}', "beyond all amounts"),
            (b'{"id": ' + b"1" * 5000 + b"}", "too many digits"),
            (b"[" * 100_000, "nested too deeply"),
            (b'{"id": "1", "lines": [{"quantity": 1, "quantity": 2}]}', "the field 'quantity' twice"),
        ],
    )
    def test_is_answered_400_with_the_reason(self, call, body, words):
        status, answer = call("POST", "/orders", body)

        assert status == 400
        assert words in answer["detail"]

    def test_that_is_compressed_is_answered_415(self, call, order):
        body = gzip.compress(json.dumps(order()).encode())
        status, answer = call("POST", "/orders", body, headers={"Content-Encoding": "gzip"})

        assert status == 415
        assert "without Content-Encoding" in answer["detail"]

    @pytest.mark.parametrize("given", ["multipart/form-data; boundary=x", "text/xml", "application/pdf", "junk"])
    def test_that_is_no_json_by_its_type_is_answered_415(self, client, acme, given):
        _, key = keys.create_api_key(acme, "types")
        answer = client.post("/api/v1/orders", b"{}", content_type=given, headers={"Authorization": f"Bearer {key}"})

        assert answer.status_code == 415
        assert "Send JSON" in answer.json()["detail"]

    @pytest.mark.parametrize("given", ["", "text/plain", "application/x-www-form-urlencoded", "application/vnd.x+json"])
    def test_may_name_its_type_as_senders_do(self, client, acme, order, given):
        _, key = keys.create_api_key(acme, "types")
        answer = client.post(
            "/api/v1/orders", json.dumps(order()), content_type=given, headers={"Authorization": f"Bearer {key}"}
        )

        assert answer.status_code == 200

    @pytest.mark.parametrize(("padding", "status"), [(0, 200), (9_000_000, 413)])
    def test_may_come_in_chunks_and_has_the_same_bounds(self, client, acme, order, padding, status):
        _, key = keys.create_api_key(acme, "chunks")
        body = json.dumps(order()).encode() + b" " * padding
        chunked = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}

        answer = client.post(
            "/api/v1/orders", content_type="application/json", headers={"Authorization": f"Bearer {key}"}, **chunked
        )

        assert answer.status_code == status
        assert Order.objects.exists() == (status == 200)

    def test_of_ten_megabytes_is_answered_413(self, call):
        status, answer = call("POST", "/orders", b'"' + b"x" * 10_000_000 + b'"')

        assert status == 413
        assert "larger than 8 MB" in answer["detail"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"currency": "ZZZ"}, "currency"),
            ({"currency": "\ud800"}, "currency"),
            ({"lines": "none"}, "lines"),
            ({"dispatched": 7}, "dispatched"),
            ({"ordered_at": 5}, "ordered_at"),
            ({"ordered_at": "0001-01-01T00:00:00Z"}, "ordered_at"),
            ({"lines": [{"quantity": -1}]}, "lines[0].quantity"),
            ({"lines": [{"quantity": 1, "unit_price": "1e30"}]}, "lines[0].unit_price"),
            ({"lines": [{"quantity": 1, "unit_price": 10_000_000_000}]}, "lines[0].unit_price"),
            ({"lines": [{"quantity": 1, "tax_rate": 20}]}, "lines[0].tax_rate"),
            ({"lines": [{"quantity": "0.00001"}]}, "lines[0].quantity"),
            ({"lines": [{"quantity": 1, "sku": "a\x00b"}]}, "lines[0].sku"),
            ({"lines": [{"quantity": 1, "sku": "\ud800"}]}, "lines[0].sku"),
            ({"lines": [{"quantity": 1}] * 1001}, "lines"),
            ({"colour": "red"}, "colour"),
            ({"external_ref": "x" * 501}, "external_ref"),
        ],
    )
    def test_names_the_field_and_the_cure(self, call, order, changes, field):
        status, answer = call("POST", "/orders", order(**changes))

        problem = answer["results"][0]["problems"][0]
        assert (status, problem["field"]) == (422, field)
        assert problem["problem"]
        assert problem["cure"]
        assert not Order.objects.exists()


class TestTheKey:
    def test_is_needed(self, call, client, order):
        assert client.post("/api/v1/orders", order(), content_type="application/json").status_code == 401

    @pytest.mark.parametrize("key", ["dbk_wrong", "", "x", "dbk_ünïcode".encode().decode("latin-1")])
    def test_must_be_right(self, call, order, key):
        status, answer = call("POST", "/orders", order(), key=key)

        assert status == 401
        assert "API key" in answer["detail"]
        assert not Order.objects.exists()

    def test_that_is_wrong_again_and_again_is_told_to_wait_and_the_right_one_is_not(self, call, order):
        answers = [call("GET", "/orders/x", key="dbk_" + "x" * 43) for _ in range(doors.KEYS_BY_ADDRESS.most + 1)]

        assert [status for status, _ in answers[-2:]] == [401, 429]
        assert "Try again in" in answers[-1][1]["detail"]
        assert call("POST", "/orders", order())[0] == 200

    def test_shows_only_its_own_companys_orders(self, call, order):
        sent = call("POST", "/orders", order())[1]["results"][0]
        _, other = keys.create_api_key(Company.objects.create(name="Birch"), "theirs")

        assert call("GET", f"/orders/{sent['order']}", key=other)[0] == 404
        assert call("GET", "/orders?source=shop&id=1001", key=other)[0] == 404


class TestAskingForAnOrder:
    def test_tells_its_standing_and_documents(self, call, order):
        sent = call("POST", "/orders", order())[1]["results"][0]
        by_id = call("GET", f"/orders/{sent['order']}")
        by_source = call("GET", "/orders?source=shop&id=1001")

        assert by_id == by_source
        assert by_id[0] == 200
        assert by_id[1]["documents"] == sent["documents"]

    @pytest.mark.parametrize(
        "path", ["/orders/nothing", "/orders/%00", "/orders?source=%00&id=%00", "/orders?source=a&id=b"]
    )
    def test_is_404_where_there_is_none(self, call, path):
        assert call("GET", path)[0] == 404

    def test_wants_both_source_and_id(self, call):
        status, answer = call("GET", "/orders?source=shop")

        assert status == 422
        assert answer["problems"][0]["field"] == "id"
