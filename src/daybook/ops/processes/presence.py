"""Who uses the database: every process holds a shared lock in it, so that its tables never change under one that runs.

    a process      holds the lock shared, then looks whether the tables are of its version
    `migrate`      wants it alone, and is refused while anybody holds it

PostgreSQL drops the lock when the connection ends, however the process ended. A web process or a worker also watches:
where the connection was lost (the database was started again) and the tables were changed meanwhile, it ends itself; so
it does where this machine's clock and the database's part (`clocks.py`).
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import DatabaseError
from procrastinate.contrib.django.utils import connector_params

from daybook.ops.postgres import beside
from daybook.ops.processes import clocks, waiting
from daybook.ops.processes.stops import Exit, Stop

LOCK = 0x0DA7_B00D
"""Any number, the same in all processes."""
WATCH_SECONDS = 5.0
GRACE_SECONDS = 1.0
"""What has just ended may hold its lock for a moment still."""
BUSY = "another `daybook migrate` is changing the database's tables; start again when it is done"
CHANGED = "the database's tables were changed by another version of Daybook, so this process ended; start it again"
_TAKE = "SELECT pg_try_advisory_lock_shared(%s)"
_TAKE_ALONE = "SELECT pg_try_advisory_lock(%s)"
_LEAVE_ALONE = "SELECT pg_advisory_unlock(%s)"
_VERSION = "SELECT count(*), max(id) FROM django_migrations WHERE right(name, %s) <> %s"
"""What a version after this one only added (`beside.py`) is none of our business."""
_HOLDERS = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND objsubid = 1 AND mode = 'ShareLock' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Presence:
    """A process's hold on the database, on a connection of its own."""

    def __init__(self) -> None:
        self._connection = self._connected()
        self._version: Any = None

    def close(self) -> None:
        """Let go."""
        self._connection.close()

    def note_version(self) -> None:
        """Remember which tables there are, to tell later changes by."""
        self._version = self._read_version()

    def clock_fault(self) -> str:
        """Return in words how this machine's clock differs from the database's, "" where it does not."""
        return clocks.fault(self._connection.cursor())

    def check(self) -> str:
        """Return why the process must end, "" while it may go on. A database that is away is no reason."""
        try:
            if self._connection.closed:
                self._connection = self._connected()
            return CHANGED if self._read_version() != self._version else self.clock_fault()
        except Stop as stop:
            return stop.message
        except psycopg.Error:
            self._connection.close()
            return ""

    def _connected(self) -> Any:
        """Raise Stop where somebody changes the tables just now."""
        made = psycopg.connect(**connector_params(), autocommit=True)
        if not _asked(made.cursor(), _TAKE):
            made.close()
            raise Stop(BUSY, Exit.ENVIRONMENT)
        return made

    def _read_version(self) -> Any:
        return self._connection.execute(_VERSION, [len(beside.SUFFIX), beside.SUFFIX]).fetchone()


@contextmanager
def held() -> Iterator[Presence]:
    """Hold the database for the length of a block. Raises Stop while its tables are being changed, or it is away."""
    try:
        presence = Presence()
    except psycopg.OperationalError as error:
        raise Stop(f"the database cannot be reached: {' '.join(str(error).split())}", Exit.ENVIRONMENT) from error
    try:
        yield presence
    finally:
        presence.close()


@contextmanager
def watched(presence: Presence, *, every: float = WATCH_SECONDS) -> Iterator[None]:
    """Have SIGTERM end this process where the tables are changed, or a clock is, for the length of a block.

    Raises Stop afterwards, and at once where this machine's clock differs from the database's.
    """
    over, reasons = threading.Event(), list[str]()

    def watch() -> None:
        while not over.wait(every):
            if reason := presence.check():
                reasons.append(reason)
                os.kill(os.getpid(), signal.SIGTERM)
                return

    thread = threading.Thread(target=watch, name="presence", daemon=True)
    presence.note_version()
    if fault := presence.clock_fault():
        raise Stop(fault, Exit.ENVIRONMENT)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if reasons:
        raise Stop(reasons[0], Exit.ENVIRONMENT)


@contextmanager
def alone(cursor: Any) -> Iterator[int]:
    """Keep every other process out for the length of a block; yield how many are in already, 0 where we are alone."""
    if not waiting.until(lambda: _asked(cursor, _TAKE_ALONE), seconds=GRACE_SECONDS):
        yield max(1, others(cursor))  # whoever held it may have left meanwhile
        return
    try:
        yield 0
    finally:
        with suppress(DatabaseError):  # a session that is gone holds nothing
            cursor.execute(_LEAVE_ALONE, [LOCK])


def others(cursor: Any) -> int:
    """Return how many processes hold the database."""
    return int(_asked(cursor, _HOLDERS))


def _asked(cursor: Any, statement: str) -> Any:
    cursor.execute(statement, [LOCK])
    return cursor.fetchone()[0]
