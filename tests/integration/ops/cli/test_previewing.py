"""`daybook preview` as a person reads it."""

import json

import pytest

from daybook.intake.receive import receive
from daybook.ops.cli import previewing
from daybook.ops.processes.stops import Stop
from daybook.orders.models import Order
from tests.integration.intake.conftest import acme as acme  # noqa: PLC0414 - a fixture
from tests.integration.intake.conftest import order as order  # noqa: PLC0414 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def previewed(company, name, **asked):
    (shown,) = previewing.previews(company, str(name), **({"source": "", "connection": ""} | asked))
    return shown


def test_an_order_of_a_file_is_shown_line_by_line_with_what_would_be_sent(acme, order, tmp_path):
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order(), indent=1))
    shown = previewed(acme, file)

    lines = [" ".join(line.split()) for line in shown.in_words.splitlines()]
    assert lines[0] == "Order ORD-1001 (shop, id 1001), not stored"
    assert "2 6.25 200 OUTPUT2 Mug" in lines
    assert "net 24.00, tax 3.20, total 27.20 GBP" in lines
    body = next(line for line in shown.in_words.splitlines() if "would be sent: " in line)
    body = body.partition("would be sent: ")[2]
    assert json.loads(body)["InvoiceNumber"] == "DB-ORD-1001"
    assert json.loads(shown.as_json)["connections"][0]["documents"][0]["body"] == body
    assert not shown.needs_a_person
    assert not Order.objects.exists()


def test_a_stored_order_is_named_by_its_reference_or_id(acme, order):
    stored = receive(acme, order()).order

    assert previewed(acme, "ORD-1001").in_words == previewed(acme, stored).in_words
    assert f"stored as {stored}" in previewed(acme, stored).in_words


def test_a_reference_of_several_orders_asks_which(acme, order):
    ids = {receive(acme, order()).order, receive(acme, order(source="market")).order}

    with pytest.raises(Stop, match="several orders") as asked:
        previewed(acme, "ORD-1001")
    assert all(each in str(asked.value) for each in ids)


def test_a_connection_that_is_none_of_the_companys_is_named_with_those_that_are(acme, order):
    receive(acme, order())

    with pytest.raises(Stop, match="Name one of the company's connections"):
        previewed(acme, "ORD-1001", connection="nowhere")


def test_what_is_held_needs_a_person(acme, order, tmp_path):
    file = tmp_path / "orders.jsonl"
    file.write_text(json.dumps(order(on_hold=True)))

    assert previewed(acme, file).needs_a_person


class TestAFile:
    def shown(self, company, tmp_path, *orders):
        file = tmp_path / "orders.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in orders))
        return list(previewing.previews(company, str(file), source="", connection=""))

    def test_with_two_orders_of_one_number_says_so_at_the_second(self, acme, order, tmp_path):
        first, second = self.shown(acme, tmp_path, order(), order(id="1002"))
        assert not first.needs_a_person
        assert "The order at line 1 has the number DB-ORD-1001 too" in second.in_words
        assert json.loads(second.as_json)["beside"]
        assert second.needs_a_person

    def test_with_one_order_twice_says_which_counts(self, acme, order, tmp_path):
        _, second = self.shown(acme, tmp_path, order(), order())
        assert "The same order stands at line 1 too" in second.in_words
        assert "has the number" not in second.in_words

    def test_of_orders_that_have_nothing_in_common_says_nothing(self, acme, order, tmp_path):
        shown = self.shown(acme, tmp_path, order(), order(id="1002", number="ORD-1002"))
        assert [json.loads(each.as_json)["beside"] for each in shown] == [[], []]
        assert not any(each.needs_a_person for each in shown)
