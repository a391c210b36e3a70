"""PURE: which documents travel together, and when.

Calls are the scarce thing (1,000 a day on Xero's Starter tier, xero-rules.md 2.1): a full batch goes at once, a part
one only when its oldest document has lingered long enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_DOCUMENTS = 50
"""Elements in one call (xero-rules.md 2.2)."""
SHORTEST_LINGER = timedelta(seconds=3)
"""Long enough for an import's documents to travel together, short enough not to be noticed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many documents of one kind wait, and since when the oldest does."""

    kind: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """So many documents of a kind should go now."""

    kind: str
    size: int


def linger(post_within_minutes: int) -> timedelta:
    """Return how long a document may wait for others."""
    return max(SHORTEST_LINGER, timedelta(minutes=post_within_minutes))


def next_batch(waiting: Sequence[Waiting], *, now: datetime, lingers: timedelta) -> Batch | None:
    """Return the batch to send now: a full one first, else the one whose oldest has lingered; None: nothing yet."""
    full = [rows for rows in waiting if rows.count >= MAX_DOCUMENTS]
    due = full or [rows for rows in waiting if rows.count and now - rows.oldest >= lingers]
    if not due:
        return None
    chosen = min(due, key=lambda rows: rows.oldest)
    return Batch(chosen.kind, min(chosen.count, MAX_DOCUMENTS))
