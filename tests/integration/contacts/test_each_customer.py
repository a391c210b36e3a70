"""Each customer is a contact: looked up, else made, once; and its documents name it."""

import httpx2
import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from daybook.catalog.models import CustomerContact
from daybook.connections.models import PostingSettings
from daybook.history.models import Event
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.posting import foreseeing
from daybook.reconciliation.report import compare_connection
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.connections.browser import watched
from tests.integration.contacts.orders import JO, an_order, contacts, made, names_of, post, stands

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 72
"""Of a drain of fifty documents of fifty new customers, in its own thread: six calls that look, one that makes, one claim."""


class TestACustomerWhoIsNew:
    def test_becomes_a_contact_with_all_that_the_order_says(self, acme):
        billing = {
            "lines": ["Unit 1", "The Yard", "Mill Lane", "Old Town", "North"], "city": "Leeds", "region": "Yorkshire",
            "postcode": "LS1 1AA", "country": "United Kingdom",
        }  # fmt: skip
        customer = JO | {"company": "Bloggs &amp; Daughters Ltd", "vat_number": "GB123456789"}
        receive(acme.company, an_order("A-1", customer, billing_address=billing))
        post(acme)
        (contact,) = made(acme)
        assert contact["Name"] == "Bloggs & Daughters Ltd"
        assert (contact["EmailAddress"], contact["TaxNumber"]) == ("jo@example.com", "GB123456789")
        (address,) = [each for each in contact["Addresses"] if each["AddressType"] == "POBOX"]
        assert [address[f"AddressLine{place}"] for place in (1, 2, 3, 4)] == [
            "Unit 1", "The Yard", "Mill Lane", "Old Town, North",
        ]  # fmt: skip
        assert (address["City"], address["Region"], address["PostalCode"]) == ("Leeds", "Yorkshire", "LS1 1AA")
        assert names_of(acme) == {"A-1": "Bloggs & Daughters Ltd"}

    def test_is_one_contact_of_two_orders_that_come_at_once(self, acme):
        list(receive_many(acme.company, [an_order("A-1"), an_order("A-2")]))
        post(acme)
        receive(acme.company, an_order("A-3"))
        post(acme)
        assert len(made(acme)) == 1
        assert set(names_of(acme)) == {"A-1", "A-2", "A-3"}
        assert Attempt.objects.filter(resource="Contacts").count() == 1

    def test_is_kept_with_the_document_and_its_sending(self, acme):
        receive(acme.company, an_order("A-1"))
        post(acme)
        (contact,) = made(acme)
        entry = Entry.objects.get()
        assert entry.document["contact_id"] == contact["ContactID"]
        assert AttemptEntry.objects.get().resolved["contact_id"] == contact["ContactID"]
        assert compare_connection(acme.connection, acme.client).agrees

    def test_of_fifty_goes_in_one_call_and_their_documents_in_another(self, acme):
        many = [
            an_order(f"A-{place}", {"id": str(place), "name": f"Customer {place}", "email": f"c{place}@example.com"})
            for place in range(50)
        ]
        list(receive_many(acme.company, many))
        with CaptureQueriesContext(database) as captured:
            post(acme)
        assert len(captured) <= MOST_STATEMENTS, len(captured)
        assert len(made(acme)) == 50
        calls = list(Attempt.objects.order_by("id").values_list("resource", flat=True))
        assert calls == ["Contacts", "Invoices"]

    def test_is_foreseen_with_the_calls_that_look_for_them(self, acme):
        many = [an_order(f"A-{place}", {"id": str(place), "name": f"Customer {place}"}) for place in range(60)]
        list(receive_many(acme.company, many))
        foreseen = foreseeing.of(acme.connection, clock.now())
        assert {each.route: each.waiting for each in foreseen.queues} == {"Contacts": 60, "Invoices": 60}
        assert (foreseen.waiting, foreseen.points[0].waiting) == (60, 60)
        with watched(acme.xero) as (client, seen):
            acme.client = client
            post(acme)
        assert len(made(acme)) == 60
        calls = sum("/Contacts" in path for path in seen.paths)
        assert next(each.calls for each in foreseen.queues if each.is_supply) == pytest.approx(calls, abs=2)

    def test_that_names_nobody_goes_to_the_contact_of_the_settings(self, acme):
        receive(acme.company, an_order("A-1", {"name": "  \t "}))
        post(acme)
        assert names_of(acme) == {"A-1": "Custom Gateway Orders"}
        assert made(acme) == []


class TestACustomerWhoIsThere:
    def test_is_found_by_the_e_mail_address(self, acme, xero):
        xero.books(acme.tenant_id)
        there = add(acme, Name="Jo B.", EmailAddress="JO@example.com")
        receive(acme.company, an_order("A-1"))
        post(acme)
        assert names_of(acme) == {"A-1": "Jo B."}
        assert CustomerContact.objects.get().contact_id == there
        assert made(acme) == []

    def test_is_found_by_the_name_whatever_its_case_and_spaces(self, acme):
        add(acme, Name="JO bloggs")
        receive(acme.company, an_order("A-1", JO | {"name": " Jo  Bloggs "}))
        post(acme)
        assert names_of(acme) == {"A-1": "JO bloggs"}

    def test_with_an_address_that_two_contacts_have_waits_for_a_person(self, acme):
        add(acme, Name="First", EmailAddress="jo@example.com")
        second = add(acme, Name="Second", EmailAddress="jo@example.com")
        receive(acme.company, an_order("A-1"))
        post(acme)
        assert stands("A-1") == ("held", "contact_ambiguous")
        change(acme, second, ContactStatus="ARCHIVED")
        prepare_again(acme)
        assert names_of(acme) == {"A-1": "First"}

    def test_of_two_with_one_address_is_the_one_that_has_the_name(self, acme):
        add(acme, Name="Somebody", EmailAddress="jo@example.com")
        add(acme, Name="Jo Bloggs", EmailAddress="jo@example.com")
        receive(acme.company, an_order("A-1"))
        post(acme)
        assert names_of(acme) == {"A-1": "Jo Bloggs"}


class TestTwoCustomersOfOneName:
    TWIN = {"id": "1002", "name": "jo bloggs", "email": "other@example.com"}

    def test_are_two_contacts_told_apart_by_the_shops_number_once(self, acme):
        receive(acme.company, an_order("A-1"))
        post(acme)
        list(receive_many(acme.company, [an_order("A-2", self.TWIN), an_order("A-3", self.TWIN)]))
        post(acme)
        receive(acme.company, an_order("A-4", self.TWIN))
        post(acme)
        assert names_of(acme) == {
            "A-1": "Jo Bloggs", "A-2": "jo bloggs (1002)", "A-3": "jo bloggs (1002)", "A-4": "jo bloggs (1002)",
        }  # fmt: skip
        assert len(made(acme)) == 2

    def test_that_come_in_one_call_are_told_apart_too(self, acme):
        list(receive_many(acme.company, [an_order("A-1"), an_order("A-2", self.TWIN)]))
        post(acme)
        assert names_of(acme) == {"A-1": "Jo Bloggs", "A-2": "jo bloggs (1002)"}

    def test_of_which_a_look_missed_one_are_told_apart_by_the_refusal(self, acme, xero):
        add(acme, Name="Jo Bloggs", EmailAddress="somebody@example.com")
        acme.client = HttpClient(10, Blind(xero))
        receive(acme.company, an_order("A-1"))
        post(acme)
        assert names_of(acme) == {"A-1": "Jo Bloggs (1001)"}


class TestNamesThatNoContactMayHave:
    @pytest.mark.parametrize(
        ("name", "there"),
        [
            ("J" * 300, "J" * 255),
            ("Jo\x07 <Blo\u0085ggs>\t Ltd", "Jo Blo ggs Ltd"),
            ('The "Red" Lion', 'The "Red" Lion'),
            ("Zoë \U0001f600", "Zoë \U0001f600"),
        ],
    )
    def test_are_written_as_they_can_be(self, acme, name, there):
        receive(acme.company, an_order("A-1", JO | {"name": name}))
        post(acme)
        assert names_of(acme) == {"A-1": there}

    def test_and_addresses_that_none_may_have_are_left_out(self, acme):
        receive(acme.company, an_order("A-1", JO | {"email": "jürgen@exämple.com", "vat_number": "9" * 60}))
        post(acme)
        (contact,) = made(acme)
        assert not contact.get("EmailAddress")
        assert not contact.get("TaxNumber")


class TestACallWithoutAnAnswer:
    def test_makes_no_second_contact(self, acme, xero):
        acme.client = HttpClient(10, Lossy(xero))
        receive(acme.company, an_order("A-1"))
        for _ in range(3):
            post(acme)
        assert len(made(acme)) == 1
        assert names_of(acme) == {"A-1": "Jo Bloggs"}


class TestAContactThatChanged:
    def test_by_a_merge_while_documents_wait_is_followed(self, acme, xero):
        receive(acme.company, an_order("A-1"))
        post(acme)
        (contact,) = made(acme)
        other = add(acme, Name="The Bloggs Family")
        receive(acme.company, an_order("A-2"))
        xero.merge_contacts(acme.tenant_id, contact["ContactID"], into=other)
        post(acme)
        cure(acme)
        post(acme)
        assert names_of(acme)["A-2"] == "The Bloggs Family"
        row = CustomerContact.objects.get()
        assert (row.contact_id, row.merged_from) == (other, contact["ContactID"])
        told = Event.objects.get(what="listed")
        assert told.after == {f"contact.{contact['ContactID']}": f"merged into {other}"}
        receive(acme.company, an_order("A-3"))
        post(acme)
        assert stands("A-3") == ("posted", "")

    def test_its_name_keeps_it_and_is_not_named_back(self, acme):
        receive(acme.company, an_order("A-1"))
        post(acme)
        (contact,) = made(acme)
        change(acme, contact["ContactID"], Name="Josephine Bloggs")
        receive(acme.company, an_order("A-2"))
        post(acme)
        assert set(names_of(acme).values()) == {"Josephine Bloggs"}

    def test_to_archived_holds_what_is_for_it_until_a_person_restored_it(self, acme):
        receive(acme.company, an_order("A-1"))
        post(acme)
        (contact,) = made(acme)
        change(acme, contact["ContactID"], ContactStatus="ARCHIVED")
        receive(acme.company, an_order("A-2"))
        post(acme)
        assert stands("A-2") == ("rejected", "contact_archived")
        receive(acme.company, an_order("A-3"))
        post(acme)
        assert stands("A-3") == ("held", "contact_archived")
        CustomerContact.objects.update(read_at=clock.now())
        acme.xero.books(acme.tenant_id).put_contact(restored(acme, contact["ContactID"]))
        cure(acme)
        post(acme)
        prepare_again(acme)
        assert (stands("A-2"), stands("A-3")) == (("posted", ""), ("posted", ""))

    def test_because_it_was_erased_there_is_never_invoiced(self, acme):
        receive(acme.company, an_order("A-1"))
        post(acme)
        (contact,) = made(acme)
        change(acme, contact["ContactID"], ContactStatus="GDPRREQUEST")
        CustomerContact.objects.update(status="")
        receive(acme.company, an_order("A-2"))
        post(acme)
        assert stands("A-2") == ("held", "contact_unusable")


class TestEachCustomerWithAVatNumber:
    def test_is_a_contact_and_all_others_are_the_one(self, acme):
        PostingSettings.objects.update(contact_per="vat_number")
        receive(acme.company, an_order("A-1"))
        receive(acme.company, an_order("A-2", JO | {"company": "Bloggs GmbH", "vat_number": "DE123456789"}))
        post(acme)
        assert names_of(acme) == {"A-1": "Custom Gateway Orders", "A-2": "Bloggs GmbH"}


class TestAPermissionThatIsMissing:
    def test_keeps_only_those_waiting_whose_contacts_must_be_made(self, acme):
        acme.connection.token_set.__class__.objects.update(scope="accounting.invoices accounting.contacts.read")
        add(acme, Name="Known", EmailAddress="known@example.com")
        receive(acme.company, an_order("A-1"))
        receive(acme.company, an_order("A-2", {"email": "known@example.com"}))
        post(acme)
        assert stands("A-1") == ("held", "consent_lacks")
        assert stands("A-2") == ("posted", "")
        assert made(acme) == []


def add(cast, **said: str) -> str:
    """Make a contact as somebody else does."""
    return call(cast, "PUT", "/Contacts", said)


def change(cast, contact_id: str, **said: str) -> str:
    return call(cast, "POST", f"/Contacts/{contact_id}", said)


def call(cast, method: str, path: str, said: dict) -> str:
    granted = cast.xero.sign_in(cast.tenant_id)
    headers = {"Authorization": f"Bearer {granted['access_token']}", "xero-tenant-id": cast.tenant_id}
    with httpx2.Client(transport=InProcessTransport(cast.xero), base_url="http://localhost") as sender:
        answer = sender.request(
            method, f"/api.xro/2.0{path}", json=said, headers={**headers, "Accept": "application/json"}
        )
    assert answer.status_code == 200, answer.text
    return answer.json()["Contacts"][0]["ContactID"]


def restored(cast, contact_id: str):
    """The contact as a person's Restore leaves it: no API does that."""
    from msgspec.structs import replace

    return replace(cast.xero.books(cast.tenant_id).contacts[contact_id], status="ACTIVE")


def cure(cast) -> None:
    """What the jobs do after a refusal: the lists are read again, and what is cured goes."""
    from daybook.catalog import refresh
    from daybook.intake import curing

    refresh.refresh(cast.connection, client=cast.client)
    curing.cure(cast.company.pk)


def prepare_again(cast) -> None:
    from daybook.intake.prepare import prepare_company

    prepare_company(cast.company.pk)
    post(cast)


class Blind(InProcessTransport):
    """A Xero whose filters find nothing."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET" and "where=" in str(request.url):
            return httpx2.Response(200, json={"Contacts": []})
        return super().handle_request(request)


class Lossy(InProcessTransport):
    """A Xero whose first answer to new contacts is lost."""

    def __init__(self, xero: LocalXero) -> None:
        super().__init__(xero)
        self.lost = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if request.method == "PUT" and request.url.path.endswith("/Contacts") and self.lost < 2:
            self.lost += 1
            message = "the line went dead"
            raise httpx2.ReadError(message, request=request)
        return answer


def test_contacts_of_nobody_are_left_alone(acme):
    before = contacts(acme)
    receive(acme.company, an_order("A-1"))
    post(acme)
    assert [each for each in contacts(acme) if each["ContactID"] in {old["ContactID"] for old in before}] == before
