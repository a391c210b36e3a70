"""PURE: what strikes when. One seed, one schedule; the same seed is the same schedule on every machine.

A blow is struck at its time, or armed then: it waits for the next call of its kind and strikes at the named step of it.

    a worker   commits | sends --> asked --> (Xero books) --> answered --> settles
                                    |                |            |
                             held, refused,    lost, cut,     killed,
                             killed, paused    killed, paused  paused
"""

import random
from dataclasses import dataclass
from enum import StrEnum


class Call(StrEnum):
    """Which calls an armed blow waits for."""

    WRITE = "write"
    LOOK = "look"
    TOKEN = "token"


class Step(StrEnum):
    """Where in a call an armed blow strikes."""

    ASKED = "asked"
    """The request has left the worker, and Xero has not seen it."""
    BOOKED = "booked"
    """Xero has answered, and the worker has not heard it."""
    ANSWERED = "answered"
    """The worker has the answer."""


class Deed(StrEnum):
    """What is done."""

    KILL = "kill"
    PAUSE = "pause"
    LOSE = "lose"
    CUT = "cut"
    DELAY = "delay"
    FAIL = "fail"
    GATEWAY = "gateway"
    TWICE = "twice"
    THROTTLE = "throttle"
    CONCURRENT = "concurrent"
    AWAY = "away"
    IDENTITY_AWAY = "identity away"
    TOKENS_END = "tokens end"
    THEIR_CLOCK = "their clock"
    OUR_CLOCK = "our clock"
    RESTART_DATABASE = "restart database"
    CRASH_DATABASE = "crash database"
    KILL_WEB = "kill web"
    STOP_POSTING = "stop posting"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of blow, as it is named in the table."""

    words: str
    deed: Deed
    call: Call | None = None
    """None: struck at its time, not at a call."""
    step: Step | None = None
    shortest: float = 0.0
    """Seconds of the trial's own (virtual) time that it lasts, where it lasts."""
    longest: float = 0.0

    def deaths(self, workers: int) -> int:
        """Return how many processes of Daybook it costs, of so many workers: without a database all of them end."""
        if self.deed in {Deed.RESTART_DATABASE, Deed.CRASH_DATABASE}:
            return workers
        return int(self.deed in {Deed.KILL, Deed.KILL_WEB, Deed.OUR_CLOCK})


LONG = (230.0, 290.0)
"""Longer than a call without an answer is waited for: meanwhile others give it up, look, and may send again."""
KINDS = (
    Kind("worker killed (-9)", Deed.KILL),
    Kind("worker stopped and continued", Deed.PAUSE, shortest=20, longest=120),
    Kind("worker killed before Xero saw the call", Deed.KILL, Call.WRITE, Step.ASKED),
    Kind("worker killed while Xero booked", Deed.KILL, Call.WRITE, Step.BOOKED),
    Kind("worker killed with the answer in hand", Deed.KILL, Call.WRITE, Step.ANSWERED),
    Kind("worker stopped before Xero saw the call, given up, continued", Deed.PAUSE, Call.WRITE, Step.ASKED, *LONG),
    Kind("worker stopped after Xero booked, given up, continued", Deed.PAUSE, Call.WRITE, Step.BOOKED, *LONG),
    Kind("worker stopped with the answer in hand", Deed.PAUSE, Call.WRITE, Step.ANSWERED, *LONG),
    Kind("answer lost after booking", Deed.LOSE, Call.WRITE, Step.BOOKED),
    Kind("answer cut short after booking", Deed.CUT, Call.WRITE, Step.BOOKED),
    Kind("answer later than the worker waits", Deed.DELAY, Call.WRITE, Step.BOOKED, 40, 70),
    Kind("booked later than the worker waits", Deed.DELAY, Call.WRITE, Step.ASKED, 40, 50),
    Kind("connection cut before Xero saw the call", Deed.LOSE, Call.WRITE, Step.ASKED),
    Kind("500 after booking", Deed.FAIL, Call.WRITE, Step.BOOKED),
    Kind("500 before booking", Deed.FAIL, Call.WRITE, Step.ASKED),
    Kind("502 of a gateway after booking", Deed.GATEWAY, Call.WRITE, Step.BOOKED),
    Kind("request delivered to Xero twice", Deed.TWICE, Call.WRITE, Step.ASKED),
    Kind("answer to a look lost", Deed.LOSE, Call.LOOK, Step.BOOKED),
    Kind("worker killed while it looked", Deed.KILL, Call.LOOK, Step.BOOKED),
    Kind("new tokens lost after rotation", Deed.LOSE, Call.TOKEN, Step.BOOKED),
    Kind("worker killed while tokens rotated", Deed.KILL, Call.TOKEN, Step.BOOKED),
    Kind("429 for every call, with Retry-After", Deed.THROTTLE, shortest=20, longest=60),
    Kind("429: too many at once, without Retry-After", Deed.CONCURRENT, shortest=5, longest=20),
    Kind("503 for every call", Deed.AWAY, shortest=10, longest=40),
    Kind("identity away", Deed.IDENTITY_AWAY, shortest=20, longest=60),
    Kind("tokens ended early", Deed.TOKENS_END),
    Kind("Xero's clock jumped minutes ahead", Deed.THEIR_CLOCK, shortest=200, longest=400),
    Kind("worker started with a clock that is off", Deed.OUR_CLOCK, shortest=-45, longest=45),
    Kind("database restarted", Deed.RESTART_DATABASE),
    Kind("database crashed", Deed.CRASH_DATABASE),
    Kind("web process killed (-9)", Deed.KILL_WEB),
)


LATE = (260.0, 400.0)
"""Longer than a call is waited for, given up, looked for and sent again: what was let go then arrives beside that."""
SELDOM = (
    Kind("posting stopped by a person, and let go on", Deed.STOP_POSTING, shortest=60, longest=240),
    Kind("consent withdrawn at Xero, and given again", Deed.WITHDRAW, shortest=30, longest=120),
    Kind("request that reaches Xero after it was given up", Deed.DELAY, Call.WRITE, Step.ASKED, *LATE),
    Kind("worker started with a clock that is minutes off", Deed.OUR_CLOCK, shortest=-110, longest=110),
)
"""What takes long, or starts programs of its own: in trials whose deaths are not counted, which are not the short one."""


@dataclass(frozen=True, slots=True)
class Blow:
    """One blow of a schedule."""

    at: float
    """When it is struck or armed, in parts of the trial: 0 to 1."""
    kind: Kind
    worker: int
    """Whom it strikes, where it is not whoever makes the call."""
    lasts: float
    """In seconds of the trial's own time."""
    skips: int
    """Calls of its kind that pass before it strikes."""


def schedule(
    seed: int, count: int, *, workers: int, deaths: int | None = None, begin: float = 0.0, end: float = 1.0
) -> list[Blow]:
    """Return `count` blows between `begin` and `end` of the trial: each kind before any comes again.

    `deaths`: so many processes die at most; starting them again is most of what a short trial costs. With a number of them
    what is seldom (`SELDOM`) does not happen either.
    """
    chance = random.Random(f"blows {seed}")
    known = KINDS if deaths is not None else (*KINDS, *SELDOM)
    kinds: list[Kind] = []
    died = 0
    while len(kinds) < count:
        for kind in chance.sample(known, len(known)):
            died += kind.deaths(workers)
            if deaths is None or died <= deaths:
                kinds.append(kind)
            else:
                died -= kind.deaths(workers)
    moments = sorted(chance.uniform(begin, end) for _ in range(count))
    return [_blow(chance, at, kind, workers) for at, kind in zip(moments, kinds, strict=False)]


def _blow(chance: random.Random, at: float, kind: Kind, workers: int) -> Blow:
    lasts = chance.uniform(kind.shortest, kind.longest)
    return Blow(at, kind, chance.randrange(workers), lasts, chance.choice((0, 0, 0, 1)))
