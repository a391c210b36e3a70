"""Goods that are exchanged: some are given back, others are added to the order, and perhaps no money moves."""

from decimal import Decimal

import pytest

from daybook.outbox.models import Entry
from tests.integration.credits.shop import (
    CAP,
    MUG,
    entry,
    notes,
    of_line,
    opened,
    order,
    owed,
    paid,
    refund,
    send,
    settle,
)
from tests.integration.payments.shop import map_gateway
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PEN = {"id": "p", "sku": "PEN", "description": "Pen", "quantity": 2, "unit_price": "10", "tax_rate": "0.2"}
BACK = {"lines": [of_line("c", 1)]}


@pytest.fixture
def paying(xero) -> Cast:
    cast = opened(xero, "Paid", payments=True, untouched=True)
    send(cast, order("1001", payments=[paid()]))
    settle(cast)
    return cast


class TestGoodsExchangedForOthers:
    def test_are_credited_and_no_money_leaves_the_gateway_unless_the_shop_tells_of_it(self, paying):
        """The cap came back for two pens: nobody paid 20.00 back, so the clearing account keeps what was paid."""
        send(paying, order("1001", refund(**BACK), payments=[paid()], lines=[MUG, CAP, PEN]))
        settle(paying)
        assert [each["RemainingCredit"] for each in notes(paying)] == [20]
        held = entry(paying, "refund")
        assert (held.state, held.cause, held.subject) == ("held", "perhaps_exchanged", "1001-CR1")
        assert held.detail == "No money is told of for 20.00 of 1001-CR1, and 24.00 were added to the order."
        assert owed(paying) == -20

    def test_are_paid_back_once_the_shop_tells_of_the_money(self, paying):
        back = refund(**BACK)
        send(paying, order("1001", back, payments=[paid()], lines=[MUG, CAP, PEN]))
        settle(paying)
        money = [paid("20.00", "re_1", at="2026-03-05T10:00:00Z")]
        send(paying, order("1001", back | {"payments": money}, payments=[paid()], lines=[MUG, CAP, PEN]))
        settle(paying)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(20))
        assert owed(paying) == 0

    def test_are_paid_back_once_the_added_ones_are_paid_for(self, paying):
        """No credit paid for the pens, so the money for the cap went back."""
        said = {"lines": [MUG, CAP, PEN]}
        send(paying, order("1001", refund(**BACK), payments=[paid()], **said))
        settle(paying)
        assert entry(paying, "refund").cause == "perhaps_exchanged"
        send(paying, order("1001", refund(**BACK), payments=[paid(), paid("24.00", "ch_2")], **said))
        settle(paying, times=4)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(20))


class TestGoodsGivenBackFromAPaidOrder:
    def test_go_back_as_they_were_paid_where_nothing_was_added(self, paying):
        send(paying, order("1001", refund(**BACK), payments=[paid()]))
        settle(paying)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(20))

    def test_go_back_where_others_were_cancelled_meanwhile(self, paying):
        """What was cancelled makes the order smaller; its note is no sign of an exchange."""
        gone = [{"lines": [{"line": "m", "quantity": 1}]}]
        send(paying, order("1001", payments=[paid()], cancellations=gone))
        settle(paying)
        send(paying, order("1001", refund(**BACK), payments=[paid()], cancellations=gone))
        settle(paying)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(20))

    def test_go_back_where_all_of_the_order_was_cancelled_meanwhile(self, paying):
        """All of it came to 62.00, of which 42.00 are credited for the cancellation: nothing was added."""
        ways = [paid("42.00"), paid("20.00", "ch_2", gateway="paypal")]
        map_gateway(paying, "paypal", code="091")
        send(paying, order("1003", payments=ways))
        settle(paying)
        send(paying, order("1003", refund(**BACK), payments=ways))
        settle(paying)
        assert entry(paying, "refund").cause == "refund_unclear"
        send(paying, order("1003", refund(**BACK), payments=ways, cancelled=True))
        settle(paying, times=4)
        mine = Entry.objects.filter(company=paying.company, kind="refund", order__source_id="1003")
        assert {each.cause for each in mine} <= {"", "refund_unclear"}

    def test_go_back_where_the_invoice_was_lowered_before(self, paying):
        early = refund("r0", lines=[of_line("m", 1)], payments=[paid("12.00", "re_0", at="2026-03-02T10:00:00Z")])
        send(paying, order("1002", early, payments=[paid()]))
        settle(paying)
        send(paying, order("1002", early, refund(**BACK), payments=[paid()]))
        settle(paying)
        assert (entry(paying, "refund").state, entry(paying, "refund").gross) == ("posted", Decimal(20))
