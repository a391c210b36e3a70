"""Every page in both colours, wide and narrow, read by axe as somebody would who sees little or uses a keyboard."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from daybook.companies import keys, people
from daybook.companies.models import ItemCost, Membership, Person
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Delivery
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.posting import drain
from tests.journeys import scenes
from tests.journeys.test_from_order_to_invoice import order
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(20), pytest.mark.drawn]

LOOKS = (("light", 1280), ("dark", 390))
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
GRAVE = {"serious", "critical"}
PAGES = (
    "overview", "needs", "orders", "documents", "feeds", "inbox", "connection", "connection-disconnect", "costs", "keys", "people",
    "log", "tour",
)  # fmt: skip
OTHERS = ("account_change_password", "mfa_index", "usersessions_list", "account_mail", "account_logout")


@pytest.fixture
def acme(daybook, xero) -> Cast:
    """A company with something of each kind to show, its connection paused, and no worker."""
    cast = connected(xero.xero)
    keys.create_api_key(cast.company, "shop")
    ItemCost.objects.create(company=cast.company, sku="MUG", currency="GBP", unit_cost="2.5")
    for serial, line in (("P-1", {}), ("H-1", {"tax_rate": "0.19"}), ("C-1", {})):
        sent = order(serial)
        sent["lines"][0] |= line
        receive(cast.company, sent)
    receive(cast.company, order("W-1", dispatched=False))
    receive(cast.company, order("O-1", on_hold=True))
    Entry.objects.update(state_since=clock.now() - timedelta(minutes=1))
    drain.drain(cast.connection.pk, cast.client)
    queue.flag(Entry.objects.get(number="P-1"), "changed_after_posting", "gross was 15.00, is now 30.00")
    cast.connection.refresh_from_db()
    cast.connection.paused_until = clock.now() + timedelta(hours=1)
    cast.connection.save()
    return cast


def addresses(cast: Cast, owner: Person) -> list[str]:
    company = cast.company.public_id
    flagged, held = (Entry.objects.select_related("order").get(number=number) for number in ("P-1", "H-1"))
    return [
        *(reverse(f"web:{name}", args=[company]) for name in PAGES),
        reverse("web:needs-group", args=[company, held.cause]),
        reverse("web:document-preview", args=[company, flagged.public_id]),
        reverse("web:document-keep", args=[company, held.public_id]),
        reverse("web:document", args=[company, flagged.public_id]),
        reverse("web:document-done", args=[company, flagged.public_id]),
        reverse("web:order", args=[company, flagged.order.public_id]),
        reverse("web:document", args=[company, held.public_id]),
        reverse("web:document-cancel", args=[company, held.public_id]),
        reverse("web:order", args=[company, held.order.public_id]),
        f"{reverse('web:documents', args=[company])}?cause={held.cause}",
        *map(reverse, OTHERS),
        reverse("web:wizard", args=[company]),
        *(
            reverse("web:wizard-step", args=[company, step])
            for step in ("answers", "tax", "numbers", "source", "rehearse")
        ),
        reverse("web:wizard-step", args=[people.create_company("New", owner=owner).public_id, "connect"]),
        "/api/v1/docs",
        "/no-such-page",
    ]


@pytest.fixture
def owner(db) -> Person:
    return people.add_person("olive@acme.example", password="mill pond lantern 7", name="Olive")


@pytest.fixture
def pages_of(chromium: Browser, daybook, owner) -> Iterator:
    """Windows in which an owner has logged in: the session is made here, for one log-in is looked at elsewhere."""
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    contexts = []

    def make(colours: str, width: int, *, logged_in: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=colours, bypass_csp=True, reduced_motion="reduce"
        )
        if logged_in:
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": daybook}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def faults_of(page: Page, address: str) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    violations = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{address}: {each['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for each in violations
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]


def read_through(page: Page, daybook: str, paths: list[str], missing: int = 0) -> list[str]:
    """Open each page and return what is wrong; `missing`: so many of them do not exist."""
    found, there = [], 0
    for address in paths:
        answer = page.goto(f"{daybook}{address}")
        there += bool(answer and answer.ok)
        found += faults_of(page, address)
        is_wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found += [f"{address}: is wider than the window"] if is_wider else []
        if page.viewport_size and page.viewport_size["width"] > LOOKS[1][1]:
            is_cut = page.evaluate(
                "[...document.querySelectorAll('.db-scroll')].some((t) => t.scrollWidth > t.clientWidth + 1)"
            )
            found += [f"{address}: a table is cut at its right edge"] if is_cut else []
    assert there == len(paths) - missing
    return found


@pytest.mark.parametrize(("colours", "width"), LOOKS)
def test_axe_finds_nothing_grave_on_pages_after_the_sale(pages_of, daybook, xero, owner, colours, width):
    cast = scenes.after_the_sale(xero.xero)
    people.join(cast.company, owner, Membership.Role.OWNER)
    found = read_through(pages_of(colours, width), daybook, scenes.pages(cast, owner))

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("colours", "width"), LOOKS)
def test_axe_finds_nothing_grave_on_any_page(pages_of, daybook, acme, owner, colours, width):
    people.join(acme.company, owner, Membership.Role.OWNER)
    found = read_through(pages_of(colours, width), daybook, addresses(acme, owner), missing=1)
    page = pages_of(colours, width, logged_in=False)
    for address in map(reverse, ("account_login", "account_reset_password")):
        page.goto(f"{daybook}{address}")
        found += faults_of(page, address)

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("colours", "width"), LOOKS)
def test_numbers_and_names_of_200_letters_push_no_page_aside(pages_of, daybook, xero, owner, colours, width):
    cast, long = connected(xero.xero), "N" * 196
    for serial, line in (("P-1", {}), ("H-1", {"tax_rate": "0.19", "description": long, "sku": long[:100]})):
        sent = order(f"{long}{serial}", customer={"name": long})
        sent["lines"][0] |= line
        receive(cast.company, sent)
    Entry.objects.update(state_since=clock.now() - timedelta(minutes=1))
    drain.drain(cast.connection.pk, cast.client)
    people.join(cast.company, owner, Membership.Role.OWNER)
    company, entries = cast.company.public_id, list(Entry.objects.select_related("order").order_by("pk"))
    assert len(entries) == 2
    addresses = [reverse(f"web:{name}", args=[company]) for name in ("overview", "needs", "orders", "documents", "log")]
    addresses += [f"{reverse('web:documents', args=[company])}?q={long}", reverse("web:reconciliation", args=[company])]
    for entry in entries:
        addresses += [reverse("web:document", args=[company, entry.public_id])]
        addresses += [reverse("web:order", args=[company, entry.order.public_id])]
    held = next(entry for entry in entries if entry.cause)
    addresses += [
        reverse("web:needs-group", args=[company, held.cause]),
        reverse("web:delivery", args=[company, Delivery.objects.first().pk]),
    ]
    found = read_through(pages_of(colours, width), daybook, addresses)
    assert not [each for each in found if "a table is cut" not in each]  # it is moved by itself, as wide as it is
