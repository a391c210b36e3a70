"""People and companies as the pages see them: Acme's owner, accountant and viewer, and Birch, whom they may not see."""

from dataclasses import dataclass

import pytest
import stamina
from django.test import Client

from daybook.companies import invitations, keys, people
from daybook.companies.models import ItemCost, Membership, Person
from daybook.feeds import opening
from daybook.intake import file_taking
from daybook.intake.receive import receive
from daybook.orders.models import Delivery
from daybook.outbox.models import Entry
from localxero import LocalXero
from localxero.testing import running
from tests.world import Cast, connected

PASSWORD = "mill pond lantern 7"


@pytest.fixture(autouse=True)
def no_waiting_between_tries():
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def served(settings):
    """A local Xero on a real socket, at which all calls of the pages arrive."""
    with running() as xero:
        settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = xero.url
        settings.XERO_LINK_BASE = xero.url
        settings.PUBLIC_URL = "http://localhost:8000"
        yield xero


@pytest.fixture
def acme(db, served) -> Cast:
    return connected(served.xero, "Acme", untouched=True)


@pytest.fixture
def birch(db) -> Cast:
    return connected(LocalXero(limits="off"), "Birch", "AU", untouched=True)


@pytest.fixture
def person_with(acme):
    def make(role: str, company=None) -> Person:
        place = company or acme.company
        person = people.add_person(f"{role}@{place.name.lower()}.example", password=PASSWORD)
        people.join(place, person, role)
        return person

    return make


@pytest.fixture
def logged_in(person_with):
    """A browser in which somebody of Acme with that role has logged in."""

    def make(role: str = Membership.Role.OWNER) -> Client:
        client = Client()
        client.force_login(person_with(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@dataclass
class Things:
    """One row of each kind that an address may name."""

    order: str
    document: str
    key: str
    cost: int
    person: int
    invitation: str
    feed: str
    connection: str
    delivery: int
    files_feed: str
    file: str


@pytest.fixture
def things(person_with):
    """Give a company one of everything, and return what its addresses name."""

    def make(cast: Cast) -> Things:
        entry = take_in(cast)
        key, _ = keys.create_api_key(cast.company, "shop")
        cost = ItemCost.objects.create(company=cast.company, sku="MUG", currency="GBP", unit_cost="2.5")
        member = person_with("viewer", cast.company)
        owner = people.add_person(f"boss@{cast.company.name.lower()}.example")
        people.join(cast.company, owner, "owner")
        invitation, _ = invitations.invite(cast.company, "guest@one.example", "viewer", owner)
        sheet = opening.add(cast.company, "table", "sheet", "SHEET-")
        return Things(
            entry.order.public_id,
            entry.public_id,
            key.public_id,
            cost.pk,
            member.pk,
            invitation.public_id,
            entry.order.feed.public_id,
            cast.connection.public_id,
            Delivery.objects.get(company=cast.company, order=entry.order).pk,
            sheet.public_id,
            file_taking.keep(sheet, "orders.csv", b"id,quantity\n").public_id,
        )

    return make


def take_in(cast: Cast, serial: int = 1001, rate: str = "0.2", **changes) -> Entry:
    """Send the company an order, and return its invoice."""
    currency = "GBP" if cast.country == "GB" else "AUD"
    rate = rate if cast.country == "GB" else "0.1"
    line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": rate}
    order = {
        "source": "shop",
        "id": str(serial),
        "number": f"ORD-{serial}",
        "customer": {"name": "Jo Bloggs"},
        "dispatched": True,
        "dispatched_at": "2026-03-02T10:00:00Z",
        "currency": currency,
        "lines": [line],
    }
    receive(cast.company, order | changes)
    return Entry.objects.select_related("order").get(company=cast.company, order__source_id=str(serial))
