"""A document that waits for another one goes right behind it, and never without it."""

from datetime import timedelta

import pytest
from django.db import transaction

from daybook.kit import clock
from daybook.kit.money import ZERO
from daybook.outbox import queue
from daybook.outbox.models import Entry, EntryNeed
from daybook.outbox.needs import Until
from daybook.outbox.states import Mover
from daybook.posting import drain
from localxero import LocalXero
from tests.integration.intake.conftest import post
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def two(cast: Cast, until: Until) -> tuple[Entry, Entry]:
    """Two documents, of which the second waits for the first."""
    first, second = cast.ready_invoices(2)
    with transaction.atomic():
        needed, entry = queue.locked(Entry.objects.filter(pk__in=[first.pk, second.pk]))
        queue.need(entry, needed, until)
    return first, second


def locked(entry: Entry) -> Entry:
    return queue.locked(Entry.objects.filter(pk=entry.pk)).get()


def may_go(cast: Cast) -> set[str]:
    waiting = queue.waiting(cast.company.pk, cast.connection.organisation_id, clock.now())
    return set(waiting.values_list("number", flat=True))


def seen(entry: Entry, status: str) -> None:
    """Let a look show the document so."""
    stands = queue.Seen(status=status, totals=None, paid=ZERO, credited=ZERO, due=None, updated_at=None)
    with transaction.atomic():
        queue.observe(locked(entry), stands, now=clock.now())


class TestADocumentThatWaitsForAnother:
    def test_goes_in_the_call_after_it(self, acme):
        two(acme, Until.POSTED)
        Entry.objects.update(state_since=clock.now() - timedelta(minutes=1))
        drain.drain(acme.connection.id, acme.client)
        assert set(Entry.objects.values_list("state", flat=True)) == {"posted"}
        first, second = (entry.last_attempt_id for entry in Entry.objects.order_by("id"))
        assert first < second
        assert EntryNeed.objects.get().met_at is not None

    def test_is_counted_down_once(self, acme):
        first, second = two(acme, Until.POSTED)
        assert may_go(acme) == {first.number}
        post(first)
        assert may_go(acme) == {second.number}
        seen(first, "AUTHORISED")
        assert Entry.objects.get(pk=second.pk).open_needs == 0

    def test_until_it_is_approved_waits_for_a_look_that_shows_so(self, acme):
        first, second = two(acme, Until.AUTHORISED)
        post(first)
        assert may_go(acme) == set()
        seen(first, "AUTHORISED")
        assert may_go(acme) == {second.number}

    @pytest.mark.parametrize("until", [Until.POSTED, Until.AUTHORISED])
    def test_is_held_with_its_cause_where_the_other_is_cancelled(self, acme, until):
        first, second = two(acme, until)
        with transaction.atomic():
            queue.cancel(locked(first), reason="not wanted", mover=Mover.MAPPING)
        held = Entry.objects.get(pk=second.pk)
        assert (held.state, held.cause, held.subject) == ("held", "needed_ended", first.number)

    def test_until_the_other_is_gone_goes_when_it_is_cancelled(self, acme):
        first, second = two(acme, Until.GONE)
        with transaction.atomic():
            queue.cancel(locked(first), reason="not wanted", mover=Mover.MAPPING)
        assert may_go(acme) == {second.number}

    def test_waits_for_nothing_where_the_other_has_come_so_far_already(self, acme):
        first, second = acme.ready_invoices(2)
        post(first)
        with transaction.atomic():
            queue.need(locked(second), locked(first), Until.POSTED)
        assert may_go(acme) == {second.number}
