"""The one clock of a simulator: tokens, keys, limits and dates all ask it, so a test can freeze or advance time."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

import msgspec


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a clock shows and how it runs."""

    now: datetime
    frozen: bool
    speed: float


# A clock that leaves these bounds, or runs faster, would break dates everywhere.
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1990, 2190))
FASTEST = 1_000_000.0


class ClockError(ValueError):
    """The clock cannot be set so."""


class ClockContents(msgspec.Struct, frozen=True):
    """A clock in a snapshot: where it stands, or how far it is from real time."""

    frozen: bool
    speed: float
    at: float
    offset: float


class Clock:
    """Virtual time: real time, shifted, sped up, or standing still."""

    def __init__(self, *, start: datetime | None = None, speed: float = 1.0, frozen: bool = False) -> None:
        self._lock = threading.Lock()
        self._base = start.timestamp() if start else time.time()
        self._anchor = time.monotonic()
        self._speed = _checked_speed(speed)
        self._frozen = frozen

    def seconds(self) -> float:
        """Return seconds since the epoch, virtual."""
        with self._lock:
            return self._seconds()

    def milliseconds(self) -> int:
        """Return whole milliseconds since the epoch, virtual."""
        return int(self.seconds() * 1000)

    def now(self) -> datetime:
        """Return the virtual instant, in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def today(self, zone: tzinfo) -> date:
        """Return the calendar date in a zone."""
        return self.now().astimezone(zone).date()

    def state(self) -> ClockState:
        """Return what the clock shows and how it runs."""
        with self._lock:
            return ClockState(datetime.fromtimestamp(self._seconds(), UTC), self._frozen, self._speed)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, now or at a given instant."""
        with self._lock:
            self._rebase(at.timestamp() if at else self._seconds())
            self._frozen = True

    def resume(self) -> None:
        """Let a frozen clock run on from where it stands."""
        with self._lock:
            self._rebase(self._seconds())
            self._frozen = False

    def advance(self, seconds: float) -> None:
        """Move the clock; it stays frozen if it was."""
        with self._lock:
            self._rebase(self._seconds() + seconds)

    def run_at(self, speed: float) -> None:
        """Let the clock run `speed` times as fast as real time."""
        with self._lock:
            self._rebase(self._seconds())
            self._speed = _checked_speed(speed)

    def reset(self) -> None:
        """Return to real time at real speed."""
        with self._lock:
            self._rebase(time.time())
            self._speed, self._frozen = 1.0, False

    def contents(self) -> ClockContents:
        """Return how the clock stands."""
        with self._lock:
            now = self._seconds()
            return ClockContents(self._frozen, self._speed, now, now - time.time())

    def restore(self, contents: ClockContents) -> None:
        """Stand or run as in a snapshot; one that ran in real time keeps its distance from it."""
        with self._lock:
            real = not contents.frozen and contents.speed == 1
            self._rebase(time.time() + contents.offset if real else contents.at)
            self._frozen, self._speed = contents.frozen, _checked_speed(contents.speed)

    def _seconds(self) -> float:
        if self._frozen:
            return self._base
        return min(LATEST, self._base + (time.monotonic() - self._anchor) * self._speed)

    def _rebase(self, base: float) -> None:
        if not EARLIEST <= base <= LATEST:
            raise ClockError("the clock goes from 1990 to 2189")
        self._base, self._anchor = base, time.monotonic()


def _checked_speed(speed: float) -> float:
    if not 0 <= speed <= FASTEST:
        raise ClockError("speed must be from 0 to 1,000,000")
    return speed


def instant(milliseconds: int) -> datetime:
    """Turn milliseconds since the epoch into an instant."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
