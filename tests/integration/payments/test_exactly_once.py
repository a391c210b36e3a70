"""A payment has no number that a ledger would refuse a second time: it stands there once all the same."""

from datetime import timedelta
from decimal import Decimal

import httpx2
import pytest

from daybook.companies import people
from daybook.intake import prepare
from daybook.outbox.models import Attempt, Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.payments.shop import look, order, paid, payments, post, send, states
from tests.integration.posting.test_ambiguous_ends import ENDS, Line
from tests.integration.posting.test_late_answers import Paused
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class OfPayments(Line):
    """Something happens to the calls that pay; the others pass."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/Payments"):
            return super(Line, self).handle_request(request)
        return super().handle_request(request)


def by_hand(cast: Cast, ref: str, amount: str, reference: str = "bank line") -> str:
    """A person books a payment in Xero."""
    (invoice,) = [each for each in cast.invoices() if each["InvoiceNumber"] == ref]
    ann = signed_in(cast.xero, cast.tenant_id)
    said = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}, "Date": "2026-03-03",
        "Amount": amount, "Reference": reference,
    }  # fmt: skip
    answer = ann.put("/Payments", json={"Payments": [said]})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["Payments"][0]["PaymentID"])


def take_back(cast: Cast, payment_id: str) -> None:
    ann = signed_in(cast.xero, cast.tenant_id)
    assert ann.post(f"/Payments/{payment_id}", json={"Status": "DELETED"}).status_code == 200


def invoiced_only(cast: Cast, *orders: dict) -> None:
    """Let the invoices go before anything was paid; the payments become known afterwards."""
    send(cast, *({**each, "payments": []} for each in orders))
    post(cast)
    send(cast, *orders)


class TestTwoPartPayments:
    def test_of_one_amount_and_day_both_stand_there_once(self, acme):
        send(acme, order("A1", paid("7.50", "ch_1"), paid("7.50", "ch_2")))
        for _ in range(3):
            post(acme)
        assert [(each["Amount"], each["Reference"]) for each in payments(acme)] == [
            (Decimal("7.50"), "stripe ch_1"),
            (Decimal("7.50"), "stripe ch_2"),
        ]
        assert Attempt.objects.filter(resource="Payments").count() == 1

    def test_that_come_one_after_the_other_stand_there_once_each(self, acme):
        send(acme, order("A1", paid("7.50", "ch_1")))
        post(acme)
        send(acme, order("A1", paid("7.50", "ch_1"), paid("7.50", "ch_2")))
        post(acme)
        assert [each["Reference"] for each in payments(acme)] == ["stripe ch_1", "stripe ch_2"]
        assert states(acme) == [("posted", ""), ("posted", "")]


class TestAnInvoiceThatSomebodyHasPaid:
    def test_is_not_paid_twice_and_the_payment_ends_as_settled_there(self, acme):
        invoiced_only(acme, order("A1", paid()))
        by_hand(acme, "A1", "15.00")
        post(acme)
        assert states(acme) == [("cancelled", "settled_there")]
        send(acme, order("A1", paid(), external_ref="another revision"))
        post(acme)
        assert states(acme) == [("cancelled", "settled_there")]
        assert [each["Reference"] for each in payments(acme)] == ["bank line"]

    def test_in_part_is_shown_to_a_person_and_not_split(self, acme):
        invoiced_only(acme, order("A1", paid()))
        other = by_hand(acme, "A1", "5.00")
        post(acme)
        assert states(acme) == [("held", "settled_in_part")]
        entry = Entry.objects.get(kind="payment")
        assert entry.detail == "10.00 GBP are outstanding on A1, and the payment is 15.00."
        take_back(acme, other)
        prepare.retry(entry, people.add_person("ann@acme.example"))
        post(acme)
        assert [each["Reference"] for each in payments(acme)] == ["stripe ch_1"]

    def test_is_paid_after_all_where_a_person_wants_it(self, acme):
        invoiced_only(acme, order("A1", paid()))
        other = by_hand(acme, "A1", "15.00")
        post(acme)
        take_back(acme, other)
        assert prepare.restore(Entry.objects.get(kind="payment"), people.add_person("ann@acme.example"))
        post(acme)
        assert states(acme) == [("cancelled", ""), ("posted", "")]
        assert [each["Reference"] for each in payments(acme)] == ["stripe ch_1"]

    def test_with_our_own_reference_before_the_day_book_was_restored_is_not_paid_again(self, acme):
        """A day book older than the payment knows nothing of it; a part payment would find enough outstanding."""
        invoiced_only(acme, order("A1", paid("5.00")))
        (invoice,) = acme.invoices()
        ann = signed_in(acme.xero, acme.tenant_id)
        forgotten = {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}, "Date": "2026-03-01",
            "Amount": "5.00", "Reference": "stripe ch_1",
        }  # fmt: skip
        ann.put("/Payments", json={"Payments": [forgotten]})
        post(acme)
        assert states(acme) == [("cancelled", "settled_there")]
        assert len(payments(acme)) == 1


@pytest.mark.parametrize("end", ENDS)
def test_every_unclear_end_of_a_call_comes_to_each_payment_once(acme: Cast, end: str):
    """Of parts of one amount: twice would find room on the invoice."""
    happening, times = ENDS[end]
    invoiced_only(acme, order("A1", paid("5.00", "ch_1"), paid("5.00", "ch_2")), order("A2", paid("5.00", "ch_3")))
    line = OfPayments(acme.xero, happening, times)
    acme.client = HttpClient(10, line)
    for _ in range(4):
        post(acme)
        look(acme)
    post(acme)
    assert sorted(each["Reference"] for each in payments(acme)) == ["stripe ch_1", "stripe ch_2", "stripe ch_3"]
    assert states(acme) == [("posted", "")] * 3
    assert {len(bodies) for bodies in line.sent.values()} == {1}


class TestACallWithoutAnAnswer:
    def test_is_not_sent_a_second_time_before_a_look(self, acme):
        """A first sending that is late by more than the key lives would be booked beside the second."""
        invoiced_only(acme, order("A1", paid("5.00")))
        acme.client = HttpClient(10, OfPayments(acme.xero, ENDS["no answer"][0], 1))
        post(acme)
        assert states(acme) == [("unknown", "")]
        attempt = Attempt.objects.get(resource="Payments")
        assert attempt.resent_at is None
        look(acme, hours=0.5)  # a token may still live, with which late bytes would be booked
        assert states(acme) == [("unknown", "")]
        look(acme)
        assert states(acme) == [("posted", "")]


class TestBytesThatLeaveLate:
    """A worker sleeps between its last look at the clock and the socket, until others have looked and sent anew."""

    def test_find_their_token_ended_and_a_part_payment_stands_once(self, acme, xero: LocalXero):
        invoiced_only(acme, order("A1", paid("5.00")))

        def others() -> None:
            look(acme, hours=0.1)  # lost
            xero.clock.advance(timedelta(minutes=36).total_seconds())
            look(acme)
            assert states(acme) == [("ready", "")]
            post(acme)
            assert states(acme) == [("posted", "")]

        slow = Cast(xero, acme.company, acme.connection, HttpClient(10, _PausedOnce(xero, others)))
        post(slow)
        look(acme)
        assert [each["Reference"] for each in payments(acme)] == ["stripe ch_1"]
        assert states(acme) == [("posted", "")]


class _PausedOnce(Paused):
    def __init__(self, xero: LocalXero, meanwhile) -> None:
        super().__init__(xero, meanwhile, before=True)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/Payments"):
            return self._inner.handle_request(request)
        return super().handle_request(request)
