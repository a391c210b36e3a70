"""An accountant makes a posting rule from the line that holds an invoice, tries it first, and the invoice goes."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from daybook.intake import prepare
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from daybook.posting import drain
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in, order, send
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
OWED = {"name": "Reverse charge", "rate": "0", "amount": "0", "liable": "customer"}


def fits(screen: Page) -> bool:
    """Nothing makes the page wider than the window."""
    return bool(screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def shot(screen: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        screen.screenshot(path=f"{folder}/{name}.png", full_page=True)


def to_france(number: str) -> dict:
    mug = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}
    return order(number) | {
        "lines": [mug | {"taxes": [OWED]}],
        "shipping_address": {"country_code": "FR"},
        "customer": {"name": "Atelier", "vat_number": "FR123"},
        "totals": {},
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_an_accountant_makes_a_rule_from_the_line_that_holds_an_invoice(screen, daybook, acme: Cast, width):
    screen.set_viewport_size({"width": width, "height": 844})
    send(daybook, acme, to_france("7001"))
    entry = Entry.objects.get(company=acme.company)
    assert entry.cause == "tax_owed_by_others"

    log_in(screen, daybook)
    screen.goto(f"{daybook}{reverse('web:document', args=[acme.company.public_id, entry.public_id])}")
    screen.get_by_role("link", name="Make a rule for it").click()
    expect(screen.get_by_text("A rule for a line that waits")).to_be_visible()
    expect(screen.get_by_label("Destination country")).to_have_value("FR")
    expect(screen.get_by_label("The customer (reverse charge)")).to_be_checked()
    assert fits(screen)
    shot(screen, f"rule-{width}")

    screen.get_by_label("Name", exact=True).fill("Reverse charge, France")
    screen.get_by_role("button", name="Save the rule").click()
    expect(screen.get_by_text("The rule sets nothing.").first).to_be_visible()
    screen.get_by_label("Account", exact=True).select_option("260")
    screen.get_by_label("Tax rate", exact=True).select_option("EXEMPTOUTPUT")
    screen.get_by_label("Number of an order").fill("7001")
    screen.get_by_role("button", name="Try it with this rule").click()
    expect(screen.locator("#try")).to_contain_text("Rule 1 (Reverse charge, France)")
    expect(screen.locator("#try")).to_contain_text("gross 50.00")
    assert fits(screen)
    shot(screen, f"tried-{width}")
    screen.get_by_role("button", name="Save the rule").click()
    expect(screen.get_by_text("Saved. Documents that waited for a rule")).to_be_visible()
    expect(screen.locator("#table")).to_contain_text("Goods sent to France, at 0 %")
    assert fits(screen)
    shot(screen, f"rules-{width}")

    prepare.prepare_company(acme.company.pk)  # the job that saving deferred
    drain.drain(acme.connection.pk, acme.client)
    screen.goto(f"{daybook}{reverse('web:document', args=[acme.company.public_id, entry.public_id])}")
    expect(screen.get_by_text("Rule 1 (Reverse charge, France)").first).to_be_visible()
    shot(screen, f"document-{width}")
    entry.refresh_from_db()
    assert entry.state == "posted"
    line = entry.document["lines"][0]
    assert (line["account_code"], line["tax_type"]) == ("260", "EXEMPTOUTPUT")


def test_rules_are_moved_by_keyboard_alone_and_a_set_is_added(screen, daybook, acme: Cast):
    log_in(screen, daybook)
    rules = f"{daybook}{reverse('web:rules', args=[acme.company.public_id])}"
    screen.goto(rules)
    shot(screen, "empty-1280")
    screen.get_by_role("link", name="UK domestic and exports").click()
    expect(screen.get_by_text("An export is zero-rated because of where it goes")).to_be_visible()
    assert fits(screen)
    shot(screen, "set-1280")
    screen.get_by_role("button", name="Add these rules").click()
    expect(screen.get_by_text("4 rules were added behind the others.")).to_be_visible()
    screen.get_by_role("button", name="Move rule 4 up").focus()
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("row").nth(3)).to_contain_text("Exports")
    expect(screen.get_by_role("row").nth(3)).to_contain_text("sent anywhere but to")
    expect(screen.get_by_text("Can never apply")).to_have_count(0)  # it decides the same wherever it stands
    screen.get_by_role("button", name="Delete rule 4").focus()
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("button", name="Delete rule 3")).to_be_visible()
    expect(screen.get_by_role("button", name="Delete rule 4")).to_have_count(0)
    assert not Order.objects.filter(company=acme.company).exists()
    screen.set_viewport_size({"width": 390, "height": 844})
    screen.goto(rules)
    assert fits(screen)
    shot(screen, "moved-390")
    screen.goto(f"{rules}sets/oss/")
    assert fits(screen)
    shot(screen, "oss-390")
    shot(screen, "oss-390")
