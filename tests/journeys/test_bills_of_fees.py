"""An accountant has a gateway's fees billed payout by payout, and finds the bill and its payment in Xero."""

import re

import pytest
from playwright.sync_api import Page, expect

from daybook.intake import payouts
from daybook.kit import clock
from tests.integration.payments.shop import map_gateway
from tests.journeys.test_connecting import open_room
from tests.journeys.test_from_order_to_invoice import acme, begin_posting, go_to, log_in, send, worker
from tests.journeys.test_payments import LONG_MS, paid_order, switch_on, wait_for
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

__all__ = ["acme", "begin_posting", "worker"]


def bill_fees(screen: Page, cast: Cast) -> None:
    supplier = next(each["Name"] for each in cast.books("Contacts")["Contacts"] if each["ContactStatus"] == "ACTIVE")
    open_room(screen, "Payments and gateways")
    screen.get_by_role("link", name="Change the fees of stripe in GBP").click()
    screen.get_by_label("Fees", exact=True).select_option(label="A bill for each payout")
    screen.get_by_label("Who bills them").fill(supplier[:6])
    screen.get_by_role("button", name="Search Xero").click()
    screen.get_by_role("status", name="Contacts found").get_by_role("button", name=supplier, exact=True).click()
    screen.get_by_label("Account of the fees").select_option("404")
    screen.get_by_label("Tax on the fees").select_option("NONE")
    screen.get_by_label("From payouts of this day on").fill("2026-03-01")
    screen.get_by_role("button", name="Save").click()
    expect(screen.get_by_text("becomes a bill of its fees").first).to_be_visible()


class TestFeesOfAPayout:
    def test_become_a_bill_that_is_paid_in_xero_and_no_order_among_the_sales(self, screen, daybook, acme, worker):
        map_gateway(acme, "stripe")
        log_in(screen, daybook)
        switch_on(screen, status="AUTHORISED")
        bill_fees(screen, acme)
        content = paid_order("S-4001")
        (payment,) = content["payments"]
        payment |= {"fee": "0.52", "payout": {"id": "po_1", "date": "2026-03-06"}}
        send(daybook, acme, content)
        wait_for(screen, "Payment", "Posted")
        payouts.gather_company(acme.company, clock.now() + payouts.QUIET)  # nobody tells more of it
        wait_for(screen, "Payment of a bill", "Posted")
        screen.get_by_role("link", name="stripe-po_1-GBP", exact=True).click()
        expect(screen.get_by_role("heading", name="Bill stripe-po_1-GBP")).to_be_visible()
        with screen.context.expect_page() as opened:
            screen.get_by_role("link", name="Open in Xero").first.click()
        expect(opened.value.get_by_role("heading", name=re.compile("stripe-po_1-GBP"))).to_be_visible()
        expect(opened.value.get_by_text("0.52").first).to_be_visible()
        (bill,) = [each for each in acme.books("Invoices")["Invoices"] if each["InvoiceNumber"] == "stripe-po_1-GBP"]
        assert (bill["Status"], float(bill["AmountDue"])) == ("PAID", 0)
        go_to(screen, "Orders")
        expect(screen.get_by_role("link", name="S-4001").first).to_be_visible(timeout=LONG_MS)
        expect(screen.get_by_text("Payout, no sale")).to_have_count(0)
        screen.get_by_role("link", name="Show the payouts").click()
        expect(screen.get_by_text("Payout, no sale")).to_be_visible()
