"""PURE: the tax return of a country, as far as a ledger's tax types lead into its boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What of an amount goes into a box."""

    NET = "net"
    TAX = "tax"
    GROSS = "gross"


class Side(StrEnum):
    """Of which documents a tax type is."""

    SALES = "sales"
    PURCHASES = "purchases"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the return, by the name that stands beside it."""

    code: str
    title: str
    of: Mapping[str, int] | None = None
    """Worked out of boxes before it, each times this; None: amounts go into it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the amounts of a tax type go."""

    side: Side | None
    """None: either."""
    into: Mapping[str, Measure]
    """By box; none: the return does not have them at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxReturn:
    """What is known of a return."""

    title: str
    currency: str
    """The only one that it is made out in."""
    basis: str
    """What is taken for granted, for people."""
    boxes: tuple[Box, ...]
    placements: Mapping[str, Placement]
    """By tax type. One that is missing is placed nowhere, and said to be."""
    counted: frozenset[str]
    """Statuses of documents that are in it: drafts are not."""
