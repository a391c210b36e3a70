"""What was paid for an order stands in the ledger once, on the clearing account of its gateway."""

import pytest

from tests.integration.payments.shop import order, paid, payments, post, send, states

pytestmark = pytest.mark.django_db(transaction=True)


class TestAPayment:
    def test_settles_its_invoice_on_its_own_day_and_is_found_by_its_gateway_and_id(self, acme):
        send(acme, order("A1", paid()))
        post(acme)
        (made,) = payments(acme)
        assert (made["Amount"], made["Reference"], made["Account"]["Code"]) == (15, "stripe ch_1", "090")
        assert made["Date"].startswith("/Date(1772323200000")
        assert states(acme) == [("posted", "")]
        assert acme.invoices()[0]["Status"] == "PAID"
