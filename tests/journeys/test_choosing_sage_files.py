"""An accountant chooses Sage files, looks at the preview of real orders, and finds the first file as it was shown."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.test_adding_order_files import fits, page_of, send_what_waits
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in, order, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.FILES_ROOT = str(tmp_path)
    return tmp_path


def picture(screen, name: str, width: int) -> None:
    if PICTURES:
        screen.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_accountant_chooses_sage_files_and_looks_at_the_preview(screen, daybook, acme, folder, width):
    screen.set_viewport_size({"width": width, "height": 844})
    send(daybook, acme, order("10452"))
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "connection"))
    screen.get_by_role("button", name="Add order files").click()
    screen.get_by_label("Where to").select_option("folder")
    screen.get_by_label("Folder", exact=True).fill(str(folder))
    screen.get_by_role("button", name="Save", exact=True).click()
    expect(screen.get_by_text("Saved. Next: Check.")).to_be_visible()

    expect(screen.get_by_label("Template", exact=True)).to_be_hidden()
    screen.get_by_label("What the files look like").select_option("template")
    expect(screen.get_by_label("Template", exact=True)).to_be_visible()
    expect(screen.get_by_label("Account number")).to_be_hidden()
    screen.get_by_label("What the files look like").select_option("sage50")
    expect(screen.get_by_label("Account number")).to_be_visible()
    screen.get_by_role("button", name="Preview").click()
    expect(screen.get_by_role("alert").get_by_text("Say the account number.")).to_have_count(1 + 1)
    screen.get_by_label("Account number").fill("WEB001")
    screen.get_by_label("Sales nominal code").fill("4000")
    screen.get_by_label("Shipping nominal code").fill("4905")
    screen.get_by_label("Tax code of 20 %").fill("T1")
    screen.get_by_label("Tax code of 0 %").fill("T0")
    screen.get_by_role("button", name="Preview").click()
    preview = screen.locator("#preview")
    expect(preview.locator("pre").first).to_contain_text("SI,WEB001,4000,0,")
    expect(preview).to_contain_text("10452.csv")
    assert fits(screen)
    picture(screen, "sage-preview", width)
    shown = preview.locator("pre").first.inner_text()

    screen.get_by_role("button", name="Save how they look").click()
    expect(screen.get_by_text("Saved. What waits is written in this form.")).to_be_visible()
    screen.get_by_role("button", name="Check", exact=True).click()
    expect(screen.get_by_text("can be listed: connected")).to_be_visible()
    send(daybook, acme, order("10453"))
    send_what_waits()
    assert [path.name for path in folder.iterdir()] == ["10453.csv"]
    written = (folder / "10453.csv").read_text(encoding="cp1252")
    assert written.replace("10453", "10452").split() == shown.split()


def test_a_template_is_tried_before_it_counts(screen, daybook, acme, folder):
    send(daybook, acme, order("10452"))
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "connection"))
    screen.get_by_role("button", name="Add order files").click()
    screen.get_by_label("What the files look like").select_option("template")
    expect(screen.get_by_label("Names of the files end in")).to_be_visible()  # what was chosen opens what it asks
    screen.get_by_label("Names of the files end in").fill(".csv")
    screen.get_by_label("Template", exact=True).fill("{{ order.nmber }}")
    screen.get_by_role("button", name="Preview").click()
    expect(screen.locator("#preview")).to_contain_text("there is no “nmber”")
    screen.get_by_label("Template", exact=True).fill("{{ order.number }};{{ order.totals.gross|money }}")
    screen.get_by_role("button", name="Preview").click()
    expect(screen.locator("#preview pre")).to_contain_text("10452;")
    picture(screen, "template-preview", 1280)
