"""Order files go into their folder, in two steps, each on record before the next (docs/decisions/0020).

    prepared: what would be written --> claim: the attempts, committed --> look --> write .part, confirmed --> on record
        --> rename --> settled

Every line of it may be the last one before the process dies: what is committed then says what to do next, and
`reconciliation/files.py` does it. A file holds one order, or all that is due in a run (`filing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction

from daybook.connections import folders, running
from daybook.connections.models import Connection
from daybook.connections.outgoing import FileFormat
from daybook.connections.places import FileAccess
from daybook.documents.causes import Hold
from daybook.kit import clock, ids
from daybook.ledgers.exchange import NotSent, Unknown
from daybook.ledgers.files import talks
from daybook.ledgers.files.ledger import FILES, ORDER_FILES
from daybook.ledgers.files.names import batch_name
from daybook.ledgers.files.reasons import FileCause
from daybook.ledgers.ledger import NamedFile
from daybook.outbox import confirmed, queue, settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.queue import Call
from daybook.outbox.retrying import LEAVES_WITHIN
from daybook.outbox.settling import Settling
from daybook.outbox.states import Mover
from daybook.posting import filing, outgoing, runs
from daybook.posting.filing import Prepared
from daybook.posting.settling import changed_meanwhile
from daybook.wire.carrying import carry
from daybook.wire.errors import WireError
from daybook.wire.http import HttpClient

MOST_ROUNDS = 50
"""Of so many files in one drain; the sweep wakes the next."""
Became = AttemptEntry.Outcome
Outcome = talks.Step | Hold | NotSent | Unknown

log = structlog.get_logger("daybook.posting")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A committed attempt, and the one file in it."""

    attempt: Attempt
    entries: Sequence[Entry]
    file: NamedFile


def drain(connection: Connection, client: HttpClient) -> None:
    """Put what waits for one connection into its folder; what cannot go now waits for the sweep."""
    del client  # no calls are made here
    access, plan = folders.access_of(connection), running.format_of(connection)
    if not runs.is_due(connection, plan):
        return
    for _ in range(MOST_ROUNDS):
        prepared = filing.prepared(connection, plan)
        if not prepared:
            runs.is_over(connection, plan)
            return
        claimed = _claim(connection, access, prepared)
        if claimed is None or not _deliver(connection, access, claimed):
            return
        folders.works(access)


def _claim(connection: Connection, access: FileAccess, prepared: Sequence[Prepared]) -> list[Claimed] | None:
    """Commit the attempts of the next files. None: nothing may go."""

    def call_of(each: Prepared, content: bytes, first: Entry) -> Call:
        name = each.name or batch_name(_next_number(access), each.ending)
        return Call(
            resource=ORDER_FILES,
            organisation_id=first.organisation_id,
            token_fingerprint="",
            method="PUT",
            url=f"{access.their_id}/{name}",
            body=content,
            idempotency_key=f"daybook-file-{ids.public_id(24)}",
        )

    claimed = outgoing.claim(connection, prepared, call_of, FileCause.MAY_BE_COLLECTED)
    if claimed is None:
        return None
    return [
        Claimed(attempt, entries, NamedFile(attempt.url.rpartition("/")[2], bytes(attempt.body)))
        for attempt, entries, _ in claimed
    ]


def _next_number(access: FileAccess) -> int:
    """Take the next number of a run's file; one whose file was given up is not taken again."""
    row, _ = FileFormat.objects.select_for_update().get_or_create(connection_id=access.pk)
    row.last_number += 1
    row.save(update_fields=["last_number"])
    return row.last_number


def _deliver(connection: Connection, access: FileAccess, claimed: Sequence[Claimed]) -> bool:
    """Bring each file to its name and settle it; False where the folder failed, and nothing more may go now."""
    trouble: WireError | None = None
    left = list(claimed)
    if not left:
        return True
    try:
        with folders.session(connection, access) as session:
            sought = [(each.file.name, None) for each in claimed]
            for each, step in zip(claimed, carry(talks.look(access.path, sought), session.ask), strict=True):
                outcome, trouble = _send(each, step, connection, access, session)
                _settle(each, outcome)
                left.remove(each)
                if trouble is not None:
                    break
    except WireError as error:
        trouble = error
    for each in left:
        _settle(each, NotSent(trouble.words if trouble is not None else ""))
    if trouble is not None:
        log.warning("files stopped", connection=connection.public_id, error=type(trouble).__name__)
        folders.react(connection.pk, trouble, clock.now())
    return trouble is None


def _send(
    claimed: Claimed, step: talks.Step | Hold, connection: Connection, access: FileAccess, session: folders.Session
) -> tuple[Outcome, WireError | None]:
    """Return what became of one file, and the folder's failure. Nothing has its name before it is on record."""
    attempt, file = claimed.attempt, claimed.file
    if isinstance(step, Hold):
        return step, None
    is_young = clock.now() - attempt.created_at <= LEAVES_WITHIN
    if not is_young or not queue.begin_sending(attempt, connection.pk, clock.now()):
        return NotSent("too old to be sent, or the connection rests, or posting is stopped"), None
    try:
        written = carry(talks.send(access.path, file.name, attempt.public_id, file.content), session.ask)
    except WireError as error:
        return NotSent(error.words), error
    if isinstance(written, Hold):
        return written, None
    if not confirmed.keep(attempt, written):
        return Unknown("given up by another worker"), None
    try:
        return carry(talks.publish(access.path, written), session.ask), None
    except WireError as error:
        return Unknown(error.words), error


def _words(outcome: Outcome) -> str:
    match outcome:
        case NotSent(reason) | Unknown(reason):
            return reason
        case Hold(detail=detail):
            return detail
    return ""  # its move says it


_ENDS = {NotSent: Attempt.Result.NOT_SENT, Unknown: Attempt.Result.UNKNOWN, Hold: Attempt.Result.REFUSED}


@transaction.atomic
def _settle(claimed: Claimed, outcome: Outcome) -> None:
    """Write down what became of one file and of its attempt; of one that was given up only what proves it posted."""
    attempt, now = claimed.attempt, clock.now()
    attempt.result = _ENDS.get(type(outcome), Attempt.Result.ANSWERED)
    pending = Attempt.objects.filter(pk=attempt.pk, company_id=attempt.company_id, result=Attempt.Result.PENDING)
    pending.update(result=attempt.result, ended_at=now, note=_words(outcome)[:500])
    batch = settling.begin(attempt, mover=Mover.POSTING, now=now, title=FILES.title)
    for member in list(batch.members.values()):
        _write(batch, member.entry, outcome)
    settling.save(batch)
    for order_id in changed_meanwhile(attempt, sorted({entry.order_id for entry in claimed.entries})):
        wake.wake_prepare_order(order_id)


def _write(batch: Settling, entry: Entry, outcome: Outcome) -> None:
    match outcome:
        case NotSent(reason):
            settling.release(batch, entry, reason=f"not sent: {reason}")
            settling.note(batch, entry, Became.NOT_SENT, (reason,))
        case Unknown(reason):
            settling.doubt(batch, entry, reason=f"no clear answer: {reason}")
            settling.note(batch, entry, Became.UNKNOWN, (reason,))
        case _:
            confirmed.settle(batch, entry, outcome)
