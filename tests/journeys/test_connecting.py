"""An owner logs in, connects the company to Xero through its own pages, and chooses the settings."""

import re

import pytest
from playwright.sync_api import Page, expect

from daybook.companies import people
from daybook.connections.models import PostingSettings

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PASSWORD = "olive@acme.example", "mill pond lantern 7"


@pytest.fixture
def acme(transactional_db):
    return people.create_company("Acme", owner=people.add_person(EMAIL, password=PASSWORD, name="Olive"))


def log_in(screen: Page, daybook: str) -> None:
    screen.goto(f"{daybook}/accounts/login/")
    screen.get_by_label("Email").fill(EMAIL)
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Log in").click()


def connect(screen: Page) -> None:
    open_room(screen, "Connect")
    give_consent(screen)


def open_room(screen: Page, name: str = "All settings on one page") -> None:
    """Open a room of the settings, or all of them on one page."""
    screen.get_by_role("link", name="Connection settings").click()
    screen.get_by_role("region", name="Rooms").get_by_role("link", name=re.compile(f"^{name}")).click()


def give_consent(screen: Page) -> None:
    screen.get_by_label("Client ID").fill("client")
    screen.get_by_label("Client Secret").fill("secret")
    screen.get_by_role("button", name="Get Access Token").click()
    screen.get_by_text("Birch & Bell Ltd").click()
    screen.get_by_role("button", name="Allow access").click()


def test_an_owner_connects_and_chooses_the_settings(screen, daybook, acme):
    log_in(screen, daybook)
    expect(screen.get_by_text("Set-up: 0 of 13 done")).to_be_visible()

    connect(screen)
    expect(screen.get_by_text("Connected to Birch & Bell Ltd.")).to_be_visible()
    open_room(screen)
    expect(screen.get_by_label("Sales Account")).to_have_value("200")

    screen.get_by_label(re.compile("^Untracked")).check()
    screen.get_by_label("Contact Name", exact=True).fill("Custom Gateway Orders")
    screen.locator("#id_number_prefix").fill("AC-")
    expect(screen.get_by_text("AC-10452")).to_be_visible()
    screen.get_by_label("Add a rate (%)").first.fill("20")
    screen.get_by_label("Tax rate in Xero").first.select_option("OUTPUT2")
    screen.get_by_role("button", name="Save settings").click()

    open_room(screen, "Contact")
    expect(screen.get_by_text("Found in Xero")).to_be_visible()
    assert PostingSettings.objects.get(connection__company=acme).number_prefix == "AC-"


def test_a_denial_leads_back_with_words(screen, daybook, acme):
    log_in(screen, daybook)
    open_room(screen, "Connect")
    screen.get_by_label("Client ID").fill("client")
    screen.get_by_label("Client Secret").fill("secret")
    screen.get_by_role("button", name="Get Access Token").click()
    screen.get_by_role("button", name="Cancel").click()

    expect(screen.get_by_text("Access was not allowed on Xero's page")).to_be_visible()
