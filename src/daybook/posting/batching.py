"""PURE: which documents travel together, and when.

Calls are the scarce thing (1,000 a day on a starter's plan, xero-rules.md 2.1): a full batch goes at once, a part
one when nothing more seems to come, or when its oldest document has lingered long enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_DOCUMENTS = 50
"""The most that Daybook puts into one call, whatever a ledger would take (xero-rules.md 2.2: 50)."""
QUIET = timedelta(milliseconds=300)
"""Nothing came for so long: the documents of one import follow each other faster."""
SHORTEST_LINGER = timedelta(seconds=3)
"""While more keep coming: long enough for an import's documents to travel together."""
BEHIND_FULL_ONES = timedelta(minutes=1)
"""While full calls of other documents wait, a part one costs a full one's place: so long it waits, and no longer. What
its lingering could save the others would use up."""
AHEAD = timedelta(seconds=10)
"""A company's own time ends with the document in its ledger: the call leaves so much before."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many documents of one route wait (a few more than one call takes, at most), and since when."""

    route: str
    count: int
    oldest: datetime
    room: int = MAX_DOCUMENTS
    """Documents that one call takes."""
    newest: datetime | None = None
    """When the last of those counted came; None: all came together."""
    rank: int = 0
    """Of those that have waited as long, the lowest goes first."""

    @property
    def is_full(self) -> bool:
        """Return whether they fill a call."""
        return self.count >= self.room


@dataclass(frozen=True, slots=True)
class Batch:
    """So many documents of a route should go now."""

    route: str
    size: int


@dataclass(frozen=True, slots=True)
class Linger:
    """How long a part batch waits for more."""

    most: timedelta
    """However many keep coming, its oldest document waits no longer."""
    quiet: timedelta
    """It goes as soon as nothing has come for so long."""

    def ends(self, rows: Waiting) -> datetime:
        """Return when a part batch goes, if nothing more comes."""
        quiet_at = max(rows.newest or rows.oldest, rows.oldest) + self.quiet
        return min(rows.oldest + self.most, quiet_at)


AT_ONCE = Linger(SHORTEST_LINGER, QUIET)


def linger(post_within_minutes: int, needed: timedelta = timedelta(0)) -> Linger:
    """Return how long a document waits for others.

    `needed`: so that the day's calls last (`budget.linger`); only where it is longer than an import's pause does it
    count, and a company's own time is lengthened by it, never shortened.
    """
    chosen = timedelta(minutes=post_within_minutes) - AHEAD if post_within_minutes else timedelta(0)
    longest = max(chosen, needed)
    return AT_ONCE if longest <= SHORTEST_LINGER else Linger(longest, longest)


def next_batch(
    waiting: Sequence[Waiting], *, now: datetime, lingers: Linger, given: Mapping[str, int] | None = None
) -> Batch | None:
    """Return the batch to send now: a full one first, else the one whose time has come; None: nothing yet.

    `given`: calls that each route has had in this run. Routes take turns, so that a kind of which one call takes a
    single document does not keep the others back for its whole backlog, nor they it.
    """
    due = [rows for rows in waiting if rows.count and _is_due(rows, waiting, now=now, lingers=lingers)]
    if not due:
        return None
    had = given or {}
    chosen = min(due, key=lambda rows: (had.get(rows.route, 0), rows.oldest, rows.rank))
    return Batch(chosen.route, min(chosen.count, chosen.room))


def together(goes_with: Sequence[int | None]) -> int:
    """Return how many of the first documents may share a call; `goes_with`: how many each may share it with, itself included.

    None: any number. What was in a call of which nothing came goes in smaller ones, until the one to blame goes alone.
    """
    most = len(goes_with)
    for place, each in enumerate(goes_with):
        if place and place >= min(most, each or most):
            return place
        most = min(most, each or most)
    return min(most, len(goes_with))


def next_at(waiting: Sequence[Waiting], lingers: Linger) -> datetime | None:
    """Return when the first of these goes if nothing more comes; None where nothing waits."""
    return min((lingers.ends(rows) for rows in waiting if rows.count), default=None)


def _is_due(rows: Waiting, waiting: Sequence[Waiting], *, now: datetime, lingers: Linger) -> bool:
    if rows.is_full:
        return True
    is_behind = any(other.is_full for other in waiting)
    return now >= (rows.oldest + BEHIND_FULL_ONES if is_behind else lingers.ends(rows))
