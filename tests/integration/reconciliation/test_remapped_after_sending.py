"""A document that was mapped anew after it had left: what was sent says what is ours, not what it would say by now."""

import httpx2
import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import people
from daybook.connections.models import Connection, PostingSettings
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.outbox.models import AttemptEntry, Entry
from daybook.reconciliation.watching import look_at_one
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import look, post
from tests.integration.posting.test_late_answers import Paused, give_up
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "Custom Gateway Orders", "Print Fulfilment Partners"


class HeldUp(httpx2.BaseTransport):
    """A network that swallows creating calls, and delivers them when nobody waits for an answer any more."""

    def __init__(self, xero: LocalXero) -> None:
        self._inner = InProcessTransport(xero)
        self._under_way: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return self._inner.handle_request(request)
        self._under_way.append(request)
        message = "nothing came back"
        raise httpx2.ReadTimeout(message, request=request)

    def deliver(self) -> None:
        """Let the first sending arrive."""
        answer = self._inner.handle_request(self._under_way[0])
        answer.read()
        assert answer.status_code == 200


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def ordered(cast: Cast, currency: str = "GBP") -> None:
    line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
    order = {"source": "shop", "id": "1001", "number": "ORD-1001", "currency": currency, "lines": [line]}
    receive(cast.company, order | {"dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z"})


def choose(cast: Cast, name: str) -> None:
    """Let the company's invoices go to the contact of this name from now on."""
    there = cast.xero.books(cast.tenant_id).contact_named(name)
    PostingSettings.objects.update(contact_name=name, contact_id=there.contact_id)
    prepare.prepare_company(cast.company.pk)


def send_into_the_void(cast: Cast) -> HeldUp:
    """Send what waits; nothing comes back, and a look does not find it."""
    network = post_by(cast, HeldUp(cast.xero))
    look(cast)
    assert Entry.objects.get().state == "ready"
    return network


def post_by(cast: Cast, network: HeldUp) -> HeldUp:
    post(Cast(cast.xero, cast.company, cast.connection, HttpClient(10, network)))
    assert Entry.objects.get().state == "unknown"
    return network


def contacts_in_xero(cast: Cast) -> list[str]:
    return [invoice["Contact"]["Name"] for invoice in cast.invoices()]


class TestADocumentSentToOneContactAndThenMappedForAnother:
    def test_is_ours_where_the_first_sending_was_booked_late(self, acme):
        ordered(acme)
        network = send_into_the_void(acme)
        choose(acme, SECOND)
        assert Entry.objects.get().contact_name == SECOND
        network.deliver()
        post(acme)
        assert Entry.objects.get().state == "unknown"
        look(acme)
        entry = Entry.objects.get()
        assert (entry.state, entry.cause, contacts_in_xero(acme)) == ("posted", "", [FIRST])
        assert entry.their_id == acme.invoices()[0]["InvoiceID"]

    def test_says_on_its_page_to_whom_it_stands_there(self, acme):
        ordered(acme)
        network = send_into_the_void(acme)
        choose(acme, SECOND)
        network.deliver()
        post(acme)
        look(acme)
        assert f"Its contact there is {FIRST}" in page_of(acme)

    def test_is_sent_to_the_new_one_where_the_first_never_arrived(self, acme):
        ordered(acme)
        send_into_the_void(acme)
        choose(acme, SECOND)
        post(acme)
        assert (Entry.objects.get().state, contacts_in_xero(acme)) == ("posted", [SECOND])
        assert Entry.objects.get().their_differs == ""

    def test_is_not_ours_where_somebody_else_s_invoice_has_its_number(self, acme):
        ordered(acme)
        network = send_into_the_void(acme)
        network.deliver()
        Entry.objects.update(public_id="someoneelse")
        post(acme)
        look(acme)
        entry = Entry.objects.get()
        assert (entry.state, entry.cause, len(acme.invoices())) == ("rejected", "number_taken", 1)

    def test_says_so_too_where_the_first_sending_s_answer_comes_late(self, acme):
        ordered(acme)

        def others() -> None:
            give_up(acme)
            look(acme)
            choose(acme, SECOND)
            post_by(acme, HeldUp(acme.xero))

        slow = HttpClient(10, Paused(acme.xero, others, before=True))
        post(Cast(acme.xero, acme.company, acme.connection, slow))
        entry = Entry.objects.get()
        assert (entry.state, contacts_in_xero(acme)) == ("posted", [FIRST])
        assert entry.their_differs == "Its contact there is the one that was chosen before."
        Connection.objects.update(paused_until=None)
        look_at_one(entry, acme.connection, acme.client)
        assert Entry.objects.get().their_differs == f"Its contact there is {FIRST} now."

    def test_keeps_what_was_resolved_with_each_sending(self, acme):
        ordered(acme)
        send_into_the_void(acme)
        choose(acme, SECOND)
        post(acme)
        books = acme.xero.books(acme.tenant_id)
        sent = AttemptEntry.objects.order_by("id").values_list("resolved", flat=True)
        assert [each["contact_id"] for each in sent] == [
            books.contact_named(name).contact_id for name in (FIRST, SECOND)
        ]


class TestADocumentSentInOneCurrencyAndThenMappedInAnother:
    def test_is_ours_in_the_first_and_needs_a_person(self, acme):
        ordered(acme)
        network = send_into_the_void(acme)
        ordered(acme, "EUR")
        assert Entry.objects.get().currency == "EUR"
        network.deliver()
        post(acme)
        look(acme)
        entry = Entry.objects.get()
        assert (entry.state, entry.attention, entry.their_differs) == ("posted", "totals_differ", "It is in GBP there.")
        assert "gross 15.00 EUR; Xero's: net 12.50, tax 2.50, gross 15.00 GBP" in entry.attention_detail


def page_of(cast: Cast) -> str:
    person = people.add_person("owner@acme.example", password="mill pond lantern 7")
    people.join(cast.company, person, "owner")
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.get(reverse("web:document", args=[cast.company.public_id, Entry.objects.get().public_id]))
    return " ".join(answer.content.decode().split())
