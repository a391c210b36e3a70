"""From an empty company to the first document in Xero's own books, every click and field counted; no terminal."""

import re

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from daybook.companies import people
from daybook.kit import clock
from localxero.testing import Running
from tests.journeys.test_connecting import EMAIL, PASSWORD, log_in
from tests.journeys.test_from_order_to_invoice import begin_posting, order, worker  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(20), pytest.mark.drawn]

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

    def at(self, title: str) -> None:
        expect(self.screen.locator("#step")).to_contain_text(title, timeout=LONG_MS)

    def fill(self, label: str, text: str) -> None:
        self.did += 1
        self.screen.get_by_label(label, exact=True).first.fill(text)


def test_takes_few_clicks_and_posts_nothing_before_one_was_approved(screen: Page, daybook, xero: Running, worker):  # noqa: F811
    company = people.create_company("Acme", owner=people.add_person(EMAIL, password=PASSWORD, name="Olive"))
    log_in(screen, daybook)
    hand = Hand(screen)
    hand.follow("Begin the set-up")
    answer(hand)
    hand.fill("Client ID", "client")
    hand.fill("Client Secret", "secret")
    hand.press("Connect to Xero")
    hand.click(screen.get_by_text("Birch & Bell Ltd"))
    hand.press("Allow access")
    expect(screen.get_by_text("Birch & Bell Ltd · United Kingdom · GBP")).to_be_visible()
    decide(hand, f"{daybook}/c/{company.public_id}/")
    hand.at("Where orders come from")
    hand.press("Make a key and fill it in")
    call = screen.get_by_label("A call that sends one order").input_value()
    send(daybook, re.findall("Bearer ([^']+)", call)[0], today("S-9001"))  # the OMS, with that key
    hand.press("Next")
    hand.at("When")
    hand.press("Next")
    hand.at("Dry run")
    expect(screen.get_by_text("1 would go", exact=True)).to_be_visible()
    assert ours(xero) == []
    hand.press("Next")
    hand.at("First document")
    expect(screen.get_by_text("S-9001").first).to_be_visible()
    assert hand.did <= MOST, f"{hand.did} clicks and fields until the first document is seen"
    hand.press("Approve and post this one")
    until_posted(screen, xero, "S-9001")
    send(daybook, re.findall("Bearer ([^']+)", call)[0], today("S-9002"))
    assert ours(xero) == ["S-9001"]
    hand.follow("Next")
    hand.at("Switch posting on")
    hand.press("Switch posting on")
    expect(screen.get_by_text("Posting is on")).to_be_visible()
    assert hand.did <= MOST, f"{hand.did} clicks and fields"


def answer(hand: Hand) -> None:
    """Answer the opening questions."""
    hand.at("Ready-made answers")
    for answer in ("Yes", "One contact that stands for the shop", "No: each order becomes an invoice"):
        hand.click(hand.screen.get_by_label(answer, exact=True))
    hand.click(hand.screen.get_by_label("REST API"))
    hand.press("Next")
    hand.at("Connect to Xero")


def decide(hand: Hand, overview: str) -> None:
    """Confirm what the answers propose."""
    hand.at("What to post")
    expect(hand.screen.get_by_label(re.compile("^Untracked"))).to_be_checked()
    hand.press("Next")
    hand.at("Accounts")
    expect(hand.screen.get_by_label("Sales Account Proposed")).to_have_value("200")
    hand.press("Next")
    hand.at("Tax")
    expect(hand.screen.locator("#id_new_tax_type")).to_have_value("OUTPUT2")
    hand.screen.go_back()  # a person looks again, closes the tab and comes another time: nothing is lost
    hand.at("Accounts")
    hand.screen.goto(overview)
    hand.screen.get_by_role("link", name="Go on: Tax").click()
    hand.press("Next")
    hand.at("Contact")
    hand.fill("Contact Name", "Custom Gateway Orders")
    hand.press("Next")
    hand.at("Numbers and references")
    hand.press("Next")


def until_posted(screen: Page, xero: Running, number: str) -> None:
    """Wait until the page, which stays fresh by itself, says that the document stands there."""
    expect(screen.get_by_text(f"{number} stands in Xero")).to_be_visible(timeout=LONG_MS)
    assert ours(xero) == [number]


def today(number: str) -> dict:
    return order(number, dispatched_at=clock.now().isoformat())


def ours(xero: Running) -> list[str]:
    books = xero.xero.export(xero.xero.tenant_id("GB"))
    return [each["InvoiceNumber"] for each in books["Invoices"] if "[db:" in (each.get("Reference") or "")]


def send(daybook: str, key: str, *orders: dict) -> None:
    sent = httpx2.post(
        f"{daybook}/api/v1/orders", json=list(orders), headers={"Authorization": f"Bearer {key}"}, timeout=60
    )
    assert sent.status_code == 200, sent.text
