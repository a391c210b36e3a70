"""PURE: what follows a sale that was posted when something of it is given back: credit notes, allocations, refunds paid.

Each refund lowers either the invoice or becomes a credit note, never both and never neither: the invoice itself says
which refunds it is lowered by (`Invoice.lowered_by`), and from the moment that it leaves nobody changes it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import CreditNote, Invoice, Settlement, of_line
from daybook.documents.kinds import Kind, Paper
from daybook.intake import giving_back, part_documents, paying
from daybook.intake.lowering import FROZEN, real
from daybook.intake.material import Made, Maker, Material
from daybook.kit.money import ZERO, Totals, round2
from daybook.mapping import credit_notes, invoices, numbers, splitting
from daybook.mapping.numbers import Numbering
from daybook.mapping.refunds import GivenBack, OfLine
from daybook.mapping.splitting import Left
from daybook.outbox.needs import GONE, Until
from daybook.outbox.states import State

_MOST_NUMBERS = 10_000


def _sales(of: Material) -> list[tuple[Made, Invoice]]:
    """Return the documents of the sale that are posted or under way: one, or one for each part of the order.

    None where there is none whose words stand, or where more of the sale is still to come: what is given back of an order in
    parts becomes a note once all of them have left.
    """
    sales = of.sales()
    found = [(each, each.paper) for each in sales if isinstance(each.paper, Invoice)]
    is_frozen = len(found) == len(sales)
    is_frozen = is_frozen and all(each.state in FROZEN and each.their_status not in GONE for each in sales)
    is_split = any(each.key for each in sales)
    if not is_frozen or (is_split and not (part_documents.is_complete(of) and _is_one_kind(found))):
        return []
    return found


def _is_one_kind(sales: Sequence[tuple[Made, Invoice]]) -> bool:
    return len({(paper.currency, paper.amount_type, paper.contact_id) for _, paper in sales}) == 1


def _sale(of: Material) -> tuple[Made, Invoice] | None:
    """Return the first document of the sale, and what all of them say together; None as `_sales`."""
    sales = _sales(of)
    if not sales:
        return None
    first, paper = sales[0]
    return first, paper if len(sales) == 1 else _together([each for _, each in sales])


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


def _wanted(of: Material) -> dict[str, GivenBack]:
    """Return what becomes a credit note, by key, in the order of their numbers: refunds, then what was cancelled."""
    found = _sale(of)
    if found is None:
        return {}
    refunds = real(of, found[1])
    back = _not_lowered(refunds, found[1])
    covered = set(_covered(of, found[1], back))
    wanted = {keys.of(each.id): each for each in back if each.id not in covered}
    frozen = _by_themselves(of)
    wanted |= {each.key: GivenBack(id=each.key) for each in frozen}
    frozen = [each for each in frozen if each.key.startswith(keys.CANCELLED)]
    cancelled = _cancelled(of, found[1], [note for each in frozen if (note := _note_of(each)) is not None], refunds)
    if cancelled is not None:
        wanted[keys.of_cancelled(len(frozen) + 1)] = cancelled
    return wanted


def _not_lowered(refunds: Sequence[GivenBack], sale: Invoice) -> list[GivenBack]:
    """Return the refunds that the invoice is not lowered by, of which something is left to be credited."""
    off = {each.refund for each in sale.lowered_by}
    return [each for each in refunds if each.id not in off and not each.is_covered]


def _notes(of: Material) -> list[Made]:
    """Return the credit notes that count, or will: one that a person voided there credits nothing any more."""
    live = (each for each in of.made if each.kind == Kind.CREDIT_NOTE and each.state != State.CANCELLED)
    return [each for each in live if each.their_status not in GONE]


def _by_themselves(of: Material) -> list[Made]:
    """Return the credit notes that have left of which no refund tells: of what was cancelled, or a status alone told of."""
    told = {keys.of(each.id) for each in of.refunds}
    alone = (each for each in _notes(of) if each.state in FROZEN and each.key not in told)
    return [each for each in alone if each.key.startswith(keys.CANCELLED) or each.key == giving_back.BY_STATUS]


def _note_of(made: Made) -> CreditNote | None:
    return made.paper if isinstance(made.paper, CreditNote) else None


def _before(of: Material, wanted: Sequence[str]) -> list[CreditNote]:
    """Return the other credit notes of the sale that this one comes after: all that have left, and those wanted before."""
    earlier = set(wanted[: wanted.index(of.key)]) if of.key in wanted else set(wanted)
    others = [each for each in _notes(of) if each.key != of.key and (each.state in FROZEN or each.key in earlier)]
    return [note for each in others if (note := _note_of(each)) is not None]


def _make_note(of: Material, number: str) -> Paper | Hold:
    found, wanted = _sale(of), _wanted(of)
    mine = next((each for each in _notes(of) if each.key == of.key), None)
    if mine is not None and mine in _by_themselves(of):
        return mine.paper or Hold(Cause.DEFECT, number)  # what was cancelled since is one of its own
    if found is None or of.key not in wanted:
        return Hold(Cause.NEEDED_ENDED, number)
    sale = found[1]
    made = credit_notes.map_credit_note(
        sale,
        _before(of, list(wanted)),
        wanted[of.key],
        of.order,
        of.rules,
        number=number,
        today=of.today,
        fresh=_fresh(of, sale),
    )
    if (
        isinstance(made, CreditNote)
        and mine is not None
        and mine.state in FROZEN
        and isinstance(mine.paper, CreditNote)
    ):
        return replace(made, status=mine.paper.status, date=mine.paper.date)
    return made


def _fresh(of: Material, sale: Invoice) -> Invoice | Hold | None:
    """Return the invoice as the order makes it now, where the posted one kept too little of itself."""
    if all(line.tax is not None for line in sale.lines):
        return None
    return invoices.map_invoice(of.order, of.rules, number=sale.number, prices=of.prices)


def _number(of: Material, numbering: Numbering) -> str | Hold:
    """Return the invoice's number with "-CR1" behind it, or the next that was never burnt and nobody else has."""
    found = _sale(of)
    stem = found[0].number if found is not None else ""
    return _next(of, Kind.CREDIT_NOTE, stem, "-CR", numbering)


def _next(of: Material, kind: Kind, stem: str, suffix: str, numbering: Numbering) -> str | Hold:
    burnt = {each.number.upper() for each in of.made if each.kind == kind and not each.is_number_free}
    for number in (f"{stem}{suffix}{count}" for count in range(1, _MOST_NUMBERS)):
        if number.upper() not in burnt and (numbering.space, number.upper()) not in of.taken:
            is_usable = stem and len(number) <= numbering.longest and numbers.is_usable(number)
            return number if is_usable else Hold(Cause.REF_UNUSABLE, number[: numbers.LONGEST])
    return Hold(Cause.REF_UNUSABLE, stem)


def _about_sale(of: Material) -> str:
    found = _sale(of)
    return found[0].mark if found is not None else ""


def _needs_sale(of: Material) -> list[tuple[str, Until]]:
    return [(sale.mark, Until.POSTED) for sale, _ in _sales(of)]


def _cancelled(
    of: Material, sale: Invoice, notes: Sequence[CreditNote], refunds: Sequence[GivenBack]
) -> GivenBack | None:
    """Return what was cancelled since the sale was posted and neither credited nor given back yet; None: nothing.

    What is cancelled and given back is one thing told twice, so that the larger of both counts.
    """
    key = keys.of_cancelled(len(notes) + 1)
    if of.stands is None:
        return None
    if of.stands.is_cancelled and not of.was_cancelled:
        is_left = (
            not _not_lowered(refunds, sale) and sum((note.totals.gross for note in notes), ZERO) < sale.totals.gross
        )
        return GivenBack(id=key, reason="cancelled", is_all=True) if is_left else None
    credited = _quantities(sale, notes)
    lines = []
    for place, (had, has) in enumerate(zip(of.invoiced, of.stands.remaining, strict=False)):
        name = of_line(place + 1)
        back = sum((each.quantity for one in refunds for each in one.lines if name in each.parts), ZERO)
        more = had - has - credited.get(name, ZERO) - back
        if more > 0:
            lines.append(OfLine(parts=(name,), name=_called(of, place), quantity=more, is_returned=True))
    return GivenBack(id=key, reason="cancelled", lines=tuple(lines)) if lines else None


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


def _covered(of: Material, sale: Invoice, refunds: Sequence[GivenBack]) -> Iterator[str]:
    """Yield the refunds of what was credited already when it was cancelled: only their money is still to move."""
    notes = [note for each in _by_themselves(of) if (note := _note_of(each)) is not None]
    if not notes:
        return
    try:
        whole = credit_notes.sale_of(sale, of.rules, fresh=_fresh(of, sale))
    except Held:
        return
    has_note = {each.key for each in _notes(of) if each.state in FROZEN}
    room = _credited_by(whole, notes)
    for back in refunds:
        if keys.of(back.id) in has_note:
            continue
        try:
            pieces = splitting.credit(whole, whole, back)
        except Held:
            continue
        asked = {piece.place: piece.gross for piece in pieces}
        if None not in asked and all(abs(gross) <= abs(room.get(place, ZERO)) for place, gross in asked.items()):
            room = {place: gross - asked.get(place, ZERO) for place, gross in room.items()}
            yield back.id


def _credited_by(whole: Sequence[Left], notes: Sequence[CreditNote]) -> dict[int | None, Decimal]:
    left = splitting.less_notes(whole, notes)
    return {place: was.gross - now.gross for place, (was, now) in enumerate(zip(whole, left, strict=True))}


CREDIT_NOTE = Maker(
    make=_make_note,
    is_made=lambda rules: rules.post_credit_notes,
    why_not_due="nothing is given back any more",
    keys=lambda of: tuple(_wanted(of)),
    named=_number,
    about=_about_sale,
    needs=_needs_sale,
)


Booked = tuple[Made, Decimal | None]
"""A credit note, and how much of a refund's money is paid out of it; None: the shop does not say that any moved."""


def booked(of: Material) -> dict[str, list[Booked]]:
    """Return, by refund, the credit notes that it is booked on: its own, or those of what was cancelled before.

    Of the latter the first that its money fits into, else as many as it takes, one after the other.
    """
    found, notes, alone = _sale(of), _notes(of), _by_themselves(of)
    if found is None:
        return {}
    covered = set(_covered(of, found[1], _not_lowered(real(of, found[1]), found[1])))
    room, places = (
        {each.key: note.totals.gross for each in alone if (note := _note_of(each))},
        dict[str, list[Booked]](),
    )
    for back in of.refunds:
        own = next((each for each in notes if each.key == keys.of(back.id)), None)
        if own is not None:
            places[back.id] = [(own, back.money)]
        elif back.id in covered:
            places[back.id] = _taken([each for each in alone if each.key in room], room, back.money)
    return places


def _taken(notes: Sequence[Made], room: dict[str, Decimal], money: Decimal | None) -> list[Booked]:
    """Return of which of these notes a refund's money is paid out, and take it off their `room`."""
    if money is None:
        return [(notes[0], None)]
    left, found = round2(money), list[Booked]()
    fitting = [each for each in notes if room[each.key] >= left][:1]
    for note in fitting or notes:
        part = min(left, room[note.key])
        room[note.key], left = room[note.key] - part, left - part
        found += [(note, part)] if part else []
    return [*found, (notes[-1], left)] if left else found  # more than all of them is held where it is paid out


@dataclass(frozen=True, slots=True)
class _Allocation:
    """How much of a credit note is set against an invoice."""

    note: Made
    sale: Made
    amount: Decimal


def allocated(of: Material) -> dict[str, Decimal]:
    """Return, by key of the credit note, how much of it is set against the sale, as all will stand in the end."""
    found: dict[str, Decimal] = {}
    for each in _allocations(of).values():
        found[each.note.key] = found.get(each.note.key, ZERO) + each.amount
    return found


def _allocations(of: Material) -> dict[str, _Allocation]:
    """Return, by key, what is set against which invoice, the oldest first, as all will stand in the end.

    Never more than the invoice's gross less what was or will be paid on it, less earlier allocations; and what the shop
    says moved back as money is no allocation: it is paid out.
    """
    sales = _sales(of)
    if not sales:
        return {}
    frozen, room = _frozen_allocations(of, [sale for sale, _ in sales]), _rooms(of, sales)
    left = {note.key: note.paper.totals[2] or ZERO for note in _notes(of) if note.paper is not None}
    for one in frozen.values():
        room[one.sale.key] -= one.amount
        left[one.note.key] = left.get(one.note.key, ZERO) - one.amount
    return frozen | _new_allocations(of, sales, room, left, frozen)


def _frozen_allocations(of: Material, sales: Sequence[Made]) -> dict[str, _Allocation]:
    """Return those that have left; a note that a person voided there may be named no more: then it stands for itself."""
    by_number, notes = {sale.number: sale for sale in sales}, {each.number: each for each in _notes(of)}
    found: dict[str, _Allocation] = {}
    for each in of.made:
        paper = each.paper if each.kind == Kind.ALLOCATION else None
        if isinstance(paper, Settlement) and (each.state in FROZEN or each.is_settled_there):
            sale = by_number.get(paper.settles, sales[0])
            found[each.key] = _Allocation(notes.get(paper.reference, each), sale, paper.totals.gross)
    return found


def _rooms(of: Material, sales: Sequence[tuple[Made, Invoice]]) -> dict[str, Decimal]:
    """Return what is due on each invoice once all payments are on it."""
    paid = paying.paid_on(of)
    return {sale.key: paper.totals.gross - paid.get(sale.key, ZERO) for sale, paper in sales}


def _new_allocations(
    of: Material,
    sales: Sequence[tuple[Made, Invoice]],
    room: dict[str, Decimal],
    left: Mapping[str, Decimal],
    frozen: Collection[str],
) -> dict[str, _Allocation]:
    found: dict[str, _Allocation] = {}
    for note in _notes(of):
        if _note_of(note) is None or (note.key in frozen and not sales[0][0].key):
            continue
        rest = left[note.key] - _moved(of, note.key)
        for sale, _ in sales:
            key = keys.of(note.key, sale.key) if sale.key else note.key
            amount = min(rest, room[sale.key])
            if amount > 0 and key not in frozen:
                found[key] = _Allocation(note, sale, amount)
                room[sale.key], rest = room[sale.key] - amount, rest - amount
    return found


def _moved(of: Material, key: str) -> Decimal:
    """Return what money moved back for a credit note, as the shop says; 0 where no order tells of money at all."""
    order = of.received
    if order is None or not (of.rules.post_payments or order.payments):
        return ZERO
    places = (each for every in booked(of).values() for each in every)
    return sum((round2(money) for note, money in places if note.key == key and money is not None), ZERO)


def _make_allocation(of: Material, number: str) -> Paper | Hold:
    mine = _allocations(of).get(of.key)
    if mine is None or not isinstance(mine.note.paper, CreditNote) or not isinstance(mine.sale.paper, Invoice):
        return Hold(Cause.NEEDED_ENDED, number)
    note, sale = mine.note.paper, mine.sale.paper
    return Settlement(
        number=number,
        contact_id=note.contact_id,
        contact_name=note.contact_name,
        date=max(note.date, sale.date),
        currency=note.currency,
        totals=Totals(mine.amount, ZERO, mine.amount),
        reference=mine.note.number,
        settles=mine.sale.number,
        form=f"{mine.note.number} set against {mine.sale.number}",
    )


def _needs_both(of: Material) -> list[tuple[str, Until]]:
    mine = _allocations(of).get(of.key)
    return [] if mine is None else [(each.mark, Until.AUTHORISED) for each in (mine.note, mine.sale)]


def _note_of_allocation(of: Material) -> Made | None:
    mine = _allocations(of).get(of.key)
    return None if mine is None else mine.note


ALLOCATION = Maker(
    make=_make_allocation,
    is_made=lambda rules: rules.post_credit_notes,
    why_not_due="nothing of the credit note is set against the invoice any more",
    keys=lambda of: tuple(_allocations(of)),
    named=lambda of, numbering: _next(
        of, Kind.ALLOCATION, note.number if (note := _note_of_allocation(of)) else "", "-A", numbering
    ),
    about=lambda of: note.mark if (note := _note_of_allocation(of)) else "",
    needs=_needs_both,
)
