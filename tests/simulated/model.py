"""PURE: one company's posting, event by event, as a drain does it, against fixed windows as Xero counts them.

What to send and when is decided by the code that the drain asks; here is only what the drain does around it: take,
call, note the answer's headers. `test_the_drain_does_the_same` holds it against the real drain.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from daybook.connections import windows
from daybook.documents.kinds import Kind
from daybook.ledgers.terms import Terms
from daybook.ledgers.xero.ledger import XERO
from daybook.posting import batching, budget, forecast, limits
from daybook.posting.batching import Linger, Waiting
from daybook.posting.budget import Expected
from daybook.posting.limits import Windows

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = windows.MINUTE, budget.HOUR, budget.DAY
WAKES = timedelta(milliseconds=50)
"""From an order's being taken in, or a wait's end, until its drain runs."""
INVOICES, ORDERS = "Invoices", "PurchaseOrders"
ROOMS = {INVOICES: 50, ORDERS: 50}
PAYMENTS = XERO.routes["Payments"].name
NOTES, ALLOCATIONS = XERO.routes["CreditNotes"].name, XERO.routes["Allocations"].name
PAID = {INVOICES: 50, PAYMENTS: 50}
REFUNDS = "Refunds"
REFUNDED = {**PAID, NOTES: 50}
ALLOCATED = {**REFUNDED, ALLOCATIONS: 1}
READS_BEFORE = {name: route.reads_before for name, route in XERO.routes.items()}
REFUNDS_A_READ = XERO.routes[PAYMENTS].reads_together.get(Kind.REFUND, 0)
FOLLOWS = {PAYMENTS: INVOICES, NOTES: INVOICES, ALLOCATIONS: NOTES}
"""What waits until others stand there. What is paid back waits for its note; it goes by the same way as payments."""


class Document(NamedTuple):
    """One that waits."""

    at: datetime
    is_refund: bool = False
    free_at: datetime | None = None
    """When what it waited for stood there."""


class Taken(NamedTuple):
    """An answer, as far as calls go."""

    is_taken: bool
    day_left: int
    minute_left: int
    again_at: datetime | None


@dataclass
class Xero:
    """Counts calls in fixed windows that begin at moments of its own."""

    a_day: int = 1_000
    a_minute: int = 60
    minute_phase: float = 17.3
    day_phase: float = 30_000.0
    """Seconds: when windows begin, after midnight UTC."""
    used: Counter[tuple[str, int]] = field(default_factory=Counter)
    turned_away: int = 0
    calls: int = 0

    def take(self, now: datetime) -> "Taken":
        """Count a call in: whether it was taken, what is left of day and minute, and when it says to come again."""
        seconds = now.timestamp()
        day, minute = (
            ("day", int((seconds - self.day_phase) // 86_400)),
            ("minute", int((seconds - self.minute_phase) // 60)),
        )
        is_taken = self.used[day] < self.a_day and self.used[minute] < self.a_minute
        if is_taken:
            self.used[day] += 1
            self.used[minute] += 1
            self.calls += 1
        else:
            self.turned_away += 1
        again = None if is_taken else self._again(now, is_day=self.used[day] >= self.a_day)
        return Taken(is_taken, self.a_day - self.used[day], self.a_minute - self.used[minute], again)

    def _again(self, now: datetime, *, is_day: bool) -> datetime:
        into = (now.timestamp() - self.minute_phase) % 60
        return (self.day_ends(now) if is_day else now + timedelta(seconds=60 - into)) + timedelta(seconds=1)

    def day_ends(self, now: datetime) -> datetime:
        """When the day of calls ends that runs then."""
        into = (now.timestamp() - self.day_phase) % 86_400
        return now + timedelta(seconds=86_400 - into)


@dataclass
class Company:
    """One company's documents on their way."""

    xero: Xero
    now: datetime = NINE
    post_within: int = 0
    rooms: Mapping[str, int] = field(default_factory=lambda: ROOMS)
    call_takes: tuple[float, float] = (0.5, 1.1)
    looks: bool = True
    seed: int = 1
    terms: Terms = XERO.terms
    queues: dict[str, deque[Document]] = field(default_factory=dict)
    came: dict[str, Counter[datetime]] = field(default_factory=dict)
    noted: Windows = field(default_factory=lambda: Windows(None, None, None))
    in_flight: int = 0
    waits: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    posted_by: list[tuple[datetime, int]] = field(default_factory=list)
    behind: Counter[str] = field(default_factory=Counter)
    """By route, those that wait until others stand there; under `Refunds` what is paid back."""
    behind_since: dict[str, datetime] = field(default_factory=dict)
    """When they came."""
    shares: dict[str, float] = field(default_factory=dict)
    """How many of them there are for each of those others."""
    reads: int = 0
    runs: int = 0
    events: list[tuple[datetime, int, str, object]] = field(default_factory=list)
    serial: int = 0
    given: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        for route in self.rooms:
            self.queues[route], self.came[route] = deque(), Counter()
        if self.looks:
            self._at(self.now + timedelta(seconds=self.dice.uniform(0, 3600)), "look", None)

    def comes(self, at: datetime, documents: Mapping[str, int]) -> None:
        """Let documents become ready then."""
        self._at(at, "comes", documents)

    def play(self, until: datetime) -> None:
        """Play all that happens until then."""
        while self.events and self.events[0][0] <= until:
            self.now, _, kind, what = heapq.heappop(self.events)
            getattr(self, f"_{kind}")(what)
        self.now = until

    @property
    def left(self) -> int:
        """Documents that wait."""
        return sum(map(len, self.queues.values())) + self.behind.total()

    def waiting(self) -> list[Waiting]:
        """What waits, as `claiming.waiting` sees it."""
        found = []
        is_any_full = any(len(queue) >= self.rooms[route] for route, queue in self.queues.items())
        for rank, (route, queue) in enumerate(self.queues.items()):
            if queue:
                room = self.rooms[route]
                count = min(len(queue), batching.MAX_DOCUMENTS + 1)
                is_behind = is_any_full and count < room
                oldest = queue[0].free_at if is_behind and queue[0].free_at else queue[0].at
                found.append(Waiting(route, count, oldest, room, queue[count - 1].at, rank))
        return found

    def lingers(self) -> Linger:
        """As `pacing.linger` has it."""
        left = limits.of_day(self.noted, self.now)
        if left is None or left <= self.terms.calls_kept_for_people:
            return batching.linger(self.post_within)
        lasts = limits.day_ends(self.noted, self.now) - self.now
        calls = limits.for_documents(left, self.terms, lists=len(self.rooms), lasts=lasts)
        return batching.linger(self.post_within, budget.linger(self.expected(), calls=calls, lasts=lasts))

    def expected(self) -> list[Expected]:
        """As `pacing.expected` has it."""
        return [
            Expected(budget.expected(came, now=self.now), self.rooms[route], route, 1 + READS_BEFORE.get(route, 0))
            for route, came in self.came.items()
            if came
        ]

    def forecast(self, a_day: int | None = None) -> forecast.Forecast:
        """As `foreseeing` makes it, of what waits now."""
        by_hour = {route: budget.by_custom(came, now=self.now) for route, came in self.came.items()}
        queues = [
            forecast.Queue(
                route=route, title=route, waiting=len(queue) + self.behind[route] + self._refunds(route, behind=True),
                room=self.rooms[route], by_hour=by_hour.get(route, ()), came=self.came[route],
                newest=self._newest(route), calls_a_batch=forecast.calls_a_batch(
                    XERO.routes[route], {
                        Kind.PAYMENT: len(queue) + self.behind[route] - self._refunds(route),
                        Kind.REFUND: self._refunds(route) + self._refunds(route, behind=True),
                    }),
            )
            for route, queue in self.queues.items()
        ]  # fmt: skip
        means = forecast.means(
            self.noted, self.terms, self.now, lists=len(self.rooms) if self.looks else 0, a_day=a_day
        )
        means = replace(means, lingers=self.lingers().most, post_within_minutes=self.post_within)
        return forecast.forecast(queues, means, self.now)

    def _newest(self, route: str) -> datetime | None:
        """When the last of what waits came."""
        behind = [self.behind_since[each] for each in (route, *self._refunds_too(route)) if self.behind[each]]
        return max([*behind, *(self.queues[route][place].at for place in (0, -1) if self.queues[route])], default=None)

    def _refunds_too(self, route: str) -> tuple[str, ...]:
        return (REFUNDS,) if route == PAYMENTS else ()

    def _refunds(self, route: str, *, behind: bool = False) -> int:
        """How many of what waits by a route is paid back; `behind`: how many wait for their notes."""
        if route != PAYMENTS:
            return 0
        return self.behind[REFUNDS] if behind else sum(each.is_refund for each in self.queues[route])

    def _at(self, moment: datetime, kind: str, what: object) -> None:
        self.serial += 1
        heapq.heappush(self.events, (moment, self.serial, kind, what))

    def _comes(self, documents: Mapping[str, int]) -> None:
        for route, count in documents.items():
            needed = NOTES if route == REFUNDS else FOLLOWS.get(route)
            if needed in documents:
                self.behind[route] += count
                self.behind_since[route] = self.now
                self.shares[route] = count / documents[needed]
            else:
                self.queues[route].extend([Document(self.now)] * count)
        self._at(self.now + WAKES, "drain", None)

    def _look(self, _: object) -> None:
        """What people did is asked for once an hour, whether anything waits or not."""
        for _route in self.rooms:
            self._call(self.now)
            self.reads += 1
        self._at(self.now + HOUR, "look", None)

    def _drain(self, _: object) -> None:
        self.runs += 1
        while self._start_next():
            pass

    def _start_next(self) -> bool:
        waiting = self.waiting()
        if not waiting:
            return False
        allowed = limits.allowance(self.noted, self.terms, in_flight=self.in_flight, now=self.now)
        if not allowed.calls:
            if not self.in_flight and allowed.until is not None:
                self._ask_or_wait(allowed.until)
            return False
        lingers = batching.AT_ONCE if any(rows.is_full for rows in waiting) else self.lingers()
        batch = batching.next_batch(waiting, now=self.now, lingers=lingers, given=self.given)
        if batch is None:
            ends = batching.next_at(waiting, lingers)
            if ends is not None and not self.in_flight:
                self._at(max(ends, self.now + WAKES), "drain", None)
            return False
        return self._send(batch)

    def _ask_or_wait(self, until: datetime) -> None:
        """A day that was used up is asked for once an hour, until the answers have told when it begins anew."""
        if until > self.now:
            self._at(until + WAKES, "drain", None)
            return
        self._call(self.now)
        self.reads += 1
        self._at(self.now + WAKES, "drain", None)

    def _send(self, batch: batching.Batch) -> bool:
        """Read what is read before it, and send; where a reading call may not be made now it waits."""
        self.given[batch.route] += 1
        queue = self.queues[batch.route]
        taken = [queue.popleft() for _ in range(min(batch.size, len(queue)))]
        for _ in range(self._reads(batch.route, taken)):
            if not self._call(self.now):
                queue.extendleft(reversed(taken))
                self._at(self.now + timedelta(seconds=1), "drain", None)
                return False
            self.reads += 1
        for moment, *_ in taken:
            self.came[batch.route][moment.replace(minute=0, second=0, microsecond=0)] += 1
        took = self.dice.uniform(*self.call_takes)
        self.in_flight += 1
        answered = self.now + timedelta(seconds=took)
        self._at(self.now + timedelta(seconds=took / 2), "counted", (batch.route, taken, answered))
        return True

    def _reads(self, route: str, taken: Sequence[Document]) -> int:
        """As `before` of the ledger's routes asks."""
        refunds = sum(each.is_refund for each in taken)
        together = -(-refunds // REFUNDS_A_READ) if refunds else 0
        return together + (READS_BEFORE[route] if refunds < len(taken) else 0)

    def _counted(self, sent: tuple[str, Sequence[Document], datetime]) -> None:
        """The call has reached Xero."""
        _, _, answered = sent
        self._at(answered, "answered", (*sent, self.xero.take(self.now)))

    def _answered(self, what: tuple[str, Sequence[Document], datetime, Taken]) -> None:
        route, taken, _, answer = what
        self.in_flight -= 1
        self._note(answer, self.now)
        if answer.is_taken:
            self.waits += [(self.now - each.at).total_seconds() for each in taken]
            self.sizes.append(len(taken))
            self.posted_by.append((self.now, len(taken)))
            self._tell(route, len(taken))
        else:
            self.queues[route].extendleft(reversed(taken))
        self._drain(None)

    def _tell(self, route: str, stand: int) -> None:
        """What waited for those that stand there now may go."""
        for other, needed in (*FOLLOWS.items(), (REFUNDS, NOTES)):
            if needed == route and self.behind[other]:
                told = min(round(stand * self.shares[other]), self.behind[other])
                if not self.queues[route] and not self.behind[route]:
                    told = self.behind[other]  # the last of them
                self.behind[other] -= told
                way = PAYMENTS if other == REFUNDS else other
                one = Document(self.behind_since[other], is_refund=other == REFUNDS, free_at=self.now)
                self.queues[way].extend([one] * told)

    def _call(self, now: datetime) -> bool:
        """A reading call, answered at once; none is made while the connection rests. Tell whether it was taken."""
        was = self.noted
        rests = was.paused_until is not None and was.paused_until > now
        is_used_up = was.minute_remaining == 0 and was.read_at and now < windows.ends(was.read_at, was.minute_began_at)
        if rests or is_used_up:
            return False
        answer = self.xero.take(now)
        self._note(answer, now)
        return answer.is_taken

    def _note(self, answer: Taken, now: datetime) -> None:
        """As `standing.record_limits` and `standing.rest` do."""
        was, day, minute = self.noted, answer.day_left, answer.minute_left
        of_minute = windows.Noted(was.minute_remaining, was.read_at, was.minute_began_at, was.retry_at)
        of_day = windows.Noted(was.day_remaining, was.read_at, was.day_began_at, was.retry_at)
        self.noted = Windows(
            windows.left(of_day, day),
            windows.left(of_minute, minute),
            now,
            paused_until=answer.again_at or was.paused_until,
            retry_at=answer.again_at or was.retry_at,
            minute_began_at=windows.began(of_minute, remaining=minute, now=now),
            day_began_at=windows.began(of_day, remaining=day, now=now, length=windows.DAY) or now,
        )

    def wait_at(self, part: float) -> float:
        """Seconds from becoming ready to standing in Xero; `part`: 0.95 for the worst of all but five in a hundred."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
