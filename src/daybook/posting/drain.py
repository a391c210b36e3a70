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

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import structlog
from django.db import connections as databases

from daybook.connections import calls, endpoints, whereabouts
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.ledgers.ledger import Wire
from daybook.outbox import wake
from daybook.outbox.retrying import is_database_away
from daybook.posting import batching, claiming, files, ground, settling, supplies
from daybook.posting.batching import Batch, Waiting
from daybook.posting.claiming import Claimed
from daybook.posting.ground import Sender
from daybook.wire import errors
from daybook.wire.http import HttpClient

log = structlog.get_logger("daybook.posting")


def drain(connection_id: int, client: HttpClient) -> None:
    """Post what waits for one connection, as far as limits and lingering allow now; what is left waits for the sweep."""
    connection = Connection.objects.select_related("company", "organisation").get(id=connection_id)
    if not connection.is_connected or connection.is_posting_stopped or not whereabouts.is_sure():
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
    waiting = claiming.waiting(connection, endpoints.ledger_of(connection))
    sender = ground.prepare(connection, client) if waiting else None
    if sender is not None:
        was_made = supplies.ensure(connection, sender)
        _Drain(connection, sender, None if was_made else waiting).run()


_BY_WIRE: Mapping[Wire, Callable[[Connection, HttpClient], None]] = {Wire.CALLS: _calls, Wire.FILES: files.drain}


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

    def run(self) -> None:
        """Send batch after batch until nothing more may or need go now; returns when no call is under way."""
        at_once, name = self.sender.ledger.terms.calls_at_once, self.sender.ledger.name
        with ThreadPoolExecutor(at_once, thread_name_prefix=name) as pool:
            try:
                while self._start_next(pool) or self._wait_for_one():
                    pass
            finally:
                wait(self.in_flight)
        for future in self.in_flight:
            future.result()

    def _start_next(self, pool: ThreadPoolExecutor) -> bool:
        """Commit the next attempt and hand it to a thread; False where none may or need start now."""
        if self.waiting == []:
            return False
        self.connection.refresh_from_db()
        allowed = ground.allowance(self.connection, self.sender.ledger, len(self.in_flight))
        if not self._may_go_on() or not allowed.calls:
            return False
        sender, claimed = self._claim_next()
        if claimed is None:
            return False
        log.info("attempt committed", attempt=claimed.attempt.public_id, documents=len(claimed.entries))
        self.in_flight.add(pool.submit(_closing_databases, lambda: settling.carry_out(claimed, sender)))
        return True

    def _claim_next(self) -> tuple[Sender, Claimed | None]:
        """Claim of the first route of which something can go now."""
        lingers = batching.linger(self.sender.settings.post_within_minutes)
        sender = self.sender
        while batch := batching.next_batch(self._seen(), now=clock.now(), lingers=lingers):
            sender = self.sender.renewed()
            if claimed := claiming.claim(self.connection, sender, batch):
                self._forget(batch)
                return sender, claimed
            self.nothing_of.add(batch.route)
        return sender, None

    def _seen(self) -> list[Waiting]:
        if self.waiting is None:
            self.waiting = claiming.waiting(self.connection, self.sender.ledger)
        return [each for each in self.waiting if each.route not in self.nothing_of]

    def _forget(self, batch: Batch) -> None:
        """Behind a full call more waits; of a route that was seen to its end nothing does."""
        seen = self.waiting or []
        is_full = any(each.route == batch.route and each.count > each.room for each in seen)
        self.waiting = None if is_full else [each for each in seen if each.route != batch.route]

    def _may_go_on(self) -> bool:
        """The same organisation, still connected, and posting not stopped."""
        is_open = self.connection.is_connected and not self.connection.is_posting_stopped
        return is_open and self.connection.organisation_id == self.sender.token.organisation_id

    def _wait_for_one(self) -> bool:
        """Wait until a call has ended; False where none is under way."""
        if not self.in_flight:
            return False
        done, self.in_flight = wait(self.in_flight, return_when=FIRST_COMPLETED)
        for future in done:
            if future.result():
                self.waiting = None
        return True


def _closing_databases(work: Callable[[], bool]) -> bool:
    """A thread's database connection goes back to the pool when its work is done."""
    try:
        return work()
    finally:
        databases.close_all()
