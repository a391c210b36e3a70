"""A customer gets a new name in the OMS: where it is switched on, their contact is renamed once, and nobody else's."""

import httpx2
import pytest
from django.urls import reverse

from daybook.catalog.models import CustomerContact
from daybook.companies import people
from daybook.companies.models import Membership
from daybook.connections.models import ChannelContact, PostingSettings
from daybook.history.models import Event
from daybook.intake.receive import receive, receive_many
from daybook.outbox.models import Attempt
from daybook.reconciliation.report import compare_connection
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport
from tests.integration.contacts.orders import JO, an_order, made, names_of, post, stands
from tests.integration.contacts.test_each_customer import add, change

pytestmark = pytest.mark.django_db(transaction=True)
NEW = JO | {"name": "Jo Miller"}
LATER = {"dispatched_at": "2026-03-04T10:00:00Z"}


@pytest.fixture
def renaming(acme):
    PostingSettings.objects.update(rename_contacts=True)
    return acme


def writes() -> list[str]:
    return list(Attempt.objects.filter(resource="Contacts").order_by("id").values_list("method", flat=True))


def both(cast, **more) -> None:
    """An order under the old name, posted, and a later one under the new."""
    receive(cast.company, an_order("A-1"))
    post(cast)
    receive(cast.company, an_order("A-2", NEW, **LATER | more))


def test_off_the_contact_keeps_its_name(acme):
    both(acme)
    post(acme)
    assert [each["Name"] for each in made(acme)] == ["Jo Bloggs"]
    assert writes() == ["PUT"]


def test_on_it_is_renamed_once_before_the_next_invoice(renaming):
    both(renaming)
    post(renaming)
    receive(renaming.company, an_order("A-3", NEW, **LATER))
    post(renaming)
    assert [each["Name"] for each in made(renaming)] == ["Jo Miller"]
    assert set(names_of(renaming).values()) == {"Jo Miller"}
    assert writes() == ["PUT", "POST"]
    row = CustomerContact.objects.get()
    assert (row.name, row.shop_name, row.renamed_at is not None) == ("Jo Miller", "Jo Miller", True)
    told = Event.objects.get(what="listed")
    assert "Jo" not in f"{told.before}{told.after}"
    assert "renamed" in told.after[f"contact.{row.contact_id}"]
    assert compare_connection(renaming.connection, renaming.client).agrees


def test_an_older_order_that_goes_later_renames_nobody_back(renaming):
    receive(renaming.company, an_order("A-1", **LATER))
    post(renaming)
    receive(renaming.company, an_order("A-0", JO | {"name": "Jo Olden"}))  # of two days before
    post(renaming)
    assert [each["Name"] for each in made(renaming)] == ["Jo Bloggs"]
    assert stands("A-0") == ("posted", "")


@pytest.mark.parametrize("who", ["renamed there", "chosen", "a channel's", "shared", "found by its address"])
def test_a_contact_that_is_not_ours_alone_keeps_its_name(renaming, who):
    if who == "found by its address":
        add(renaming, Name="The Bloggs", EmailAddress="jo@example.com")
    receive(renaming.company, an_order("A-1"))
    post(renaming)
    row = CustomerContact.objects.get()
    match who:
        case "renamed there":
            change(renaming, row.contact_id, Name="Bloggs, Jo")
        case "chosen":
            PostingSettings.objects.update(supplier_contact_id=row.contact_id)
        case "a channel's":
            ChannelContact.objects.create(
                connection=renaming.connection, channel="web", contact_name="Jo Bloggs", contact_id=row.contact_id
            )
        case "shared":
            CustomerContact.objects.create(
                organisation=row.organisation, key="db-other", contact_id=row.contact_id, name=row.name, status="ACTIVE"
            )
    before = names_of(renaming)["A-1"] if who != "renamed there" else "Bloggs, Jo"
    receive(renaming.company, an_order("A-2", NEW, **LATER))
    post(renaming)
    assert set(names_of(renaming).values()) == {before}
    assert "POST" not in writes()


def test_a_name_that_somebody_has_gets_the_shops_number(renaming):
    add(renaming, Name="Jo Miller", EmailAddress="another@example.com")
    both(renaming)
    post(renaming)
    assert [each["Name"] for each in made(renaming)] == ["Jo Miller (1001)"]
    receive(renaming.company, an_order("A-3", NEW, **LATER))
    post(renaming)
    assert writes() == ["PUT", "POST"]


def test_fifty_are_renamed_in_one_call(renaming):
    def some(name: str, first: int, **more) -> None:
        orders = [
            an_order(f"A-{first + each}", {"id": str(each), "name": f"{name} {each}"}, **more) for each in range(50)
        ]
        list(receive_many(renaming.company, orders))
        post(renaming)

    some("Old", 100)
    some("New", 200, **LATER)
    assert {each["Name"] for each in made(renaming)} == {f"New {each}" for each in range(50)}
    assert writes() == ["PUT", "POST"]


def test_a_lost_answer_renames_nothing_twice(renaming, xero):
    class Lost(InProcessTransport):
        def handle_request(self, request):
            answer = super().handle_request(request)
            if request.method == "POST" and request.url.path.endswith("/Contacts"):
                message = "the line went dead"
                raise httpx2.ReadError(message, request=request)
            return answer

    both(renaming)
    renaming.client = HttpClient(10, Lost(xero))
    post(renaming)
    assert stands("A-2") == ("ready", "")
    renaming.client = HttpClient(10, InProcessTransport(xero))
    post(renaming)
    assert stands("A-2") == ("posted", "")
    assert CustomerContact.objects.get().renamed_at is not None
    assert [each["Name"] for each in made(renaming)] == ["Jo Miller"]
    assert Attempt.objects.filter(resource="Contacts", method="POST").count() == 1


class Refusing(InProcessTransport):
    """Xero says no to every change of a contact."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST" and request.url.path.endswith("/Contacts"):
            said = {"StatusAttributeString": "ERROR", "ValidationErrors": [{"Message": "It may not be renamed"}]}
            return httpx2.Response(200, json={"Contacts": [said]})
        return super().handle_request(request)


def test_a_name_that_the_ledger_refuses_is_shown_where_contacts_are(renaming, xero, client):
    renaming.client = HttpClient(10, Refusing(xero))
    both(renaming)
    post(renaming)
    assert [each["Name"] for each in made(renaming)] == ["Jo Bloggs"]
    assert CustomerContact.objects.get().rename_refused_at is not None
    ann = people.add_person("ann@acme.example")
    people.join(renaming.company, ann, Membership.Role.ACCOUNTANT)
    client.force_login(ann)
    shown = " ".join(
        client.get(reverse("web:settings-room", args=[renaming.company.public_id, "contact"])).content.decode().split()
    )
    assert "Contacts that keep their old name in Xero" in shown
    assert "is called Jo Miller in the OMS" in shown
