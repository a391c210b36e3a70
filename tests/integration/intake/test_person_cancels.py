"""A person says "do not post this document"."""

from datetime import timedelta

import pytest

from daybook.companies.models import Person
from daybook.history.models import Event
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.outbox.models import Entry
from tests.integration.intake.conftest import send, settle
from tests.integration.intake.test_preparing import change, cheaper
from tests.world import happened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Person:
    return Person.objects.create_user("ann@acme.example", name="Ann")


def entry_of(company, order, **changes) -> Entry:
    receive(company, order(**changes))
    return Entry.objects.get()


class TestAPersonWhoDoesNotWantADocument:
    def test_ends_what_is_held(self, acme, order, ann):
        change(acme, number_prefix="")
        entry = entry_of(acme, order, currency="SEK")
        assert entry.state == "held"
        assert prepare.cancel(entry, ann)
        move = Event.objects.latest("id")
        assert (Entry.objects.get().state, move.mover, move.person) == ("cancelled", "person", ann)

    def test_ends_what_xero_refused(self, acme, order, ann):
        entry = entry_of(acme, order)
        settle(entry, send(entry), "rejected")
        assert prepare.cancel(entry, ann)

    def test_never_sees_it_come_back(self, acme, order, ann):
        entry = entry_of(acme, order)
        assert prepare.cancel(entry, ann)
        receive(acme, cheaper(order()))
        prepare.prepare_company(acme.pk)
        assert Entry.objects.get().state == "cancelled"

    def test_cannot_end_what_is_under_way_or_posted(self, acme, order, ann):
        entry = entry_of(acme, order)
        attempt = send(entry)
        assert not prepare.cancel(entry, ann)
        settle(entry, attempt, "posted")
        assert not prepare.cancel(entry, ann)
        assert Entry.objects.get().state == "posted"

    def test_cannot_end_what_an_earlier_call_may_still_make_until_that_is_over(self, acme, order, ann):
        entry = entry_of(acme, order)
        settle(entry, send(entry), "rejected", by_way_of="a look")
        assert not prepare.cancel(entry, ann)
        happened(timedelta(minutes=37))
        assert prepare.cancel(entry, ann)

    def test_cannot_end_what_an_earlier_call_has_made(self, acme, order, ann):
        entry = entry_of(acme, order)
        Entry.objects.update(attention="posted_late")
        assert not prepare.cancel(entry, ann)
