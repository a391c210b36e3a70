"""PURE: how a day's calls are made to last: what is expected to come, and how long documents linger for it.

What came in each hour of the last week is the only witness. A company that is new has none: what came in the last hour
is taken to go on. Where the calls that are left carry all of it one by one, nothing lingers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
MOST_LINGER = timedelta(minutes=15)
"""By itself no document waits longer for others, however few calls are left."""
BUSIER = 4.0
"""At most so many times as much as usual is expected to go on, when the last hours were busier."""
STEPS = 10
"""Of the search for the shortest wait that does: to a second."""

Hours = Mapping[datetime, int]
"""Documents that became ready, by the hour in which they did, UTC; hours without any may be missing."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What one route will have to carry."""

    by_hour: tuple[float, ...]
    """Documents an hour, from now on."""
    room: int
    """Documents that one call takes."""
    route: str = ""
    calls_a_batch: float = 1
    """The writing call, and what is read before each."""


def expected(came: Hours, *, now: datetime, hours: int = 24) -> tuple[float, ...]:
    """Return how many documents are expected in each of the next hours, counted from now.

    As many as came in the same hours of the last days on average, and more where the last two hours were busier than
    usual. Of less than a day of witness, as many as in the last hour.
    """
    this = now.replace(minute=0, second=0, microsecond=0)
    recent = _lately(came, now)
    days = _days_seen(came, this)
    if not days:
        return (recent,) * hours
    usual = by_custom(came, now=now, hours=hours)
    busier = _busier(came, this, now, days)
    # what just came may go on for a while, also at an hour that is usually empty
    return tuple(max(each * busier, recent / 2**ahead) for ahead, each in enumerate(usual))


def by_custom(came: Hours, *, now: datetime, hours: int = 24) -> tuple[float, ...]:
    """Return as many as came in the same hours of the last days on average; none where there was no whole day yet.

    That an import goes on is not expected here: what it is for is to say when it will be in.
    """
    this = now.replace(minute=0, second=0, microsecond=0)
    days = _days_seen(came, this)
    return tuple(_usual(came, this + ahead * HOUR, days) if days else 0.0 for ahead in range(hours))


def linger(routes: Sequence[Expected], *, calls: int, lasts: timedelta) -> timedelta:
    """Return the shortest wait with which `calls` last so long; none where they last anyhow.

    At most MOST_LINGER, and no longer than it takes to spend them evenly: whatever is expected, one call in so many
    seconds can go on until the day ends.
    """
    if _calls(routes, 0, lasts) <= calls:
        return timedelta(0)
    evenly = lasts * len(routes) / calls if calls > 0 else MOST_LINGER
    longest = min(MOST_LINGER, evenly).total_seconds()
    if _calls(routes, longest, lasts) >= calls:
        return timedelta(seconds=longest)
    too_short, enough = 0.0, longest
    for _ in range(STEPS):
        middle = (too_short + enough) / 2
        if _calls(routes, middle, lasts) <= calls:
            enough = middle
        else:
            too_short = middle
    return timedelta(seconds=enough)


def calls_an_hour(documents: float, room: int, wait: float) -> float:
    """Return the calls that so many documents an hour take, each call leaving `wait` seconds after its first or full."""
    a_second = documents / 3600
    return 3600 * max(a_second / room, a_second / (1 + a_second * wait))


def _calls(routes: Sequence[Expected], wait: float, lasts: timedelta) -> float:
    hours = lasts / HOUR
    whole, part = int(hours), hours % 1
    total = 0.0
    for each in routes:
        of_each = sum(calls_an_hour(documents, each.room, wait) for documents in each.by_hour[:whole])
        of_each += part * sum(
            calls_an_hour(documents, each.room, wait) for documents in each.by_hour[whole : whole + 1]
        )
        total += of_each * each.calls_a_batch
    return total


def _lately(came: Hours, now: datetime) -> float:
    """Documents of the last sixty minutes: of the hour before as much as lies within them."""
    this = now.replace(minute=0, second=0, microsecond=0)
    return came.get(this, 0) + came.get(this - HOUR, 0) * (1 - (now - this) / HOUR)


def _days_seen(came: Hours, this: datetime) -> int:
    """How many whole days the witness goes back, at most seven."""
    first = min(came, default=this)
    return min(7, int((this - first) / DAY))


def _usual(came: Hours, hour: datetime, days: int) -> float:
    """What came in this hour of the last days, on average."""
    return sum(came.get(hour - each * DAY, 0) for each in range(1, days + 1)) / days


def _busier(came: Hours, this: datetime, now: datetime, days: int) -> float:
    """How many times as much as usual came in the last whole hour and this one so far; never less than once."""
    so_far = (now - this) / HOUR
    usual = _usual(came, this - HOUR, days) + so_far * _usual(came, this, days)
    seen = came.get(this, 0) + came.get(this - HOUR, 0)
    return min(BUSIER, max(1.0, seen / usual)) if usual >= 1 else 1.0
