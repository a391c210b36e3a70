"""An accountant picks a contact out of the ledger's, switches a feature on, and is led through a new consent for it."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from daybook.companies import people
from daybook.companies.models import Person
from daybook.connections.models import Connection, PostingSettings, TokenSet
from daybook.intake.prepare import prepare_company
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox import approving
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.integration.contacts.orders import an_order
from tests.journeys.test_connecting import EMAIL, PASSWORD, connect, log_in, open_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def acme(transactional_db):
    return people.create_company("Acme", owner=people.add_person(EMAIL, password=PASSWORD, name="Olive"))


def shot(screen: Page, name: str) -> None:
    """Keep what a person sees, where somebody asks for it."""
    if folder := os.environ.get("DAYBOOK_SHOTS"):
        for width in (1280, 390):
            screen.set_viewport_size({"width": width, "height": 900})
            screen.screenshot(path=str(Path(folder) / f"{name}-{width}.png"))
        screen.set_viewport_size({"width": 1280, "height": 900})


def test_a_contact_is_picked_and_a_new_permission_is_asked_for(screen, daybook, acme):
    log_in(screen, daybook)
    connect(screen)
    expect(screen.get_by_text("Connected to Birch & Bell Ltd.")).to_be_visible()

    open_room(screen)
    screen.get_by_label("Contact Name", exact=True).press_sequentially("gateway")
    found = screen.get_by_role("button", name="Custom Gateway Orders")
    expect(found).to_be_visible()
    found.scroll_into_view_if_needed()
    shot(screen, "picker")
    found.click()
    expect(screen.get_by_label("Contact Name", exact=True)).to_have_value("Custom Gateway Orders")
    screen.get_by_label("Add a rate (%)").first.fill("20")
    screen.get_by_label("Tax rate in Xero").first.select_option("OUTPUT2")
    screen.get_by_role("button", name="Save settings").click()
    open_room(screen, "Contact")
    expect(screen.get_by_text("Found in Xero")).to_be_visible()
    assert PostingSettings.objects.get(connection__company=acme).contact_name == "Custom Gateway Orders"

    screen.get_by_label("Invoices are for").select_option("customer")
    screen.get_by_role("button", name="Save contact").click()
    words = "Customers as contacts: Daybook may make contacts; Xero will ask you again."
    expect(screen.locator("#asked-anew")).to_contain_text(words)
    expect(screen).to_have_url(re.compile("/rooms/connect/$"))
    screen.locator("#asked-anew").scroll_into_view_if_needed()
    shot(screen, "asked-anew")

    receive(acme, an_order("A-1"))
    entry = Entry.objects.get()
    approving.approve(entry, Person.objects.get(email=EMAIL), approving.digest(entry))
    post(acme)
    assert Entry.objects.get().cause == "consent_lacks"
    screen.goto(f"{daybook}/c/{acme.public_id}/documents/{Entry.objects.get().public_id}/")
    expect(screen.get_by_text("A permission is missing").first).to_be_visible()
    shot(screen, "held")
    screen.get_by_role("link", name="Get Access Token").first.click()

    screen.get_by_role("button", name="Get Access Token").click()
    screen.get_by_text("Birch & Bell Ltd").click()
    screen.get_by_role("button", name="Allow access").click()
    expect(screen.get_by_text("Connected to Birch & Bell Ltd.")).to_be_visible()
    expect(screen.locator("#asked-anew")).to_have_count(0)
    assert "accounting.contacts" in TokenSet.objects.get().scope.split()

    prepare_company(acme.pk)
    post(acme)
    assert Entry.objects.get().state == "posted"
    assert Entry.objects.get().contact_name == "Jo Bloggs"


def post(company) -> None:
    """What a worker does once the linger is over."""
    Entry.objects.filter(state="ready").update(state_since=clock.now() - timedelta(minutes=30))
    Connection.objects.update(paused_until=None, post_at=None, is_look_due=False)
    client = HttpClient(10)
    drain.drain(Connection.objects.get(company=company).pk, client)
    client.close()
