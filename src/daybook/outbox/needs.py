"""PURE: when a document may go that waits for another one."""

from enum import StrEnum

from daybook.outbox.states import State

AUTHORISED = frozenset({"AUTHORISED", "PAID", "BILLED"})
"""Statuses of a document in its ledger in which it counts."""
GONE = frozenset({"VOIDED", "DELETED"})
"""Statuses in which it does not count any more."""


class Until(StrEnum):
    """How far the needed document must have come."""

    POSTED = "posted"
    AUTHORISED = "authorised"
    """Posted, and no draft any more."""
    GONE = "gone"
    """Cancelled before it was posted, or voided or deleted there."""


class Need(StrEnum):
    """How a need stands."""

    OPEN = "open"
    MET = "met"
    LOST = "lost"
    """The needed document has ended otherwise: it never comes so far."""


def judge(until: Until, *, state: State, their_status: str) -> Need:
    """Return how a need stands whose needed document is in `state` here and in `their_status` there."""
    is_posted, is_gone = state == State.POSTED, state == State.CANCELLED or their_status in GONE
    if until is Until.GONE:
        return Need.MET if is_gone else Need.OPEN
    if is_gone:
        return Need.LOST
    is_far_enough = is_posted and (until is Until.POSTED or their_status in AUTHORISED)
    return Need.MET if is_far_enough else Need.OPEN
