"""No organisation's backlog keeps another's documents from a worker, and what rests holds no place at one."""

import time
from datetime import timedelta

import httpx2
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from daybook.connections import calls
from daybook.connections.models import Connection, PostingSettings
from daybook.kit import clock
from daybook.kit.clock import REAL, Pace
from daybook.ledgers.xero import protocol
from daybook.outbox import arrivals, wake
from daybook.outbox.models import Arrivals, Entry
from daybook.posting import drain, sweeping
from daybook.wire.errors import Paused
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

BACKLOG = 220
"""More than the calls carry that are made at once."""


@pytest.fixture
def clocks():
    """They go right again afterwards."""
    yield
    clock.run_at(REAL)


class Slow(InProcessTransport):
    """The first writing call takes longer than a run's turn."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PUT":
            clock.run_at(Pace(ahead=drain.TURN))
        return super().handle_request(request)


def jobs() -> list[str]:
    return sorted(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True))


def due() -> list[int]:
    return sweeping.due(clock.now())


class TestABacklog:
    @pytest.mark.long(10)
    def test_gives_its_place_up_after_its_turn_where_others_want_it_and_comes_back_behind_them(self, acme, clocks):
        acme.ready_invoices(BACKLOG)
        wake.wake_prepare(acme.company.pk)  # some other job, of whomever
        drain.drain(acme.connection.pk, HttpClient(10, Slow(acme.xero)))
        assert 0 < states(acme)["posted"] < BACKLOG
        assert jobs() == ["intake.prepare_company", "posting.drain"]
        ProcrastinateJob.objects.all().delete()
        drain.drain(acme.connection.pk, HttpClient(10, Slow(acme.xero)))
        assert states(acme) == {"posted": BACKLOG}
        assert jobs() == []


class TestWhatLingers:
    @pytest.fixture
    def patient(self, acme) -> Cast:
        """One document of a company that lets documents wait ten minutes."""
        PostingSettings.objects.update(post_within_minutes=10)
        acme.ready_invoices(1)
        return acme

    def test_is_left_alone_by_the_sweep_until_its_time_comes(self, patient):
        assert due() == [patient.connection.pk]
        drain.drain(patient.connection.pk, patient.client)
        assert (states(patient), due()) == ({"ready": 1}, [])
        assert sweeping.due(clock.now() + drain.MOST_REST) == [patient.connection.pk]

    def test_goes_with_the_call_that_fills_up_and_is_not_waited_for(self, patient):
        drain.drain(patient.connection.pk, patient.client)
        patient.ready_invoices(49)
        drain.drain(patient.connection.pk, patient.client)  # intake wakes it for each order
        assert states(patient) == {"posted": 50}

    def test_goes_at_last_when_it_has_waited_as_long_as_the_company_allows(self, patient):
        Entry.objects.update(state_since=clock.now() - timedelta(minutes=10))
        drain.drain(patient.connection.pk, patient.client)
        assert states(patient) == {"posted": 1}


class TestADayWhoseCallsAreScarce:
    @pytest.fixture
    def busy(self, acme) -> Cast:
        """Two hundred invoices came in the last hour; at that rate the day's calls do not carry them one by one."""
        hour = arrivals.hour_of(clock.now() - timedelta(hours=1))
        for back in range(2):
            Arrivals.objects.create(
                company=acme.company,
                organisation=acme.connection.organisation,
                kind="invoice",
                hour=hour + timedelta(hours=back),
                documents=200,
            )
        acme.ready_invoices(1)
        return acme

    def left(self, calls: int, ends_in: timedelta) -> None:
        now = clock.now()
        began = now + ends_in - timedelta(hours=24)
        Connection.objects.update(day_remaining=calls, limits_read_at=now, day_began_at=began)

    def test_lets_a_document_linger_by_itself(self, busy):
        self.left(900, timedelta(hours=20))
        drain.drain(busy.connection.pk, busy.client)
        assert (states(busy), due()) == ({"ready": 1}, [])

    def test_does_not_where_the_day_is_nearly_over(self, busy):
        self.left(900, timedelta(hours=1))
        drain.drain(busy.connection.pk, busy.client)
        assert states(busy) == {"posted": 1}


class TestWhatIsReadMeanwhile:
    def test_is_not_asked_where_the_last_answer_says_that_it_would_be_refused(self, acme):
        Connection.objects.update(minute_remaining=0, limits_read_at=clock.now())
        with pytest.raises(Paused, match="calls a minute is used up"):
            calls.ask(acme.connection, protocol.ask("/Accounts"), client=acme.client)
        Connection.objects.update(limits_read_at=clock.now() - timedelta(seconds=61))
        assert calls.ask(acme.connection, protocol.ask("/Accounts"), client=acme.client).status == 200


class TestWhatGoesAtOnce:
    def test_is_posted_by_the_drain_that_its_arrival_wakes(self, acme):
        acme.ready_invoices(1)
        begun = time.monotonic()
        drain.drain(acme.connection.pk, acme.client)
        assert states(acme) == {"posted": 1}
        assert time.monotonic() - begun < 3  # what it would linger for while others follow

    def test_what_waits_for_the_next_day_of_calls_holds_no_place(self, acme):
        acme.ready_invoices(1)
        now = clock.now()
        Connection.objects.update(day_remaining=20, limits_read_at=now, day_began_at=now - timedelta(hours=23.5))
        begun = time.monotonic()
        drain.drain(acme.connection.pk, acme.client)
        assert time.monotonic() - begun < 3
        assert (states(acme), due()) == ({"ready": 1}, [])
        assert sweeping.due(now + timedelta(minutes=30)) == [acme.connection.pk]
