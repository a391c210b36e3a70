"""PURE: what was cancelled of a sale after it was posted, as far as no refund gives it back: it is credited by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Held
from daybook.documents.document import CreditNote, Invoice, of_line
from daybook.intake import noted
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Material
from daybook.kit.money import ZERO, round2
from daybook.mapping import credit_notes, remainder, splitting
from daybook.mapping.refunds import GivenBack, OfLine
from daybook.mapping.remainder import Left, Piece


@dataclass(frozen=True, slots=True)
class Since:
    """What was cancelled and neither credited nor given back yet."""

    note: GivenBack | None = None
    """As what is credited, under the key of its note; None: nothing."""
    pays_out: frozenset[str] = frozenset()
    """The refunds that only say how much moved of it: they are paid out of that note and have none of their own."""


def since(of: Material, sale: Invoice, refunds: Sequence[GivenBack], back: Sequence[GivenBack]) -> Since:
    """Return what was cancelled since the sale was posted.

    `refunds`: those that are not paid out of a note of before; `back`: of these those that do not lower the invoice either.
    """
    if of.stands is None:
        return Since()
    frozen = [each for each in noted.by_themselves(of) if each.key.startswith(keys.CANCELLED)]
    key = keys.of_cancelled(len(frozen) + 1)
    if noted.is_cancelled(of):
        return _as_a_whole(of, sale, back, key)
    papers = [note for each in frozen if (note := noted.note_of(each)) is not None]
    return Since(_by_quantity(of, sale, papers, refunds, key))


def _as_a_whole(of: Material, sale: Invoice, back: Sequence[GivenBack], key: str) -> Since:
    """Return all that is left of the sale; what money went back for it is paid out of that.

    Of an order that was cancelled nothing else is left that money could be for. One refund that comes to just what is left
    has its own note, which says its day and its words. Of a note that a person gave up while nobody knew its
    amount nobody knows what is left: that waits for a person, too.
    """
    note = GivenBack(id=key, reason="cancelled", is_all=True)
    frozen = [each for each in noted.notes(of) if each.state in FROZEN] + noted.given_up(of)
    if any(noted.note_of(each) is None for each in noted.given_up(of)):
        return Since()
    papers = [paper for each in frozen if (paper := noted.note_of(each)) is not None]
    new = [each for each in back if keys.of(each.id) not in {each.key for each in frozen}]
    silent = {each.id for each in new if each.is_bare and each.money is None}  # it says nothing that is not credited so
    try:
        whole = credit_notes.sale_of(sale, of.rules, fresh=noted.fresh(of, sale))
    except Held:  # and so is the note, with the same cause
        is_left = sum((each.totals.gross for each in papers), ZERO) < sale.totals.gross
        return Since(note if is_left else None, frozenset(silent))
    left, beside = remainder.less_notes(whole, papers), remainder.beside_the_lines(papers)
    left, beside = _after(whole, left, beside, [each for each in new if not each.is_bare])
    bare = [each for each in new if each.is_bare and each.money]
    money = sum((round2(each.money or ZERO) for each in bare), ZERO)
    room = sum((each.paid for each in left), ZERO) - remainder.given_beside(beside)
    if bare and (money < room or (money == room and len(bare) > 1)):
        return Since(note, frozenset(silent | {each.id for each in bare}))
    left, beside = _after(whole, left, beside, bare)
    rest = sum((each.gross for each in left), ZERO) - remainder.given_beside(beside)
    return Since(note if rest > 0 else None, frozenset(silent))


def _after(
    whole: Sequence[Left], left: tuple[Left, ...], beside: Iterable[Piece], backs: Iterable[GivenBack]
) -> tuple[tuple[Left, ...], list[Piece]]:
    """Return what is left, and what was given back for no line, once these refunds have their notes too."""
    found = list(beside)
    for back in backs:
        try:
            pieces = splitting.credit(whole, left, back, beside=found)
        except Held:  # its note waits for a person
            continue
        left = remainder.less(left, pieces)
        found += [each for each in pieces if each.place is None]
    return left, found


def _by_quantity(
    of: Material, sale: Invoice, notes: Sequence[CreditNote], refunds: Sequence[GivenBack], key: str
) -> GivenBack | None:
    """Return so many of the goods.

    What is cancelled and given back is one thing told twice, so that the larger of both counts. A line that is there in a
    smaller number without a word of a cancellation was changed: that is shown to a person, who would credit it again.
    """
    if of.stands is None:
        return None
    credited = _quantities(sale, notes)
    lines = []
    lines_now = zip(of.invoiced, of.stands.remaining, of.stands.told_cancelled, strict=False)
    for place, (had, has, cancelled) in enumerate(lines_now):
        name = of_line(place + 1)
        was_credited = credited.get(name, ZERO)
        backs = (_quantity(one, name) for one in refunds)
        # a refund of more than is left of the line holds what was credited
        gone_back = sum((each for each in backs if each <= had - was_credited), ZERO)
        more = min(had - has, cancelled) - was_credited - gone_back
        if more > 0:
            lines.append(OfLine(parts=(name,), name=_called(of, place), quantity=more, is_returned=True))
    return GivenBack(id=key, reason="cancelled", lines=tuple(lines)) if lines else None


def _quantity(refund: GivenBack, name: str) -> Decimal:
    return sum((each.quantity for each in refund.lines if name in each.parts), ZERO)


def _quantities(sale: Invoice, notes: Sequence[CreditNote]) -> dict[str, Decimal]:
    """Return how many of each part of the order these credit notes give back."""
    found: dict[str, Decimal] = {}
    for note in notes:
        for place, quantity in zip(note.places, note.quantities, strict=True):
            if place is not None:
                name = sale.lines[place].of
                found[name] = found.get(name, ZERO) + quantity
    return found


def _called(of: Material, place: int) -> str:
    lines = of.order.lines
    return (lines[place].sku or lines[place].description or f"line {place + 1}") if place < len(lines) else ""
