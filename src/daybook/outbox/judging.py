"""PURE: what a person may say of a document whose outcome nobody knows, and no look can tell (docs/states.md)."""

from enum import StrEnum

from daybook.ledgers.ledger import Form, KnownBy
from daybook.outbox.states import State


class Verdict(StrEnum):
    """What a person says of it."""

    STANDS = "stands"
    """It stands there: posted."""
    MISSING = "missing"
    """It does not stand there: it is sent again."""
    GIVEN_UP = "given_up"
    """Nobody can find out: it is never sent, and its number stays taken."""


def verdicts(state: State, form: Form | None, *, is_reached: bool) -> tuple[Verdict, ...]:
    """Return what a person may say; nothing where a look will tell.

    `form`: how the document stands in its ledger; None: this version does not know the ledger. `is_reached`: whether
    the organisation can be asked now. Where it cannot, nobody sends it again either: once it is reached a look tells.
    """
    if state is not State.UNKNOWN or form is None:
        return ()
    if form.known_by is KnownBy.NOTHING:
        return (Verdict.STANDS, Verdict.MISSING, Verdict.GIVEN_UP)
    return () if is_reached else (Verdict.STANDS, Verdict.GIVEN_UP)
