"""Xero's own Python SDK over contacts."""

import datetime as dt

import pytest
from xero_python.accounting import (
    Address,
    Bill,
    Contact,
    ContactPerson,
    Contacts,
    CurrencyCode,
    PaymentTerm,
    PaymentTermType,
    Phone,
    SalesTrackingCategory,
)
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import NOBODY, invoice, invoices

pytestmark = pytest.mark.filterwarnings("ignore")

UNIQUE = "The contact name {} is already assigned to another contact. The contact name must be unique across all active contacts."
IDENTIFIED = "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber"


def contacts(*each):
    return Contacts(contacts=list(each))


@pytest.fixture
def zebra(accounting, tenant):
    """A contact with all that one may have."""
    whole = Contact(
        name="Zebra",
        first_name="Zoë",
        last_name="Brand",
        email_address="z@zebra.example",
        contact_number="Z-1",
        account_number="AN-1",
        tax_number="GB123",
        company_number="7654321",
        bank_account_details="12-34-56 12345678",
        default_currency=CurrencyCode.EUR,
        accounts_receivable_tax_type="OUTPUT2",
        accounts_payable_tax_type="INPUT2",
        sales_default_account_code="200",
        purchases_default_account_code="300",
        payment_terms=PaymentTerm(
            bills=Bill(day=15, type=PaymentTermType.OFCURRENTMONTH),
            sales=Bill(day=10, type=PaymentTermType.DAYSAFTERBILLDATE),
        ),
        sales_tracking_categories=[
            SalesTrackingCategory(tracking_category_name="Region", tracking_option_name="North")
        ],
        addresses=[
            Address(address_type="STREET", address_line1="1 Plain", city="York", postal_code="YO1", country="GB")
        ],
        phones=[Phone(phone_type="MOBILE", phone_number="555", phone_area_code="1", phone_country_code="44")],
        contact_persons=[
            ContactPerson(first_name="Pat", last_name="Q", email_address="p@zebra.example", include_in_emails=True)
        ],
    )
    return accounting.create_contacts(tenant, contacts(whole)).contacts[0].contact_id


class TestContacts:
    def test_keep_all_that_was_sent(self, accounting, tenant, zebra):
        (kept,) = accounting.get_contact(tenant, zebra).contacts
        assert (kept.name, kept.first_name, kept.contact_number, kept.account_number) == ("Zebra", "Zoë", "Z-1", "AN-1")
        assert (kept.default_currency, kept.payment_terms.sales.day) == (CurrencyCode.EUR, 10)
        assert {each.address_type: each.city for each in kept.addresses}["STREET"] == "York"
        assert {each.phone_type: each.phone_number for each in kept.phones}["MOBILE"] == "555"
        assert [each.email_address for each in kept.contact_persons] == ["p@zebra.example"]
        assert kept.sales_tracking_categories[0].tracking_option_name == "North"

    def test_are_read_by_number(self, accounting, tenant, zebra):
        assert accounting.get_contact_by_contact_number(tenant, "Z-1").contacts[0].contact_id == zebra

    def test_are_changed_and_keep_what_is_not_sent(self, accounting, tenant, zebra):
        accounting.update_contact(tenant, zebra, contacts(Contact(email_address="new@zebra.example")))
        (kept,) = accounting.get_contact(tenant, zebra).contacts
        assert (kept.email_address, kept.first_name, len(kept.contact_persons)) == ("new@zebra.example", "Zoë", 1)

    def test_may_be_sent_back_as_they_came(self, accounting, tenant, zebra, books):
        (before,) = (each for each in books("Contacts") if each["ContactID"] == zebra)
        accounting.update_contact(tenant, zebra, accounting.get_contact(tenant, zebra))
        (after,) = (each for each in books("Contacts") if each["ContactID"] == zebra)
        filled = {name for name in after if after[name] != before[name]}
        assert filled <= {"Addresses"}, "the SDK sends empty lines of an address that had none"

    def test_are_changed_and_made_in_one_call(self, accounting, tenant, zebra, books):
        both = contacts(Contact(contact_id=zebra, name="Zebra & Co"), Contact(name="Zulu"))
        made = accounting.update_or_create_contacts(tenant, both, summarize_errors=False).contacts
        assert [each.name for each in made] == ["Zebra & Co", "Zulu"]
        assert [each["Name"] for each in books("Contacts")][-2:] == ["Zebra & Co", "Zulu"]

    def test_are_archived(self, accounting, tenant, zebra, company):
        accounting.update_contact(tenant, zebra, contacts(Contact(contact_status="ARCHIVED")))
        named = 'Name=="Zebra"'
        assert accounting.get_contacts(tenant, where=named).contacts == []
        (found,) = accounting.get_contacts(tenant, where=named, include_archived=True).contacts
        assert (found.contact_id, found.contact_status) == (zebra, "ARCHIVED")

    def test_know_what_is_due_from_them(self, accounting, tenant, zebra):
        owes = Contact(contact_id=zebra)
        pounds = {"currency_code": CurrencyCode.GBP}
        accounting.create_invoices(tenant, invoices(invoice(owes, **pounds), invoice(owes, type="ACCPAY", **pounds)))
        (kept,) = accounting.get_contact(tenant, zebra).contacts
        assert (kept.is_customer, kept.is_supplier) == (True, True)
        assert (kept.balances.accounts_receivable.outstanding, kept.balances.accounts_payable.outstanding) == (120, 120)


class TestRefusals:
    def test_raise_when_summarised(self, accounting, tenant, refused, zebra):
        with refused(UNIQUE.format("Zebra")):
            accounting.create_contacts(tenant, contacts(Contact(name="Zebra")), summarize_errors=True)
        with refused("Email address must be valid."):
            accounting.create_contacts(tenant, contacts(Contact(name="Yak", email_address="nonsense")))
        with refused("Another contact has this contact number. Please enter a different contact number."):
            accounting.create_contacts(tenant, contacts(Contact(name="Yak", contact_number="Z-1")))

    def test_stand_in_each_element_otherwise(self, accounting, tenant, zebra, books):
        batch = contacts(Contact(name="Zebra"), Contact(name="Yak"), Contact())
        answer = accounting.create_contacts(tenant, batch, summarize_errors=False).contacts
        assert [[error.message for error in each.validation_errors or []] for each in answer] == [
            [UNIQUE.format("Zebra")],
            [],
            [IDENTIFIED],
        ]
        assert [each["Name"] for each in books("Contacts")][-2:] == ["Zebra", "Yak"]

    def test_of_what_is_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_contact(tenant, NOBODY)
        with pytest.raises(NotFoundException):
            accounting.get_contact_by_contact_number(tenant, "Z-9")


class TestLists:
    @pytest.mark.parametrize(
        "where",
        [
            'Name=="ZEBRA"',
            'Name.ToLower().Contains("zeb")',
            'EmailAddress!=null AND EmailAddress.StartsWith("z@")',
            'AccountNumber=="AN-1"',
            'ContactNumber=="Z-1"',
            'ContactID==Guid("{}")',
            'ContactStatus=="ACTIVE" && Name.EndsWith("bra")',
        ],
    )
    def test_are_filtered(self, accounting, tenant, zebra, where):
        found = accounting.get_contacts(tenant, where=where.replace("{}", zebra)).contacts
        assert [each.contact_id for each in found] == [zebra]

    @pytest.mark.parametrize("words", ["zebra", "Z-1", "z@zebra.example"])
    def test_are_searched(self, accounting, tenant, zebra, words):
        assert [each.contact_id for each in accounting.get_contacts(tenant, search_term=words).contacts] == [zebra]

    def test_are_chosen_by_id(self, accounting, tenant, zebra, company):
        found = accounting.get_contacts(tenant, i_ds=[zebra, company.contact_id], order="Name DESC").contacts
        assert [each.contact_id for each in found] == [zebra, company.contact_id]

    def test_come_in_pages(self, accounting, tenant, books):
        active = [each["Name"] for each in books("Contacts") if each["ContactStatus"] == "ACTIVE"]
        page = accounting.get_contacts(tenant, page=2, page_size=10, order="Name ASC")
        assert [each.name for each in page.contacts] == sorted(active, key=str.casefold)[10:20]
        assert (page.pagination.page, page.pagination.page_size) == (2, 10)
        assert page.pagination.item_count == len(active)
        assert page.pagination.page_count == -(-len(active) // 10)
        assert accounting.get_contacts(tenant, page=1000).contacts == []

    def test_of_summaries_have_no_addresses(self, accounting, tenant, zebra):
        (short,) = accounting.get_contacts(tenant, summary_only=True, search_term="zebra").contacts
        assert (short.name, short.addresses, short.contact_persons, short.balances) == ("Zebra", None, None, None)

    def test_hold_what_changed(self, accounting, tenant, xero, zebra):
        xero.clock.advance(60)
        since = xero.clock.now()
        assert accounting.get_contacts(tenant, if_modified_since=since).contacts == []
        accounting.update_contact(tenant, zebra, contacts(Contact(first_name="Zara")))
        assert [each.first_name for each in accounting.get_contacts(tenant, if_modified_since=since).contacts] == [
            "Zara"
        ]
        in_paris = since.astimezone(dt.timezone(dt.timedelta(hours=1)))
        assert len(accounting.get_contacts(tenant, if_modified_since=in_paris).contacts) == 1
