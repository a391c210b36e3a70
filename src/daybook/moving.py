"""Moving old rows to where a new version wants them, in batches: what is done stays done, whatever kills the process.

    class Migration(migrations.Migration):
        atomic = False                                   # each batch is committed by itself
        dependencies = [...]
        operations = [in_batches("orders_order", waiting="moved.feed_id IS NULL", move="UPDATE orders_order moved ...")]

Such a migration holds nothing else: Django records a migration when all of it is done, and one that was killed begins
anew. `waiting` tells what is left to do, so it then goes on where it was; a step that changes tables would stumble over
what it has done already. Those stand in migrations of their own, before it and after it, each one transaction.

PostgreSQL moves the rows itself: through Python a row costs five times as much (docs/decisions/0033).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.migrations.operations import RunPython

BATCH = 2000
"""Rows: a tenth of a second of work, so that a kill loses little, beside which the commit costs nothing."""
_BEFORE_ALL = -(2**63)
_LAST = """
SELECT max(id) FROM (
    SELECT moved.id FROM {table} moved WHERE moved.id > %(after)s AND ({waiting}) ORDER BY moved.id LIMIT %(size)s
) batch
"""
_STUCK = "SELECT moved.id FROM {table} moved WHERE {batch} ORDER BY moved.id"


class OneTransactionError(Exception):
    """The migration is one transaction, so that a kill would undo all of it: it wants `atomic = False`."""


class NotMovedError(Exception):
    """Rows still count as waiting although they were moved: they would be moved for ever."""

    def __init__(self, table: str, ids: Sequence[int]) -> None:
        super().__init__(f"{table}: {', '.join(map(str, ids))}")
        self.table, self.ids = table, ids


def in_batches(table: str, *, waiting: str, move: str, size: int = BATCH) -> RunPython:
    """Return the operation that moves all rows of a table, some at a time, lowest id first, each batch one transaction.

    `waiting`: a condition on a row, called `moved`, that is still to be moved; afterwards it must hold for none.
    `move`: one statement, in which `{batch}` is the condition that a row `moved` waits and is of the batch. Neither may
    hold a % or another brace. Going back is left to others: the way back does nothing.
    """
    batch = f"moved.id > %(after)s AND moved.id <= %(last)s AND ({waiting})"
    statements = [text.format(table=table, waiting=waiting, batch=batch) for text in (_LAST, move, _STUCK)]

    def run(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.in_atomic_block:
            raise OneTransactionError
        after: int | None = _BEFORE_ALL
        while after is not None:
            with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
                after = _move_next(cursor, table, statements, after=after, size=size)

    return RunPython(run, RunPython.noop, atomic=False)


def _move_next(cursor: Any, table: str, statements: Sequence[str], *, after: int, size: int) -> int | None:
    """Move the rows behind an id; return the id of the last one, None where there was none."""
    find, move, look = statements
    cursor.execute(find, {"after": after, "size": size})
    (last,) = cursor.fetchone()
    if last is None:
        return None
    bounds = {"after": after, "last": last}
    cursor.execute(move, bounds)
    cursor.execute(look, bounds)
    if stuck := cursor.fetchall():
        raise NotMovedError(table, [number for (number,) in stuck])
    return int(last)
