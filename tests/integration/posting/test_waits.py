"""Waits are what Xero says: not longer, not shorter, and one stale token is no reason to wait at all."""

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from django.db.models import F

from daybook.connections import calls, standing, tokens
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.ledgers.xero import protocol
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain as draining
from daybook.posting import sweeping
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.errors import Paused, Throttled
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import age, numbers_in_xero, states
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)

SOON = Patience(call_timeout=timedelta(seconds=10), look_after=timedelta(seconds=120))
Meddle = Callable[[httpx2.Request], httpx2.Response | None]


class Meddling(InProcessTransport):
    """A network on which something else happens first, or a gateway answers in Xero's place."""

    def __init__(self, xero: LocalXero, meddle: Meddle) -> None:
        super().__init__(xero)
        self.meddle = meddle

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.meddle(request) or super().handle_request(request)


def drain(cast: Cast, meddle: Meddle | None = None) -> None:
    age(cast.company.id)
    draining.drain(cast.connection.id, HttpClient(10, Meddling(cast.xero, meddle)) if meddle else cast.client)


def let_pass(cast: Cast, seconds: int) -> None:
    """Let time go by for the connection: every moment of its row lies further back."""
    back = timedelta(seconds=seconds)
    moments = ("paused_until", "retry_at", "limits_read_at", "post_at")
    Connection.objects.filter(pk=cast.connection.pk).update(**{name: F(name) - back for name in moments})


def row(cast: Cast) -> Connection:
    return Connection.objects.get(pk=cast.connection.pk)


def asked(cast: Cast, method: str, path: str) -> int:
    return len(
        cast.xero.state.journal.entries(lambda each: (each.method, each.path) == (method, f"/api.xro/2.0{path}"))
    )


def told_to_wait(request: httpx2.Request) -> httpx2.Response | None:
    """The minute is used up, and its window begins anew in 7 seconds."""
    if request.method != "PUT":
        return None
    headers = {"X-Rate-Limit-Problem": "minute", "Retry-After": "7", "X-MinLimit-Remaining": "0"}
    return httpx2.Response(429, headers=headers, text="Rate limit exceeded")


class TestAfter429:
    def test_the_next_call_goes_after_the_seconds_that_xero_named(self, acme):
        acme.ready_invoices(2)
        drain(acme, told_to_wait)
        assert timedelta(seconds=6) < row(acme).paused_until - clock.now() <= timedelta(seconds=8)
        let_pass(acme, 8)
        assert sweeping.due(clock.now()) == [acme.connection.pk]
        draining.drain(acme.connection.id, acme.client)  # at once: what was in a call does not linger again
        assert states(acme) == {"posted": 2}

    def test_no_job_beside_it_makes_a_call_before(self, acme):
        acme.ready_invoices(2)
        drain(acme, told_to_wait)
        asked_before = asked(acme, "GET", "/Accounts")
        with pytest.raises(Paused, match="waits until"):
            calls.ask(acme.connection, protocol.ask("/Accounts"), client=acme.client)
        drain(acme)
        assert (asked(acme, "GET", "/Accounts"), asked(acme, "PUT", "/Invoices")) == (asked_before, 0)

    def test_no_written_call_leaves_before_and_no_pause_grows_by_asking(self, acme):
        acme.ready_invoices(120)
        pauses = []

        def first_is_told(request: httpx2.Request) -> httpx2.Response | None:
            if request.method != "PUT":
                return None
            pauses.append(row(acme).paused_until)
            return told_to_wait(request)

        drain(acme, first_is_told)
        assert len(pauses) <= 2  # the two full batches, where both had left by then
        before = row(acme).paused_until
        drain(acme)
        assert row(acme).paused_until == before
        assert states(acme) == {"ready": 120}

    def test_a_timed_out_call_is_not_sent_a_second_time(self, acme):
        acme.ready_invoice()

        def lost_while_another_is_told(request: httpx2.Request) -> httpx2.Response | None:
            if request.method != "PUT":
                return None
            sent.append(request)
            calls.react(acme.connection.pk, Throttled("", 429, problem="minute", retry_after=7), clock.now())
            message = "no answer"
            raise httpx2.ReadTimeout(message, request=request)

        sent: list[httpx2.Request] = []
        drain(acme, lost_while_another_is_told)
        assert (len(sent), states(acme)) == (1, {"unknown": 1})
        assert Attempt.objects.get().resent_at is None

    def test_a_look_does_not_go_on_to_its_second_list(self, xero):
        cedar = connected(xero, "Cedar")
        other = cedar.ready_invoices(2)[1]
        xero.add_fault("status_500_before", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        drain(cedar)
        Entry.objects.filter(pk=other.pk).update(kind="purchase_order")
        Connection.objects.update(paused_until=None)
        xero.add_fault("status_429", path="/api.xro/2.0/Invoices", method="GET", retry_after=7)
        resolve(cedar.client, now=clock.now() + timedelta(minutes=10), patience=SOON)
        assert (asked(cedar, "GET", "/Invoices"), asked(cedar, "GET", "/PurchaseOrders")) == (1, 0)
        assert states(cedar) == {"unknown": 2}


class TestAfter503:
    def test_retry_after_counts_too(self, acme):
        acme.ready_invoice()

        def away(request: httpx2.Request) -> httpx2.Response | None:
            return httpx2.Response(503, headers={"Retry-After": "40"}) if request.method == "PUT" else None

        drain(acme, away)
        assert timedelta(seconds=38) < row(acme).paused_until - clock.now() <= timedelta(seconds=41)
        assert calls.resume(acme.connection.pk, clock.now()) == row(acme).paused_until


class TestTryNow:
    def test_ends_a_pause_of_our_own(self, acme):
        standing.stumble(acme.connection.pk, clock.now())
        assert calls.resume(acme.connection.pk, clock.now()) is None
        acme.ready_invoice()
        drain(acme)
        assert states(acme) == {"posted": 1}

    def test_keeps_the_wait_that_xero_named_and_says_until_when(self, acme):
        acme.ready_invoice()
        drain(acme, told_to_wait)
        bound = calls.resume(acme.connection.pk, clock.now())
        assert bound == row(acme).paused_until > clock.now()
        trouble = standing.blocked(row(acme), clock.now())
        assert (trouble.cure, trouble.try_from) == (standing.Cure.TRY_NOW, bound)
        drain(acme)
        assert asked(acme, "PUT", "/Invoices") == 0


class TestAStaleToken:
    def test_is_answered_by_one_refresh_and_the_documents_go_in_the_same_drain(self, acme):
        """The look beside the drain renews the token, and Xero ends the old one."""
        acme.ready_invoices(100)

        def renewed_beside(request: httpx2.Request) -> httpx2.Response | None:
            if request.method == "PUT" and not renewed:
                old = TokenSet.objects.get()
                renewed.append(old.fingerprint)
                now = clock.now()
                tokens.current_token(acme.connection.pk, now=now, client=acme.client, rejected=old.fingerprint)
                acme.xero.state.identity.expire(old.access_token)
            return None

        renewed: list[str] = []
        drain(acme, renewed_beside)
        assert (states(acme), row(acme).paused_until) == ({"posted": 100}, None)
        assert len(numbers_in_xero(acme)) == 100

    def test_of_a_call_already_on_its_way_does_not_end_the_new_one(self, acme):
        old = TokenSet.objects.get()
        now = clock.now()
        assert not tokens.refuse(acme.connection.pk, now=now, fingerprint=old.fingerprint)
        new = tokens.current_token(acme.connection.pk, now=now, client=acme.client)
        for _ in range(5):  # five calls were under the old one
            assert not tokens.refuse(acme.connection.pk, now=clock.now(), fingerprint=old.fingerprint)
        assert tokens.current_token(acme.connection.pk, now=now, client=acme.client) == new

    def test_is_no_pause_but_a_new_one_refused_as_well_is(self, acme):
        acme.xero.add_fault("status_401_expired", path="/api.xro/2.0/Invoices", method="PUT")
        acme.ready_invoice()
        drain(acme)
        assert "refuses the access" in row(acme).pause_reason
        assert Attempt.objects.count() == asked(acme, "PUT", "/Invoices") == 2
        assert Attempt.objects.values("token_fingerprint").distinct().count() == 2
