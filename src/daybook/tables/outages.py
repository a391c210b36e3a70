"""What is nobody's defect: the database went away under whoever worked with it."""

import psycopg
from django.db import InterfaceError, OperationalError

_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout)


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
