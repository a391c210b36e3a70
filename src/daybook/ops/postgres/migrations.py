"""Bringing the database's tables up to this version.

    alone -> nothing in the way (obstacles.py) -> one migration after the other, each committed by itself
                                                  (of an empty database the first at once: fresh.py)

While it goes on no other process may start (presence.py), and none starts on tables that are half of the way up: killed
in the middle, nothing is posted until a second run has gone to the end. Where all that waits only adds (beside.py),
processes of the version before go on meanwhile and afterwards.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from daybook.ops.postgres import beside, fresh, obstacles
from daybook.ops.postgres.obstacles import Obstacle
from daybook.ops.processes import presence
from daybook.ops.processes.stops import Exit, Stop
from daybook.ops.processes.waiting import until

ADVISORY_LOCK = 0x0DA7_B00C
"""Any number, the same in all processes: migrations run one after another."""
OLD_TABLES = "the database lacks tables of this version of Daybook; run `daybook migrate` first"
NEWER_TABLES = (
    "the database was changed by a newer version of Daybook; install that version, or restore the backup made before it"
)

HALFWAY = (
    "the upgrade stopped in the middle, as the database does not do as asked: {}\nWhat was done stays done, and nothing"
    " is posted meanwhile. Cure that, and run `daybook migrate` again: it goes on where it was."
)

LIMITS = [
    "statement_timeout", "lock_timeout", "transaction_timeout", "idle_in_transaction_session_timeout",
    "idle_session_timeout",
]  # fmt: skip
"""What ends a session's work or the session itself after a time; which of them there are depends on PostgreSQL."""


def apply() -> int:
    """Run what has not run yet, alone, and return how many migrations that were.

    Raises Stop, and has changed nothing, where something stands in the way.
    """
    with one_at_a_time() as cursor:
        if not waiting():
            _refuse(obstacles.newer())
            return 0
        if are_beside():
            _refuse(obstacles.find_of_adding())
            return _changed(cursor)
        with presence.alone(cursor) as others:
            _refuse(obstacles.find(others=others))
            return _changed(cursor)


def are_beside() -> bool:
    """Return whether processes of the version before may run while what waits is done, and afterwards."""
    loader = MigrationLoader(connection)
    return beside.are_all(loader.graph.nodes[key] for key in _waiting(loader))


def waiting() -> int:
    """Return how many migrations have not run yet."""
    return len(_waiting(MigrationLoader(connection)))


def check() -> tuple[int, list[Obstacle]]:
    """Return how many migrations wait, and all that stands in their way; changes nothing."""
    count = waiting()
    if not count:
        return 0, obstacles.newer()
    if are_beside():
        return count, obstacles.find_of_adding()
    with _patient() as cursor:
        return count, obstacles.find(others=presence.others(cursor))


def refuse_other_tables() -> None:
    """Raise Stop unless the tables are those of this version, and at most a newer one has added to them."""
    loader = MigrationLoader(connection)
    if _waiting(loader):
        raise Stop(OLD_TABLES, Exit.ENVIRONMENT)
    if obstacles.unknown_migrations(loader):
        raise Stop(NEWER_TABLES, Exit.ENVIRONMENT)


def told(in_the_way: Sequence[Obstacle]) -> str:
    """Return obstacles as lines for a person: what it is, and its cure below."""
    return "\n".join(f"{number}. {each.what}\n   {each.cure}" for number, each in enumerate(in_the_way, start=1))


def _waiting(loader: MigrationLoader) -> set[tuple[str, str]]:
    return set(loader.graph.nodes) - set(loader.applied_migrations or {})


def bring_up(cursor: Any) -> None:
    """Make the tables of this version, whatever is there and whoever is at work: `apply` asks first."""
    fresh.fill(cursor)
    call_command("migrate", interactive=False, verbosity=0)


def _changed(cursor: Any) -> int:
    """Return how many migrations were run."""
    count = waiting()
    try:
        bring_up(cursor)
        _analyse(cursor)
    except DatabaseError as error:
        raise Stop(HALFWAY.format(str(error).strip() or type(error).__name__), Exit.ENVIRONMENT) from error
    return count


def _analyse(cursor: Any) -> None:
    """Let the first queries know the new tables. Not those that are empty, or they are planned for empty ones.

    Until somebody has analysed it, PostgreSQL takes a table for ten pages; a table that was found empty is read through
    for every foreign key, by each session to its end or until the autovacuum comes by.
    """
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0"
        " AND relnamespace = current_schema()::regnamespace"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"ANALYZE {table}")


def _refuse(in_the_way: Sequence[Obstacle]) -> None:
    if in_the_way:
        raise Stop(f"the database's tables were not changed.\n{told(in_the_way)}", Exit.ENVIRONMENT)


@contextmanager
def one_at_a_time() -> Iterator[Any]:
    """Let one process after the other change the tables; yield a cursor of the session that may."""
    with _patient() as cursor:
        _take_turn(cursor)
        try:
            yield cursor
        finally:
            with suppress(DatabaseError):  # a session that is gone holds nothing
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _take_turn(cursor: Any) -> None:
    """Wait for the turn by asking again and again: one statement that waits would hold a snapshot for as long.

    An index that is built beside those who write waits for everybody's older snapshots, ours among them: a deadlock.
    """

    def is_ours() -> bool:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])

    until(is_ours, seconds=inf, every=0.2)


@contextmanager
def _patient() -> Iterator[Any]:
    """Yield a cursor of a session that takes its time, whatever limits the role or the database has for others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY(%s)", [LIMITS])
        try:
            yield cursor
        finally:
            with suppress(DatabaseError):
                cursor.execute(
                    "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = ANY(%s)", [LIMITS]
                )
