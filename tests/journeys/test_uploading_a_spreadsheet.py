"""An accountant uploads a spreadsheet of orders: a feed, its columns once, what it becomes, and the orders that it makes."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from daybook.feeds.incoming import IncomingFile
from daybook.intake import files_due
from daybook.orders.models import Delivery, Order
from daybook.outbox.models import Entry
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
SHEET = (
    "Bestellung;Datum;Kunde;SKU;Artikel;Menge;Einzelpreis;MwSt\n"
    "A-100;20.11.2026;Ada Example;MUG;Tasse, weiß;2;6,25;20\n"
    "A-100;20.11.2026;Ada Example;BIB;Lätzchen;1;8,00;0\n"
    "A-101;21.11.2026;Bob Example;MUG;Tasse, weiß;1;6,25;20\n"
    "A-102;21.11.2026;Cem Example;MUG;Tasse, weiß;zwei;6,25;20\n"
).encode("cp1252")


def shot(screen: Page, name: str) -> None:
    """Keep a picture where somebody wants to look: PICTURES names the folder."""
    if folder := os.environ.get("PICTURES"):
        screen.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def fits(screen: Page) -> bool:
    """Nothing makes the page wider than the window."""
    return bool(screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_upload_a_spreadsheet_of_orders(screen, daybook, acme: Cast, tmp_path, width):
    path = tmp_path / "november.csv"
    path.write_bytes(SHEET)
    screen.set_viewport_size({"width": width, "height": 844})
    log_in(screen, daybook)
    screen.goto(f"{daybook}{reverse('web:filesin', args=[acme.company.public_id])}")
    shot(screen, f"files-{width}-1-empty")
    screen.get_by_label("What writes the files").select_option("table")
    screen.get_by_label("Name", exact=True).fill("webshop")
    screen.get_by_label("Number prefix").fill("W-")
    screen.get_by_role("button", name="Add this feed").click()
    expect(screen.get_by_text("First match its columns")).to_be_visible()
    shot(screen, f"files-{width}-2-feed")
    assert fits(screen)

    screen.get_by_role("link", name="Upload one of its files").click()
    screen.get_by_label("File", exact=True).set_input_files(str(path))
    screen.get_by_role("button", name="Upload and look").click()
    expect(screen.get_by_text("Match the columns of this feed, once")).to_be_visible()
    shot(screen, f"files-{width}-3-guess")
    assert fits(screen)
    assert screen.get_by_label("Order id", exact=True).input_value() == "Bestellung"
    assert screen.get_by_label("Amounts").input_value() == ","
    assert Order.objects.count() == 0

    screen.get_by_label("Dispatched on", exact=True).select_option("Datum")
    screen.get_by_label("Price of one, without tax").select_option("Einzelpreis")
    screen.get_by_label("Days", exact=True).select_option("dmy")
    screen.locator("[name='always:currency']").fill("GBP")
    screen.get_by_role("button", name="Show what it makes").click()
    expect(screen.get_by_text("2 x Tasse, weiß: 6.25 without tax, 20 % tax")).to_be_visible()
    expect(screen.get_by_text("row 5, column “Menge”")).to_be_visible()
    shot(screen, f"files-{width}-4-shown")
    assert fits(screen)
    screen.get_by_role("button", name="Keep these columns").click()
    expect(screen.get_by_role("button", name="Take it in")).to_be_visible()
    assert Order.objects.count() == 0

    screen.get_by_role("button", name="Take it in").click()
    expect(screen.get_by_text("You can leave this page")).to_be_visible()
    shot(screen, f"files-{width}-5-taking")
    files_due.take(IncomingFile.objects.get().pk)  # as a worker does
    expect(screen.get_by_text("Taken in, not all")).to_be_visible()
    shot(screen, f"files-{width}-6-taken")
    assert fits(screen)
    assert sorted(Entry.objects.values_list("number", flat=True)) == ["W-A-100", "W-A-101"]
    correct_the_row(screen, width)
    assert set(Entry.objects.values_list("number", flat=True)) == {"W-A-100", "W-A-101", "W-A-102"}


def correct_the_row(screen: Page, width: int) -> None:
    """From the file's page to the order that was refused in it, whose quantity is mended at the second try."""
    screen.get_by_role("link", name="Correct 1 order").click()
    screen.get_by_role("link", name=str(Delivery.objects.get(result="refused").received_at.year)).click()
    assert screen.get_by_label("Quantity", exact=True).input_value() == "zwei"
    shot(screen, f"files-{width}-7-row")
    assert fits(screen)
    screen.get_by_label("Quantity", exact=True).fill("2 Stück")
    screen.get_by_role("button", name="Replay").click()
    expect(screen.get_by_text("It was refused again")).to_be_visible()
    assert screen.get_by_label("Quantity", exact=True).input_value() == "2 Stück"
    shot(screen, f"files-{width}-8-again")
    screen.get_by_label("Quantity", exact=True).fill("2")
    screen.get_by_role("button", name="Replay").click()
    expect(screen.get_by_text("Taken in.", exact=True)).to_be_visible()
