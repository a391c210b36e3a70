"""What is tried again, how long and how often: laws that posting and looking share."""

from datetime import timedelta

import psycopg
from django.db import InterfaceError, OperationalError

LEAVES_WITHIN = timedelta(seconds=60)
"""An attempt leaves, or leaves again, within this time of its commit, or not at all: a look later sees all there will be."""
MOST_TRIES = 8
"""Calls without a clear answer before a person has to look: nothing is tried again without end."""
_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout)


def halved(documents: int) -> int:
    """Return how many may share the next calls, after one of so many of which nothing came."""
    return max(1, (documents + 1) // 2)


def is_database_away(error: BaseException | None) -> bool:
    """Return whether `error` is nobody's defect and not one organisation's trouble: the database went away under it.

    Also where the server ended a transaction in which the process was stopped, and where the queue of jobs wraps what
    the driver said. Whoever meets it stops, and the sweep starts again.
    """
    while error is not None:
        if isinstance(error, _AWAY):
            return True
        error = error.__cause__
    return False
