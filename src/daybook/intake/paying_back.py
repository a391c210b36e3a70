"""PURE: money that went back to the customer, as what settles the credit note of its refund (after `crediting`)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from daybook.documents import keys
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import CreditNote, Settlement
from daybook.documents.kinds import Kind
from daybook.intake import crediting, noted, paying, shares
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Made, Maker, Material, once, once_of_left
from daybook.kit.money import ZERO, Totals, figure, round2
from daybook.kit.translation import told
from daybook.mapping import gateways
from daybook.mapping.numbers import Numbering
from daybook.mapping.refunds import GivenBack
from daybook.outbox.needs import Until
from daybook.outbox.states import State
from daybook.sources.canonical import moments, sums
from daybook.sources.canonical.after import Payment
from daybook.sources.canonical.schema import CanonicalOrder

_BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class _Out:
    """One sum that went back, and the credit note that it settles."""

    back: GivenBack
    note: Made
    amount: Decimal
    by: Payment | None
    """As the shop told of it; None: it told of no money, and this is what is left of the note."""
    kept: Decimal = ZERO
    """Tax among what the shop told that the sales channel had kept: it is no money of the company's."""

    @property
    def taken_off(self) -> Decimal:
        """Return how much more the shop says of it."""
        return ZERO if self.by is None else round2(self.by.amount) - self.amount


def _outs(of: Material) -> Iterator[tuple[str, _Out]]:
    """Yield what goes back by key: each sum that the shop tells of, else what of the note is not set against the invoice."""
    order = of.received
    if order is None:
        return
    told = {each.id: each for each in order.refunds}
    allocated, places, off = crediting.allocated(of), noted.booked(of), shares.taken_off(of)
    went = {
        _paid_as_rest(of, back, each[0]) for back in of.refunds for each in places.get(back.id, noted.Booked()).parts
    }
    for back in of.refunds:
        booked = places.get(back.id, noted.Booked())
        notes = [each for each in booked.parts if isinstance(each[0].paper, CreditNote)]
        if not notes or back.is_nothing:
            continue
        note = notes[0][0]
        paid_as_rest = _paid_as_rest(of, back, note)
        payments = told[back.id].payments if back.id in told and not paid_as_rest else []
        yield from _by_notes(back, notes, _sums(back, booked, payments, off), went)
        gross = note.paper.totals[2] if note.paper is not None else None
        rest = (gross or ZERO) - allocated.get(note.key, ZERO)
        if not payments and order.payments and rest > 0 and note.key == keys.of(back.id):
            yield paid_as_rest or keys.of_rest(back.id), _Out(back, note, rest, None)


class _Sum(NamedTuple):
    """Money that the shop says went back."""

    told: Payment
    amount: Decimal
    """How much of it is paid out of credit notes."""
    kept: Decimal
    """How much of it is tax that the sales channel had kept."""


def _sums(
    back: GivenBack, booked: noted.Booked, payments: Sequence[Payment], off: Mapping[tuple[str, str], Decimal]
) -> list[_Sum]:
    """Return each sum less what of it was taken off what was paid, and the last less the tax that the channel had kept."""
    amounts = [round2(each.amount) - off.get((back.id, each.id), ZERO) for each in payments]
    wanted = sum((money or ZERO for _, money in booked.parts), booked.beyond)
    wanted -= sum((off.get((back.id, each.id), ZERO) for each in payments), ZERO)
    kept = max(sum(amounts, ZERO) - wanted, ZERO)
    sums = list[_Sum]()
    for each, amount in zip(reversed(payments), reversed(amounts), strict=True):
        less = min(kept, amount)
        kept -= less
        sums.append(_Sum(each, amount - less, less))
    return sums[::-1]


def _by_notes(
    back: GivenBack, notes: Sequence[noted.Part], sums: Sequence[_Sum], taken: Collection[str]
) -> Iterator[tuple[str, _Out]]:
    """Yield what the shop says went back, in parts where it takes several notes.

    What is more than all of them come to is a part of its own, of the last: only that is held. `taken`: keys that another
    refund went out under.
    """
    rooms = [money or ZERO for _, money in notes]
    for each, amount, kept in sums:
        left = amount
        for place, (note, _) in enumerate(notes):
            part = min(left, max(rooms[place], ZERO))
            if place == len(notes) - 1 and not (place and part):
                part = left
            if part:
                is_first = (part == amount or not place) and keys.of(back.id, each.id) not in taken
                names = (back.id, each.id) if is_first else (back.id, each.id, note.key)
                yield keys.of(*names), _Out(back, note, part, each, ZERO if place else kept)
                rooms[place], left = rooms[place] - part, left - part
        if left:
            yield keys.of(back.id, each.id, notes[-1][0].key, _BEYOND), _Out(back, notes[-1][0], left, each)


def _paid_as_rest(of: Material, back: GivenBack, note: Made) -> str:
    """Return under which key it went before the shop told of its money, if it did; "": it did not.

    Before keys were told apart by their ends it was that of the refund itself, which may be a payment's of another one:
    what it settles tells.
    """
    rest, own, went = keys.of_rest(back.id), keys.of(back.id), _went(of)
    if rest in went:
        return rest
    return own if note.number in went.get(own, ()) else ""


@once_of_left
def _went(of: Material) -> dict[str, set[str]]:
    """Return the refunds that have left, by key, each with the numbers of the credit notes that it settles."""
    found = dict[str, set[str]]()
    for each in of.made:
        if each.kind == Kind.REFUND and each.state in FROZEN:
            settles = {each.paper.settles} if isinstance(each.paper, Settlement) else set()
            found.setdefault(each.key, set()).update(settles)
    return found


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
    return _all_outs(of).get(of.key)


@once
def _all_outs(of: Material) -> dict[str, _Out]:
    return dict(_outs(of))


def _make(of: Material, number: str) -> Settlement | Hold:
    out = _out(of)
    if out is None or of.received is None or not isinstance(out.note.paper, CreditNote):
        return Hold(Cause.NEEDED_ENDED, number)
    day = _day(of, out, out.note.paper)
    account = _account(of, of.received, out, out.note.paper)
    if isinstance(account, Hold):
        return paying.with_closed_day(of, account, day, told("paid back"))
    closed = paying.not_open(of, day, told("paid back"))
    if closed is not None:
        return closed
    by, code = account
    return Settlement(
        number=number,
        contact_id=out.note.paper.contact_id,
        contact_name=out.note.paper.contact_name,
        date=day,
        currency=out.note.paper.currency,
        totals=Totals(out.amount, ZERO, out.amount),
        account_code=code,
        reference=paying.reference(paying.carrier(by), out.by.id if out.by is not None else out.back.id),
        settles=out.note.number,
        taken_off=out.taken_off,
        untold=out.kept,
        moved_from=_moved_from(of, out, out.note.paper),
    )


def _account(of: Material, order: CanonicalOrder, out: _Out, note: CreditNote) -> tuple[Payment, str] | Hold:
    """Return who carried the money back and the account that it left, or why it cannot be paid out of its note."""
    room = _room(of, out.note)
    if out.amount > room:
        words = f"{figure(out.amount)} went back, and of {out.note.number} only {figure(room)} are left to be paid out."
        return Hold(Cause.SETTLED_OTHERWISE, out.note.number, words)
    by = out.by if out.by is not None else _untold(of, out)
    if isinstance(by, Hold):
        return by
    account = gateways.clearing_account(
        of.rules.gateways, source=order.source, kind=by.kind.value, gateway=by.gateway, currency=note.currency
    )
    return account if isinstance(account, Hold) else (by, account.account)


def _untold(of: Material, out: _Out) -> Payment | Hold:
    """Return what carried back what the shop told of no money for; it is held where it may have paid for something else."""
    added = _added(of)
    if added <= 0:
        return _paid_by(of)
    words = f"No money is told of for {figure(out.amount)} of {out.note.number}, and {figure(added)} were added to the order."
    return Hold(Cause.PERHAPS_EXCHANGED, out.note.number, words)


def _added(of: Material) -> Decimal:
    """Return by how much more than its document of the sale was written from the order is over by now, and nobody paid for.

    0 of one in parts, and of one that was cancelled as a whole.
    """
    sale, found = of.sale(), noted.sale(of)
    if sale is None or sale.key or found is None or of.prices is None or isinstance(of.prices, Hold):
        return ZERO
    if of.received is None or noted.is_cancelled(of):
        return ZERO
    if isinstance(of.prices.totals, Hold):
        return ZERO
    invoice = found[1]
    written = invoice.totals.gross + invoice.tax_kept + sum((each.totals.gross for each in invoice.lowered_by), ZERO)
    cancelled = [each.paper.totals[2] or ZERO for each in noted.by_themselves(of) if each.paper is not None]
    paid = sums.paid(of.received.payments, of.order.currency) or ZERO
    return of.prices.totals.gross + sum(cancelled, ZERO) - written - max(ZERO, paid - written)


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
    return max(_told_day(of, out) or note.date, note.date)


def _moved_from(of: Material, out: _Out, note: CreditNote) -> date | None:
    """Return the day that the shop tells, where the money is dated later for its credit note was moved out of locked books."""
    told = _told_day(of, out)
    return told if note.moved_from is not None and told is not None and told < note.date else None


def _told_day(of: Material, out: _Out) -> date | None:
    """Return the day that the money went back as the shop tells it, in the organisation's zone; None: it tells none."""
    return moments.day(out.by.at, of.zones) if out.by is not None and out.by.at is not None else out.back.day


def _number(of: Material, _numbering: Numbering) -> str | Hold:
    out = _out(of)
    return paying.number_of(out.note.number if out is not None else of.order.ref, of.key)


def _about(of: Material) -> str:
    out = _out(of)
    return out.note.mark if out is not None else ""


REFUND = Maker(
    make=_make,
    is_made=lambda rules: rules.post_payments and rules.post_credit_notes,
    why_not_due="the order does not tell of this refund any more, or its credit note stands in no books",
    keys=lambda of: tuple(_all_outs(of)),
    named=_number,
    about=_about,
    needs=lambda of: ((_about(of), Until.AUTHORISED),),
)
