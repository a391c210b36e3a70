"""One company's waiting documents go to Xero.

    limits ----> batching ----> queue.take, payloads ----> queue.start      one short transaction
    (may we?)    (what?)        (which, to the byte)       (the attempt)
                                                               |
                                delivery <---------------------'            no transaction open
                                    |
                                outcomes ----> queue.post / reject / release / doubt      one short transaction

Every line of it may be the last one before the process dies: what is committed then says what to do next
(docs/states.md). Correctness never rests on one drain running at a time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db import connections as databases
from django.db.models import Case, Count, F, Min, Value, When

from daybook.catalog import cures, facts, problems, refresh
from daybook.connections import calls, organisation, roster, tokens
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.causes import Hold, HoldCause
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.kit.money import plain
from daybook.ledgers.xero import messages, outcomes, payloads
from daybook.ledgers.xero.outcomes import Outcome
from daybook.orders.models import Order
from daybook.outbox import queue, wake
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.queue import Standing
from daybook.outbox.states import Mover
from daybook.posting import batching, delivery, items, limits
from daybook.posting.batching import Batch, Waiting
from daybook.posting.delivery import Sender
from daybook.wire import errors
from daybook.wire.http import HttpClient

ENDPOINTS = {Kind.INVOICE: payloads.INVOICES, Kind.PURCHASE_ORDER: payloads.PURCHASE_ORDERS}
CATALOG_AGE = timedelta(hours=24)
"""Accounts, rates, currencies and lock dates older than this are read again before anything goes."""
LISTS_AFTER_A_REFUSAL = timedelta(minutes=5)
"""A refusal often means that a list has changed; so often at most are they read for it."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

DATABASE_AWAY = (OperationalError, InterfaceError)
UNREADABLE = "The document was written in a form that this version of Daybook does not know."

log = structlog.get_logger("daybook.posting")


def drain(connection_id: int, client: HttpClient) -> None:
    """Post what waits for one connection, as far as limits and lingering allow now; what is left waits for the sweep."""
    connection = Connection.objects.select_related("company", "organisation").get(id=connection_id)
    if not connection.is_connected or not _has_waiting(connection):
        return
    try:
        sender = _prepare(connection, client)
        if sender is not None:
            _Drain(connection, sender).run()
    except errors.WireError as error:
        log.warning("drain stopped", connection=connection.public_id, error=type(error).__name__)
        calls.react(connection.id, error, clock.now(), client=client)
    except DATABASE_AWAY:
        raise  # nobody's defect: the sweep starts again
    except Exception:
        calls.stumble(connection.id, clock.now())
        raise


def _has_waiting(connection: Connection) -> bool:
    return queue.waiting(connection.company_id, connection.organisation_id, clock.now()).exists()


def _prepare(connection: Connection, client: HttpClient) -> Sender | None:
    """Check the ground before anything is sent: a token, the chart as it is today, the items. None: not now."""
    if not _allowance(connection, 0).calls and not _is_window_open_again(connection, client):
        return None
    refresh.refresh(connection, max_age=CATALOG_AGE, client=client)
    if not _is_ground_firm(connection):
        return None
    sender = Sender(
        client=client,
        api_base=settings.XERO_API_BASE,
        connection=connection,
        token=tokens.current_token(connection.id, now=clock.now(), client=client),
        allow_backorders=roster.posting_of(connection).allow_backorders,
    )
    items.ensure(connection, sender)
    return sender


def _is_window_open_again(connection: Connection, client: HttpClient) -> bool:
    """Ask Xero once an hour whether a day that was used up has begun anew: only Xero knows when (xero-rules.md 2.1)."""
    until = _allowance(connection, 0).until
    if until is None or until > clock.now():
        return False
    organisation.read_facts(connection, client=client)
    return bool(_allowance(connection, 0).calls)


def _is_ground_firm(connection: Connection) -> bool:
    """Hold what the organisation, as last read, no longer has a place for; False where that is everything.

    Accounts and tax rates are archived in Xero without notice (xero-rules.md 10.25).
    """
    blocking = [problem for problem in problems.settings_problems(connection) if problem.blocks]
    if blocking:
        _hold(connection, Hold(HoldCause.SETTINGS_INCOMPLETE, blocking[0].field, blocking[0].words))
        return False
    for mapping in facts.stale_tax_mappings(connection):
        why = Hold(HoldCause.TAX_RATE_NOT_MAPPED, plain(mapping.rate), f"{mapping.tax_type} is gone from Xero")
        _hold(connection, why, tax_type=mapping.tax_type)
    return True


@transaction.atomic
def _hold(connection: Connection, why: Hold, *, tax_type: str = "") -> None:
    """Hold every waiting document, or those that name the tax type."""
    waiting = queue.waiting(connection.company_id, connection.organisation_id, clock.now())
    if tax_type:
        waiting = waiting.filter(document__lines__contains=[{"tax_type": tax_type}])
    for entry in queue.locked(waiting):
        queue.hold(entry, why, mover=Mover.POSTING)


def _allowance(connection: Connection, in_flight: int) -> limits.Allowance:
    windows = limits.Windows(
        day_remaining=connection.day_remaining,
        minute_remaining=connection.minute_remaining,
        read_at=connection.limits_read_at,
        paused_until=connection.paused_until,
        retry_at=connection.retry_at,
    )
    return limits.allowance(windows, in_flight=in_flight, now=clock.now())


@dataclass
class _Drain:
    """One run over the waiting documents, with up to five calls in flight (xero-rules.md 2.1)."""

    connection: Connection
    sender: Sender
    in_flight: set[Future[None]] = field(default_factory=set)
    nothing_of: set[str] = field(default_factory=set)
    """Kinds of which nothing that waits can go in this run: others took it, or it lacks its items."""

    def run(self) -> None:
        """Send batch after batch until nothing more may or need go now; returns when no call is under way."""
        with ThreadPoolExecutor(limits.CONCURRENT, thread_name_prefix="xero") as pool:
            try:
                while self._start_next(pool) or self._wait_for_one():
                    pass
            finally:
                wait(self.in_flight)
        for future in self.in_flight:
            future.result()

    def _start_next(self, pool: ThreadPoolExecutor) -> bool:
        """Commit the next attempt and hand it to a thread; False where none may or need start now."""
        self.connection.refresh_from_db()
        if not self._may_go_on() or not _allowance(self.connection, len(self.in_flight)).calls:
            return False
        claimed = None
        while not claimed and (batch := _next_batch(self.connection, self.nothing_of)):
            sender = self.sender.renewed()
            claimed = claim(self.connection, sender, batch)
            if not claimed:
                self.nothing_of.add(batch.kind)
        if not claimed:
            return False
        attempt, entries = claimed
        log.info("attempt committed", attempt=attempt.public_id, documents=len(entries))
        self.in_flight.add(pool.submit(_closing_databases, lambda: carry_out(attempt, entries, sender)))
        return True

    def _may_go_on(self) -> bool:
        """The same organisation, still connected."""
        return self.connection.is_connected and self.connection.organisation_id == self.sender.token.organisation_id

    def _wait_for_one(self) -> bool:
        """Wait until a call has ended; False where none is under way."""
        if not self.in_flight:
            return False
        done, self.in_flight = wait(self.in_flight, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        return True


def _next_batch(connection: Connection, nothing_of: Collection[str] = ()) -> Batch | None:
    """Return what should go now. What was in a call already has lingered: Xero's waits are not followed by ours."""
    since = Case(When(last_attempt__isnull=False, then=Value(LONG_AGO)), default=F("state_since"))
    rows = (
        queue.waiting(connection.company_id, connection.organisation_id, clock.now())
        .exclude(kind__in=nothing_of)
        .values("kind")
        .annotate(count=Count("id"), oldest=Min(since))
        .order_by("kind")
    )
    minutes = roster.posting_of(connection).post_within_minutes
    waiting = [Waiting(row["kind"], row["count"], row["oldest"]) for row in rows]
    return batching.next_batch(waiting, now=clock.now(), lingers=batching.linger(minutes))


@transaction.atomic
def claim(connection: Connection, sender: Sender, batch: Batch) -> tuple[Attempt, list[Entry]] | None:
    """Take the batch's documents and commit the attempt that will send them; None where others took them first.

    The connection's row is locked, so that nobody connects another organisation at the same moment.
    """
    if not _is_still_connected(connection, sender):
        return None
    entries, elements = _sendable(connection, batch.kind)
    if not entries:
        return None
    endpoint = ENDPOINTS[Kind(batch.kind)]
    body, taken = payloads.batch_body(endpoint, elements)
    attempt = queue.start(connection.company_id, sender.call(endpoint, body), entries[:taken])
    return attempt, entries[:taken]


def _is_still_connected(connection: Connection, sender: Sender) -> bool:
    now = Connection.objects.select_for_update(no_key=True).get(id=connection.id)
    return now.is_connected and now.organisation_id == sender.token.organisation_id == connection.organisation_id


def _sendable(connection: Connection, kind: str) -> tuple[list[Entry], list[dict[str, Any]]]:
    """Take up to one call's documents, oldest first, with what is sent of each; one that cannot go blocks no other."""
    entries: list[Entry] = []
    elements: list[dict[str, Any]] = []
    looked_at = last = 0
    while len(entries) < batching.MAX_DOCUMENTS and looked_at < items.MOST_ENTRIES:
        most = batching.MAX_DOCUMENTS - len(entries)
        taken = queue.take(
            connection.company_id, connection.organisation_id, kind, most=most, now=clock.now(), after=last
        )
        if not taken:
            break
        looked_at, last = looked_at + len(taken), taken[-1].id
        codes = items.spellings(connection, queue.needing_items(taken))
        for entry in _with_items(taken, codes):
            document = stored.read(entry.document, entry.kind)
            if document is None:
                queue.hold(entry, Hold(HoldCause.DEFECT, entry.number, UNREADABLE), mover=Mover.POSTING)
                continue
            entries.append(entry)
            elements.append(payloads.document_payload(document, codes))
    return entries, elements


def _with_items(entries: list[Entry], codes: Mapping[str, str]) -> list[Entry]:
    """A document whose items are not in Xero yet waits for the next drain, which makes them first."""
    return [entry for entry in entries if codes.keys() >= queue.needing_items([entry]).keys()]


def carry_out(attempt: Attempt, entries: Sequence[Entry], sender: Sender) -> None:
    """Send one committed attempt and settle each of its documents on its own."""
    endpoint = ENDPOINTS[Kind(entries[0].kind)]
    read = delivery.deliver(attempt, sender, [entry.number for entry in entries], endpoint)
    settle(attempt, [entry.id for entry in entries], read)
    refusals = [outcome for outcome in read if isinstance(outcome, outcomes.Rejected)]
    if any(messages.recognise(refusal.words).cause in cures.LIST_OF for refusal in refusals):
        wake.wake_read_lists(sender.connection.id, older_than=LISTS_AFTER_A_REFUSAL)
    log.info("attempt settled", attempt=attempt.public_id)


@transaction.atomic
def settle(attempt: Attempt, entry_ids: Sequence[int], read: Sequence[Outcome]) -> None:
    """Write each document's outcome; one refusal never sinks its neighbours."""
    entries = queue.sending_in(attempt)
    for entry_id, outcome in zip(entry_ids, read, strict=True):
        _settle_one(attempt, entries[entry_id], outcome)
    for order_id in _changed_meanwhile(attempt, entry_ids):
        wake.wake_prepare_order(order_id)


def _settle_one(attempt: Attempt, entry: Entry, outcome: Outcome) -> None:
    match outcome:
        case outcomes.Posted():
            standing = Standing(
                their_id=outcome.their_id,
                their_status=outcome.their_status,
                totals=outcome.totals,
                warnings=outcome.warnings,
            )
            queue.post(entry, standing, mover=Mover.POSTING, attempt=attempt, reason="Xero took it")
            queue.note_outcome(attempt, entry, "posted", outcome.warnings)
        case outcomes.Rejected():
            cause, subject = messages.recognise(outcome.words)
            if cause == messages.RefusalCause.PERIOD_LOCKED and entry.date is not None:
                subject = str(entry.date)  # what it is about is the document; Xero's words name the lock date
            words = "\n".join(outcome.words)
            queue.reject(entry, cause=cause, subject=subject, words=words, mover=Mover.POSTING, attempt=attempt)
            queue.note_outcome(attempt, entry, "rejected", outcome.words)
        case outcomes.NotSent():
            queue.release(entry, reason=f"not sent: {outcome.reason}", mover=Mover.POSTING, attempt=attempt)
            queue.note_outcome(attempt, entry, "not_sent", (outcome.reason,))
        case outcomes.Unknown():
            queue.doubt(entry, reason=f"no clear answer: {outcome.reason}", mover=Mover.POSTING, attempt=attempt)
            queue.note_outcome(attempt, entry, "unknown", (outcome.reason,))


def _changed_meanwhile(attempt: Attempt, entry_ids: Sequence[int]) -> list[int]:
    """An order that changed while its document was under way is looked at again now that the document is settled."""
    changed = Order.objects.filter(
        company_id=attempt.company_id, entries__in=entry_ids, changed_at__gte=attempt.created_at
    )
    return list(changed.order_by("id").values_list("id", flat=True).distinct())  # two settlers wake in one order


def _closing_databases(work: Callable[[], None]) -> None:
    """A thread's database connection goes back to the pool when its work is done."""
    try:
        work()
    finally:
        databases.close_all()
