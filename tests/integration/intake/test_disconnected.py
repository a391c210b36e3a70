"""An order that changes while its company has no organisation never goes out as it was."""

import pytest

from daybook.connections import roster
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.outbox.models import Entry
from tests.integration.intake.conftest import TENANT, post
from tests.integration.intake.test_preparing import cheaper
from tests.world import leave, reach

pytestmark = pytest.mark.django_db


def entry_of(company, order) -> Entry:
    receive(company, order())
    return Entry.objects.get()


class TestAnOrderThatChangesWhileNothingIsConnected:
    def test_is_not_posted_as_it_was_when_the_organisation_comes_back(self, acme, order):
        entry_of(acme, order)
        leave(roster.first(acme))
        receive(acme, cheaper(order()))
        entry = Entry.objects.get()
        assert (entry.state, entry.cause) == ("held", "not_connected")
        reach(roster.first(acme), TENANT)
        prepare.prepare_company(acme.pk)
        entry.refresh_from_db()
        assert (entry.state, len(entry.document["lines"])) == ("ready", 2)

    def test_waits_as_it_is_where_nothing_of_it_changed(self, acme, order):
        entry_of(acme, order)
        leave(roster.first(acme))
        receive(acme, order(status="Packed"))
        assert Entry.objects.get().state == "ready"

    def test_that_is_posted_is_only_compared(self, acme, order):
        entry = entry_of(acme, order)
        post(entry)
        leave(roster.first(acme))
        receive(acme, cheaper(order()))
        assert Entry.objects.get().state == "posted"
