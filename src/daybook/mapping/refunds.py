"""What was given back, as the mapping sees it: our own frozen types, whatever shop it came from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daybook.kit.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Amounts of a part of a refund, in the order's currency; None: not said."""

    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None

    @property
    def is_anything(self) -> bool:
        """Tell whether an amount is said."""
        return self.gross is not None or self.net is not None

    @property
    def whole(self) -> Decimal | None:
        """Return the gross, as said or as net and tax make it; None where it is not said."""
        if self.gross is not None or self.net is None or self.tax is None:
            return self.gross
        return self.net + self.tax


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLine:
    """What was given back for goods."""

    parts: tuple[str, ...]
    """The parts of the order that are meant (`Line.of`); several where lines share a name."""
    name: str
    """For people."""
    quantity: Decimal
    said: Said = NOTHING_SAID
    is_returned: bool = False
    """The goods came back, or never left: they are on the shelf again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What was given back for no line; below 0 where something was kept."""

    reason: str = ""
    said: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCancelled:
    """What a refund says of goods that were cancelled before the sale: what is left of these is what the money leaves of them."""

    rest: Decimal
    """Of the money that moved what is not theirs, as the order rounds what is left of it: by cents more or less than it is."""
    parts: tuple[str, ...]
    """Of the order, that went back so (`Line.of`)."""
    pieces: int
    """How many of the goods went back: the shop may have rounded what it paid for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """One refund."""

    id: str
    reason: str = ""
    day: date | None = None
    """In the organisation's zone; None: not said."""
    lines: tuple[OfLine, ...] = ()
    carriage: Said = NOTHING_SAID
    others: tuple[Other, ...] = ()
    money: Decimal | None = None
    """What moved, in the order's currency; None: not said."""
    is_all: bool = False
    """All that is left of the sale, as of an order that was cancelled as a whole."""
    is_covered: bool = False
    """All of it is goods that were cancelled before the invoice: they do not stand on it, so that nothing is taken off."""
    of_cancelled: OfCancelled | None = None
    """None: all that is said is of what stands on the invoice, or the two agree."""
    trouble: str = ""
    """What is wrong with it as it was told, in a sentence; "": nothing that could be seen without the invoice."""

    @property
    def is_bare(self) -> bool:
        """Tell whether it says nothing of what was given back for which part."""
        return not (self.lines or self.others or self.carriage.is_anything or self.is_all)

    @property
    def is_nothing(self) -> bool:
        """Tell whether it says of itself that no money is due: goods exchanged, or a note of the shop's."""
        said = [*(each.said for each in self.lines), *(each.said for each in self.others)]
        said += [self.carriage] if self.carriage.is_anything else []
        return bool(said) and not self.money and all(each.whole == ZERO for each in said)
