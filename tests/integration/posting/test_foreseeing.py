"""What is foreseen of a backlog, and the real drain beside the model that the simulated days are played with."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from daybook.connections import standing, stopping
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.stopping import Why
from daybook.kit import clock
from daybook.kit.clock import REAL, Pace
from daybook.ledgers.exchange import RemainingCalls
from daybook.outbox.models import Arrivals, Attempt, Entry
from daybook.posting import drain as draining
from daybook.posting import foreseeing, sweeping
from localkit.windows import offset_of
from tests.integration.posting.test_drain import states
from tests.simulated.model import INVOICES, Company, Xero
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

DAY_OF_CALLS = 26
"""Twenty are kept for people."""
DOCUMENTS = 320
DAY = 86_400


@pytest.fixture
def steered(acme: Cast) -> Iterator[Cast]:
    """Acme early in a day of few calls, on clocks that move only when they are moved, but for the test's own seconds."""
    yield acme
    clock.run_at(REAL)


class Clocks:
    """Daybook's clock and Xero's, moved together."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.ahead = cast, timedelta(0)
        into = (clock.now().timestamp() + offset_of(cast.tenant_id, DAY)) % DAY
        self.move(timedelta(seconds=DAY - into + 60))

    def move(self, time: timedelta) -> None:
        self.ahead += time
        clock.run_at(Pace(ahead=self.ahead))
        self.cast.xero.state.clock.advance(time.total_seconds())


def played(cast: Cast, clocks: Clocks) -> list[tuple[datetime, int]]:
    """Run the drain whenever the sweep would, until nothing waits; return when calls went, and what each carried."""
    for _ in range(60):
        if sweeping.due(clock.now()):
            draining.drain(cast.connection.pk, cast.client)
        if states(cast) == {"posted": DOCUMENTS}:
            break
        row = Connection.objects.get(pk=cast.connection.pk)
        until = max(each for each in (row.post_at, row.paused_until, clock.now()) if each is not None)
        clocks.move(max(until - clock.now(), timedelta(seconds=5)))
    return [(each.created_at, each.members.count()) for each in Attempt.objects.order_by("pk")]


def modelled(now: datetime, tenant_id: str) -> Company:
    """The same day in the model."""
    phase = (-offset_of(tenant_id, DAY)) % DAY
    company = Company(Xero(DAY_OF_CALLS, day_phase=phase), now=now, rooms={INVOICES: 50}, looks=False)
    company.comes(now, {INVOICES: DOCUMENTS})
    company.play(now + timedelta(hours=30))
    return company


@pytest.mark.drawn(3)
@pytest.mark.long(25)
def test_the_drain_does_what_the_model_does_and_what_was_foreseen(steered):
    clocks = Clocks(steered)
    steered.xero.state.limits.set("starter", day=DAY_OF_CALLS)
    PostingSettings.objects.update(app_calls_a_day=DAY_OF_CALLS + 5)  # five lists are read anew on the second day
    Connection.objects.update(day_remaining=DAY_OF_CALLS, limits_read_at=clock.now(), day_began_at=None)
    steered.ready_invoices(DOCUMENTS)
    Entry.objects.update(state_since=clock.now())
    begun, model = clock.now(), modelled(clock.now(), steered.tenant_id)
    foreseen = foreseeing.of(Connection.objects.get(pk=steered.connection.pk), begun)
    went = played(steered, clocks)
    assert [count for _, count in went] == model.sizes == [50] * 6 + [20]
    took, modelled_took = went[-1][0] - begun, model.posted_by[-1][0] - begun
    assert took / modelled_took == pytest.approx(1, abs=0.05)
    assert (foreseen.is_in_at - begun) / took == pytest.approx(1, abs=0.05)
    assert (foreseen.waiting, foreseen.calls, foreseen.day_left) == (DOCUMENTS, 7, 6)


class TestWhatIsForeseen:
    def test_of_a_connection_where_nothing_waits_is_said_too(self, acme):
        found = foreseeing.of(Connection.objects.get(pk=acme.connection.pk), clock.now())
        assert (found.waiting, found.is_in_at) == (0, None)

    def test_of_one_through_which_posting_is_stopped_is_no_moment(self, acme):
        acme.ready_invoice()
        stopping.stop(acme.connection.pk, Why.PERSON, "the auditors are here")
        found = foreseeing.of(Connection.objects.get(pk=acme.connection.pk), clock.now())
        assert (found.waiting, found.calls, found.is_in_at) == (1, 1, None)

    def test_of_one_that_reaches_nothing_is_nothing(self, acme):
        Connection.objects.update(status=Connection.Status.NEEDS_CONSENT)
        assert foreseeing.of(Connection.objects.get(pk=acme.connection.pk), clock.now()) is None


class TestADayOfCallsThatWasUsedUp:
    def test_and_has_begun_anew_by_a_look_lets_the_sweep_come_at_once(self, acme):
        acme.ready_invoice()
        Connection.objects.update(day_remaining=3, limits_read_at=clock.now(), day_began_at=None)
        draining.drain(acme.connection.pk, acme.client)
        assert sweeping.due(clock.now()) == []
        left = RemainingCalls(day=4_900, minute=59, app_minute=None)
        standing.record_limits(acme.connection.pk, left, clock.now(), is_well=True)
        assert sweeping.due(clock.now()) == [acme.connection.pk]


class TestWhatCame:
    def test_is_counted_by_the_hour_in_which_it_became_ready_and_once(self, acme):
        acme.ready_invoices(3)
        acme.xero.add_fault("status_429", path="/api.xro/2.0/Invoices", method="PUT", times=1, retry_after=1)
        early = clock.now() - timedelta(hours=2)
        Entry.objects.update(state_since=early)
        draining.drain(acme.connection.pk, acme.client)
        Connection.objects.update(paused_until=None, post_at=None)
        draining.drain(acme.connection.pk, acme.client)
        assert states(acme) == {"posted": 3}
        came = Arrivals.objects.get()
        assert (came.documents, came.kind) == (3, "invoice")
        assert came.hour == early.replace(minute=0, second=0, microsecond=0)
