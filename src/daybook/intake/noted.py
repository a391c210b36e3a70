"""PURE: which credit notes a posted sale has, and on which of them what was given back is booked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Held, Hold
from daybook.documents.document import CreditNote, Invoice
from daybook.documents.kinds import Kind
from daybook.intake import giving_back, part_documents
from daybook.intake.lowering import FROZEN, real
from daybook.intake.material import Made, Material, once, once_of_left
from daybook.kit.money import ZERO, Totals, round2, round_to
from daybook.mapping import credit_notes, invoices, remainder, splitting, steps
from daybook.mapping.refunds import GivenBack
from daybook.mapping.remainder import Left, Piece
from daybook.outbox.needs import GONE
from daybook.outbox.states import State


@once_of_left
def sales(of: Material) -> list[tuple[Made, Invoice]]:
    """Return the documents of the sale that are posted or under way: one, or one for each part of the order.

    None where there is none whose words stand, or where more of the sale is still to come: what is given back of an order in
    parts becomes a note once all of them have left.
    """
    all_ = of.sales()
    found = [(each, each.paper) for each in all_ if isinstance(each.paper, Invoice)]
    is_frozen = len(found) == len(all_)
    is_frozen = is_frozen and all(each.state in FROZEN and each.their_status not in GONE for each in all_)
    is_split = any(each.key for each in all_)
    if not is_frozen or (is_split and not (part_documents.is_complete(of) and _is_one_kind(found))):
        return []
    return found


def _is_one_kind(parts: Sequence[tuple[Made, Invoice]]) -> bool:
    return len({(paper.currency, paper.amount_type, paper.contact_id) for _, paper in parts}) == 1


@once_of_left
def sale(of: Material) -> tuple[Made, Invoice] | None:
    """Return the first document of the sale, and what all of them say together; None as `sales`."""
    found = sales(of)
    if not found:
        return None
    first, paper = found[0]
    return first, paper if len(found) == 1 else _together([each for _, each in found])


def _together(parts: Sequence[Invoice]) -> Invoice:
    totals = Totals(*(sum((each.totals[which] for each in parts), ZERO) for which in range(3)))
    return replace(
        parts[0],
        number=", ".join(each.number for each in parts),
        date=max(each.date for each in parts),
        lines=tuple(line for each in parts for line in each.lines),
        totals=totals,
        tax_apart=sum((each.tax_apart for each in parts), ZERO),
        tax_kept=sum((each.tax_kept for each in parts), ZERO),
    )


def not_lowered(refunds: Sequence[GivenBack], posted: Invoice) -> list[GivenBack]:
    """Return the refunds that the invoice is not lowered by, of which something is left to be credited."""
    off = {each.refund for each in posted.lowered_by}
    return [each for each in refunds if each.id not in off and not each.is_covered]


def is_nothing_to_credit(of: Material) -> bool:
    """Tell whether refunds are told of a sale that has left, and each lowered it or gives back what never stood on it."""
    found = sale(of)
    if found is None or not of.refunds or (of.stands is not None and of.stands.is_cancelled):
        return False
    return not not_lowered(real(of, found[1]), found[1])


@once
def notes(of: Material) -> list[Made]:
    """Return the credit notes that count, or will: one that a person voided there credits nothing any more."""
    live = (each for each in of.made if each.kind == Kind.CREDIT_NOTE and each.state != State.CANCELLED)
    return [each for each in live if each.their_status not in GONE]


def given_up(of: Material) -> list[Made]:
    """Return the credit notes that a person has booked otherwise, or wants nowhere: what they say is not credited again."""
    return [each for each in of.made if each.kind == Kind.CREDIT_NOTE and each.is_given_up]


@once_of_left
def by_themselves(of: Material) -> list[Made]:
    """Return the credit notes that have left of which no refund tells: of what was cancelled, or a status alone told of."""
    told = {keys.of(each.id) for each in of.refunds}
    alone = (each for each in notes(of) if each.state in FROZEN and each.key not in told)
    return [each for each in alone if each.key.startswith(keys.CANCELLED) or each.key == giving_back.BY_STATUS]


def note_of(made: Made) -> CreditNote | None:
    """Return what a credit note says; None while it is held."""
    return made.paper if isinstance(made.paper, CreditNote) else None


def fresh(of: Material, posted: Invoice) -> Invoice | Hold | None:
    """Return the invoice as the order makes it now, where the posted one kept too little of itself."""
    if all(line.tax is not None for line in posted.lines):
        return None
    return invoices.map_invoice(of.order, of.rules, number=posted.number, prices=of.prices)


def covered(of: Material, posted: Invoice, refunds: Sequence[GivenBack]) -> Iterator[str]:
    """Yield the refunds of what was credited already when it was cancelled: only their money is still to move."""
    alone = [note for each in by_themselves(of) if (note := note_of(each)) is not None]
    if not alone:
        return
    try:
        whole = credit_notes.sale_of(posted, of.rules, fresh=fresh(of, posted))
    except Held:
        return
    has_note = {each.key for each in notes(of) if each.state in FROZEN} | {each.key for each in given_up(of)}
    room, counted = _credited_by(whole, alone), _counted(alone)
    for back in refunds:
        if keys.of(back.id) in has_note:
            continue
        if back.is_bare and back.money and _is_of_what_was_cancelled(of, back.money, room, alone):
            room = _less(room, back.money)
            yield back.id
            continue
        pieces = _pieces(whole, back, len(alone))
        if pieces is None:
            continue
        if all(_was_cancelled(piece, room, counted, len(alone), whole[0].step) for piece in pieces):
            asked = {piece.place: piece.gross for piece in pieces}
            room = {place: gross - asked.get(place, ZERO) for place, gross in room.items()}
            counted |= {piece.place: counted.get(piece.place, ZERO) - piece.quantity for piece in pieces}
            yield back.id
        elif is_cancelled(of) and _is_within(room, pieces):  # whatever it says that it is for
            room = _less(room, remainder.totals(pieces).gross)
            yield back.id


def _pieces(whole: Sequence[Left], back: GivenBack, notes: int) -> Sequence[Piece] | None:
    """Return what a refund gives back of the sale, None where it cannot be a part of it.

    Its money may be a cent off for each bit in which the goods were credited when they were cancelled.
    """
    try:
        return splitting.credit(whole, whole, back)
    except Held:
        if not back.money:
            return None
    try:
        pieces = splitting.credit(whole, whole, replace(back, money=None))
    except Held:
        return None
    gap = abs(round2(back.money) - remainder.totals(pieces).gross)
    return pieces if gap <= whole[0].step * notes * len(pieces) else None


def _was_cancelled(
    piece: Piece, room: Mapping[int | None, Decimal], counted: Mapping[int | None, Decimal], notes: int, step: Decimal
) -> bool:
    """Tell whether goods given back are among those that were credited when they were cancelled.

    Of so many, credited bit by bit, each bit was rounded: they may come to a cent more in one piece, for each bit.
    """
    if piece.place is None:
        return False
    there = abs(room.get(piece.place, ZERO))
    is_among = 0 < piece.quantity <= counted.get(piece.place, ZERO)
    return abs(piece.gross) <= there + (step * notes if is_among else ZERO)


def _counted(alone: Sequence[CreditNote]) -> dict[int | None, Decimal]:
    """Return how many of each line of the sale were credited when they were cancelled."""
    found = dict[int | None, Decimal]()
    for place, quantity in (each for note in alone for each in zip(note.places, note.quantities, strict=True)):
        found[place] = found.get(place, ZERO) + quantity
    return found


def _is_of_what_was_cancelled(
    of: Material, money: Decimal, room: Mapping[int | None, Decimal], alone: Sequence[CreditNote]
) -> bool:
    """Tell whether money of which nobody says what it was given back for is that of what was cancelled.

    Of an order that was cancelled as a whole nothing else is left that it could be; of goods, where it is what they came to.
    """
    there = sum(room.values(), ZERO)
    return money <= there and (is_cancelled(of) or money in {there, *(note.totals.gross for note in alone)})


def _is_within(room: Mapping[int | None, Decimal], pieces: Sequence[Piece]) -> bool:
    is_given = all(piece.gross >= 0 for piece in pieces)
    return is_given and remainder.totals(pieces).gross <= sum(room.values(), ZERO)


def is_cancelled(of: Material) -> bool:
    """Tell whether the order was cancelled as a whole after its sale was posted."""
    return of.stands is not None and of.stands.is_cancelled and not of.was_cancelled


def _less(room: Mapping[int | None, Decimal], money: Decimal) -> dict[int | None, Decimal]:
    left, found = money, dict[int | None, Decimal]()
    for place, there in room.items():
        taken = min(left, max(there, ZERO))
        found[place], left = there - taken, left - taken
    return found


def _credited_by(whole: Sequence[Left], alone: Sequence[CreditNote]) -> dict[int | None, Decimal]:
    left = remainder.less_notes(whole, alone)
    return {place: was.gross - now.gross for place, (was, now) in enumerate(zip(whole, left, strict=True))}


Part = tuple[Made, Decimal | None]
"""A credit note, and how much of a refund's money is paid out of it; None: the shop does not say that any moved."""


@dataclass(frozen=True, slots=True)
class Booked:
    """On which credit notes a refund is booked: its own, or those of what was cancelled before."""

    parts: Sequence[Part] = ()
    beyond: Decimal = ZERO
    """Of its money what they do not come to: it may be of goods that were cancelled before the sale was posted."""


@once
def booked(of: Material) -> Mapping[str, Booked]:
    """Return it by refund, of those that are booked on any.

    Of the notes of what was cancelled it is the first that its money fits into, else as many as it takes, one after the
    other.
    """
    found, all_, alone = sale(of), notes(of), by_themselves(of)
    if found is None or not of.refunds:
        return {}
    are_covered = set(covered(of, found[1], not_lowered(real(of, found[1]), found[1])))
    rooms = [_Room(each, note) for each in alone if (note := note_of(each))]
    places, by_key = dict[str, Booked](), {each.key: each for each in reversed(all_)}
    for back in of.refunds:
        own = by_key.get(keys.of(back.id))
        if own is not None:
            note = note_of(own)
            is_out = back.money is not None and note is not None
            places[back.id] = _taken([_Room(own, note)], back.money) if is_out and note else Booked([(own, back.money)])
        elif back.id in are_covered:
            places[back.id] = _taken(rooms, back.money)
    return places


class _Room:
    """A credit note, and what is left of it to be paid out."""

    def __init__(self, made: Made, note: CreditNote) -> None:
        self.made, self.out, self.step = made, note.totals.gross, steps.split_in(note.currency)
        self.paid = self.out + credit_notes.kept_by_channel(note)
        """As the customer has it back: with the tax that the channel had kept."""

    def take(self, wanted: Decimal) -> tuple[Decimal, Decimal]:
        """Take so much of what the customer has back; return how much there was of it, and what of that is paid out."""
        paid = min(wanted, self.paid)
        out = self.out if paid == self.paid else round_to(self.out * paid / self.paid, self.step)
        self.paid, self.out = self.paid - paid, self.out - out
        return paid, out


def _taken(rooms: Sequence[_Room], money: Decimal | None) -> Booked:
    """Return of which of these notes a refund's money is paid out, and take it off them."""
    if money is None:
        return Booked([(rooms[0].made, None)])
    left, found = round2(money), list[Part]()
    for room in [each for each in rooms if each.paid >= left][:1] or rooms:
        paid, out = room.take(left)
        left -= paid
        found += [(room.made, out)] if out else []
    return Booked(found or [(rooms[-1].made, ZERO)], left)
