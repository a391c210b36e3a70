"""Moving old rows to where a new version wants them, in batches: what is done stays done, whatever kills the process.

    class Migration(migrations.Migration):
        atomic = False                                   # each batch is committed by itself
        dependencies = [...]
        operations = [in_batches("orders", "Order", waiting=without_feed, move=to_their_feeds)]

Such a migration holds nothing else: Django records a migration when all of it is done, and one that was killed begins
anew. `waiting` tells what is left to do, so it then goes on where it was; a step that changes tables would stumble over
what it has done already. Those stand in migrations of their own, before it and after it, each one transaction.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models, transaction
from django.db.migrations.operations import RunPython

BATCH = 500

Rows = models.QuerySet[Any]


class OneTransactionError(Exception):
    """The migration is one transaction, so that a kill would undo all of it: it wants `atomic = False`."""


class NotMovedError(Exception):
    """Rows still count as waiting although they were moved: they would be moved for ever."""

    def __init__(self, model: str, ids: Sequence[int]) -> None:
        super().__init__(f"{model}: {', '.join(map(str, ids))}")
        self.model, self.ids = model, ids


def in_batches(
    app: str,
    model: str,
    *,
    waiting: Callable[[Rows], Rows],
    move: Callable[[Any, Sequence[Any]], None],
    size: int = BATCH,
) -> RunPython:
    """Return the operation that moves all rows of a model, some at a time, lowest id first, each batch one transaction.

    `waiting`: leaves of all rows those that are still to be moved; afterwards it must leave none of them.
    `move`: given the historical apps and the rows, writes what becomes of them; it may meet the same rows again only
    where their transaction was lost. Going back is left to others: the way back does nothing.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.in_atomic_block:
            raise OneTransactionError
        rows = waiting(apps.get_model(app, model).objects.order_by("pk"))
        last: int | None = 0
        while last is not None:
            with transaction.atomic(using=schema_editor.connection.alias):
                last = _move_next(apps, rows, move, after=last, size=size)

    return RunPython(run, RunPython.noop, atomic=False)


def _move_next(
    apps: Any, rows: Rows, move: Callable[[Any, Sequence[Any]], None], *, after: int, size: int
) -> int | None:
    """Move the rows behind an id; return the id of the last one, None where there was none."""
    batch = list(rows.filter(pk__gt=after)[:size])
    if not batch:
        return None
    move(apps, batch)
    stuck = list(rows.filter(pk__in=[row.pk for row in batch]).values_list("pk", flat=True))
    if stuck:
        raise NotMovedError(rows.model.__name__, stuck)
    return int(batch[-1].pk)
