"""Settle every document whose outcome nobody knows: look into Xero first, then decide.

A call counts as lost when its worker cannot be waiting for an answer any more. Only some time after a call has ended is
Xero asked, so that a booking still under way there is seen (how a document stays single, 5 and 6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from daybook.connections import calls, roster
from daybook.connections.models import Connection
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.outbox import queue, wake
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.queue import Standing
from daybook.outbox.states import Mover, State
from daybook.reconciliation.compare import DEAD, Ours, Theirs, Verdict, recognise
from daybook.reconciliation.look import look, look_singly
from daybook.wire import errors
from daybook.wire.http import HttpClient

LEAVES_WITHIN = timedelta(seconds=60)
"""An attempt leaves within this time of its commit, or not at all (`posting/delivery.py`)."""
MOST_ENTRIES = 200
"""Of one connection and kind in one go: five calls for invoices."""
MOST_DOUBTS = 8
"""Calls without a clear answer for one document before a person has to look: nothing is retried without end."""

log = structlog.get_logger("daybook.reconciliation")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before looking."""

    call_timeout: timedelta
    look_after: timedelta

    @property
    def lost_after(self) -> timedelta:
        """Return how long after its commit an attempt without an answer can have none any more.

        It leaves, or leaves again, within a minute; each sending waits for a connection and an answer, and reads for
        as long again.
        """
        return LEAVES_WITHIN + 3 * self.call_timeout


def patience() -> Patience:
    """Return this installation's patience."""
    return Patience(
        call_timeout=timedelta(seconds=settings.CALL_TIMEOUT_SECONDS),
        look_after=timedelta(seconds=settings.LOOK_AFTER_SECONDS),
    )


def resolve(client: HttpClient, *, now: datetime, patience: Patience) -> int:
    """Give up lost calls, look into Xero for what is unknown, and settle it; returns how many documents settled."""
    give_up_lost(now=now, patience=patience)
    settled = 0
    for connection, kind, entries in _due(now - patience.look_after, now):
        try:
            settled += _look_and_settle(connection, client, kind, entries)
        except errors.Paused:
            continue  # the look before it, or another job, was told to wait
        except errors.WireError as error:
            log.warning("look failed", connection=connection.public_id, error=type(error).__name__)
            calls.react(connection.id, error, clock.now(), client=client)
        except (OperationalError, InterfaceError):
            raise  # the database is away, for all of them
        except Exception:  # one organisation's trouble must not keep the others waiting
            log.exception("look stumbled", connection=connection.public_id)
            calls.stumble(connection.id, clock.now())
    return settled


def give_up_lost(*, now: datetime, patience: Patience) -> None:
    """Turn attempts whose worker is gone into unknown ones; from then on they can no longer leave."""
    lost = Attempt.objects.filter(result=Attempt.Result.PENDING, created_at__lt=now - patience.lost_after)
    for attempt_id in list(lost.values_list("id", flat=True)):
        _give_up(attempt_id, patience)


@transaction.atomic
def _give_up(attempt_id: int, patience: Patience) -> None:
    attempt = Attempt.objects.select_for_update().get(id=attempt_id)
    if attempt.result != Attempt.Result.PENDING:
        return
    attempt.result, attempt.note = Attempt.Result.UNKNOWN, "its worker ended before an answer was written down"
    attempt.ended_at = attempt.created_at + patience.lost_after
    attempt.save(update_fields=["result", "note", "ended_at"])
    for entry in queue.sending_in(attempt).values():
        queue.doubt(entry, reason=attempt.note, mover=Mover.RECONCILIATION, attempt=attempt)


def _due(ended_before: datetime, now: datetime) -> Iterator[tuple[Connection, str, list[Entry]]]:
    """Yield what may be looked for now, by connection and kind; no company's backlog keeps another waiting.

    A `sending` document whose call ended but was never settled belongs here too: the worker died in between.
    """
    doubtful = Entry.objects.filter(
        state__in=[State.UNKNOWN, State.SENDING], last_attempt__ended_at__lt=ended_before
    ).select_related("last_attempt")
    reachable = roster.reachable().exclude(paused_until__gt=now)
    concerned = doubtful.filter(company=OuterRef("company"), organisation=OuterRef("organisation"))
    for connection in reachable.filter(Exists(concerned)).order_by("checked_at"):
        mine = doubtful.filter(company_id=connection.company_id, organisation=connection.organisation_id).order_by("id")
        for kind in Kind:
            entries = list(mine.filter(kind=kind)[:MOST_ENTRIES])
            if entries:
                yield connection, kind, entries


def _look_and_settle(connection: Connection, client: HttpClient, kind: str, entries: Sequence[Entry]) -> int:
    numbers = [entry.number for entry in entries]
    since = min(entry.last_attempt.created_at for entry in entries if entry.last_attempt)
    found = look(connection, client, kind, numbers, since)
    if kind == Kind.PURCHASE_ORDER:
        found += look_singly(connection, client, _stubborn(entries, found))
    for entry in entries:
        _settle(entry, found)
    wake.wake_drain(connection.id)
    log.info("looked", connection=connection.public_id, kind=kind, documents=len(entries))
    return len(entries)


def _stubborn(entries: Sequence[Entry], found: Sequence[Theirs]) -> list[str]:
    """Purchase orders that were sent before and are not in the list: something older may hold their number."""
    listed = {theirs.number.upper() for theirs in found}
    return [entry.number for entry in entries if entry.number.upper() not in listed and entry.memberships.count() > 1]


@transaction.atomic
def _settle(seen: Entry, found: Sequence[Theirs]) -> None:
    """Settle one document by what the look showed, unless it has moved on since."""
    entry = queue.locked(Entry.objects.filter(id=seen.id, company_id=seen.company_id)).get()
    attempt = seen.last_attempt
    if attempt is None or entry.last_attempt_id != attempt.id or entry.state not in {State.UNKNOWN, State.SENDING}:
        return
    queue.doubt(entry, reason="its call ended without being settled", mover=Mover.RECONCILIATION, attempt=attempt)
    verdict, theirs = recognise(_ours(entry), found)
    _write(entry, attempt, verdict, theirs)
    wake.wake_prepare_order(entry.order_id)


def _write(entry: Entry, attempt: Attempt, verdict: Verdict, theirs: Theirs | None) -> None:
    mover = Mover.RECONCILIATION
    if verdict == Verdict.OURS and theirs is not None:
        standing = Standing(their_id=theirs.their_id, their_status=theirs.status, totals=theirs.totals)
        queue.post(entry, standing, mover=mover, attempt=attempt, reason="found in Xero under its number and mark")
        if theirs.status in DEAD and entry.state == State.POSTED:
            queue.flag(entry, "voided_in_xero", "It was voided or deleted there before Daybook had its answer.")
        queue.note_outcome(attempt, entry, "posted", ("found in Xero",))
    elif verdict == Verdict.NOT_THERE and _doubts(entry) < MOST_DOUBTS:
        queue.release(entry, reason="not in Xero: it may be sent again", mover=mover, attempt=attempt)
        queue.note_outcome(attempt, entry, "not_sent", ("looked for in Xero, not there",))
    else:
        cause, words = _refusal(verdict, theirs)
        queue.reject(entry, cause=cause, subject=entry.number, words=words, mover=mover, attempt=attempt)
        queue.note_outcome(attempt, entry, "rejected", (words,))


def _doubts(entry: Entry) -> int:
    return entry.transitions.filter(new_state=State.UNKNOWN).count()


def _refusal(verdict: Verdict, theirs: Theirs | None) -> tuple[str, str]:
    if verdict == Verdict.NOT_OURS and theirs is not None:
        return "number_taken", f"Xero holds {theirs.number} already, and it is not this order's document"
    if verdict == Verdict.SEVERAL:
        return "found_several", "Xero holds more than one document with this number and mark"
    return "gave_up", f"sent {MOST_DOUBTS} times without a clear answer, and not in Xero"


def _ours(entry: Entry) -> Ours:
    document = entry.document or {}
    return Ours(
        number=entry.number,
        mark=entry.public_id,
        contact_id=str(document.get("contact_id") or ""),
        currency=entry.currency,
    )
