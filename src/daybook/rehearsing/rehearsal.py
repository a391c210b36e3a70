"""PURE: what a dry run found of each document and order, and what all of it comes to in one word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from daybook.documents.causes import AnyCause
from daybook.documents.kinds import Kind, Paper
from daybook.ledgers.foretelling import Foretold
from daybook.outbox.states import State


class Fate(StrEnum):
    """What would become of it; of several the first of these is said. The values stand in addresses and files."""

    REFUSED = "refused"
    """It could be sent, and the ledger would say no."""
    HELD = "held"
    """It needs a person before it is sent."""
    GOES = "goes"
    WAITS = "waits"
    """Nothing is wrong, and nothing is due yet."""
    STANDS = "stands"
    """It stands in the ledger, or is on its way."""
    NOTHING = "nothing"
    """No document is made of it, and none will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is in the way: a cause with what it is about."""

    cause: AnyCause | str
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDocument:
    """A document as it would stand in the day book, and what its ledger would say of it."""

    kind: Kind
    number: str
    state: State
    is_new: bool
    paper: Paper | None
    """What it says; None: none could be made."""
    held: Why | None = None
    foretold: tuple[Foretold, ...] = ()

    @property
    def fate(self) -> Fate:
        """Return what would become of it."""
        match self.state:
            case State.READY:
                return Fate.REFUSED if self.foretold else Fate.GOES
            case State.HELD | State.REJECTED:
                return Fate.HELD
            case State.CANCELLED:
                return Fate.NOTHING
        return Fate.STANDS

    @property
    def reasons(self) -> tuple[Why, ...]:
        """Return all that is in its way."""
        foretold = tuple(Why(cause=each.cause, subject=each.subject, detail=each.detail) for each in self.foretold)
        return foretold or ((self.held,) if self.held is not None else ())


_OF_STANDINGS = {"held": Fate.HELD, "waiting": Fate.WAITS, "skipped": Fate.NOTHING, "cancelled": Fate.NOTHING}


def fate_of_order(standing: str, documents: Sequence[SeenDocument]) -> Fate:
    """Return what would become of an order: the most urgent of its documents' fates, or its own where it has none."""
    own = _OF_STANDINGS.get(standing)
    fates = {each.fate for each in documents} | ({own} if own is not None else set())
    return next((fate for fate in Fate if fate in fates), Fate.NOTHING)


def counted(fates: Iterable[Fate]) -> dict[Fate, int]:
    """Return how many there are of each fate, the most urgent first; those that there are none of are left out."""
    found = list(fates)
    return {fate: found.count(fate) for fate in Fate if fate in found}
