"""PURE: whether what came about an order counts, or repeats what came before. What counts is the last accepted delivery.

A repeat equals what stands, carries an id seen before, or is the same body again within RETRIED_FOR of a delivery that
we did not answer. What carries the sender's own time or sequence is late only if that is older.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RETRIED_FOR = timedelta(hours=10)
"""The OMS repeats what was not answered 5 times, 2 hours apart (docs/kornitx.md)."""


class Result(StrEnum):
    """What became of something that was sent."""

    ACCEPTED = "accepted"
    """New, or with new content: kept, and it stands."""
    UNCHANGED = "unchanged"
    """The content that stands already."""
    LATE_RETRY = "late_retry"
    """A repeat of what has been replaced, or older than what stands: ignored, with a note."""
    REFUSED = "refused"
    IGNORED = "ignored"
    """No order and nothing about one."""
    WAITING = "waiting"
    """Kept, and taken in later: its feed is paused, or its order has not come yet."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the sender says of when it changed the order."""

    sequence: int | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    """Where a clock went back, a time without a zone may be either."""

    def is_older_than(self, other: "Said") -> bool:
        """Tell whether it is older for certain: by the sequence where both have one, else by the time."""
        if self.sequence is not None and other.sequence is not None:
            return self.sequence < other.sequence
        return self.latest is not None and other.earliest is not None and self.latest < other.earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known of an order's earlier deliveries when one more comes."""

    is_first: bool = False
    equals_standing: bool = False
    """The content that stands is this one, and nothing that was told since says otherwise."""
    same_id: bool = False
    """The id of the message, or of its request, came before."""
    same_body_unanswered: bool = False
    """The same body came within RETRIED_FOR and was not answered."""
    standing: Said = Said()
    """Of the delivery that stands."""


def judge(before: Before, said: Said = Said()) -> Result:
    """Return what becomes of a delivery."""
    if before.is_first:
        return Result.ACCEPTED
    if before.equals_standing:
        return Result.UNCHANGED
    is_newer = before.standing.is_older_than(said)
    is_retry = before.same_id or (before.same_body_unanswered and not is_newer)
    return Result.LATE_RETRY if is_retry or said.is_older_than(before.standing) else Result.ACCEPTED
