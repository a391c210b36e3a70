"""PURE: what follows a sale that was posted when something of it is given back: credit notes, allocations, refunds paid.

Each refund lowers either the invoice or becomes a credit note, never both and never neither: the invoice itself says
which refunds it is lowered by (`Invoice.lowered_by`), and from the moment that it leaves nobody changes it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import CreditNote, Invoice, Settlement
from daybook.documents.kinds import Kind, Paper
from daybook.intake import cancelling, noted, paying
from daybook.intake.lowering import FROZEN, real
from daybook.intake.material import Made, Maker, Material, once, once_of_left
from daybook.kit.money import ZERO, Totals
from daybook.mapping import credit_notes, numbers, remainder
from daybook.mapping.numbers import Numbering
from daybook.mapping.refunds import GivenBack
from daybook.outbox.needs import Until


@once_of_left
def _wanted(of: Material) -> dict[str, GivenBack]:
    """Return what becomes a credit note, by key, in the order of their numbers: refunds, then what was cancelled."""
    found = noted.sale(of)
    if found is None:
        return {}
    refunds = real(of, found[1])
    back = noted.not_lowered(refunds, found[1])
    covered = set(noted.covered(of, found[1], back))
    new = [each for each in refunds if each.id not in covered]
    since = cancelling.since(of, found[1], new, [each for each in back if each.id not in covered])
    wanted = {keys.of(each.id): each for each in back if each.id not in covered | since.pays_out}
    alone = (each for each in noted.by_themselves(of) if not _is_taken_back(of, each))
    wanted |= {each.key: GivenBack(id=each.key) for each in alone}
    return wanted if since.note is None else wanted | {since.note.id: since.note}


def _is_taken_back(of: Material, note: Made) -> bool:
    """Tell whether a note is of what was cancelled, while by now nothing of what was invoiced is."""
    if not note.key.startswith(keys.CANCELLED) or of.stands is None or of.stands.is_cancelled or not of.invoiced:
        return False
    return all(has >= had for had, has in zip(of.invoiced, of.stands.remaining, strict=False))


def _before(of: Material, wanted: Sequence[str]) -> list[CreditNote]:
    """Return the other credit notes of the sale that this one comes after: all that have left, and those wanted before."""
    earlier = set(wanted[: wanted.index(of.key)]) if of.key in wanted else set(wanted)
    others = _others(of, earlier)
    others += [each for each in noted.given_up(of) if each.key != of.key]
    return [note for each in others if (note := noted.note_of(each)) is not None]


def _others(of: Material, earlier: Collection[str]) -> list[Made]:
    return [each for each in noted.notes(of) if each.key != of.key and (each.state in FROZEN or each.key in earlier)]


def _make_note(of: Material, number: str) -> Paper | Hold:
    found, wanted = noted.sale(of), _wanted(of)
    mine = next((each for each in noted.notes(of) if each.key == of.key), None)
    if mine is not None and mine in noted.by_themselves(of):
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
        fresh=noted.fresh(of, sale),
    )
    if isinstance(made, Hold):
        return made
    if mine is not None and mine.state in FROZEN and isinstance(mine.paper, CreditNote):
        kept = mine.paper
        return replace(
            made,
            status=kept.status,
            date=kept.date,
            sale_gross=kept.sale_gross,
            goodwill_off=kept.goodwill_off,
        )
    return replace(
        made,
        sale_gross=sale.totals.gross,
        goodwill_off=remainder.goodwill_off(sale.lines, sale.amount_type, sale.currency),
    )


def _number(of: Material, numbering: Numbering) -> str | Hold:
    """Return the invoice's number with "-CR1" behind it, or the next that was never burnt and nobody else has."""
    found = noted.sale(of)
    stem = found[0].number if found is not None else ""
    return _next(of, Kind.CREDIT_NOTE, stem, "-CR", numbering)


def _next(of: Material, kind: Kind, stem: str, suffix: str, numbering: Numbering) -> str | Hold:
    burnt = {each.number.upper() for each in of.made if each.kind == kind and not each.is_number_free}
    return numbers.next_free(
        stem, suffix, lambda number: number in burnt or (numbering.space, number) in of.taken, numbering.longest
    )


def _about_sale(of: Material) -> str:
    found = noted.sale(of)
    return found[0].mark if found is not None else ""


def _needs_sale(of: Material) -> list[tuple[str, Until]]:
    return [(each.mark, Until.POSTED) for each, _ in noted.sales(of)]


CREDIT_NOTE = Maker(
    make=_make_note,
    is_made=lambda rules: rules.post_credit_notes,
    why_not_due="nothing is given back any more, or the invoice does not stand in the books any more",
    keys=lambda of: tuple(_wanted(of)),
    named=_number,
    about=_about_sale,
    needs=_needs_sale,
)


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


@once
def _allocations(of: Material) -> dict[str, _Allocation]:
    """Return, by key, what is set against which invoice, the oldest first, as all will stand in the end.

    Never more than the invoice's gross less what was or will be paid on it, less earlier allocations; and what the shop
    says moved back as money is no allocation: it is paid out.
    """
    sales = noted.sales(of)
    if not sales:
        return {}
    frozen, room = _frozen_allocations(of, [sale for sale, _ in sales]), _rooms(of, sales)
    left = {note.key: note.paper.totals[2] or ZERO for note in noted.notes(of) if note.paper is not None}
    for one in frozen.values():
        room[one.sale.key] -= one.amount
        left[one.note.key] = left.get(one.note.key, ZERO) - one.amount
    return frozen | _new_allocations(of, sales, room, left, frozen)


def _frozen_allocations(of: Material, sales: Sequence[Made]) -> dict[str, _Allocation]:
    """Return those that have left; a note that a person voided there may be named no more: then it stands for itself."""
    by_number, notes = {sale.number: sale for sale in sales}, {each.number: each for each in noted.notes(of)}
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
    for note in noted.notes(of):
        if noted.note_of(note) is None or (note.key in frozen and not sales[0][0].key):
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
    return _all_moved(of).get(key, ZERO)


@once
def _all_moved(of: Material) -> dict[str, Decimal]:
    order, found = of.received, dict[str, Decimal]()
    if order is None or not (of.rules.post_payments or order.payments):
        return found
    for note, money in (each for every in noted.booked(of).values() for each in every.parts):
        found[note.key] = found.get(note.key, ZERO) + (money or ZERO)
    return found


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
