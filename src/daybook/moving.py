"""Moving old rows to where a new version wants them, in batches: what is done stays done, whatever kills the process.

    class Migration(migrations.Migration):
        atomic = False                                   # each batch is committed by itself
        dependencies = [...]
        operations = [in_batches("orders_order", waiting="moved.feed_id IS NULL", move="UPDATE orders_order moved ...")]

Such a migration holds nothing else: Django records a migration when all of it is done, and one that was killed begins
anew. `waiting` tells what is left to do, so it then goes on where it was; a step that changes tables would stumble over
what it has done already. Those stand in migrations of their own, before it and after it, each one transaction.

PostgreSQL moves the rows itself: through Python a row costs five times as much (docs/decisions/0034).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.migrations.operations import RunPython

BATCH = 2000
"""Rows: a tenth of a second of work, so that a kill loses little, beside which the commit costs nothing."""
_FIRST = "SELECT min(moved.id) - 1 FROM {table} moved WHERE {waiting}"
_LAST = "SELECT max(id) FROM (SELECT id FROM {table} WHERE id > %(after)s ORDER BY id LIMIT %(size)s) batch"
"""By id alone: asked for the next that wait, PostgreSQL may look at all rows each time."""
_LEFT = "SELECT moved.id FROM {table} moved WHERE {waiting} ORDER BY moved.id LIMIT 10"


class OneTransactionError(Exception):
    """The migration is one transaction, so that a kill would undo all of it: it wants `atomic = False`."""


class NotMovedError(Exception):
    """Rows still wait after all were to be moved: the statement passes them over."""

    def __init__(self, table: str, ids: Sequence[int]) -> None:
        super().__init__(f"{table}: {', '.join(map(str, ids))}")
        self.table, self.ids = table, ids


def in_batches(table: str, *, waiting: str, move: str, size: int = BATCH) -> RunPython:
    """Return the operation that moves all rows of a table, some at a time, lowest id first, each batch one transaction.

    `waiting`: a condition on a row, called `moved`, that is still to be moved; afterwards it must hold for none.
    `move`: one statement, in which `{batch}` is the condition that a row `moved` waits and is of the batch. Neither may
    hold a % or another brace. Going back is left to others: the way back does nothing. When it runs, it raises
    OneTransactionError and NotMovedError.
    """
    batch = f"moved.id > %(after)s AND moved.id <= %(last)s AND ({waiting})"
    begin, find, statement, look = (
        text.format(table=table, waiting=waiting, batch=batch) for text in (_FIRST, _LAST, move, _LEFT)
    )

    def run(_apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        if connection.in_atomic_block:
            raise OneTransactionError
        with connection.cursor() as cursor:
            cursor.execute(begin)
            (after,) = cursor.fetchone()
            while after is not None:
                with transaction.atomic(using=connection.alias):
                    after = _move_next(cursor, find, statement, after=after, size=size)
            cursor.execute(look)
            if left := cursor.fetchall():
                raise NotMovedError(table, [number for (number,) in left])

    return RunPython(run, RunPython.noop, atomic=False)


def _move_next(cursor: Any, find: str, statement: str, *, after: int, size: int) -> int | None:
    """Move the rows behind an id; return the id of the last one, None where there was none."""
    cursor.execute(find, {"after": after, "size": size})
    (last,) = cursor.fetchone()
    if last is not None:
        cursor.execute(statement, {"after": after, "last": last})
    return None if last is None else int(last)
