"""Whatever comes in whatever order, orders, answers, deaths, sleeps and hours: the laws of the day book hold.

Hypothesis plays a company whose workers post to a local Xero in this process, and looks at the laws after each step. At
the end all is settled, and what came in as orders is what stands in the books.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import httpx2
import pytest
from django.db import connection as database_connection
from hypothesis import Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from daybook.history.models import Event
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.kit.clock import REAL, Pace
from daybook.outbox import wake
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.states import FINAL, State
from daybook.posting import batching, claiming, delivery, drain, ground, settling
from daybook.posting.batching import Batch
from daybook.posting.claiming import Claimed
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests import database
from tests.world import connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(40)]

PATIENCE = Patience(call_timeout=timedelta(seconds=60), look_after=timedelta(seconds=120))
FULL_ROUNDS = 12
"""So often at most a drain and a look are needed until all that can be settled is settled."""


NOT_SMALLER = [Phase.explicit, Phase.reuse, Phase.generate]
"""Every step is a drain or a look: to look for a smaller failure takes many minutes. Ask for it: add Phase.shrink."""


class Fate(StrEnum):
    """What becomes of one writing call."""

    ANSWERED = "answered"
    LOST_BEFORE = "lost before Xero saw it"
    LOST_AFTER = "booked, and the answer lost"
    FAILED_BEFORE = "500 and nothing booked"
    FAILED_AFTER = "booked and 500"
    HALF = "booked, and half of the answer"
    THROTTLED = "429"
    EXPIRED = "401"
    DIED_BEFORE = "the worker died before Xero saw it"
    DIED_AFTER = "booked, and the worker died"


class Died(BaseException):
    """The worker is gone: nothing of it catches this."""


class Fated(httpx2.BaseTransport):
    """Carries calls to the local Xero as fate has it, and keeps which bytes went out under which key."""

    def __init__(self, xero: LocalXero) -> None:
        self._inner = InProcessTransport(xero)
        self.fates: list[Fate] = []
        self.bodies: dict[str, set[str]] = defaultdict(set)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return self._inner.handle_request(request)
        self.bodies[request.headers["Idempotency-Key"]].add(hashlib.sha256(request.read()).hexdigest())
        fate = self.fates.pop(0) if self.fates else Fate.ANSWERED
        return _before(fate, request) or _after(fate, request, self._inner.handle_request(request))


def _before(fate: Fate, request: httpx2.Request) -> httpx2.Response | None:
    """Raises what a call raises that Xero never saw."""
    match fate:
        case Fate.LOST_BEFORE:
            raise httpx2.ReadError(fate, request=request)
        case Fate.DIED_BEFORE:
            raise Died
        case Fate.FAILED_BEFORE:
            return httpx2.Response(500, request=request)
        case Fate.THROTTLED:
            return httpx2.Response(429, headers={"Retry-After": "40"}, request=request)
        case Fate.EXPIRED:
            return httpx2.Response(401, json={"Detail": "TokenExpired"}, request=request)
    return None


def _after(fate: Fate, request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
    """Raises what a call raises whose answer is lost."""
    match fate:
        case Fate.LOST_AFTER:
            raise httpx2.ReadError(fate, request=request)
        case Fate.DIED_AFTER:
            raise Died
        case Fate.FAILED_AFTER:
            return httpx2.Response(500, request=request)
        case Fate.HALF:
            whole = answer.read()
            return httpx2.Response(200, content=whole[: len(whole) // 2], request=request)
    return answer


@dataclass
class Told:
    """An order as the OMS last told it."""

    quantity: int
    cents: int
    sequence: int = 1
    is_cancelled: bool = False


FATES = some.lists(some.sampled_from(Fate), min_size=1, max_size=3)
QUANTITY, CENTS = some.integers(1, 9), some.integers(1, 99_999)


class DayBook(RuleBasedStateMachine):
    """One company, as many workers as the steps want, one Xero."""

    @initialize()
    def open(self) -> None:
        database._clear(None)
        self.ahead = timedelta(0)
        self.xero = LocalXero(limits="off")
        self.cast = connected(self.xero, untouched=True)
        self.wire = Fated(self.xero)
        self.client = HttpClient(10, self.wire)
        self.orders: dict[str, Told] = {}
        self.asleep: list[tuple[Claimed, ground.Sender]] = []

    @rule(quantity=QUANTITY, cents=CENTS)
    def an_order_comes(self, quantity: int, cents: int) -> None:
        self.orders[f"L{len(self.orders):03}"] = Told(quantity, cents)
        self._send(f"L{len(self.orders) - 1:03}")

    @precondition(lambda self: self.orders)
    @rule(choose=some.randoms(use_true_random=False), quantity=QUANTITY, cents=CENTS)
    def an_order_changes(self, choose: Any, quantity: int, cents: int) -> None:
        number = choose.choice(sorted(self.orders))
        before = self.orders[number]
        if not before.is_cancelled:
            self.orders[number] = Told(quantity, cents, before.sequence + 1)
            self._send(number)

    @precondition(lambda self: self.orders)
    @rule(choose=some.randoms(use_true_random=False))
    def an_order_is_cancelled(self, choose: Any) -> None:
        number = choose.choice(sorted(self.orders))
        self.orders[number].is_cancelled = True
        self.orders[number].sequence += 1
        self._send(number)

    @precondition(lambda self: self.orders)
    @rule(choose=some.randoms(use_true_random=False))
    def an_order_comes_again(self, choose: Any) -> None:
        self._send(choose.choice(sorted(self.orders)))

    @rule(fates=FATES)
    def a_worker_posts(self, fates: list[Fate]) -> None:
        self.wire.fates = fates
        self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))
        self.wire.fates = []

    @rule()
    def a_worker_falls_asleep_before_it_sends(self) -> None:
        """With the token that it wrote the call down under: others may have renewed it by the time that it wakes."""
        if (claimed := self._claimed()) and (sender := self._sender()):
            self.asleep.append((claimed, sender))

    @rule()
    def a_worker_dies_before_it_sends(self) -> None:
        self._claimed()

    @rule()
    def a_worker_dies_before_it_settles(self) -> None:
        if claimed := self._claimed():
            count, sender = len(claimed.sent), self._sender()
            if sender is not None:
                delivery.deliver(
                    claimed.attempt,
                    sender,
                    count,
                    lambda answer, is_resent: claimed.route.read(answer, claimed.sent, is_resent),
                )

    @precondition(lambda self: self.asleep)
    @rule(fates=FATES)
    def a_worker_wakes(self, fates: list[Fate]) -> None:
        claimed, sender = self.asleep.pop(0)
        self.wire.fates = fates
        self._as_a_worker(lambda: settling.carry_out(claimed, sender))
        self.wire.fates = []

    @rule(seconds=some.sampled_from([1, 5, 30, 61, 130, 250, 700]))
    def time_passes(self, seconds: int) -> None:
        self.ahead += timedelta(seconds=seconds)
        self.xero.clock.advance(seconds)
        clock.run_at(Pace(ahead=self.ahead))

    @rule()
    def somebody_looks(self) -> None:
        resolve(self.client, now=clock.now(), patience=PATIENCE)
        self._prepare_what_was_woken()

    @invariant()
    def no_document_lives_twice(self) -> None:
        living = Entry.objects.exclude(state__in=FINAL).values_list("order_id", "kind", "key")
        assert len(set(living)) == len(living)

    @invariant()
    def what_is_posted_stands_in_the_books_under_its_id_and_mark(self) -> None:
        books = {each["InvoiceID"]: each["Reference"] for each in self._invoices()}
        for entry in Entry.objects.filter(state=State.POSTED):
            assert f"[db:{entry.public_id}]" in books[entry.their_id]

    @invariant()
    def no_mark_stands_in_the_books_twice(self) -> None:
        marks = [each["Reference"] for each in self._invoices()]
        assert len(set(marks)) == len(marks)

    @invariant()
    def doubt_is_left_only_by_a_look_or_by_the_answer_itself(self) -> None:
        left = Event.objects.filter(old_state=State.UNKNOWN).exclude(new_state=State.UNKNOWN)
        for mover, new in left.values_list("mover", "new_state"):
            assert mover == "reconciliation" or (mover, new) == ("posting", State.POSTED)

    @invariant()
    def no_key_was_used_for_two_bodies(self) -> None:
        assert all(len(bodies) == 1 for bodies in self.wire.bodies.values())

    @invariant()
    def no_call_left_later_than_a_minute_after_it_was_written_down(self) -> None:
        for attempt in Attempt.objects.exclude(sent_at=None):
            assert (attempt.resent_at or attempt.sent_at) - attempt.created_at <= timedelta(seconds=61)

    def teardown(self) -> None:
        try:
            if hasattr(self, "wire"):
                self._settle_all()
                self._compare()
        finally:
            clock.run_at(REAL)

    def _settle_all(self) -> None:
        while self.asleep:
            self.a_worker_wakes_well()
        for _ in range(FULL_ROUNDS):
            self.time_passes(1300)
            prepare.prepare_overdue(before=clock.now())  # as the sweep does
            self._prepare_what_was_woken()
            resolve(self.client, now=clock.now(), patience=PATIENCE)
            self._as_a_worker(lambda: drain.drain(self.cast.connection.pk, self.client))

    def a_worker_wakes_well(self) -> None:
        claimed, sender = self.asleep.pop(0)
        self._as_a_worker(lambda: settling.carry_out(claimed, sender))

    def _compare(self) -> None:
        """Money in is money out: each order stands in the books once, with its own total or one that was noted."""
        unsettled = Entry.objects.exclude(state__in=FINAL)
        assert list(unsettled.values_list("number", "state", "cause", "subject", "detail")) == []
        books = {each["InvoiceNumber"]: each for each in self._invoices()}
        for entry in Entry.objects.filter(state=State.POSTED).select_related("order"):
            theirs = books[entry.number]
            assert (Decimal(str(theirs["SubTotal"])), Decimal(str(theirs["Total"]))) == (entry.net, entry.gross)
            told = self.orders[entry.order.source_id]
            if not entry.attention:
                assert not told.is_cancelled
                assert entry.net == Decimal(told.quantity) * Decimal(told.cents) / 100
        living = {number for number, told in self.orders.items() if not told.is_cancelled}
        posted = set(Entry.objects.filter(state=State.POSTED).values_list("order__source_id", flat=True))
        assert living <= posted
        assert len(books) == Entry.objects.filter(state=State.POSTED).count()

    def _send(self, number: str) -> None:
        told = self.orders[number]
        line = {
            "id": "1",
            "sku": "MUG",
            "quantity": told.quantity,
            "unit_price": f"{told.cents / 100:.2f}",
            "tax_rate": "0.2",
        }
        receive(
            self.cast.company,
            {
                "source": "shop",
                "id": number,
                "number": number,
                "sequence": told.sequence,
                "currency": "GBP",
                "dispatched": True,
                "dispatched_at": "2026-03-05T14:02:11Z",
                "cancelled": told.is_cancelled,
                "lines": [line],
            },
        )

    def _sender(self) -> ground.Sender | None:
        self.cast.connection.refresh_from_db()
        return ground.prepare(self.cast.connection, self.client)

    def _claimed(self) -> Claimed | None:
        """Let a worker take what waits and write its call down."""
        sender = self._sender()
        return (
            claiming.claim(self.cast.connection, sender, Batch("Invoices", batching.MAX_DOCUMENTS)) if sender else None
        )

    def _as_a_worker(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Died:
            pass
        finally:
            self._prepare_what_was_woken()

    def _prepare_what_was_woken(self) -> None:
        """Do the jobs that were woken for orders which changed while their document was under way."""
        with database_connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s RETURNING args", [wake.PREPARE_ORDER])
            woken = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
        for args in woken:
            prepare.prepare(args["order_id"])

    def _invoices(self) -> list[dict[str, Any]]:
        return self.cast.invoices() if hasattr(self, "cast") else []


def test_the_laws_hold_whatever_comes():
    run_state_machine_as_test(
        DayBook,
        settings=settings(max_examples=12, stateful_step_count=20, phases=NOT_SMALLER, print_blob=True, deadline=None),
    )
