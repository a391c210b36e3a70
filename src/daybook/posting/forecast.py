"""PURE: when what waits will be in the ledger, and what it takes: the posting of the next days, played ahead.

By minutes first, as the ledger's windows fall, then in longer steps. Each route fills its calls from its own backlog,
oldest first, and routes take turns, as `batching` does; what is expected to come meanwhile queues behind and takes calls
too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

from daybook.connections import windows
from daybook.ledgers.ledger import Route
from daybook.ledgers.terms import Terms
from daybook.posting import batching, budget, limits
from daybook.posting.budget import Expected, Hours
from daybook.posting.limits import Windows

HOUR, DAY, MINUTE = budget.HOUR, budget.DAY, windows.MINUTE
STEPS = ((timedelta(hours=3), 1), (timedelta(days=3), 10))
"""So far ahead in steps of so many minutes."""
COARSEST = 60
"""Minutes of a step after that."""
FARTHEST = timedelta(days=30)
MOST_POINTS = 60
ONE_CALL = timedelta(seconds=1)
"""What a writing call of a full batch takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one route, and what is expected to come for it."""

    route: str
    title: str
    """Of its documents, for people."""
    waiting: int
    room: int
    """Documents that one call takes."""
    calls_a_batch: float = 1
    """The writing call, and what is read before each, on average."""
    is_supply: bool = False
    """No documents: what they name and must be there first."""
    by_hour: tuple[float, ...] = ()
    """Documents expected in each of the next 24 hours; the days after are taken to be like that."""
    came: Hours = field(default_factory=dict)
    """By the hour what went already; what waits counts with it once it goes (`budget.expected`)."""
    newest: datetime | None = None
    """When the last of what waits came; None: now."""

    @property
    def calls(self) -> int:
        """Return the calls that what waits takes."""
        return ceil(-(-self.waiting // self.room) * self.calls_a_batch)

    def expected(self, at: datetime, made_at: datetime) -> Expected:
        """Return what will be expected of the route once all of it is in, `at` then."""
        hour = (self.newest or made_at).replace(minute=0, second=0, microsecond=0)
        came = {**self.came, hour: self.came.get(hour, 0) + self.waiting}
        return Expected(budget.expected(came, now=at), self.room, self.route, self.calls_a_batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What calls there are to make."""

    begins: datetime
    """From when on calls may be made: now, or the end of a pause."""
    at_once: int
    a_minute: int | None = None
    """None: no such limit, as with all of these."""
    minute_left: int | None = None
    minute_ends: datetime | None = None
    day_left: int | None = None
    """For documents: what is kept for people is taken off."""
    day_ends: datetime | None = None
    a_day: int | None = None
    """Of every day after this one, likewise."""
    looks_an_hour: int = 0
    """Calls that others than documents take, all day long."""
    lingers: timedelta = timedelta(0)
    """How long a part batch waits now."""
    post_within_minutes: int = 0
    """The company's own time for that."""


@dataclass(frozen=True, slots=True)
class Point:
    """So many documents will wait then."""

    at: datetime
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is to be expected of a connection's backlog."""

    made_at: datetime
    queues: tuple[Queue, ...]
    day_left: int | None
    day_ends: datetime | None
    """When the day's calls begin anew, at the latest; None: there is no such limit."""
    is_in_at: datetime | None
    """When all that waits now will be in; None: nothing waits, nothing goes by itself now, or it takes longer than FARTHEST."""
    points: tuple[Point, ...] = ()
    lingers: timedelta = timedelta(0)
    """How long documents wait for others now."""
    awaits_approval: int = 0
    """Documents that are in none of it: they wait until somebody approves others there."""

    @property
    def waiting(self) -> int:
        """Return the documents that wait now."""
        return sum(each.waiting for each in self.queues if not each.is_supply)

    @property
    def calls(self) -> int:
        """Return the calls that they take."""
        return sum(each.calls for each in self.queues)


@dataclass(slots=True)
class _Play:
    """One route while it is played."""

    queue: Queue
    waiting: float
    posted: float = 0.0
    is_in_at: datetime | None = None

    def serve(self, calls: float, begin: datetime, pace: timedelta) -> None:
        """Carry as much as so many calls do, from `begin` on, one call in `pace`."""
        room, each = self.queue.room, self.queue.calls_a_batch
        taken = min(self.waiting, calls * room / each)
        before, self.posted, self.waiting = self.posted, self.posted + taken, self.waiting - taken
        if self.is_in_at is None and self.posted >= self.queue.waiting - 1e-6:
            used = -(-(self.queue.waiting - before) // room) * each
            self.is_in_at = begin + pace * max(1.0, used)

    @property
    def wants(self) -> float:
        """Return the calls that its backlog takes now."""
        full = self.waiting // self.queue.room
        return (full + (self.waiting > full * self.queue.room)) * self.queue.calls_a_batch


def calls_a_batch(route: Route, waiting: Mapping[str, int]) -> float:
    """Return the calls of a full batch of a route, on average: the writing one, and what is read before it.

    `waiting`: how many of each kind wait.
    """
    total, room = sum(waiting.values()), min(route.documents_a_call, batching.MAX_DOCUMENTS)
    together = {kind: many for kind, many in route.reads_together.items() if waiting.get(kind)}
    alone = any(count and kind not in together for kind, count in waiting.items()) or not together
    shares = sum(room * waiting[kind] / (total * many) for kind, many in together.items())
    return 1 + (route.reads_before if alone else 0) + shares


def means(left: Windows, terms: Terms, now: datetime, *, lists: int, a_day: int | None) -> Means:
    """Return what calls there are to make, as a connection's row says.

    `lists`: calls of one hourly look. `a_day`: calls of a day that has not begun yet, people's included; None: as the
    ledger's least plan has it.
    """
    of_day, kept = limits.of_day(left, now), terms.calls_kept_for_people
    full = a_day or next(iter(terms.calls_a_day), None)
    begins = max(now, left.paused_until or now)
    ends = windows.ends(begins, left.minute_began_at) if left.minute_began_at else None
    is_now = left.read_at is not None and windows.ends(left.read_at, left.minute_began_at) > begins
    day = of_day if of_day is not None else full
    return Means(
        begins=begins,
        at_once=terms.calls_at_once - terms.calls_kept_at_once,
        a_minute=terms.calls_a_minute and terms.calls_a_minute - terms.calls_kept_a_minute,
        minute_left=max(0, left.minute_remaining - terms.calls_kept_a_minute)
        if is_now and left.minute_remaining is not None
        else None,
        minute_ends=ends,
        day_left=None if day is None else max(0, day - kept),
        day_ends=None if day is None else limits.day_ends(left, now),
        a_day=None if full is None else full - kept,
        looks_an_hour=lists,
    )


def forecast(queues: Sequence[Queue], means: Means, now: datetime) -> Forecast:
    """Play it ahead until all that waits now is in."""
    made = Forecast(
        made_at=now,
        queues=tuple(queues),
        day_left=means.day_left,
        day_ends=means.day_ends,
        is_in_at=None,
        points=(Point(now, sum(each.waiting for each in queues if not each.is_supply)),),
        lingers=means.lingers,
    )
    return _Future(made, means, [_Play(each, each.waiting) for each in queues]).played() if made.waiting else made


@dataclass(slots=True)
class _Future:
    """The days to come."""

    made: Forecast
    means: Means
    plays: list[_Play]
    left: float = 0.0
    day_ends: datetime | None = None
    points: list[Point] = field(default_factory=list)

    def played(self) -> Forecast:
        """Return what comes of it."""
        now, means = self.made.made_at, self.means
        self.left = float("inf") if means.day_left is None else means.day_left
        self.day_ends, self.points = means.day_ends, list(self.made.points)
        begin, minute_left = max(now, means.begins), means.minute_left
        self._arrive(now, begin)
        while begin < now + FARTHEST and not self._is_in():
            end, minutes = self._step(begin)
            self._serve(begin, end, self._calls(minutes, minute_left))
            self._arrive(begin, end)
            self._look(end - begin)
            waiting = sum(each.waiting for each in self.plays if not each.queue.is_supply)
            self.points.append(Point(end, round(waiting)))
            begin, minute_left = end, None
        return self._told()

    def _told(self) -> Forecast:
        is_in = [each.is_in_at for each in self.plays if each.queue.waiting]
        at = None if None in is_in else max((each for each in is_in if each), default=None)
        part = [each.queue.newest or self.made.made_at for each in self.plays if each.queue.waiting % each.queue.room]
        if at is not None and part:
            at = max(at, max(part) + self._lingers(at) + ONE_CALL)
        points = [*self.points[:-1], Point(at or self.points[-1].at, self.points[-1].waiting)]
        return replace(self.made, is_in_at=at, points=tuple(_thinned(points)))

    def _lingers(self, at: datetime) -> timedelta:
        """Return how long the last, part batches wait: by what came and by the calls that are left then."""
        within = self.means.post_within_minutes
        if self.day_ends is None or self.left <= 0:
            return batching.linger(within).most
        lasts = max(timedelta(0), self.day_ends - at)
        calls = int(self.left) - self.means.looks_an_hour * round(lasts / HOUR)
        expected = [each.queue.expected(at, self.made.made_at) for each in self.plays if not each.queue.is_supply]
        return batching.linger(within, budget.linger(expected, calls=calls, lasts=lasts)).most

    def _is_in(self) -> bool:
        return all(each.is_in_at is not None for each in self.plays if each.queue.waiting)

    def _step(self, begin: datetime) -> tuple[datetime, int]:
        """Return when the step ends, no later than the day of calls, and how many windows of a minute begin in it."""
        if self.day_ends is not None and begin >= self.day_ends:
            self.day_ends += DAY
            self.left = float("inf") if self.means.a_day is None else self.means.a_day
        ahead = begin - self.made.made_at
        minutes = next((minutes for until, minutes in STEPS if ahead < until), COARSEST)
        end = windows.ends(begin, self.means.minute_ends and self.means.minute_ends - MINUTE) + MINUTE * (minutes - 1)
        if self.day_ends is not None:
            end = min(end, self.day_ends)
        return end, minutes

    def _calls(self, minutes: int, minute_left: int | None) -> float:
        a_minute = self.means.a_minute if minute_left is None else minute_left
        return min(max(0.0, self.left), float("inf") if a_minute is None else a_minute * minutes)

    def _serve(self, begin: datetime, end: datetime, calls: float) -> None:
        """Share the calls out, by turns."""
        wanting = [each for each in self.plays if each.wants]
        pace, length = ONE_CALL / self.means.at_once, end - begin
        calls = min(calls, length / pace)
        if length > MINUTE and calls > 1:
            pace = length / calls
        while wanting and calls > 1e-9:
            share = min(calls / len(wanting), *(each.wants for each in wanting))
            for each in wanting:
                each.serve(share, begin, pace * len(wanting))
            calls, self.left = calls - share * len(wanting), self.left - share * len(wanting)
            begin += pace * share * len(wanting)
            wanting = [each for each in wanting if each.wants > 1e-9]

    def _arrive(self, begin: datetime, end: datetime) -> None:
        """Let come what is expected; where nothing waits it goes as it comes, in calls that are not full."""
        for each in self.plays:
            by_hour = each.queue.by_hour
            if not by_hour or end <= begin:
                continue
            hour = by_hour[int((begin - self.made.made_at) / HOUR) % len(by_hour)]
            each.waiting += hour * ((end - begin) / HOUR)

    def _look(self, length: timedelta) -> None:
        self.left -= self.means.looks_an_hour * (length / HOUR)


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    every = -(-len(points) // MOST_POINTS)
    return [*points[:-1:every], points[-1]]
