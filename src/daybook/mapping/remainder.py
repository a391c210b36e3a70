"""PURE: what is left of the lines of a sale, after all that was given back of them before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.document import AmountType, CreditNote, Line
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import CENT, ZERO, Totals, round2, round_to
from daybook.mapping.arithmetic import line_amount
from daybook.mapping.steps import split_in


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one line of the sale; net and tax bear the line's own sign."""

    line: Line
    quantity: Decimal
    net: Decimal
    tax: Decimal
    kept: Decimal = ZERO
    """Tax that the sales channel keeps and that stands on no line (`Line.tax_kept`)."""
    step: Decimal = CENT
    """In which it is split (`steps.split_in`)."""

    @property
    def gross(self) -> Decimal:
        """Return what is left with tax."""
        return self.net + self.tax

    @property
    def paid(self) -> Decimal:
        """Return what the customer paid for it: with the tax that the channel keeps."""
        return ZERO if self.takes_tax_off else self.gross + self.kept

    @property
    def takes_tax_off(self) -> bool:
        """Tell whether it takes tax off again that the customer pays and the channel keeps."""
        return any(tax < 0 for _, tax in self.line.taxes_of)

    @property
    def is_gone(self) -> bool:
        """Tell whether all of it was given back."""
        return not self.net and not self.tax


class Piece(NamedTuple):
    """What one credit gives back: of one line of the sale, or of none."""

    place: int | None
    """Of the sale's line; None: it is of no line."""
    quantity: Decimal
    """How many; 0: an amount only."""
    net: Decimal
    tax: Decimal
    with_goods: bool = False
    kind: LineKind = LineKind.GOODS
    """Of what is of no line."""
    words: str = ""
    is_tax_said: bool = True
    """False: its tax follows from the tax rate that is chosen for its kind, and is still in the net."""
    kept: Decimal = ZERO
    """Tax that went back to the customer, and that the sales channel had kept; on no line."""
    undoes: Line | None = None
    """A line that an earlier credit gave back for no line of the sale: it is taken back where all of the sale is credited."""

    @property
    def gross(self) -> Decimal:
        """Return what it comes to with tax."""
        return self.net + self.tax


def whole(lines: Sequence[Line], amount_type: AmountType, currency: str) -> tuple[Left, ...]:
    """Return the lines of a sale of which nothing was given back yet; each must have its `tax`."""
    step = split_in(currency)
    return tuple(_whole(line, amount_type, step) for line in lines)


def _whole(line: Line, amount_type: AmountType, step: Decimal) -> Left:
    amount, tax = line_amount(line), line.tax or ZERO
    net = amount - tax if amount_type is AmountType.INCLUSIVE else amount
    return Left(line, line.quantity, net, tax, line.tax_kept, step)


def with_taxes_left(
    lines: Sequence[Line], sale: Sequence[Left], amount_type: AmountType, currency: str
) -> tuple[Line, ...]:
    """Return the lines that a document keeps of a sale, those of tax with the tax of what it keeps of each part of the order."""
    sold, kept = _nets(sale), _nets(whole(lines, amount_type, currency))
    step = split_in(currency)
    return tuple(
        replace(line, taxes_of=_taxes_left(line, sold, kept, step)) if line.taxes_of else line for line in lines
    )


def _nets(sale: Iterable[Left]) -> dict[str, Decimal]:
    """Return what stands for each part of the order, without tax."""
    found: dict[str, Decimal] = {}
    for each in sale:
        found[each.line.of] = found.get(each.line.of, ZERO) + each.net
    return found


def _taxes_left(
    line: Line, sold: Mapping[str, Decimal], kept: Mapping[str, Decimal], step: Decimal
) -> tuple[tuple[str, Decimal], ...]:
    here = [(part, tax) for part, tax in line.taxes_of if sold.get(part) and kept.get(part)]
    return tuple((part, round_to(tax * kept[part] / sold[part], step)) for part, tax in here) or line.taxes_of


def goodwill_off(lines: Sequence[Line], amount_type: AmountType, currency: str) -> Decimal:
    """Return how much a sale's document is less by for no part of the order: goodwill that was given before it was posted."""
    off = (each.gross for each in whole(lines, amount_type, currency) if not each.line.of and each.gross < 0)
    return -sum(off, ZERO)


def less_notes(left: Sequence[Left], notes: Iterable[CreditNote]) -> tuple[Left, ...]:
    """Return what is left after these credit notes of the same sale."""
    for note in notes:
        rows = zip(note.places, note.quantities, whole(note.lines, note.amount_type, note.currency), strict=True)
        pieces = (Piece(place, quantity, each.net, each.tax, kept=each.kept) for place, quantity, each in rows)
        left = less(left, pieces)
    return tuple(left)


def less(left: Sequence[Left], pieces: Iterable[Piece]) -> tuple[Left, ...]:
    """Return what is left after these pieces."""
    rest = list(left)
    for piece in pieces:
        if piece.place is not None:
            was = rest[piece.place]
            quantity = max(was.quantity - piece.quantity, ZERO)
            net, tax, kept = was.net - piece.net, was.tax - piece.tax, was.kept - piece.kept
            rest[piece.place] = replace(was, quantity=quantity, net=net, tax=tax, kept=kept)
    return tuple(rest)


def totals(pieces: Iterable[Piece]) -> Totals:
    """Return what pieces come to."""
    net = tax = round2(ZERO)
    for piece in pieces:
        net, tax = net + piece.net, tax + piece.tax
    return Totals(net, tax, net + tax)


def beside_the_lines(notes: Iterable[CreditNote]) -> list[Piece]:
    """Return what these credit notes gave back for no line of their sale."""
    rows = (
        row
        for note in notes
        for row in zip(note.places, whole(note.lines, note.amount_type, note.currency), strict=True)
    )
    return [Piece(None, ZERO, each.net, each.tax, undoes=each.line) for place, each in rows if place is None]


def of_the_lines(note: CreditNote) -> Decimal:
    """Return what a credit note gives back of its sale itself, with its tax: neither goodwill nor what is beyond it."""
    return note.totals.gross - sum((piece.gross for piece in beside_the_lines([note])), ZERO)


def given_beside(beside: Iterable[Piece]) -> Decimal:
    """Return how much was given back for no line; 0 where more was kept than given."""
    return max(sum((each.gross for each in beside), ZERO), ZERO)


def clamped(amount: Decimal, most: Decimal) -> Decimal:
    """Return the amount, at least 0 and at most `most`; of a negative one between that and 0."""
    low, high = min(most, ZERO), max(most, ZERO)
    return min(max(amount, low), high)


def in_step(each: Left, net: Decimal, tax: Decimal) -> tuple[Decimal, Decimal]:
    """Return net and tax as they are worked out, each rounded to the step in which the line is split, as `within`."""
    return within(each, round_to(net, each.step), round_to(tax, each.step))


def within(each: Left, net: Decimal, tax: Decimal) -> tuple[Decimal, Decimal]:
    """Return the same gross with neither net nor tax beyond what is left."""
    gross = clamped(net + tax, each.gross)
    tax = clamped(tax, each.tax)
    net = clamped(gross - tax, each.net)
    return net, gross - net


def sign_of(each: Left) -> int:
    """Return 1, or -1 of a line that takes off."""
    return -1 if each.gross < 0 else 1
