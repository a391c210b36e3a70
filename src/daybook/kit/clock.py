"""The one place that asks the system for the time; everything else takes it as an argument.

In a trial time may pass faster than on this machine's clock: everything that Daybook decides by the time, every wait
for an answer and every job's rhythm goes by `now` and `lasting`, so that an hour is played in a minute.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SAID = re.compile(r"(?P<factor>[0-9]{1,4})@(?P<since>\S+)")


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes, beside this machine's clock.

    `factor` times as fast since `since`, when both agreed; and then so far `ahead`.
    """

    factor: int = 1
    since: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    ahead: timedelta = timedelta(0)

    def at(self, moment: datetime) -> datetime:
        """Return what time it is when the machine's clock shows `moment`."""
        return moment + (self.factor - 1) * (moment - self.since) + self.ahead

    @property
    def is_real(self) -> bool:
        """Return whether it is as late as everywhere."""
        return self.factor == 1 and not self.ahead


REAL = Pace()
_pace = REAL


def read_pace(text: str) -> Pace:
    """Return the pace that a text such as `20@2026-11-20T12:00:00Z` says, a real one for "". Raises ValueError."""
    if not text:
        return REAL
    said = _SAID.fullmatch(text)
    if said is None or not int(said["factor"]):
        raise ValueError(text)
    since = datetime.fromisoformat(said["since"])
    return Pace(int(said["factor"]), since if since.tzinfo else since.replace(tzinfo=UTC))


def run_at(pace: Pace) -> None:
    """Let time pass at this pace in this process from now on."""
    global _pace  # noqa: PLW0603  # one clock in a process
    _pace = pace


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _pace.at(datetime.now(UTC))


def lasting(wait: timedelta | float) -> float:
    """Return how many seconds of this machine a wait lasts; `wait`: a time, or seconds."""
    return (wait.total_seconds() if isinstance(wait, timedelta) else wait) / _pace.factor
