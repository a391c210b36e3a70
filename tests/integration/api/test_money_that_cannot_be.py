"""Money that cannot be as it is told, over the API: a refusal that names the field, or a held document with cause and cure."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from daybook.companies import keys
from daybook.connections.models import LineAccount
from daybook.orders.models import Order
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.integration.credits.shop import CAP, MUG, notes, of_line, opened, order, paid, refund, settle
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Case = tuple[list[dict[str, Any]], Any]
"""The deliveries, one after the other, and what becomes of the last one."""

OUT = paid("12.00", "re_1", at="2026-03-06T10:00:00Z")
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a refund of an order that nobody knows": ({"refunds": [refund()]}, "lines"),
    "two refunds of one id": (order("x", refund(lines=[of_line("m", 1)]), refund(lines=[of_line("m", 2)])), "refunds[1].id"),
    "two payments of one id": (order("x", payments=[paid("1.00"), paid("2.00")]), "payments[1].id"),
    "fewer than no goods": (order("x") | {"lines": [{**MUG, "quantity": -1}]}, "lines[0].quantity"),
    "fewer than no goods given back": (order("x", refund(lines=[of_line("m", -1)])), "refunds[0].lines[0].quantity"),
    "a payment below nothing": (order("x", payments=[paid("-1.00")]), "payments[0].amount"),
}  # fmt: skip
HELD: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "a refund of a line that the order does not have": (
        [order("H1"), order("H1", refund(lines=[of_line("z", 1)]))], "credit_note", "refund_unclear",
    ),
    "more of a line than was sold": (
        [order("H2"), order("H2", refund(lines=[of_line("m", 4)]))], "credit_note", "refund_unclear",
    ),
    "a refund that does not add up": (
        [order("H3", payments=[paid()]), order("H3", refund(lines=[of_line("m", 1)], payments=[paid("20.00", "re_3")]),
                                               payments=[paid()])], "credit_note", "refund_does_not_add_up",
    ),
    "a refund in another currency": (
        [order("H4"), order("H4", refund(payments=[paid("5.00", "re_4", currency="EUR")]))],
        "credit_note", "refund_unclear",
    ),
    "a refund dated before the order": (
        [order("H5"), order("H5", refund(at="2026-02-01", lines=[of_line("m", 1)]))], "credit_note", "refund_unclear",
    ),
    "a refund below nothing": (
        [order("H6"), order("H6", refund(lines=[of_line("m", 0, amounts={"gross": "-5"})]))],
        "credit_note", "refund_unclear",
    ),
    "a payment in another currency": ([order("H7", payments=[paid(currency="EUR")])], "payment", "payment_currency_differs"),
    "a payment dated before the order": (
        [order("H8", payments=[paid(at="2026-02-20T10:00:00Z")])], "payment", "payment_before_order",
    ),
    "a payment of more than the sale": ([order("H9", payments=[paid("62.01")])], "payment", "payment_exceeds_sale"),
    "a payment by a gateway that nobody decided": (
        [order("H10", payments=[paid(gateway="zip")])], "payment", "gateway_not_mapped",
    ),
}  # fmt: skip


@pytest.fixture
def acme() -> Cast:
    return opened(LocalXero(limits="off"), payments=True, untouched=True)


@pytest.fixture
def send(client, acme) -> Callable[..., dict[str, Any]]:
    _, key = keys.create_api_key(acme.company, "tests")

    def sent(content: dict[str, Any]) -> dict[str, Any]:
        answer = client.generic("POST", "/api/v1/orders", json.dumps(content), "application/json",
                                headers={"Authorization": f"Bearer {key}"})  # fmt: skip
        assert answer.status_code in {200, 422}, answer.content
        return answer.json()["results"][0]

    return sent


def test_is_refused_by_its_field_and_nothing_is_kept(acme, send):
    for what, (content, field) in REFUSED.items():
        said = send({"source": "shop", "id": "x", **content})
        assert (what, said["result"], [each["field"] for each in said["problems"]]) == (what, "refused", [field])
        assert all(each["cure"] for each in said["problems"]), what
    assert (Order.objects.count(), Entry.objects.count()) == (0, 0)


def test_is_held_with_cause_and_cure_while_the_invoice_goes_once(acme, send):
    for place in range(2):
        for what, (deliveries, _, _) in HELD.items():
            for content in deliveries[place : place + 1]:
                assert send(content)["result"] == "accepted", what
        settle(acme)
    for what, (deliveries, kind, cause) in HELD.items():
        ref = deliveries[0]["id"]
        found = Entry.objects.get(company=acme.company, order__source_id=ref, kind=kind)
        assert (what, found.state, found.cause) == (what, "held", cause)
        words = explain(found.cause, found.subject, found.detail, ledger="xero")
        assert all((words.title, words.why, words.cure)), what
        again = send(deliveries[-1])  # and the same again is nothing new
        assert again["result"] == "unchanged", what
    settle(acme)
    numbers = [each["InvoiceNumber"] for each in acme.invoices()]
    assert sorted(numbers) == sorted(deliveries[0]["id"] for deliveries, _, _ in HELD.values())
    assert notes(acme) == []


def test_a_refund_of_more_than_the_sale_credits_the_sale_and_the_rest_on_a_line_of_its_own(acme, send):
    LineAccount.objects.filter(connection=acme.connection, kind="excess").update(account="")
    send(order("L1", payments=[paid()]))
    settle(acme)
    too_much = refund(payments=[paid("70.00", "re_1", at="2026-03-06T10:00:00Z")])
    send(order("L1", too_much, payments=[paid()]))
    settle(acme)
    held = Entry.objects.get(kind="credit_note")
    assert (held.state, held.cause, held.subject) == ("held", "line_account_missing", "excess")
    LineAccount.objects.filter(connection=acme.connection, kind="excess").update(account="429")
    send(order("L1", too_much, payments=[paid()], channel="web"))
    settle(acme)
    (note,) = notes(acme)
    assert [each["LineAmount"] for each in note["LineItems"] if each["AccountCode"] == "429"] == [8]
    assert (note["Total"], note["RemainingCredit"]) == (70, 0)


def test_a_refund_that_is_told_with_other_amounts_after_it_was_posted_is_shown_and_booked_once(acme, send):
    one, two = (order("T1", refund(lines=[of_line("m", count)])) | {"lines": [MUG, CAP]} for count in (1, 2))
    send(order("T1"))
    settle(acme)
    for content in (one, two):
        send(content)
        settle(acme)
    (note,) = notes(acme)
    assert note["Total"] == 12
    assert Entry.objects.get(kind="credit_note").attention == "changed_after_posting"
