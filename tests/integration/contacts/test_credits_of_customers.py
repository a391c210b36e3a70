"""What is given back goes to the contact of its invoice, whatever became of it, or of the customer, in between."""

import pytest

from daybook.catalog.models import CustomerContact
from daybook.connections.models import PostingSettings
from daybook.ending import persons
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Entry
from tests.integration.contacts.orders import JO, an_order, made
from tests.integration.contacts.test_each_customer import add, change, cure
from tests.integration.credits.shop import map_gateway, notes, settle

pytestmark = pytest.mark.django_db(transaction=True)
BUYER = JO | {"vat_number": "GB123456789"}
REFUND = {"id": "r1", "at": "2026-03-05T10:00:00Z", "reason": "Broken", "lines": [{"line": "1", "quantity": 1}]}
PAID = {"id": "ch_1", "at": "2026-03-01T10:00:05Z", "amount": "15.00", "gateway": "stripe"}
MONEY = {"amount": "7.50", "gateway": "stripe", "id": "re_1", "at": "2026-03-05T10:00:00Z"}


@pytest.fixture
def shop(acme):
    settings = PostingSettings.objects.filter(connection=acme.connection)
    settings.update(post_credit_notes=True, document_status="AUTHORISED", post_payments=True)
    map_gateway(acme, "stripe")
    return acme


def sold(cast, **more) -> str:
    """An invoice that is posted; return the id of its contact."""
    receive(cast.company, an_order("A-1", BUYER, **more))
    settle(cast)
    return cast.invoices()[0]["Contact"]["ContactID"]


def refunded(cast, **more) -> None:
    receive(cast.company, an_order("A-1", BUYER, refunds=[REFUND | more.pop("refund", {})], **more))


def whose(cast) -> tuple[str, str]:
    """The contacts of the invoice and of its credit note, as the books hold them; all of it is settled."""
    (invoice,), (note,) = cast.invoices(), notes(cast)
    assert {each.state for each in Entry.objects.all()} == {"posted"}
    assert float(note["RemainingCredit"]) == 0
    return invoice["Contact"]["ContactID"], note["Contact"]["ContactID"]


def merge(cast, contact_id: str) -> str:
    other = add(cast, Name="The Bloggs Family")
    cast.xero.merge_contacts(cast.tenant_id, contact_id, into=other)
    return other


def again(cast) -> None:
    """What the jobs do after a refusal."""
    cure(cast)
    prepare.prepare_company(cast.company.pk)
    settle(cast)


@pytest.mark.parametrize("contact_per", ["customer", "vat_number"])
@pytest.mark.parametrize("payments", [False, True], ids=["allocated", "paid back"])
def test_of_a_customer_goes_to_their_contact_and_is_settled(shop, payments, contact_per):
    PostingSettings.objects.update(contact_per=contact_per)
    money = {"payments": [PAID]} if payments else {}
    contact = sold(shop, **money)
    refunded(shop, refund={"payments": [MONEY]} if payments else {}, **money)
    settle(shop)
    assert whose(shop) == (contact, contact)
    assert len(made(shop)) == 1


def test_of_a_contact_renamed_there_goes_to_it_too(shop):
    contact = sold(shop)
    change(shop, contact, Name="Bloggs, Jo")
    refunded(shop)
    settle(shop)
    assert whose(shop) == (contact, contact)


@pytest.mark.parametrize("waits", [False, True], ids=["before the refund", "while it waits"])
def test_of_a_contact_merged_there_goes_where_its_invoice_went(shop, waits):
    contact = sold(shop)
    if waits:
        refunded(shop)
    other = merge(shop, contact)
    if not waits:
        refunded(shop)
    settle(shop)
    again(shop)
    assert whose(shop) == (other, other)


def test_of_a_contact_renamed_with_its_customer_goes_to_it_too(shop):
    PostingSettings.objects.update(rename_contacts=True)
    contact = sold(shop)
    receive(shop.company, an_order("A-2", BUYER | {"name": "Jo Miller"}, dispatched_at="2026-03-04T10:00:00Z"))
    refunded(shop)
    settle(shop)
    assert [each["Name"] for each in made(shop)] == ["Jo Miller"]
    (note,) = notes(shop)
    assert note["Contact"] | {"ContactID": contact} == note["Contact"]
    assert CustomerContact.objects.get().name == "Jo Miller"


@pytest.mark.parametrize("waits", [False, True], ids=["before the refund", "while it waits"])
def test_of_a_customer_who_is_forgotten_goes_where_its_invoice_went(shop, waits):
    contact = sold(shop)
    if waits:
        refunded(shop)
    persons.forget(shop.company, persons.find(shop.company, customer_id="1001"))
    if not waits:
        refunded(shop)
    prepare.prepare_overdue(before=clock.now())
    settle(shop)
    assert whose(shop) == (contact, contact)


def test_of_a_customer_who_is_forgotten_before_anything_was_posted_goes_to_the_one_contact(shop):
    receive(shop.company, an_order("A-1", BUYER))
    persons.forget(shop.company, persons.find(shop.company, customer_id="1001"))
    prepare.prepare_overdue(before=clock.now())
    settle(shop)
    refunded(shop)
    settle(shop)
    invoice, note = whose(shop)
    assert invoice == note
    assert made(shop) == []


def test_a_payment_is_listed_under_the_customer_of_its_sale(shop):
    sold(shop, payments=[PAID])
    names = Entry.objects.order_by("kind").values_list("kind", "contact_name")
    assert list(names) == [("invoice", BUYER["name"]), ("payment", BUYER["name"])]


def test_a_payment_that_an_older_version_listed_under_the_contact_for_all_is_no_change_of_it(shop):
    sold(shop, payments=[PAID])
    payment = Entry.objects.get(kind="payment")
    payment.document["contact_name"] = payment.contact_name = "Custom Gateway Orders"
    payment.save()
    receive(shop.company, an_order("A-1", BUYER, payments=[PAID], status="Delivered"))
    settle(shop)
    assert list(Entry.objects.order_by("pk").values_list("state", "attention")) == [("posted", "")] * 2
