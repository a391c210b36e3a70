"""PURE: when a window of a minute begins, told by the answers themselves.

Windows are fixed, and each organisation's begin at a moment of its own (xero-rules.md 2.1). No answer names it, but the
calls left jump up once it has passed: so it lies between two answers, and those of every other minute with it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

MINUTE = timedelta(seconds=60)
OUT_OF_ORDER = 5
"""Answers to calls that were under way together may be noted in another order than they were counted in."""


class Noted(NamedTuple):
    """What was noted of the answers so far; None: not known."""

    remaining: int | None
    read_at: datetime | None
    began_at: datetime | None
    retry_at: datetime | None = None
    """What the far side said with Retry-After: a window that was used up begins anew then."""


def began(noted: Noted, *, remaining: int, now: datetime) -> datetime | None:
    """Return a moment at which a window has begun, never before it really has; None where no answer told yet.

    `remaining`: the calls that an answer at `now` leaves. The earliest moment of the minute that explains what was seen
    is kept, so that what is lost does not add up from window to window.
    """
    if noted.remaining is None or noted.read_at is None or remaining <= noted.remaining + OUT_OF_ORDER:
        return noted.began_at
    if noted.retry_at is not None and noted.read_at < noted.retry_at <= now:
        return noted.retry_at
    if noted.began_at is not None:
        known = _last_before(noted.began_at, now)
        if known > noted.read_at:
            return known
    return now


def ends(read_at: datetime, began_at: datetime | None) -> datetime:
    """Return when the window ends in which an answer was read, at the latest."""
    if began_at is None or began_at > read_at:
        return read_at + MINUTE
    return _last_before(began_at, read_at) + MINUTE


def _last_before(began_at: datetime, now: datetime) -> datetime:
    return began_at + MINUTE * ((now - began_at) // MINUTE)
