"""An accountant rehearses a file before anything of it is taken in, reads what would be refused, and lets it go."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from daybook.companies.models import Person
from daybook.feeds import opening, roster
from daybook.feeds.incoming import IncomingFile
from daybook.intake import file_taking
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from tests.integration.files_in.conftest import GOOD, MAPPING
from tests.journeys.test_from_order_to_invoice import acme as acme  # noqa: PLC0414 - a fixture
from tests.journeys.test_from_order_to_invoice import log_in
from tests.journeys.test_uploading_a_spreadsheet import fits, shot
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def test_rehearse_a_file_and_take_it_in(screen, daybook, acme: Cast):
    by = Person.objects.get()
    sheet = opening.add(acme.company, "table", "sheet", "S-", by)
    roster.change_fields(sheet, secrets={}, settings={"mapping": MAPPING.kept()})
    wrong = b"A3,2026-11-21,MUG,1,6.25,17\n"
    file = file_taking.keep_upload(sheet, "november.csv", lambda: [GOOD + wrong], by)
    log_in(screen, daybook)
    screen.goto(f"{daybook}{reverse('web:overview', args=[acme.company.public_id])}")
    screen.get_by_role("link", name="Dry run").click()
    expect(screen.get_by_label("How many")).to_be_visible()
    screen.get_by_label("Which orders").select_option("file")
    expect(screen.get_by_label("How many")).to_be_hidden()
    screen.get_by_label("File", exact=True).select_option(label="november.csv")
    screen.get_by_role("button", name="Rehearse them").click()
    expect(screen.get_by_role("link", name="2 would go")).to_be_visible()
    expect(screen.get_by_role("link", name="1 would be held")).to_be_visible()
    screen.get_by_text("A1", exact=True).click()
    expect(screen.get_by_role("heading", name="Invoice in Xero").first).to_be_visible()
    for width in (1280, 390):
        screen.set_viewport_size({"width": width, "height": 844})
        shot(screen, f"dry-run-{width}")
        assert fits(screen)
    assert not Order.objects.exists()
    assert IncomingFile.objects.get(pk=file.pk).state == "shown"
    screen.get_by_role("button", name="Take the file in").click()
    expect(screen.get_by_role("heading", name="november.csv")).to_be_visible()
    file_taking.take_in(IncomingFile.objects.get(pk=file.pk))
    assert dict(Entry.objects.values_list("number", "state")) == {"S-A1": "ready", "S-A2": "ready", "S-A3": "held"}
