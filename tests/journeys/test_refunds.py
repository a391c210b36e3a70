"""A shop gives money back; an accountant sees what became of it, and types what the shop did not say."""

import os

import pytest
from playwright.sync_api import Page, expect

from daybook.companies import people
from daybook.companies.models import Membership
from tests.integration.credits.shop import notes, of_line, opened, order, refund, settle
from tests.journeys.test_from_order_to_invoice import PASSWORD, go_to, log_in, send
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
PICTURES = os.environ.get("PICTURES_OF_JOURNEYS", "")
"""A folder, where somebody wants to look at the pages."""


@pytest.fixture
def acme(daybook, xero) -> Cast:
    cast = opened(xero.xero)
    ann = people.add_person("ann@acme.example", password=PASSWORD, name="Ann")
    people.join(cast.company, ann, Membership.Role.ACCOUNTANT)
    return cast


def picture(screen: Page, name: str) -> None:
    for width in (1280, 390) if PICTURES else ():
        screen.set_viewport_size({"width": width, "height": 900})
        screen.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    screen.set_viewport_size({"width": 1280, "height": 900})


def open_order(screen: Page, daybook: str) -> None:
    go_to(screen, "Orders")
    screen.get_by_role("link", name="1001").first.click()


def test_a_part_refund_with_a_return_becomes_a_credit_note_set_against_the_invoice(screen, daybook, acme):
    send(daybook, acme, order("1001"))
    settle(acme)
    send(daybook, acme, order("1001", refund(lines=[of_line("m", 1, returned=True)])))
    settle(acme)
    log_in(screen, daybook)
    open_order(screen, daybook)
    after = screen.locator("#after")
    expect(after).to_contain_text("Credit note 1001-CR1")
    expect(after).to_contain_text("Posted")
    picture(screen, "order")
    after.get_by_role("link", name="Credit note 1001-CR1").click()
    expect(screen.get_by_role("heading", name="Credit note 1001-CR1")).to_be_visible()
    expect(screen.locator("main")).to_contain_text("Invoice 1001")
    expect(screen.locator("main")).to_contain_text("Allocation 1001-CR1-A1")
    picture(screen, "note")
    screen.get_by_role("link", name="Allocation 1001-CR1-A1").first.click()
    expect(screen.locator("main")).to_contain_text("12.00")
    picture(screen, "allocation")
    go_to(screen, "Documents")
    screen.get_by_label("Kind").select_option("credit_note")
    expect(screen.locator("tbody")).to_contain_text("1001-CR1")
    picture(screen, "documents")


def test_a_refund_without_amounts_is_held_until_a_person_types_them(screen, daybook, acme):
    send(daybook, acme, order("1001"))
    settle(acme)
    send(daybook, acme, order("1001", refund(reason="Broken in the post")))
    log_in(screen, daybook)
    open_order(screen, daybook)
    expect(screen.locator("main")).to_contain_text("A refund that says no amounts")
    picture(screen, "held")
    screen.get_by_role("link", name="Type in what was given back").first.click()
    picture(screen, "form")
    screen.get_by_role("button", name="Save what was given back").click()
    expect(screen.get_by_role("alert").first).to_contain_text("Type in at least one amount")
    first = screen.locator("tbody tr").first
    first.get_by_label("How many").fill("9")
    screen.get_by_role("button", name="Save what was given back").click()
    expect(screen.locator("main")).to_contain_text("It gives back 9 x MUG")
    screen.get_by_role("link", name="Type in what was given back").first.click()
    first.get_by_label("How many").fill("1")
    first.get_by_label("Came back").check()
    screen.get_by_label("For no line, with tax").fill("1.50")
    screen.get_by_role("button", name="Save what was given back").click()
    expect(screen.locator("#after")).to_contain_text("as typed by a person")
    expect(screen.locator("main")).to_contain_text("Ann typed in what was given back")
    picture(screen, "typed")
    settle(acme)
    (note,) = notes(acme)
    assert float(note["Total"]) == 13.5
    screen.reload()
    expect(screen.locator("#after")).to_contain_text("Posted")


def test_a_full_refund_before_posting_leaves_the_invoice_out_and_says_so(screen, daybook, acme):
    whole = refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6.00"})
    send(daybook, acme, order("1001", whole))
    settle(acme)
    log_in(screen, daybook)
    open_order(screen, daybook)
    expect(screen.locator("main")).to_contain_text("Refunded before posting")
    picture(screen, "before")
    assert acme.invoices() == []
