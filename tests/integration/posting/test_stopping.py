"""Posting stopped by a person: what is under way settles, nothing new goes, and nothing but lifting it lets it go on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest
from django.db import connections as databases
from django.db import transaction

from daybook.connections import calls, stopping, tokens
from daybook.connections.models import TokenSet
from daybook.connections.stopping import Why
from daybook.history.models import Event
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Attempt
from daybook.posting import claiming, ground, sweeping
from daybook.posting.batching import Batch
from tests.integration.posting.test_drain import look, states
from tests.integration.posting.test_killed_worker import one_mug
from tests.integration.posting.test_two_workers import claim, let_go_on
from tests.integration.posting.test_waits import asked, drain, row
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


def stop(cast: Cast, why: Why = Why.PERSON) -> None:
    assert stopping.stop(cast.connection.pk, why, "The auditor looks at it")


def attempts() -> set[int]:
    return set(Attempt.objects.values_list("id", flat=True))


class StoppedAtTheFirstCall:
    """Stops posting when the first call is on the wire, and keeps which attempts were committed by then."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.committed, self._once = cast, set(), threading.Lock()

    def __call__(self, request: httpx2.Request) -> None:
        if request.method == "PUT" and self._once.acquire(blocking=False):
            stop(self.cast)
            self.committed = attempts()


class TestStopped:
    def test_nothing_is_claimed_and_the_sweep_leaves_it_alone(self, acme):
        acme.ready_invoice()
        stop(acme)
        drain(acme)
        assert (attempts(), acme.invoices(), states(acme)) == (set(), [], {"ready": 1})
        assert sweeping.due(clock.now()) == []

    def test_what_was_committed_and_had_not_left_stays(self, acme):
        acme.ready_invoice()
        claimed = claim(acme)
        stop(acme)
        let_go_on(acme, claimed)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})
        assert Attempt.objects.get().note == "posting to Xero is stopped"

    def test_in_the_middle_of_a_drain_no_attempt_is_committed_afterwards(self, acme):
        acme.ready_invoices(330)
        meddle = StoppedAtTheFirstCall(acme)
        drain(acme, meddle)
        assert attempts() == meddle.committed
        stands = states(acme)
        assert set(stands) == {"posted", "ready"}
        assert len(acme.invoices()) == stands["posted"]

    def test_a_drain_that_still_takes_it_to_be_open_commits_none(self, acme):
        acme.ready_invoice()
        sender = ground.prepare(acme.connection, acme.client)
        stop(acme)
        assert not acme.connection.is_posting_stopped  # as it was read
        assert claiming.claim(acme.connection, sender, Batch("Invoices", 1)) is None
        assert attempts() == set()

    def test_once_an_attempt_that_is_being_committed_has_been(self, acme):
        sender = ground.prepare(acme.connection, acme.client)
        stopped = threading.Event()

        def stop_too() -> None:
            try:
                stop(acme)
            finally:
                databases.close_all()
            stopped.set()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                assert ground.may_commit(acme.connection, sender)
                stopping_it = pool.submit(stop_too)
                assert not stopped.wait(0.3)
            stopping_it.result(timeout=60)
        with transaction.atomic():
            assert not ground.may_commit(acme.connection, sender)

    def test_what_got_no_answer_is_not_sent_again_and_still_looked_up(self, acme):
        acme.ready_invoice()

        def lose(request: httpx2.Request) -> httpx2.Response | None:
            if request.method == "PUT":
                stop(acme)
                raise httpx2.ReadTimeout("lost", request=request)
            return None

        drain(acme, lose)
        assert states(acme) == {"unknown": 1}
        assert asked(acme, "PUT", "/Invoices") == 0
        look(acme)
        assert states(acme) == {"ready": 1}
        drain(acme)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})

    def test_no_item_is_made_either(self, xero):
        cedar = connected(xero, "Cedar", tracked=True, untouched=True)
        receive(cedar.company, one_mug("1"))

        def when_items_are_listed(request: httpx2.Request) -> None:
            if request.url.path.endswith("/Items") and not row(cedar).is_posting_stopped:
                stop(cedar)

        drain(cedar, when_items_are_listed)
        assert (attempts(), asked(cedar, "PUT", "/Items")) == (set(), 0)


class TestNothingButLifting:
    def test_lets_it_go_on(self, acme):
        acme.ready_invoice()
        stop(acme)
        calls.pause(acme.connection.pk, clock.now() + timedelta(minutes=5), "busy")
        calls.resume(acme.connection.pk, clock.now())
        drain(acme)
        assert acme.invoices() == []
        assert stopping.lift(acme.connection.pk, Why.PERSON)
        drain(acme)
        assert len(acme.invoices()) == 1

    def test_tokens_are_kept_fresh_and_lists_read_meanwhile(self, acme):
        stop(acme)
        TokenSet.objects.update(expires_at=clock.now())
        tokens.current_token(acme.connection.pk, now=clock.now(), client=acme.client)
        assert TokenSet.objects.get().expires_at > clock.now()

    def test_each_cause_by_itself(self, acme):
        acme.ready_invoice()
        stop(acme)
        stop(acme, Why.RESTORED)
        assert not stopping.stop(acme.connection.pk, Why.PERSON, "again")
        stopping.lift(acme.connection.pk, Why.RESTORED)
        drain(acme)
        assert acme.invoices() == []
        assert [each.why for each in stopping.standing(row(acme))] == [Why.PERSON]

    def test_both_stand_in_the_history_with_who_and_why(self, acme):
        stop(acme)
        stopping.lift(acme.connection.pk, Why.PERSON)
        told = Event.objects.filter(what__in=["stopped", "lifted"]).order_by("id")
        assert [(event.what, event.reason, event.mover) for event in told] == [
            ("stopped", "The auditor looks at it", "command line"),
            ("lifted", "", "command line"),
        ]
