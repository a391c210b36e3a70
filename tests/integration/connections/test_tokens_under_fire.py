"""Many workers share one set of tokens while the login, the consent and the clocks fail: the backlog waits, then goes once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import pytest
from django.db import connections as databases
from django.db import transaction

from daybook.connections import tokens
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.kit.clock import REAL, Pace
from daybook.ledgers.consent import Tokens
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain
from daybook.reconciliation import witness
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import age, look, post, states
from tests.world import Cast, connected, reach

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 6
TOKEN = "/connect/token"


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


class Counting(InProcessTransport):
    """Counts what is asked of the login, and under how many tokens invoices are written."""

    def __init__(self, xero: LocalXero) -> None:
        super().__init__(xero)
        self.refreshes, self.tokens, self._lock = 0, set[str](), threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with self._lock:
            self.refreshes += request.url.path == TOKEN
            if request.method == "PUT":
                self.tokens.add(request.headers["authorization"])
        return super().handle_request(request)


@contextmanager
def counted(cast: Cast) -> Iterator[Counting]:
    line = Counting(cast.xero)
    cast.client = HttpClient(10, line)
    yield line


def work(cast: Cast, workers: int = WORKERS) -> None:
    """So many workers drain at once; what one runs into stops no other."""
    age(cast.company.id)
    together = threading.Barrier(workers)

    def drain_once() -> None:
        together.wait(30)
        try:
            drain.drain(cast.connection.id, cast.client)
        finally:
            databases.close_all()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(drain_once) for _ in range(workers)]:
            done.result(timeout=60)


def ends_now() -> None:
    TokenSet.objects.update(expires_at=clock.now())


def rested(cast: Cast) -> None:
    """The pause is over."""
    Connection.objects.filter(pk=cast.connection.pk).update(paused_until=None, retry_at=None)


def connect_again(cast: Cast) -> None:
    """A person presses Get Access Token and allows it: new tokens, the same organisation, and the look that follows."""
    granted = cast.xero.sign_in(cast.tenant_id)
    new = Tokens(
        access_token=str(granted["access_token"]),
        refresh_token=str(granted["refresh_token"]),
        expires_at=clock.now() + timedelta(minutes=30),
        scope=str(granted["scope"]),
    )
    with transaction.atomic():
        tokens.store(cast.connection, new, now=clock.now())
    reach(cast.connection, cast.tenant_id)
    rested(cast)
    Connection.objects.update(is_look_due=True)
    witness.run(cast.client, now=clock.now())


def each_stands_once(cast: Cast, count: int) -> bool:
    numbers = [invoice["InvoiceNumber"] for invoice in cast.invoices()]
    return len(numbers) == len(set(numbers)) == count and states(cast) == {"posted": count}


class TestARefreshWhoseAnswerIsLost:
    def test_after_the_tokens_were_rotated_costs_nobody_the_connection(self, acme: Cast):
        acme.ready_invoices(120)
        ends_now()
        acme.xero.add_fault("reset_after", path=TOKEN, times=1)
        with counted(acme) as line:
            work(acme)
            rested(acme)
            work(acme)
        assert Connection.objects.get().status == Connection.Status.CONNECTED
        assert each_stands_once(acme, 120)
        assert line.refreshes == 2
        assert len(line.tokens) == 1

    def test_again_and_again_costs_nobody_the_connection_either(self, acme: Cast):
        acme.ready_invoices(4)
        ends_now()
        acme.xero.add_fault("reset_after", path=TOKEN, times=4)
        for _ in range(5):
            rested(acme)
            work(acme)
        assert each_stands_once(acme, 4)


class TestALoginThatIsAway:
    def test_lets_the_backlog_wait_and_go_by_itself(self, acme: Cast):
        acme.ready_invoices(60)
        before = TokenSet.objects.get().refresh_token
        ends_now()
        acme.xero.add_fault("status_503", path=TOKEN)
        with counted(acme) as line:
            work(acme)
        row = Connection.objects.get()
        assert (row.status, states(acme)) == (Connection.Status.CONNECTED, {"ready": 60})
        assert row.paused_until > clock.now()
        assert TokenSet.objects.get().refresh_token == before
        assert line.refreshes <= WORKERS
        assert not Attempt.objects.exists()

        acme.xero.state.faults.clear()
        rested(acme)
        work(acme)
        assert each_stands_once(acme, 60)

    def test_is_not_asked_while_the_pause_lasts(self, acme: Cast):
        acme.ready_invoices(2)
        ends_now()
        acme.xero.add_fault("status_503", path=TOKEN)
        work(acme)
        with counted(acme) as line:
            work(acme)
        assert line.refreshes == 0


class TestClocksThatDiffer:
    @pytest.fixture(autouse=True)
    def right_again(self) -> Iterator[None]:
        yield
        clock.run_at(REAL)

    @pytest.mark.parametrize("minutes", [-12, -4, 4, 12])
    def test_by_minutes_lose_and_double_nothing(self, minutes: int):
        """Xero's clock is ahead of ours, and a token ends earlier there than we think; or ours is ahead of Xero's."""
        xero = LocalXero(limits="off")
        dove = connected(xero, "Dove", tracked=True, untouched=True)
        if minutes > 0:
            xero.clock.advance(minutes * 60)
        else:
            clock.run_at(Pace(ahead=timedelta(minutes=-minutes)))
        xero.add_fault("reset_after", path="/api.xro/2.0/Invoices", method="PUT", times=2)
        dove.ready_invoices(5)
        work(dove)
        for _ in range(3):
            look(dove, later=timedelta(minutes=10))
            rested(dove)
            work(dove)
        assert each_stands_once(dove, 5)

    def test_so_much_that_xero_ends_the_token_early_renews_it_once(self, acme: Cast):
        acme.ready_invoices(120)
        acme.xero.clock.advance(31 * 60)
        with counted(acme) as line:
            work(acme)
            rested(acme)
            work(acme)
        assert each_stands_once(acme, 120)
        assert line.refreshes == 1


class TestConsentThatIsWithdrawn:
    def test_stops_all_workers_and_the_backlog_goes_after_connecting_again(self, acme: Cast):
        acme.ready_invoices(60)
        post(acme)
        acme.ready_invoices(60)
        acme.xero.clock.advance(61 * 86_400)
        ends_now()
        with counted(acme) as line:
            work(acme)
        assert Connection.objects.get().status == Connection.Status.NEEDS_CONSENT
        assert states(acme) == {"posted": 60, "ready": 60}
        assert line.refreshes == 1

        connect_again(acme)
        work(acme)
        assert each_stands_once(acme, 120)

    def test_while_the_outcome_is_unknown_leaves_the_look_for_afterwards(self, acme: Cast):
        acme.ready_invoices(3)
        acme.xero.add_fault("reset_after", path="/api.xro/2.0/Invoices", method="PUT", times=2)
        post(acme)
        assert states(acme) == {"unknown": 3}
        acme.xero.clock.advance(61 * 86_400)
        ends_now()
        look(acme)
        assert (states(acme), Connection.objects.get().status) == ({"unknown": 3}, Connection.Status.NEEDS_CONSENT)

        connect_again(acme)
        look(acme)
        work(acme)
        assert each_stands_once(acme, 3)
        assert not Connection.objects.get().is_posting_stopped


class TestATenantThatIsGone:
    def test_while_refreshing_works_stops_all_workers_and_all_goes_once_it_is_back(self, acme: Cast):
        acme.ready_invoices(60)
        acme.xero.disconnect(acme.tenant_id)
        ends_now()
        work(acme)
        row = Connection.objects.get()
        assert row.status == Connection.Status.NEEDS_CONSENT
        assert "no longer connected" in row.status_reason
        assert set(Entry.objects.values_list("state", flat=True)) == {"ready"}

        connect_again(acme)
        work(acme)
        assert each_stands_once(acme, 60)
