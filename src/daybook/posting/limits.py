"""PURE: how many calls may be made now, and when to look again.

The ledger's windows are fixed and reset at a moment that differs per organisation (xero-rules.md 2.1), which the answers
tell (`connections/windows.py`); until they have told that of the day, it is asked for once an hour. `Retry-After` is
obeyed as a pause on the connection.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.connections import windows as fixed
from daybook.kit.translation import told
from daybook.ledgers.terms import Terms

LOOKED_EVERY = timedelta(hours=1)
"""So often it is asked what people did with what was posted."""
ASK_AGAIN = timedelta(hours=1)
"""Where nobody has told yet when the day begins anew."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What the connection's row says; None: not known."""

    day_remaining: int | None
    minute_remaining: int | None
    read_at: datetime | None
    paused_until: datetime | None = None
    retry_at: datetime | None = None
    """What the far side said with Retry-After: a window that was used up begins anew then."""
    minute_began_at: datetime | None = None
    """When a window of a minute began; the others begin so many minutes before and after."""

    day_began_at: datetime | None = None
    """The same of a day."""

    @property
    def began_anew_at(self) -> datetime | None:
        """Return when what was read last stopped counting, None where no moment was named since."""
        is_later = self.retry_at is not None and self.read_at is not None and self.retry_at > self.read_at
        return self.retry_at if is_later else None


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many calls may start now; `until` says when to ask again where there are none."""

    calls: int
    until: datetime | None = None
    reason: str = ""


def allowance(windows: Windows, terms: Terms, *, in_flight: int, now: datetime) -> Allowance:
    """Return how many writing calls may start now, with `in_flight` under way that no answer has counted yet."""
    if windows.paused_until is not None and windows.paused_until > now:
        return Allowance(0, windows.paused_until, "paused")
    calls = terms.calls_at_once - terms.calls_kept_at_once - in_flight
    if windows.read_at is None:
        return Allowance(max(0, calls))
    is_anew = windows.began_anew_at is not None and windows.began_anew_at <= now
    until = fixed.ends(windows.read_at, windows.minute_began_at)
    if windows.minute_remaining is not None and now < until and not is_anew:
        calls = min(calls, windows.minute_remaining - terms.calls_kept_a_minute - in_flight)
        if calls <= 0 and not in_flight:
            return Allowance(0, until, told("the calls of this minute are used up"))
    left = of_day(windows, now)
    if left is not None:
        for_documents = left - terms.calls_kept_for_people
        calls = min(calls, for_documents - in_flight)
        if for_documents <= 0:
            again = min(windows.read_at + ASK_AGAIN, day_ends(windows, now))
            return Allowance(0, again, told("the calls of this day are used up"))
    return Allowance(max(0, calls))


def of_day(windows: Windows, now: datetime) -> int | None:
    """Return the calls left of the day, as last read; None: not known, or the day has begun anew since."""
    if windows.day_remaining is None or windows.read_at is None:
        return None
    is_anew = windows.began_anew_at is not None and windows.began_anew_at <= now
    if (is_anew and windows.day_remaining == 0) or now >= fixed.ends(windows.read_at, windows.day_began_at, fixed.DAY):
        return None
    return windows.day_remaining


def for_documents(left: int, terms: Terms, *, lists: int, lasts: timedelta) -> int:
    """Return how many of a day's calls are for documents: people's are kept, and so are the hourly looks of the rest.

    `lists`: calls of one look.
    """
    return left - terms.calls_kept_for_people - lists * round(lasts / LOOKED_EVERY)


def day_ends(windows: Windows, now: datetime) -> datetime:
    """Return when the day of calls that runs at `now` ends, at the latest."""
    if windows.day_began_at is not None:
        return fixed.ends(max(now, windows.day_began_at), windows.day_began_at, fixed.DAY)
    if windows.read_at is not None and of_day(windows, now) is not None:
        return windows.read_at + fixed.DAY
    return now + fixed.DAY
