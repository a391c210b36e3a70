"""Waking the workers. A job is only a hint: the rows are the truth, and a sweep finds what no hint named."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from daybook.tables import reading

DRAIN = "posting.drain"
PREPARE_COMPANY = "intake.prepare_company"
PREPARE_ORDER = "intake.prepare_order"
WITNESS = "reconciliation.witness"
READ_LISTS = "catalog.read_lists"
PULL = "feeds.pull"
_TELL_OF_ONE_WAITING = """
    SELECT CASE WHEN NOT EXISTS (
        SELECT FROM procrastinate_jobs running WHERE running.lock = waiting.lock AND running.status = 'doing'
    ) THEN pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')::text ELSE '' END
    FROM procrastinate_jobs waiting WHERE queueing_lock = %s AND status = 'todo'
"""
"""As Procrastinate's own trigger tells of a job that was written; a row where one waits already.

While one like it runs the workers are not told: they could not take it, and its end has its worker look for it
(`ops/processes/worker.py`).
"""
A_CALL = 50
"""The most that Daybook puts into one call (`posting/batching.MAX_DOCUMENTS`)."""
RESTS_FOR = timedelta(seconds=6)
"""A shorter rest is none: the sweep comes every five."""
_RESTS_OR_TOLD = f"""
    SELECT CASE WHEN EXISTS (SELECT
        FROM connections_connection c WHERE c.company_id = %s AND c.id = %s AND c.post_at > %s AND NOT EXISTS (
        SELECT FROM unnest(%s::text[], %s::int[]) a_call (kind, room) WHERE a_call.room <= (
            SELECT count(*) FROM (
                SELECT FROM outbox_entry e WHERE e.company_id = c.company_id AND e.organisation_id = c.organisation_id
                AND e.kind = a_call.kind AND e.state = 'ready' AND e.open_needs = 0 LIMIT a_call.room
            ) there
        )
    )
    ) THEN true ELSE (SELECT count(told) > 0 FROM ({_TELL_OF_ONE_WAITING}) waits (told)) END
"""  # noqa: S608 - of our own words only
"""True: nothing is to be deferred. One statement: each order asks it."""
_OTHERS = """
    SELECT EXISTS (
        SELECT FROM procrastinate_jobs job
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) AND NOT EXISTS (
            SELECT FROM procrastinate_jobs running WHERE running.status = 'doing' AND running.lock = job.lock
        )
    )
"""


def wake_drain(connection_id: int) -> None:
    """Ask for the connection's documents to be posted: one drain running, one waiting, the rest collapse.

    Deferred in the caller's transaction, so a rolled-back document leaves no job.
    """
    defer(DRAIN, lock=_lock_of_drain(connection_id), connection_id=connection_id)


def wake_drain_unless_it_rests(company_id: int, connection_id: int, rooms: Mapping[str, int], now: datetime) -> None:
    """As `wake_drain`, after new documents: not where its last drain saw that all goes later, and no call is full by now.

    `rooms`: by the new documents' kinds how many one call takes. The sweep wakes it when the rest is over. Without this
    each order of a stream has a drain look, see that it is too early, and end.
    """
    kinds, most = list(rooms), [min(room, A_CALL) for room in rooms.values()]
    lock = _lock_of_drain(connection_id)
    if not reading.ask(_RESTS_OR_TOLD, [company_id, connection_id, now + RESTS_FOR, kinds, most, lock])[0][0]:
        _defer_first(DRAIN, lock=lock, connection_id=connection_id)


def wake_witness() -> None:
    """Ask for the ledgers to be asked, where that is due, whether they hold what the day book does not know."""
    defer(WITNESS, lock=WITNESS, timestamp=0)


def wake_prepare(company_id: int, *, cause: str = "") -> None:
    """Ask for all of the company's undecided orders to be looked at again, after something was cured.

    `cause`: only what waits for this one; documents that the ledger refused for it are sent again as they are.
    """
    lock = f"prepare:{company_id}:{cause}" if cause else f"prepare:{company_id}"
    defer(PREPARE_COMPANY, lock=lock, company_id=company_id, cause=cause)


def wake_prepare_order(order_id: int) -> None:
    """Ask for one order to be looked at again, after its document was settled while the order had changed."""
    defer(PREPARE_ORDER, lock=f"prepare-order:{order_id}", order_id=order_id)


def wake_read_lists(connection_id: int, *, older_than: timedelta) -> None:
    """Ask for the organisation's lists to be read again where they are older, and for what that cures to go."""
    seconds = int(older_than.total_seconds())
    defer(READ_LISTS, lock=f"read:{connection_id}:{seconds}", connection_id=connection_id, older_than_seconds=seconds)


def are_others_waiting() -> bool:
    """Tell whether a job waits for a free place at a worker, not for one like it that runs."""
    return bool(reading.ask(_OTHERS, [])[0][0])


def defer(task: str, *, lock: str, **arguments: int | str) -> None:
    """Defer `task` once; where one is waiting already and none like it runs, the workers are told of that one again.

    Where the one that ran ended this very moment, nobody may be told: the sweep finds what waits, every 5 s.
    """
    if not reading.ask(_TELL_OF_ONE_WAITING, [lock]):
        _defer_first(task, lock=lock, **arguments)


def _lock_of_drain(connection_id: int) -> str:
    return f"drain:{connection_id}"


def _defer_first(task: str, *, lock: str, **arguments: int | str) -> None:
    with suppress(AlreadyEnqueued), transaction.atomic():  # came this very moment: that breaks only this savepoint
        app.configure_task(task, lock=lock, queueing_lock=lock).defer(**arguments)
