"""Order files whose outcome nobody knows are looked for in their folder; what was confirmed there is brought to its end."""

from collections.abc import Iterator, Sequence

import structlog
from django.db import transaction

from daybook.connections import folders, standing
from daybook.connections.models import Connection
from daybook.documents.causes import Cause, Hold
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.ledgers.files import talks
from daybook.ledgers.files.ledger import FILES
from daybook.ledgers.files.talks import Step
from daybook.ledgers.ledger import Form
from daybook.outbox import confirmed, settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.retrying import MOST_TRIES
from daybook.outbox.settling import Settling
from daybook.outbox.states import Mover, State
from daybook.reconciliation import doubts
from daybook.wire.carrying import carry
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

log = structlog.get_logger("daybook.reconciliation")


def look_and_settle(connection: Connection, client: HttpClient, form: Form, entries: Sequence[Entry]) -> int:
    """Look once for all of them, rename what was confirmed, settle each; return how many. A failing folder pauses."""
    del client, form
    settled = 0
    try:
        standing.check(connection.pk, clock.now())
        for attempt, members, shown in _looked(connection, entries):
            _settle(attempt, members, shown)
            settled += len(members)
    except WireError as error:
        log.warning("look failed", connection=connection.public_id, error=type(error).__name__)
        folders.react(connection.pk, error, clock.now())
    wake.wake_drain(connection.pk)
    return settled


def _looked(connection: Connection, entries: Sequence[Entry]) -> Iterator[tuple[Attempt, list[Entry], Step | Hold]]:
    """Yield what is true of each file now, one that was confirmed renamed. Raises WireError."""
    access = folders.access_of(connection)
    known = [(attempt, members, confirmed.kept(attempt)) for attempt, members in _by_attempt(entries)]
    sought = [(kept.name if kept else _name(attempt), kept) for attempt, _, kept in known]
    with folders.session(connection, access) as session:
        steps = carry(talks.look(access.path, sought), session.ask)
        for (attempt, members, kept), step in zip(known, steps, strict=True):
            if step is Step.RENAME and kept is not None:
                step = carry(talks.publish(access.path, kept), session.ask)  # noqa: PLW2901 - what is true of it now
            yield attempt, members, step
    folders.works(access)


def _by_attempt(entries: Sequence[Entry]) -> list[tuple[Attempt, list[Entry]]]:
    """Each attempt wrote one file, of one order or of several."""
    found: dict[int, tuple[Attempt, list[Entry]]] = {}
    for entry in entries:
        if entry.last_attempt is not None:
            found.setdefault(entry.last_attempt.pk, (entry.last_attempt, []))[1].append(entry)
    return list(found.values())


def _name(attempt: Attempt) -> str:
    return attempt.url.rpartition("/")[2]


@transaction.atomic
def _settle(attempt: Attempt, members: Sequence[Entry], shown: Step | Hold) -> None:
    """Settle the documents of one file by what the folder showed, unless they have moved on since."""
    only = [entry.pk for entry in members]
    batch = settling.begin(attempt, mover=Mover.RECONCILIATION, now=clock.now(), title=FILES.title, only=only)
    so_far = doubts.of(attempt.company_id, only)
    for member in batch.members.values():
        fresh = member.entry
        if fresh.last_attempt_id == attempt.pk and fresh.state in {State.UNKNOWN, State.SENDING}:
            was_sending = fresh.state == State.SENDING
            settling.doubt(batch, fresh, reason=told("its sending ended without being settled"))
            _write(batch, fresh, shown, tries=so_far.get(fresh.pk, 0) + was_sending)
    settling.save(batch)
    for order_id in sorted({entry.order_id for entry in members}):
        wake.wake_prepare_order(order_id)


def _write(batch: Settling, entry: Entry, shown: Step | Hold, *, tries: int) -> None:
    if shown is not Step.SEND:
        confirmed.settle(batch, entry, shown)
    elif tries < MOST_TRIES:
        settling.release(batch, entry, reason=told("{what}: it may be sent again", what=confirmed.SAID[shown]))
        settling.note(batch, entry, AttemptEntry.Outcome.NOT_SENT, (confirmed.SAID[shown],))
    else:
        words = told("begun {count} times, and it never had its name there", count=MOST_TRIES)
        settling.reject(batch, entry, cause=Cause.GAVE_UP, subject=entry.number, words=words)
        settling.note(batch, entry, AttemptEntry.Outcome.REJECTED, (words,))
