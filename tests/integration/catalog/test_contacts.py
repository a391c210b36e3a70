"""The contact that stands for a company is looked up as people type it."""

import pytest
from msgspec.structs import replace

from daybook.catalog import contacts
from tests.integration.connections.browser import watched

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def find(acme, name):
    return contacts.find_contacts(acme.connection, name, client=acme.client)


def rename(acme, old: str, new: str) -> str:
    books = acme.xero.books(acme.tenant_id)
    contact = next(each for each in books.contacts.values() if each.name == old)
    books.put_contact(replace(contact, name=new))
    return contact.contact_id


class TestLookingUp:
    @pytest.mark.parametrize("typed", ["Custom Gateway Orders", "  custom   gateway ORDERS "])
    def test_finds_a_contact_however_its_spaces_and_case_are_typed(self, acme, typed):
        (found,) = find(acme, typed)
        assert (found.name, found.status, found.is_active) == ("Custom Gateway Orders", "ACTIVE", True)

    def test_costs_one_call(self, acme):
        with watched(acme.xero) as (client, seen):
            contacts.find_contacts(acme.connection, "Custom Gateway Orders", client=client)
        assert seen.paths == ["GET /api.xro/2.0/Contacts"]

    @pytest.mark.parametrize("typed", ["Custom", "Custom Gateway Orders Ltd", "", "   "])
    def test_finds_nothing_by_a_part_or_more_than_the_name(self, acme, typed):
        assert find(acme, typed) == []

    def test_says_that_a_contact_is_archived(self, acme):
        (found,) = find(acme, "Old Customer Ltd")
        assert (found.status, found.is_active) == ("ARCHIVED", False)

    @pytest.mark.parametrize("name", ['The "Mug" Shop', "Back\\slash & Sons", "O'Brien + Co", "Müller & Söhne <3"])
    def test_finds_names_with_signs_that_a_query_cannot_hold(self, acme, name):
        contact_id = rename(acme, "Custom Gateway Orders", name)
        assert [found.contact_id for found in find(acme, name)] == [contact_id]

    def test_puts_the_active_one_first_where_two_share_a_name(self, acme):
        rename(acme, "Old Customer Ltd", "Custom Gateway Orders")
        assert [found.is_active for found in find(acme, "Custom Gateway Orders")] == [True, False]
