"""What the database itself refuses, whoever asks."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.outbox.models import Attempt, Entry
from localxero import LocalXero
from tests.integration.intake.conftest import post
from tests.world import Cast, connected, reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero) -> Cast:
    return connected(xero, untouched=True)


def copy_of(entry: Entry, **changes: object) -> Entry:
    """The same document once more, under another name and number."""
    values = {"public_id": "another", "number": "ANOTHER", "generation": 7} | changes
    copy = Entry.objects.get(pk=entry.pk)
    copy.pk = None
    for name, value in values.items():
        setattr(copy, name, value)
    return copy


class TestOneLiveDocument:
    def test_of_an_order_a_kind_and_a_key_in_an_organisation(self, acme):
        with pytest.raises(IntegrityError, match="entry_one_live"), transaction.atomic():
            copy_of(acme.ready_invoice()).save(force_insert=True)

    def test_is_a_law_for_each_part_of_the_order(self, acme):
        entry = acme.ready_invoice()
        copy_of(entry, key="shipment-1").save(force_insert=True)
        with pytest.raises(IntegrityError, match="entry_one_live"), transaction.atomic():
            copy_of(entry, key="shipment-1", public_id="third", number="THIRD", generation=8).save(force_insert=True)

    def test_is_a_law_for_each_organisation(self, acme):
        other = roster.organisation_of(roster.add(acme.company), "another")
        copy_of(acme.ready_invoice(), organisation=other).save(force_insert=True)
        assert Entry.objects.count() == 2


class TestANumber:
    def test_is_one_documents_whichever_company_reaches_the_organisation(self, acme):
        mine = acme.ready_invoice("DB-1")
        birch = connected(LocalXero(limits="off"), "Birch", "AU", untouched=True).ready_invoice("DB-2")
        with pytest.raises(IntegrityError, match="entry_number_once"), transaction.atomic():
            Entry.objects.filter(pk=birch.pk).update(number="db-1", number_space=mine.number_space)

    def test_is_free_in_another_organisation(self, acme):
        mine = acme.ready_invoice("DB-1")
        other = connected(LocalXero(limits="off"), "Birch", "AU", untouched=True).ready_invoice("DB-1")
        assert (mine.number, mine.number_space) != (other.number, other.number_space)


class TestWhatWasPosted:
    def test_goes_with_no_company_order_organisation_or_connection(self, acme):
        entry = acme.ready_invoice()
        post(entry)
        Entry.objects.update(last_attempt=None)
        for row in (acme.company, entry.order, acme.connection.organisation, acme.connection, Attempt.objects.get()):
            with pytest.raises(ProtectedError):
                row.delete()
        with pytest.raises(ProtectedError):
            Entry.objects.get().delete()


class TestAnOrganisation:
    def test_is_reached_by_one_company_at_a_time(self, acme):
        cedar = Connection.objects.create(company=type(acme.company).objects.create(name="Cedar"))
        with pytest.raises(IntegrityError, match="organisation_connected_once"), transaction.atomic():
            reach(cedar, acme.tenant_id)

    def test_belongs_to_the_company_of_what_is_posted_there(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        entry, elsewhere = acme.ready_invoice(), birch.connection.organisation
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="same_company"), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(organisation=elsewhere)
