"""Whatever Xero answers about one payment, its neighbours are settled and nothing is doubled."""

import json

import httpx2
import pytest

from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.payments.shop import look, order, paid, payments, post, send, states
from tests.integration.payments.test_bills_of_fees import bill_fees, bills, fee_payments, gather, out
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class Retelling(InProcessTransport):
    """A Xero whose answers to calls that pay are told differently on the way, the first time."""

    def __init__(self, xero: LocalXero, body: object, status: int | None = None, *, path: str = "/Payments") -> None:
        super().__init__(xero)
        self._body, self._status, self._left, self._path = body, status, 1, path

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if request.method != "PUT" or not request.url.path.endswith(self._path) or not self._left:
            return answer
        self._left -= 1
        answer.read()
        if self._status is not None:
            return httpx2.Response(self._status, json=self._body)
        told = json.loads(answer.content)
        told["Payments"][1] |= self._body
        return httpx2.Response(answer.status_code, json=told)


@pytest.fixture
def paying(acme: Cast) -> Cast:
    """Three part payments of one amount wait, of which twice would find room."""
    send(acme, order("A1"))
    post(acme)
    send(acme, order("A1", *(paid("4.00", f"ch_{each}") for each in (1, 2, 3))))
    return acme


def settled(cast: Cast) -> None:
    for _ in range(3):
        look(cast)
        post(cast)
    assert states(cast) == [("posted", "")] * 3
    assert sorted(each["Reference"] for each in payments(cast)) == ["stripe ch_1", "stripe ch_2", "stripe ch_3"]


@pytest.mark.parametrize(
    "change",
    [
        {"Status": "AUTHORISED" * 10},
        {"PaymentID": "x" * 60},
        {"PaymentID": "00000000-0000-0000-0000-000000000000"},
        {"PaymentID": "a\x00b"},
        {"Amount": "1e40"},
        {"Amount": "NaN"},
        {"Reference": "of another"},
        {"Warnings": [{"Message": "a\x00b"}]},
        {"ValidationErrors": 5},
        {"Warnings": True},
    ],
)
def test_an_answer_of_any_kind_about_one_leaves_its_neighbours_settled(paying: Cast, change: dict):
    paying.client = HttpClient(10, Retelling(paying.xero, change))
    post(paying)
    first, _, third = states(paying)
    assert (first[0], third[0]) == ("posted", "posted")
    settled(paying)


@pytest.mark.parametrize(
    "body",
    [{"Payments": 5}, {"Payments": []}, {"Payments": [5]}, {"Type": "ValidationException", "Elements": 5}, [], "x"],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_of_any_kind_about_the_whole_call_leaves_each_once(paying: Cast, body: object, status: int):
    """They are booked, whatever is said."""
    paying.client = HttpClient(10, Retelling(paying.xero, body, status))
    post(paying)
    assert {state for state, _ in states(paying)} <= {"unknown", "ready"}
    settled(paying)


@pytest.mark.parametrize(("status", "body"), [(200, {"Invoices": []}), (200, [5]), (400, {"Elements": 5}), (500, "x")])
def test_an_answer_of_any_kind_about_a_bill_leaves_it_and_its_payment_once(acme: Cast, status: int, body: object):
    bill_fees(acme)
    send(acme, order("A1"))
    post(acme)
    send(acme, order("A1", out("15.00", "ch_1", "0.42")))
    post(acme)
    gather(acme)
    acme.client = HttpClient(10, Retelling(acme.xero, body, status, path="/Invoices"))
    post(acme)
    for _ in range(3):
        look(acme)
        post(acme)
    assert states(acme, "bill") == states(acme, "bill_payment") == [("posted", "")]
    assert len(bills(acme)) == len(fee_payments(acme)) == 1


@pytest.mark.parametrize("body", [{}, {"Invoices": 5}, {"Invoices": []}, {"Invoices": [{"InvoiceID": 7}]}, [], "x"])
def test_an_answer_of_any_kind_to_the_read_before_sends_nothing(paying: Cast, body: object):
    class Odd(InProcessTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "GET" and request.url.path.endswith("/Invoices"):
                return httpx2.Response(200, json=body)
            return super().handle_request(request)

    paying.client = HttpClient(10, Odd(paying.xero))
    post(paying)
    assert payments(paying) == []
    assert {state for state, _ in states(paying)} <= {"ready", "held"}
