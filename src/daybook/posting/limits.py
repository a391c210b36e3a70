"""PURE: how many calls may be made now, and when to look again.

The ledger's windows are fixed and reset at a moment that differs per organisation (xero-rules.md 2.1): of a minute's
the answers tell it (`connections/windows.py`), of a day's nothing is computed but what the last answer's headers still
tell; `Retry-After` is obeyed as a pause on the connection.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.connections import windows as minutes
from daybook.ledgers.terms import Terms

DAY = timedelta(hours=24)


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
    calls = terms.calls_at_once - in_flight
    if windows.read_at is None:
        return Allowance(max(0, calls))
    is_anew = windows.began_anew_at is not None and windows.began_anew_at <= now
    until = minutes.ends(windows.read_at, windows.minute_began_at)
    if windows.minute_remaining is not None and now < until and not is_anew:
        calls = min(calls, windows.minute_remaining - in_flight)
        if calls <= 0 and not in_flight:
            return Allowance(0, until, "the calls of this minute are used up")
    is_new_day = is_anew and windows.day_remaining == 0
    if windows.day_remaining is not None and now < windows.read_at + DAY and not is_new_day:
        for_documents = windows.day_remaining - terms.calls_kept_for_people
        calls = min(calls, for_documents - in_flight)
        if for_documents <= 0:
            # ask again now and then: the window's end is the far side's secret until it says Retry-After
            return Allowance(0, windows.read_at + timedelta(hours=1), "the calls of this day are used up")
    return Allowance(max(0, calls))
