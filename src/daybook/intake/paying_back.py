"""PURE: money that went back to the customer, as what settles the credit note of its refund (after `crediting`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import CreditNote, Settlement
from daybook.documents.kinds import Kind
from daybook.intake import crediting, paying
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Made, Maker, Material
from daybook.kit.money import ZERO, Totals, figure, round2
from daybook.mapping import gateways
from daybook.mapping.numbers import Numbering
from daybook.mapping.refunds import GivenBack
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.sources.canonical import moments
from daybook.sources.canonical.after import Payment


@dataclass(frozen=True, slots=True)
class _Out:
    """One sum that went back, and the credit note that it settles."""

    back: GivenBack
    note: Made
    amount: Decimal
    by: Payment | None
    """As the shop told of it; None: it told of no money, and this is what is left of the note."""


def _outs(of: Material) -> Iterator[tuple[str, _Out]]:
    """Yield what goes back by key: each sum that the shop tells of, else what of the note is not set against the invoice."""
    order = of.received
    if order is None:
        return
    told = {each.id: each for each in order.refunds}
    allocated, places = crediting.allocated(of), crediting.booked(of)
    for back in of.refunds:
        notes = [each for each in places.get(back.id, ()) if isinstance(each[0].paper, CreditNote)]
        if not notes or back.is_nothing:
            continue
        payments = told[back.id].payments if back.id in told else []
        if _is_paid_as_rest(of, back):
            payments = []  # the shop told of the money later than it went
        yield from _by_notes(back, notes, payments)
        note = notes[0][0]
        gross = note.paper.totals[2] if note.paper is not None else None
        rest = (gross or ZERO) - allocated.get(note.key, ZERO)
        if not payments and order.payments and rest > 0 and note.key == keys.of(back.id):
            yield keys.of(back.id), _Out(back, note, rest, None)


def _by_notes(
    back: GivenBack, notes: Sequence[crediting.Booked], payments: Sequence[Payment]
) -> Iterator[tuple[str, _Out]]:
    """Yield what the shop says went back, in parts where it takes several notes; the last takes what is left."""
    rooms = [money or ZERO for _, money in notes]
    for each in payments:
        left = round2(each.amount)
        for place, (note, _) in enumerate(notes):
            part = left if place == len(notes) - 1 else min(left, rooms[place])
            if part:
                names = (back.id, each.id) if part == round2(each.amount) or not place else (back.id, each.id, note.key)
                yield keys.of(*names), _Out(back, note, part, each)
                rooms[place], left = rooms[place] - part, left - part


def _is_paid_as_rest(of: Material, back: GivenBack) -> bool:
    mine = (each for each in of.made if each.kind == Kind.REFUND and each.key == keys.of(back.id))
    return any(each.state in FROZEN for each in mine)


def _room(of: Material, note: Made) -> Decimal:
    """Return what of a credit note neither an allocation nor another refund takes."""
    gross = note.paper.totals[2] if note.paper is not None else None
    others = (
        each.paper.totals.gross
        for each in of.made
        if each.kind == Kind.REFUND
        and each.key != of.key
        and (each.state != State.CANCELLED or each.is_settled_there)
        and isinstance(each.paper, Settlement)
        and each.paper.settles == note.number
    )
    return (gross or ZERO) - crediting.allocated(of).get(note.key, ZERO) - sum(others, ZERO)


def _out(of: Material) -> _Out | None:
    return dict(_outs(of)).get(of.key)


def _make(of: Material, number: str) -> Settlement | Hold:
    out = _out(of)
    if out is None or of.received is None or not isinstance(out.note.paper, CreditNote):
        return Hold(Cause.NEEDED_ENDED, number)
    room = _room(of, out.note)
    if out.amount > room:
        words = f"{figure(out.amount)} went back, and of {out.note.number} only {figure(room)} are left to be paid out."
        return Hold(Cause.SETTLED_OTHERWISE, out.note.number, words)
    by = out.by if out.by is not None else _paid_by(of)
    if isinstance(by, Hold):
        return by
    day = _day(of, out, out.note.paper)
    why_not = paying.not_open(of, day, "paid back")
    if why_not is not None:
        return why_not
    account = gateways.clearing_account(
        of.rules.gateways,
        source=of.received.source,
        kind=by.kind.value,
        gateway=by.gateway,
        currency=out.note.paper.currency,
    )
    if isinstance(account, Hold):
        return account
    return Settlement(
        number=number,
        contact_id=out.note.paper.contact_id,
        contact_name=out.note.paper.contact_name,
        date=day,
        currency=out.note.paper.currency,
        totals=Totals(out.amount, ZERO, out.amount),
        account_code=account.account,
        reference=paying.reference(paying.carrier(by), out.by.id if out.by is not None else out.back.id),
        settles=out.note.number,
    )


def _paid_by(of: Material) -> Payment | Hold:
    """Return what the order was paid by, where that is one gateway: it goes back as it came."""
    payments = [] if of.received is None else of.received.payments
    ways = {(each.kind, each.gateway.casefold()) for each in payments}
    if len(ways) == 1:
        return payments[0]
    words = f"The order was paid in {len(ways)} ways, and the refund does not say which of them carried it back."
    return Hold(Cause.REFUND_UNCLEAR, of.key, words)


def _day(of: Material, out: _Out, note: CreditNote) -> date:
    """Return the day that the money went back, in the organisation's zone, never before its credit note (xero-rules.md 5.9).

    A note is never before its invoice, and one of what was cancelled is of the day that this was seen: the shop may have paid
    earlier. Of what says no day it is that of the note.
    """
    told = moments.day(out.by.at, of.zones) if out.by is not None and out.by.at is not None else out.back.day
    return max(told or note.date, note.date)


def _number(of: Material, _numbering: Numbering) -> str | Hold:
    out = _out(of)
    return paying.number_of(out.note.number if out is not None else of.order.ref, of.key)


def _about(of: Material) -> str:
    out = _out(of)
    return out.note.mark if out is not None else ""


REFUND = Maker(
    make=_make,
    is_made=lambda rules: rules.post_payments and rules.post_credit_notes,
    why_not_due="the order does not tell of this refund any more",
    keys=lambda of: tuple(key for key, _ in _outs(of)),
    named=_number,
    about=_about,
    needs=lambda of: ((_about(of), Until.AUTHORISED),),
)
