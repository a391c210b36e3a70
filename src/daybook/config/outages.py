"""What is no fault of ours, and needs no traceback in the log."""

import logging

import psycopg
from django.db.utils import InterfaceError, InternalError, OperationalError

_AWAY_STATES = ("08", "57P", "53300", "25P03")
"""Connection failures, the server's own end, too many connections, and a transaction in which we stood still for too long
(PostgreSQL, appendix A)."""
_DISK_FULL = "53100"


def is_database_away(error: BaseException | None) -> bool:
    """Return whether `error` says that the database cannot be reached, rather than that it refused something."""
    if not isinstance(error, (OperationalError, InterfaceError, InternalError)):
        return False
    return _is_away(error.__cause__)


def is_disk_full(error: BaseException | None) -> bool:
    """Return whether `error` says that the database can write nothing any more; what stands there can still be read."""
    return isinstance(error, OperationalError) and _says_full(error.__cause__)


def _says_full(said: BaseException | None) -> bool:
    return getattr(said, "sqlstate", None) == _DISK_FULL


def _is_away(said: BaseException | None) -> bool:
    state = getattr(said, "sqlstate", None)
    return state is None or state.startswith(_AWAY_STATES)


def _stems_from_away(error: BaseException | None) -> bool:
    """Return whether a database that is away, or full, is at the root: the queue of jobs wraps what the driver says."""
    while error is not None:
        if is_database_away(error) or is_disk_full(error):
            return True
        if isinstance(error, psycopg.OperationalError) and (_is_away(error) or _says_full(error)):
            return True
        error = error.__cause__
    return False


class WithoutTraceback(logging.Filter):
    """Takes the traceback off a database that is away or full, and off a request that was refused: that is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        is_refusal = record.name == "django.request" and record.levelno < logging.ERROR
        if is_refusal or record.name.startswith("django.security") or _stems_from_away(error):
            record.exc_info = None
        return True
