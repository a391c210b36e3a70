"""A person connects a feed, brings its past, and takes in again what was refused."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from daybook.feeds.models import Backfill, Feed
from daybook.intake import pulling
from daybook.kit import clock
from daybook.orders.models import Delivery, Order
from tests import export_server
from tests.integration.feeds.test_export_pull import ago
from tests.journeys.test_adding_order_files import fits
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def oms(settings) -> Iterator[export_server.ExportServer]:
    settings.FEEDS_REACH_NEIGHBOURS = True
    with export_server.running() as server:
        yield server


def look(screen: Page, name: str) -> None:
    """See that the page fits, wide and narrow; its pictures are kept where somebody asked for them."""
    for width in (1280, 390):
        screen.set_viewport_size({"width": width, "height": 900})
        assert fits(screen), (name, width)
        if folder := os.environ.get("DAYBOOK_TEST_PICTURES"):
            screen.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    screen.set_viewport_size({"width": 1280, "height": 900})


def ask_what_is_due() -> None:
    """As a worker does."""
    Backfill.objects.filter(due_at__isnull=False).update(due_at=clock.now())
    pulling.pull_due(seconds=20)


def page_of(daybook: str, cast: Cast, name: str, *more: object) -> str:
    return f"{daybook}{reverse(f'web:{name}', args=[cast.company.public_id, *more])}"


def test_a_person_connects_a_feed_and_replays_a_refused_delivery(screen: Page, daybook, acme: Cast, oms):
    for number in range(1, 4):
        oms.sells(number, changed=ago(days=number + 2), lines=2)
    oms.sells(4, changed=ago(hours=1))
    oms.rows[-1].pop("quantity")
    log_in(screen, daybook)
    screen.get_by_role("navigation").get_by_role("link", name=re.compile("Feeds$")).first.click()
    look(screen, "feeds-empty")
    screen.get_by_role("button", name="Set up Kornit X").click()
    look(screen, "feed-new")

    screen.get_by_label("Export API: client id").fill(export_server.CLIENT)
    screen.get_by_label("Export API: client secret", exact=True).fill("wrong")
    screen.get_by_label("Export API: token address").fill("nonsense")
    screen.get_by_role("button", name="Save", exact=True).click()
    expect(screen.get_by_text("This is no address")).to_be_visible()
    screen.get_by_label("Export API: token address").fill(f"{oms.url}/token")
    screen.get_by_label("Export API: address", exact=True).fill(oms.url)
    screen.get_by_label("Export API: client secret", exact=True).fill("wrong")
    screen.get_by_role("button", name="Save", exact=True).click()
    screen.get_by_role("button", name="Test").click()
    expect(screen.get_by_text("It does not let Daybook in")).to_be_visible()
    look(screen, "feed-test-fails")
    screen.get_by_label("Export API: client secret", exact=True).fill(export_server.SECRET)
    screen.get_by_role("button", name="Save", exact=True).click()
    screen.get_by_role("button", name="Test").click()
    expect(screen.get_by_text("The login works")).to_be_visible()
    expect(screen.get_by_text("Not all is understood")).to_be_visible()
    look(screen, "feed-test")

    bring_the_past(screen)
    assert set(Order.objects.values_list("ref", flat=True)) == {"K1", "K2", "K3"}
    correct(screen)

    first = Delivery.objects.get(result="refused")
    screen.goto(page_of(daybook, acme, "delivery", first.pk))
    expect(screen.get_by_text("Its versions")).to_be_visible()
    look(screen, "delivery-settled")
    for name in ("inbox", "feeds"):
        screen.goto(page_of(daybook, acme, name))
        look(screen, f"{name}-filled")


def bring_the_past(screen: Page) -> None:
    screen.get_by_role("button", name="Pull now").click()
    ask_what_is_due()
    expect(screen.get_by_role("link", name=re.compile("1\\s+refused")).first).to_be_visible()
    screen.get_by_label("From").fill(clock.now().strftime("%Y-%m-01") if clock.now().day > 7 else "2026-01-01")
    screen.get_by_role("button", name="Bring them in").click()
    ask_what_is_due()
    expect(screen.get_by_role("progressbar")).to_be_visible()
    look(screen, "feed-past")
    while Backfill.objects.filter(ended_at=None).exists():
        ask_what_is_due()
    screen.reload()
    expect(screen.get_by_text("Brought", exact=True)).to_be_visible()


def correct(screen: Page) -> None:
    screen.get_by_role("link", name=re.compile("1\\s+refused")).first.click()
    look(screen, "inbox")
    screen.get_by_role("table").get_by_role("link").first.click()
    expect(screen.get_by_text("items[0].quantity")).to_be_visible()
    look(screen, "delivery")
    screen.get_by_role("button", name="Replay").click()
    expect(screen.get_by_text("It was refused again")).to_be_visible()
    box = screen.get_by_label("As it came; correct it here if need be")
    given = json.loads(box.input_value())
    given["rows"][0]["quantity"] = 1
    box.fill(json.dumps(given))
    screen.get_by_role("button", name="Replay").click()
    expect(screen.get_by_text("Taken in.")).to_be_visible()
    expect(screen.get_by_role("heading", name="Lines")).to_be_visible()


def test_a_sender_is_paired_by_a_code(screen: Page, daybook, acme: Cast):
    log_in(screen, daybook)
    screen.goto(page_of(daybook, acme, "feeds"))
    screen.get_by_role("button", name="Set up Kornit X").click()
    screen.get_by_role("button", name="Make a pairing code").click()
    heading = screen.get_by_role("heading", name=re.compile("The pairing code")).inner_text()
    look(screen, "feed-paired")
    code = heading.split(": ")[1]

    answer = httpx2.post(f"{daybook}/api/v1/pair", json={"code": code.lower()})
    assert answer.status_code == 200
    assert {each["title"] for each in answer.json()["addresses"]} == {"Kornit X push", "Kornit X callback"}
    assert httpx2.post(f"{daybook}/api/v1/pair", json={"code": code}).status_code == 404
    assert set(Feed.objects.get().open_secrets()) == {"hmac_key", "callback"}

    screen.get_by_role("button", name="Pause").click()
    expect(screen.get_by_role("button", name="Resume")).to_be_visible()
    look(screen, "feed-paused")
    say_what_statuses_mean(screen)
    add_a_second(screen, page_of(daybook, acme, "feeds"))


def say_what_statuses_mean(screen: Page) -> None:
    screen.get_by_text("Numbers, timing and statuses of its own").click()
    screen.get_by_label("Post when").select_option("part_dispatched")
    screen.get_by_label("What a status means").fill("Packed = part dispatched\nSettled = paid")
    screen.get_by_label("Minutes between two pulls").fill("soon")
    screen.get_by_role("button", name="Save rules of this feed").click()
    expect(screen.get_by_text("Say whole minutes from 1 to 1440")).to_be_visible()
    screen.get_by_label("Minutes between two pulls").fill("5")
    screen.get_by_role("button", name="Save rules of this feed").click()
    screen.get_by_text("Numbers, timing and statuses of its own").click()
    expect(screen.get_by_role("row", name="packed part dispatched your list")).to_be_visible()
    look(screen, "feed-rules")


def add_a_second(screen: Page, feeds: str) -> None:
    screen.goto(feeds)
    screen.get_by_label("Name", exact=True).fill("outlet")
    screen.get_by_label("It brings").select_option("news")
    screen.get_by_role("button", name="Add feed").click()
    expect(screen.get_by_text("is open. Say here how it is reached")).to_be_visible()
    look(screen, "feed-second")
