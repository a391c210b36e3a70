"""PURE: when a window of a minute or of a day begins, told by the answers themselves.

Windows are fixed, and each organisation's begin at a moment of its own (xero-rules.md 2.1). No answer names it, but the
calls left jump up once it has passed: so it lies between two answers, and those of every other minute, or day, with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

MINUTE = timedelta(seconds=60)
DAY = timedelta(hours=24)
OUT_OF_ORDER = 5
"""Answers to calls that were under way together may be noted in another order than they were counted in."""


class Noted(NamedTuple):
    """What was noted of the answers so far; None: not known."""

    remaining: int | None
    read_at: datetime | None
    began_at: datetime | None
    retry_at: datetime | None = None
    """What the far side said with Retry-After: a window that was used up begins anew then."""


def began(noted: Noted, *, remaining: int, now: datetime, length: timedelta = MINUTE) -> datetime | None:
    """Return a moment at which a window has begun, never before it really has; None where no answer told yet.

    `remaining`: the calls that an answer at `now` leaves. The earliest moment of the window that explains what was seen
    is kept, so that what is lost does not add up from window to window.
    """
    if not has_jumped(noted, remaining) or noted.read_at is None:
        return noted.began_at
    if _was_named(noted, now, length):
        return noted.retry_at
    if noted.began_at is not None:
        known = _last_before(noted.began_at, now, length)
        if known > noted.read_at:
            return known
    return now


def has_jumped(noted: Noted, remaining: int) -> bool:
    """Tell whether more calls are left than after the answer before: a window has begun in between."""
    return noted.remaining is not None and remaining > noted.remaining + OUT_OF_ORDER


def left(noted: Noted, remaining: int) -> int:
    """Return the calls that are left after an answer: one that was overtaken by another does not bring any back."""
    return remaining if noted.remaining is None or has_jumped(noted, remaining) else min(noted.remaining, remaining)


def ends(read_at: datetime, began_at: datetime | None, length: timedelta = MINUTE) -> datetime:
    """Return when the window ends in which an answer was read, at the latest.

    Too early only for one that began unseen, because of the one before so few calls were used (`OUT_OF_ORDER`) that the
    answers did not tell: the calls that it has had are then forgotten, and the far side turns one away (429).
    """
    if began_at is None or began_at > read_at:
        return read_at + length
    return _last_before(began_at, read_at, length) + length


def ceiling(known: int | None, noted: Noted, *, remaining: int, plans: Sequence[int]) -> int | None:
    """Return how many calls a window has, as far as answers have told: the least plan that explains what was left.

    `plans`: what the ledger sells, the least first. What is left later in a window explains itself by the least one and
    tells nothing; None then. A plan that was changed for a lesser one shows with the next window.
    """
    least = next((plan for plan in plans if remaining < plan), remaining + 1)
    if has_jumped(noted, remaining):
        return least
    tells = known is not None or (bool(plans) and least > plans[0])
    return max(known or 0, least) if tells else None


def _was_named(noted: Noted, now: datetime, length: timedelta) -> bool:
    """Whether the far side said when the window would begin; of a day it does so only once nothing is left of it."""
    if noted.retry_at is None or noted.read_at is None or not noted.read_at < noted.retry_at <= now:
        return False
    return length == MINUTE or noted.remaining == 0


def _last_before(began_at: datetime, now: datetime, length: timedelta) -> datetime:
    return began_at + length * ((now - began_at) // length)
