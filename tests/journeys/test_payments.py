"""An accountant has payments posted: by a gateway that nobody had decided, and of invoices that somebody approves first."""

import re

import pytest
from playwright.sync_api import Page, expect

from daybook.connections.models import TokenSet
from tests.integration.payments.shop import map_gateway
from tests.journeys.test_connecting import open_room
from tests.journeys.test_from_order_to_invoice import acme, begin_posting, go_to, log_in, order, send, worker
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

__all__ = ["acme", "begin_posting", "worker"]
LONG_MS = 120_000


def paid_order(number: str) -> dict[str, object]:
    payment = {"id": f"ch_{number}", "at": "2026-03-01T10:00:00Z", "amount": "15.00", "gateway": "Stripe"}
    return order(number, payments=[payment])


def switch_on(screen: Page, *, status: str) -> None:
    open_room(screen)
    screen.get_by_label("Post payments").check()
    screen.get_by_label("Document status").select_option(status)
    screen.get_by_role("button", name="Save settings").click()
    expect(screen.get_by_text("Saved.").first).to_be_visible(timeout=LONG_MS)


def wait_for(screen: Page, kind: str, state: str) -> None:
    go_to(screen, "Documents")
    row = screen.get_by_role("row").filter(has_text=kind)
    expect(row.get_by_text(state, exact=True).first).to_be_visible(timeout=LONG_MS)


def references(cast: Cast) -> list[str]:
    return [
        each["Reference"]
        for each in cast.books("Payments")["Payments"]
        if each.get("Reference", "").startswith("Stripe")
    ]


class TestAPayment:
    def test_of_a_gateway_that_nobody_decided_waits_for_its_account_and_then_goes(self, screen, daybook, acme, worker):
        log_in(screen, daybook)
        switch_on(screen, status="AUTHORISED")
        send(daybook, acme, paid_order("S-1001"))
        wait_for(screen, "Invoice", "Posted")
        go_to(screen, "Overview")
        expect(screen.get_by_text("Nobody has said where this money stands")).to_be_visible(timeout=LONG_MS)
        go_to(screen, "Payments")
        expect(screen.get_by_text("1 gateway has no clearing account.")).to_be_visible()
        screen.get_by_role("link", name="Choose the account").click()
        screen.get_by_label("stripe in GBP").select_option(label="090 Business Bank Account (GBP)")
        screen.get_by_role("button", name="Save payments and gateways").click()
        wait_for(screen, "Payment", "Posted")
        assert references(acme) == ["Stripe ch_S-1001"]
        screen.get_by_role("link", name="S-1001 ch_S-1001").click()
        expect(screen.get_by_role("heading", name="Payment S-1001 ch_S-1001")).to_be_visible()
        go_to(screen, "Payments")
        screen.locator("a.db-button", has_text="Month end").click()
        screen.get_by_label("Month").fill("2026-03")
        screen.get_by_role("button", name="Ask Xero").click()
        expect(screen.get_by_text("Closing: 1 payment not paid out")).to_be_visible()
        expect(screen.get_by_text(re.compile("own: payments less refunds"))).to_be_visible()


class TestAPaymentThatWaitedForApproval:
    def test_goes_when_somebody_approves_its_invoice_in_xero(self, screen, daybook, acme, worker):
        log_in(screen, daybook)
        switch_on(screen, status="DRAFT")
        open_room(screen, "Payments and gateways")
        expect(screen.get_by_text("Invoices are posted as drafts:")).to_be_visible()
        send(daybook, acme, paid_order("S-2001"))
        wait_for(screen, "Invoice", "Posted")
        open_room(screen)
        screen.get_by_label("stripe in GBP").select_option(label="090 Business Bank Account (GBP)")
        screen.get_by_role("button", name="Save settings").click()
        go_to(screen, "Overview")
        expect(screen.get_by_text("waits for approval in Xero").first).to_be_visible(timeout=LONG_MS)
        screen.get_by_role("link", name=re.compile("waits for approval in Xero")).first.click()
        expect(screen.get_by_text("waits for approval in Xero").first).to_be_visible()
        screen.get_by_role("link", name="S-2001 ch_S-2001").click()
        screen.get_by_role("link", name="Invoice S-2001").first.click()
        with screen.context.expect_page() as opened:
            screen.get_by_role("link", name="Open in Xero").first.click()
        opened.value.get_by_role("button", name="Approve").click()
        expect(
            opened.value.get_by_text(re.compile("Awaiting Payment|Authorised|AUTHORISED|Approved")).first
        ).to_be_visible()
        go_to(screen, "Overview")
        screen.get_by_role("button", name="Look in Xero now").click()
        wait_for(screen, "Payment", "Posted")
        assert references(acme) == ["Stripe ch_S-2001"]


class TestPaymentsThatNeedANewConsent:
    def test_wait_with_a_button_and_go_by_themselves_after_it(self, screen, daybook, acme, worker):
        consented(acme, without="accounting.payments")
        map_gateway(acme, "stripe")
        log_in(screen, daybook)
        switch_on(screen, status="AUTHORISED")
        expect(screen.locator("#asked-anew")).to_contain_text(
            "Payments: Daybook may write payments; Xero will ask you again."
        )
        send(daybook, acme, paid_order("S-3001"))
        wait_for(screen, "Invoice", "Posted")
        wait_for(screen, "Payment", "Held")
        screen.get_by_role("link", name="S-3001 ch_S-3001").click()
        expect(screen.get_by_text("A permission is missing").first).to_be_visible()
        screen.get_by_role("link", name="Get Access Token").first.click()
        screen.get_by_role("button", name="Get Access Token").click()
        screen.get_by_text("Birch & Bell Ltd").click()
        expect(screen.get_by_text("payments", exact=False).first).to_be_visible()
        screen.get_by_role("button", name="Allow access").click()
        expect(screen.get_by_text("Connected to Birch & Bell Ltd.")).to_be_visible()
        expect(screen.locator("#asked-anew")).to_have_count(0)
        wait_for(screen, "Payment", "Posted")
        assert references(acme) == ["Stripe ch_S-3001"]


def consented(cast: Cast, *, without: str) -> None:
    """As a consent of before the feature left it."""
    row = TokenSet.objects.get(connection=cast.connection)
    TokenSet.objects.update(scope=" ".join(scope for scope in row.scope.split() if scope != without))
