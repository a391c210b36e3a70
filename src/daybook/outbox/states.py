"""PURE: every state an entry can be in, and every move it may make. docs/states.md draws it."""

from enum import StrEnum


class State(StrEnum):
    """Where a document stands on its way to the ledger."""

    HELD = "held"
    """Our own rules say not yet, or no."""
    READY = "ready"
    """Waits for its turn."""
    SENDING = "sending"
    """In an attempt whose answer is not settled."""
    POSTED = "posted"
    """Stands in the ledger; final."""
    REJECTED = "rejected"
    """The ledger said no."""
    UNKNOWN = "unknown"
    """Sent without a clear answer; a look into the ledger moves it, or a person where no look can tell."""
    CANCELLED = "cancelled"
    """Will not be sent; final."""


class Mover(StrEnum):
    """Who may make a move."""

    MAPPING = "mapping"
    POSTING = "posting"
    RECONCILIATION = "reconciliation"
    PERSON = "person"


S = State
MOVES: dict[tuple[State, State], frozenset[Mover]] = {
    (S.HELD, S.READY): frozenset({Mover.MAPPING, Mover.PERSON}),
    (S.HELD, S.CANCELLED): frozenset({Mover.MAPPING, Mover.PERSON}),
    (S.READY, S.SENDING): frozenset({Mover.POSTING}),
    (S.READY, S.HELD): frozenset({Mover.MAPPING, Mover.POSTING, Mover.PERSON}),
    (S.READY, S.CANCELLED): frozenset({Mover.MAPPING, Mover.POSTING, Mover.PERSON}),
    (S.SENDING, S.POSTED): frozenset({Mover.POSTING}),
    (S.SENDING, S.READY): frozenset({Mover.POSTING}),
    (S.SENDING, S.REJECTED): frozenset({Mover.POSTING}),
    (S.SENDING, S.UNKNOWN): frozenset({Mover.POSTING, Mover.RECONCILIATION}),
    (S.UNKNOWN, S.POSTED): frozenset({Mover.POSTING, Mover.RECONCILIATION, Mover.PERSON}),
    (S.UNKNOWN, S.READY): frozenset({Mover.RECONCILIATION, Mover.PERSON}),
    (S.UNKNOWN, S.REJECTED): frozenset({Mover.RECONCILIATION}),
    (S.UNKNOWN, S.CANCELLED): frozenset({Mover.PERSON}),
    (S.REJECTED, S.READY): frozenset({Mover.MAPPING, Mover.PERSON}),
    (S.REJECTED, S.HELD): frozenset({Mover.MAPPING, Mover.PERSON}),
    (S.REJECTED, S.CANCELLED): frozenset({Mover.MAPPING, Mover.PERSON}),
}

FINAL = frozenset({State.POSTED, State.CANCELLED})
IN_FLIGHT = frozenset({State.SENDING, State.UNKNOWN})
MAPPABLE = frozenset({State.HELD, State.READY, State.REJECTED})
"""States in which nothing of the document can be in the ledger, so that it may be mapped anew."""


class IllegalMoveError(Exception):
    """A move that the table does not hold: our defect."""

    def __init__(self, old: State, new: State, mover: Mover) -> None:
        super().__init__(f"{mover} may not move an entry from {old} to {new}")
        self.old, self.new, self.mover = old, new, mover


def check_move(old: State, new: State, mover: Mover) -> None:
    """Raise IllegalMoveError unless `mover` may move an entry from `old` to `new`."""
    if mover not in MOVES.get((old, new), frozenset()):
        raise IllegalMoveError(old, new, mover)
