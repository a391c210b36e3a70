"""An order comes in over the API; an accountant watches it become an invoice, and cures what stands in its way."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import httpx2
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Page, expect

from daybook.companies import keys, people
from daybook.companies.models import Membership
from daybook.connections.models import TaxMapping
from daybook.kit import clock
from tests.journeys.test_connecting import open_room
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "mill pond lantern 7"
A_WHILE_MS = 30_000
"""The worker looks every five seconds, and a document lingers for three."""


@pytest.fixture
def acme(daybook, xero) -> Cast:
    """A connected company whose settings are complete, and its accountant."""
    cast = connected(xero.xero)
    accountant = people.add_person("ann@acme.example", password=PASSWORD, name="Ann")
    people.join(cast.company, accountant, Membership.Role.ACCOUNTANT)
    return cast


def order(number: str, **changes: object) -> dict[str, object]:
    line = {"id": "1", "sku": "MUG", "description": "Photo mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
    given = {"source": "shop", "id": number, "number": number, "currency": "GBP", "lines": [line]}
    given |= {"dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z"}
    return given | {"external_ref": f"WEB-{number}"} | changes


def send(daybook: str, cast: Cast, *orders: dict[str, object]) -> list[dict]:
    _, key = keys.create_api_key(cast.company, "shop")
    answer = httpx2.post(
        f"{daybook}/api/v1/orders", json=list(orders), headers={"Authorization": f"Bearer {key}"}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


@pytest.fixture
def begin_posting(daybook, xero) -> Iterator[Callable[[], None]]:
    """What starts a worker in a process of its own, on the database of this test."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    environ = os.environ | {
        "DATABASE_URL": urlunsplit((*parts[:2], f"/{connection.settings_dict['NAME']}", *parts[3:])),
        "DAYBOOK_PUBLIC_URL": daybook,
        "XERO_API_BASE": xero.url,
        "XERO_IDENTITY_BASE": xero.url,
        "XERO_LOGIN_BASE": xero.url,
    }
    started: list[subprocess.Popen] = []
    yield lambda: started.append(subprocess.Popen([sys.executable, "-m", "daybook", "worker"], env=environ))
    for process in started:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def worker(begin_posting) -> None:
    begin_posting()


def log_in(screen: Page, daybook: str, email: str = "ann@acme.example") -> None:
    screen.goto(f"{daybook}/accounts/login/")
    screen.get_by_label("Email").fill(email)
    screen.get_by_label("Password").fill(PASSWORD)
    screen.get_by_role("button", name="Log in").click()


def go_to(screen: Page, name: str) -> None:
    """Follow a link of the sidebar, whose icons are words to a screen reader."""
    screen.get_by_role("navigation").get_by_role("link", name=re.compile(f"{name}$")).click()


class TestAnAccountant:
    def test_sees_an_order_become_an_invoice_without_reloading_and_follows_it_to_xero_and_back(
        self, screen, daybook, acme, begin_posting
    ):
        log_in(screen, daybook)
        go_to(screen, "Documents")
        send(daybook, acme, order("S-1001"))
        expect(screen.get_by_role("table").get_by_text("Ready")).to_be_visible(timeout=A_WHILE_MS)
        begin_posting()
        expect(screen.get_by_role("table").get_by_text("Posted")).to_be_visible(timeout=A_WHILE_MS)

        screen.get_by_role("link", name="S-1001").first.click()
        expect(screen.get_by_text("Draft in Xero")).to_be_visible()
        with screen.context.expect_page() as opened:
            screen.get_by_role("link", name="Open in Xero").first.click()
        in_xero = opened.value
        expect(in_xero.get_by_role("heading", name=re.compile("S-1001"))).to_be_visible()
        expect(in_xero.get_by_text("15.00").first).to_be_visible()

        in_xero.locator(f"a[href^='{daybook}']").first.click()
        expect(in_xero.get_by_text("WEB-S-1001").first).to_be_visible()
        assert f"/c/{acme.company.public_id}/orders/" in in_xero.url

    def test_cures_what_needs_a_person_once_and_all_that_waited_for_it_goes(self, screen, daybook, acme, worker):
        TaxMapping.objects.filter(connection__company=acme.company, rate="0.2").delete()
        numbers = ["S-2001", "S-2002", "S-2003"]
        answers = send(daybook, acme, *map(order, numbers))
        assert "20 %" in answers[0]["explanation"]
        log_in(screen, daybook)
        go_to(screen, "Needs a person")
        cause = screen.get_by_role("region", name="A tax rate has no tax in Xero yet")
        expect(cause).to_contain_text("3 invoices")
        expect(cause).to_contain_text("45.00 GBP")
        cause.get_by_role("link", name="Choose the tax rate for 20 %").click()
        expect(screen.get_by_label("20 %", exact=True)).to_be_focused()
        screen.get_by_label("20 %", exact=True).select_option("OUTPUT2")
        screen.get_by_role("button", name="Save tax").click()
        go_to(screen, "Needs a person")
        expect(screen.get_by_text("Nothing needs you")).to_be_visible(timeout=A_WHILE_MS)
        go_to(screen, "Documents")
        expect(screen.get_by_role("table").get_by_text("Posted")).to_have_count(3, timeout=A_WHILE_MS)
        assert sorted(invoice["InvoiceNumber"] for invoice in acme.invoices()) == numbers

    def test_gets_the_reason_back_in_its_own_form_where_the_session_ended_over_it(self, screen, daybook, acme):
        """Of four forms that are sent to one address, all with a note; the address names the connection besides."""
        TaxMapping.objects.filter(connection__company=acme.company, rate="0.2").delete()
        send(daybook, acme, order("S-2004"))
        log_in(screen, daybook)
        go_to(screen, "Needs a person")
        screen.get_by_role("link", name="More: assign, keep back, or leave out").click()
        here = screen.url
        screen.locator("#skip-note").fill("entered by hand")
        Session.objects.all().delete()
        screen.get_by_role("button", name="Do not post it").click()
        screen.get_by_label("Email").fill("ann@acme.example")
        screen.get_by_label("Password").fill(PASSWORD)
        screen.get_by_role("button", name="Log in").click()
        expect(screen.get_by_text("Your session had ended, and nothing was saved.")).to_be_visible()
        expect(screen.locator("#skip-note")).to_have_value("entered by hand")
        expect(screen.locator("#keep-note")).to_have_value("")
        expect(screen.locator("#assign-note")).to_have_value("")
        assert screen.url == here

    def test_adds_the_currency_that_xero_lacks_on_one_click_and_what_waited_is_posted(
        self, screen, daybook, acme, worker
    ):
        send(daybook, acme, order("S-2501", currency="CHF"), order("S-2502", currency="CHF"))
        log_in(screen, daybook)
        go_to(screen, "Needs a person")
        cause = screen.get_by_role("region", name="The organisation does not use the currency")
        expect(cause).to_contain_text("2 invoices")
        cause.get_by_role("button", name="Add CHF in Xero").click()
        expect(screen.get_by_text("CHF was added in Xero.")).to_be_visible()
        expect(cause).to_have_count(0, timeout=A_WHILE_MS)  # the page itself says so, without being loaded again
        go_to(screen, "Documents")
        expect(screen.get_by_role("table").get_by_text("Posted")).to_have_count(2, timeout=A_WHILE_MS)
        assert [invoice["CurrencyCode"] for invoice in acme.invoices()] == ["CHF", "CHF"]

    def test_reads_why_xero_refused_and_sends_it_again_once_the_cause_is_cured(
        self, screen, daybook, acme, xero, worker
    ):
        xero.xero.configure(acme.tenant_id, end_of_year_lock_date=clock.now().date())
        send(daybook, acme, order("S-3001"))
        log_in(screen, daybook)
        go_to(screen, "Documents")
        screen.get_by_role("link", name="S-3001").first.click()
        expect(screen.get_by_text(re.compile("lock date")).first).to_be_visible(timeout=A_WHILE_MS)
        xero.xero.configure(acme.tenant_id, end_of_year_lock_date=None)
        screen.get_by_role("button", name=re.compile("again", re.IGNORECASE)).first.click()
        expect(screen.get_by_text("Posted", exact=True).first).to_be_visible(timeout=A_WHILE_MS)
        assert len(acme.invoices()) == 1


class TestAViewer:
    def test_sees_everything_and_can_change_nothing(self, screen, daybook, acme):
        viewer = people.add_person("vic@acme.example", password=PASSWORD, name="Vic")
        people.join(acme.company, viewer, Membership.Role.VIEWER)
        send(daybook, acme, order("S-4001"))
        log_in(screen, daybook, "vic@acme.example")
        go_to(screen, "Documents")
        expect(screen.get_by_role("link", name="S-4001").first).to_be_visible()
        expect(screen.get_by_role("button", name=re.compile("again", re.IGNORECASE))).to_have_count(0)
        open_room(screen)
        expect(screen.get_by_role("button", name="Save settings")).to_have_count(0)


class TestAStranger:
    def test_finds_nothing_of_another_company(self, screen, daybook, acme):
        people.create_company("Cedar", owner=people.add_person("cy@cedar.example", password=PASSWORD))
        log_in(screen, daybook, "cy@cedar.example")
        answer = screen.goto(f"{daybook}/c/{acme.company.public_id}/documents/")
        assert answer.status == 404
