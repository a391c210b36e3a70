"""This machine's clock against the database's: with a wrong one, days on documents and waits for answers are wrong.

The machine's own clock is asked here, and not the one that Daybook decides by: it is the machine's that is judged.
"""

import time
from typing import Any

MOST_SECONDS = 120.0
"""Clocks that are kept by NTP agree to milliseconds."""
_THEIRS = "SELECT extract(epoch FROM clock_timestamp())::float8"


def fault(cursor: Any) -> str:
    """Return in words how far this machine's clock is from the database's, "" where they agree.

    `cursor`: of a psycopg connection. A process that is stopped between asking and reading proves nothing: their answer
    was given at some moment in between.
    """
    asked_at = time.time()
    cursor.execute(_THEIRS)
    theirs = float(cursor.fetchone()[0])
    return difference(asked_at, theirs, time.time())


def difference(asked_at: float, theirs: float, answered_at: float) -> str:
    """Return the words for an answer that came between two moments of ours, all in seconds; PURE."""
    ahead, behind = asked_at - theirs, theirs - answered_at
    if max(ahead, behind) <= MOST_SECONDS:
        return ""
    how = f"{ahead / 60:.0f} minutes ahead of" if ahead > behind else f"{behind / 60:.0f} minutes behind"
    return (
        f"this machine's clock is {how} the database's. One of the two is wrong, and days on documents would be too: set "
        "both by NTP (`timedatectl` shows how a clock is set). Until they agree nothing runs here and nothing is sent"
    )
