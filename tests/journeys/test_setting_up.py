"""From an empty company to the first document in Xero's own books, every click and field counted; no terminal."""

import re

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from daybook.companies import keys, people
from localxero.testing import Running
from tests.journeys.test_connecting import EMAIL, PASSWORD, log_in
from tests.journeys.test_from_order_to_invoice import begin_posting, order, worker  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(20)]

MOST = 25
"""Clicks and fields that setting up may take."""
LONG_MS = 120_000


class Hand:
    """A person's hand, that counts what it does."""

    def __init__(self, screen: Page) -> None:
        self.screen, self.did = screen, 0

    def click(self, what: Locator) -> None:
        self.did += 1
        what.click()

    def press(self, name: str | re.Pattern) -> None:
        self.click(self.screen.get_by_role("button", name=name).first)

    def follow(self, name: str | re.Pattern) -> None:
        self.click(self.screen.get_by_role("main").get_by_role("link", name=name).first)

    def fill(self, label: str, text: str) -> None:
        self.did += 1
        self.screen.get_by_label(label, exact=True).first.fill(text)

    def choose(self, label: str, value: str) -> None:
        self.did += 1
        self.screen.get_by_label(label, exact=True).first.select_option(value)


def test_takes_few_clicks_and_posts_nothing_before_one_was_approved(screen: Page, daybook, xero: Running, worker):  # noqa: F811
    company = people.create_company("Acme", owner=people.add_person(EMAIL, password=PASSWORD, name="Olive"))
    log_in(screen, daybook)
    hand = Hand(screen)
    hand.follow("Connect to Xero")
    hand.fill("Client ID", "client")
    hand.fill("Client Secret", "secret")
    hand.press("Get Access Token")
    hand.click(screen.get_by_text("Birch & Bell Ltd"))
    hand.press("Allow access")
    hand.follow("Go on to what to post")
    hand.click(screen.get_by_label(re.compile("^Untracked")))
    hand.press("Save, and go on")
    expect(screen.get_by_label("Sales Account")).to_have_value("200")
    hand.press("Save, and go on")
    hand.fill("Add a rate (%)", "20")
    hand.choose("Tax rate in Xero", "OUTPUT2")
    hand.press("Save, and go on to lines")
    hand.press("Save, and go on to contact")
    hand.fill("Contact Name", "Custom Gateway Orders")
    hand.press("Save, and go on")
    expect(screen.locator("#id_number_prefix")).to_be_visible()
    send(daybook, company, order("S-9001"))  # the OMS, meanwhile
    screen.goto(f"{daybook}/c/{company.public_id}/")
    hand.did += 1  # the overview, in the sidebar
    expect(screen.get_by_text("Look at the first document and approve it")).to_be_visible(timeout=LONG_MS)
    assert ours(xero) == []
    hand.follow("Look at the first document")
    hand.press("Approve and post this one")
    expect(screen.get_by_text("It stands in Xero")).to_be_visible(timeout=LONG_MS)
    assert ours(xero) == ["S-9001"]
    send(daybook, company, order("S-9002"))
    assert ours(xero) == ["S-9001"]
    hand.follow("Switch posting on")
    hand.press("Switch posting on")
    expect(screen.get_by_text("Posting is on")).to_be_visible()
    assert hand.did <= MOST, f"{hand.did} clicks and fields"


def ours(xero: Running) -> list[str]:
    books = xero.xero.export(xero.xero.tenant_id("GB"))
    return [each["InvoiceNumber"] for each in books["Invoices"] if "[db:" in (each.get("Reference") or "")]


def send(daybook: str, company, *orders: dict) -> None:
    _, key = keys.create_api_key(company, "OMS")
    sent = httpx2.post(
        f"{daybook}/api/v1/orders", json=list(orders), headers={"Authorization": f"Bearer {key}"}, timeout=60
    )
    assert sent.status_code == 200, sent.text
