"""PURE: which documents travel together, and when.

Calls are the scarce thing (1,000 a day on the smallest plan, xero-rules.md 2.1): a full batch goes at once, a part
one only when its oldest document has lingered long enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_DOCUMENTS = 50
"""The most that Daybook puts into one call, whatever a ledger would take (xero-rules.md 2.2)."""
SHORTEST_LINGER = timedelta(seconds=3)
"""Long enough for an import's documents to travel together, short enough not to be noticed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many documents of one route wait (a few more than one call takes, at most), and since when the oldest does."""

    route: str
    count: int
    oldest: datetime
    room: int = MAX_DOCUMENTS
    """Documents that one call takes."""


@dataclass(frozen=True, slots=True)
class Batch:
    """So many documents of a route should go now."""

    route: str
    size: int


def linger(post_within_minutes: int) -> timedelta:
    """Return how long a document may wait for others."""
    return max(SHORTEST_LINGER, timedelta(minutes=post_within_minutes))


def next_batch(waiting: Sequence[Waiting], *, now: datetime, lingers: timedelta) -> Batch | None:
    """Return the batch to send now: a full one first, else the one whose oldest has lingered; None: nothing yet."""
    full = [rows for rows in waiting if rows.count >= rows.room]
    due = full or [rows for rows in waiting if rows.count and now - rows.oldest >= lingers]
    if not due:
        return None
    chosen = min(due, key=lambda rows: rows.oldest)
    return Batch(chosen.route, min(chosen.count, chosen.room))
