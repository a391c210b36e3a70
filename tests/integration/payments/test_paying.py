"""What was paid for an order stands in the ledger once, on the clearing account of its gateway."""

import pytest

from daybook.catalog.models import Account
from daybook.connections.models import PostingSettings
from daybook.outbox.models import Attempt
from daybook.reconciliation.compare import Finding
from daybook.reconciliation.report import compare_connection
from tests.integration.payments.shop import map_gateway, order, paid, payments, post, send, states

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

    def test_makes_its_invoice_due_on_its_own_day(self, acme):
        send(acme, order("A1", paid()), order("A2", paid("5.00")))
        post(acme)
        due = {each["InvoiceNumber"]: each["DueDateString"][:10] for each in acme.invoices()}
        assert due == {"A1": "2026-03-02", "A2": "2026-04-01"}

    def test_waits_for_its_invoice_and_keeps_its_day(self, acme):
        send(acme, order("A1", paid(at="2026-03-01T22:00:00Z"), dispatched=False, dispatched_at=None))
        post(acme)
        assert states(acme) == []
        send(acme, order("A1", paid(at="2026-03-01T22:00:00Z")))
        post(acme)
        (made,) = payments(acme)
        assert made["Date"].startswith("/Date(1772323200000")

    def test_in_the_orders_own_currency_goes_in_that(self, acme):
        map_gateway(acme, "stripe", currency="EUR", code="200")
        Account.objects.filter(organisation=acme.connection.organisation, code="200").update(takes_payments=True)
        send(acme, order("A1", paid(), currency="EUR"))
        assert states(acme) == [("ready", "")]

    def test_of_fifty_orders_goes_in_one_call_behind_one_read(self, acme):
        send(acme, *(order(f"B{each}", paid("15.00", f"ch_{each}")) for each in range(50)))
        post(acme)
        calls = Attempt.objects.filter(resource="Payments")
        assert [call.members.count() for call in calls] == [50]
        assert len(payments(acme)) == 50
        post(acme)
        assert len(payments(acme)) == 50

    def test_is_not_made_while_payments_are_off(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(post_payments=False)
        send(acme, order("A1", paid()))
        post(acme)
        assert (states(acme), payments(acme)) == ([], [])

    def test_agrees_with_the_ledger_when_both_are_compared(self, acme):
        send(acme, order("A1", paid("7.50", "ch_1"), paid("7.50", "ch_2")), order("A2", paid(gateway="paypal")))
        post(acme)
        report = compare_connection(acme.connection, acme.client)
        found = {(row.kind, row.state): row.finding for row in report.rows}
        assert found[("payment", "posted")] == Finding.AGREES
        assert found[("payment", "held")] == Finding.NOT_YET_POSTED
