"""One company's waiting documents go where they belong: by calls, as drawn here, or as files (`files.py`).

    ground ------> batching ----> claiming: take, write, queue.start           one short transaction
    (may we?)      (what?)        (which, to the byte, the attempt)
                                                               |
                                delivery <---------------------'               no transaction open
                                    |
                                Route.read ----> settling: post / reject / release / doubt     one short transaction

Every line of it may be the last one before the process dies: what is committed then says what to do next
(docs/states.md). Correctness never rests on one drain running at a time.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import connections as databases

from daybook.connections import calls, endpoints, roster, whereabouts
from daybook.connections.models import Connection, PostingSettings
from daybook.kit import clock
from daybook.ledgers.ledger import Ledger, Wire
from daybook.outbox import wake
from daybook.posting import batching, claiming, files, ground, limits, mails, pacing, settling, supplies
from daybook.posting.batching import Batch, Linger, Waiting
from daybook.posting.claiming import Claimed
from daybook.posting.ground import Sender
from daybook.tables.outages import is_database_away
from daybook.wire import errors
from daybook.wire.http import HttpClient

TURN = timedelta(seconds=20)
"""So long a run keeps its place at the worker, while others want it."""
LOOKS_ROUND = timedelta(seconds=5)
"""How often it looks then whether others do."""
MOST_REST = timedelta(minutes=2)
"""What the sweep leaves alone it leaves no longer: what changes meanwhile wakes a drain, but a hint may be lost."""

log = structlog.get_logger("daybook.posting")


def drain(connection_id: int, client: HttpClient) -> None:
    """Post what waits for one connection, as far as limits and lingering allow now; what is left waits for the sweep."""
    connection = Connection.objects.select_related("company", "organisation").get(id=connection_id)
    if not connection.is_connected or connection.is_shut or not whereabouts.is_sure():
        return
    if connection.is_look_due:
        wake.wake_witness()
        return
    try:
        _BY_WIRE[endpoints.ledger_of(connection).wire](connection, client)
    except errors.WireError as error:
        log.warning("drain stopped", connection=connection.public_id, error=type(error).__name__)
        calls.react(connection.id, error, clock.now(), client=client)
    except Exception as error:
        if is_database_away(error):
            raise  # nobody's defect: the sweep starts again
        calls.stumble(connection.id, clock.now())
        raise


def _calls(connection: Connection, client: HttpClient) -> None:
    """Post by calls: batches, supplies, limits. Raises WireError."""
    ledger = endpoints.ledger_of(connection)
    waiting = claiming.waiting(connection, ledger)
    if not waiting or _is_too_early(connection, ledger, waiting):
        return
    sender = ground.prepare(connection, client)
    if sender is None:
        pacing.rest_until(connection, ground.allowance(connection, ledger, 0).until, most=limits.ASK_AGAIN)
        return
    was_made = supplies.ensure(connection, sender)
    run = _Drain(connection, sender, None if was_made else waiting)
    run.run()
    if run.is_turn_over:
        wake.wake_drain(connection.pk)
    pacing.rest_until(connection, run.rests_until, most=MOST_REST)


def _is_too_early(connection: Connection, ledger: Ledger, waiting: Sequence[Waiting]) -> bool:
    """Tell whether all that waits still lingers for longer than a drain would wait itself; the sweep comes back then."""
    lingers = _lingers(connection, ledger, waiting)
    if batching.next_batch(waiting, now=clock.now(), lingers=lingers):
        return False
    ends = batching.next_at(waiting, lingers)
    if ends is None or ground.may_wait(ends - clock.now()):
        return False
    pacing.rest_until(connection, ends, most=MOST_REST)
    return True


def _lingers(
    connection: Connection, ledger: Ledger, waiting: Sequence[Waiting], settings: PostingSettings | None = None
) -> Linger:
    """Return how long part batches wait; where a full one goes first, or nothing waits, nobody asks.

    Nor does what a person has approved by hand: they wait for it.
    """
    if not waiting or connection.only_these is not None or any(rows.is_full for rows in waiting):
        return batching.AT_ONCE
    return pacing.linger(connection, ledger, settings or roster.posting_of(connection))


_BY_WIRE: Mapping[Wire, Callable[[Connection, HttpClient], None]] = {
    Wire.CALLS: _calls,
    Wire.FILES: files.drain,
    Wire.MAIL: mails.drain,
}


@dataclass
class _Drain:
    """One run over the waiting documents, with as many calls in flight as the ledger's terms allow."""

    connection: Connection
    sender: Sender
    waiting: list[Waiting] | None
    """What waits, as last seen; None: it is to be seen anew. What comes later wakes a drain of its own."""
    in_flight: set[Future[bool]] = field(default_factory=set)
    nothing_of: set[str] = field(default_factory=set)
    """Routes of which nothing that waits can go in this run: others took it, or it lacks its supplies."""
    given: Counter[str] = field(default_factory=Counter)
    """Calls that each route has had in this run."""
    rests_until: datetime | None = None
    """When what waits may go, as last seen; None: it is not known, or nothing waits."""
    is_turn_over: bool = False
    """Others want the place at the worker: the rest goes in another run, behind them."""
    looks_round_at: datetime = field(default_factory=lambda: clock.now() + TURN)

    def run(self) -> None:
        """Send batch after batch until nothing more may or need go now; returns when no call is under way."""
        at_once, name = self.sender.ledger.terms.calls_at_once, self.sender.ledger.name
        with ThreadPoolExecutor(at_once, thread_name_prefix=name) as pool:
            try:
                while self._start_next(pool) or self._wait_for_one() or self._wait_for_more():
                    pass
            finally:
                wait(self.in_flight)
        for future in self.in_flight:
            future.result()

    def _start_next(self, pool: ThreadPoolExecutor) -> bool:
        """Commit the next attempt and hand it to a thread; False where none may or need start now."""
        self.rests_until = None
        if self.waiting == []:
            return False
        self.connection.refresh_from_db()
        allowed = ground.allowance(self.connection, self.sender.ledger, len(self.in_flight))
        if not self._may_go_on() or not allowed.calls:
            self.rests_until = allowed.until
            return False
        sender, claimed = self._claim_next()
        if claimed is None:
            return False
        log.info("attempt committed", attempt=claimed.attempt.public_id, documents=len(claimed.entries))
        self.in_flight.add(pool.submit(_closing_databases, lambda: settling.carry_out(claimed, sender)))
        return True

    def _claim_next(self) -> tuple[Sender, Claimed | None]:
        """Claim of the first route of which something can go now."""
        sender = self.sender
        while batch := self._next_batch():
            sender = self.sender.renewed()
            if claimed := claiming.claim(self.connection, sender, batch):
                self._forget(batch, len(claimed.entries))
                return sender, claimed
            self.nothing_of.add(batch.route)
        return sender, None

    def _next_batch(self) -> Batch | None:
        """Return what goes now; None: nothing does, and `rests_until` says when something will."""
        seen = self._seen()
        lingers = _lingers(self.connection, self.sender.ledger, seen, self.sender.settings)
        self.rests_until = batching.next_at(seen, lingers)
        return batching.next_batch(seen, now=clock.now(), lingers=lingers, given=self.given)

    def _seen(self) -> list[Waiting]:
        if self.waiting is None:
            self.waiting = claiming.waiting(self.connection, self.sender.ledger)
        return [each for each in self.waiting if each.route not in self.nothing_of]

    def _forget(self, batch: Batch, taken: int) -> None:
        """Behind a full call more waits; of a route that was seen to its end nothing does."""
        self.given[batch.route] += 1
        seen = self.waiting or []
        is_more = taken < batch.size or any(each.route == batch.route and each.count > each.room for each in seen)
        self.waiting = None if is_more else [each for each in seen if each.route != batch.route]

    def _may_go_on(self) -> bool:
        """The same organisation, connected, posting not stopped; where others want the worker, for its turn only."""
        if clock.now() >= self.looks_round_at:
            self.looks_round_at = clock.now() + LOOKS_ROUND
            self.is_turn_over = self.is_turn_over or wake.are_others_waiting()
        is_same = self.connection.organisation_id == self.sender.token.organisation_id
        is_open = self.connection.is_connected and not self.connection.is_shut
        return is_open and is_same and not self.is_turn_over

    def _wait_for_one(self) -> bool:
        """Wait until a call has ended; False where none is under way."""
        if not self.in_flight:
            return False
        done, self.in_flight = wait(self.in_flight, return_when=FIRST_COMPLETED)
        for future in done:
            if future.result():
                self.waiting = None
        if not self.in_flight:
            self.waiting = None  # what came during the call woke a job that waits for this one's end
        return True

    def _wait_for_more(self) -> bool:
        """Wait out what is left of a linger, or of a minute's window, where that is short; False: it is not."""
        if self.is_turn_over or self.rests_until is None:
            return False
        left = self.rests_until - clock.now()
        if left <= -ground.A_MOMENT or not ground.may_wait(left):
            return False
        time.sleep(max(0.01, clock.lasting(left)))
        self.waiting = None
        return True


def _closing_databases(work: Callable[[], bool]) -> bool:
    """A thread's database connection goes back to the pool when its work is done."""
    try:
        return work()
    finally:
        databases.close_all()
