"""PURE: how much of what a customer paid is the sale's, less what went back of it without a document (decision 53)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from daybook.documents import keys
from daybook.documents.causes import Hold
from daybook.documents.document import Invoice, Settlement
from daybook.documents.kinds import Kind
from daybook.intake import noted
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Material, once
from daybook.kit.money import ZERO
from daybook.mapping import gateways
from daybook.outbox.states import State
from daybook.sources.canonical.after import Payment, Refund


@dataclass(frozen=True, slots=True)
class Share:
    """A payment, and how much of it is the sale's."""

    payment: Payment
    amount: Decimal
    """Less what was given back of it before there was a document of the sale, which lowered that instead."""
    untold: Decimal = ZERO
    """Of what it is less, that of which no sum of the order's tells."""


@dataclass(slots=True)
class _Taking:
    """What went back off what was paid, growing."""

    paid: Sequence[Payment]
    left: list[Decimal]
    untold: list[Decimal]
    by_sum: dict[tuple[str, str], Decimal]
    """What was taken off for each sum that went back, by refund and payment."""
    said: dict[int, Decimal]
    """What was taken off those that have left, by what their documents say: nobody changes it."""

    def take(self, amount: Decimal, by: str | None) -> dict[int, Decimal]:
        """Take it off as what has left says, then of its own gateway first, the last ones first; return what each gave."""
        turns = sorted(range(len(self.paid)), key=lambda place: (way(self.paid[place]) != by, -place))
        taken = dict.fromkeys(turns, ZERO)
        for place in turns:
            self._take_off(place, taken, min(amount - sum(taken.values(), ZERO), self.said.get(place, ZERO)))
        for place in sorted(turns, key=lambda place: place in self.said):
            self._take_off(place, taken, amount - sum(taken.values(), ZERO))
        return taken

    def _take_off(self, place: int, taken: dict[int, Decimal], amount: Decimal) -> None:
        mine = min(amount, self.left[place])
        self.left[place], taken[place] = self.left[place] - mine, taken[place] + mine
        if place in self.said:
            self.said[place] = max(self.said[place] - mine, ZERO)

    def take_told(self, refund: Refund, back: Payment, amount: Decimal) -> Decimal:
        """Take a sum off that the order tells of; return how much there was of it."""
        taken = sum(self.take(amount, way(back)).values(), ZERO)
        self.by_sum[refund.id, back.id] = self.by_sum.get((refund.id, back.id), ZERO) + taken
        return taken

    def take_untold(self, amount: Decimal) -> Decimal:
        """Take off what no sum tells of; return how much there was of it."""
        taken = self.take(amount, None)
        for place, each in taken.items():
            self.untold[place] += each
        return sum(taken.values(), ZERO)


def of_sale(of: Material) -> list[Share]:
    """Return how much of each payment is the sale's.

    What was given back before the sale was posted lowered the sale, and no note is made of it: the money is taken off
    what was paid, so that the account of each gateway shows what is there. Only what was paid beyond the sale is taken off
    where the sale does not say that a refund lowered it (goods that were cancelled before), where nobody says which money
    moved, and of the tax that the sales channel keeps, which never reaches the company (decision 44).
    """
    taken = _taken(of)
    return [
        Share(each, rest if is_in_currency(of, each) else each.amount, untold)
        for each, rest, untold in zip(taken.paid, taken.left, taken.untold, strict=True)
    ]


def taken_off(of: Material) -> Mapping[tuple[str, str], Decimal]:
    """Return how much of the sums that went back, by refund and payment, is taken off what was paid: it is paid out of no note."""
    return _taken(of).by_sum


@once
def _taken(of: Material) -> _Taking:
    paid = [] if of.received is None else of.received.payments
    left = [each.amount if is_in_currency(of, each) else ZERO for each in paid]
    taking = _Taking(paid, left, [ZERO] * len(paid), {}, _said_by_what_left(of, paid))
    refunds, lowered = _unseen(of), _lowering(of)
    for refund in refunds:
        for back in _money_of(of, refund) if refund.id in lowered else ():
            taking.take_told(refund, back, back.amount)
    over = _beyond(of, left)
    for refund, free in _beside_notes(of, refunds, lowered):
        beyond = free
        for back in _money_of(of, refund):
            taken = taking.take_told(refund, back, min(over, beyond, back.amount))
            over, beyond = over - taken, beyond - taken
    for refund in refunds:
        if refund.id in lowered and not refund.payments:
            over -= taking.take_untold(min(over, lowered[refund.id]))
    taking.take_untold(min(over, _kept_by_channel(of)))
    return taking


def _said_by_what_left(of: Material, paid: Sequence[Payment]) -> dict[int, Decimal]:
    """Return, by place, what the documents of payments that have left say was taken off them."""
    made = [each for each in of.made if each.kind == Kind.PAYMENT and (each.state in FROZEN or each.is_settled_there)]
    off = {each.key: each.paper.taken_off for each in made if isinstance(each.paper, Settlement)}
    found = {place: off.get(keys.of(each.id)) for place, each in enumerate(paid)}
    return {place: amount for place, amount in found.items() if amount is not None}


def _beside_notes(
    of: Material, unseen: Sequence[Refund], lowered: Mapping[str, Decimal]
) -> Iterator[tuple[Refund, Decimal]]:
    """Yield the refunds that lowered no sale, with what of their money no credit note gives back.

    It may be of goods that were cancelled before the sale was posted and do not stand on it.
    """
    booked = noted.booked(of)
    alone = {each.id for each in unseen}
    for refund in [] if of.received is None else of.received.refunds:
        if refund.id in booked:
            yield refund, booked[refund.id].beyond
        elif refund.id in alone and refund.id not in lowered:
            yield refund, sum((back.amount for back in _money_of(of, refund)), ZERO)


def way(payment: Payment) -> str:
    """Return which gateway carried it, as accounts are chosen by."""
    return gateways.name_of(payment.kind.value, payment.gateway)


def _lowering(of: Material) -> dict[str, Decimal]:
    """Return the refunds of which the sale itself says that it is lowered by them, and by how much."""
    sale = of.sale()
    lowered = sale.paper.lowered_by if sale is not None and isinstance(sale.paper, Invoice) else ()
    return {each.refund: each.totals.gross for each in lowered}


def _beyond(of: Material, left: Sequence[Decimal]) -> Decimal:
    """Return by how much the payments exceed the sale; 0 where they do not, or nobody knows what it comes to."""
    whole = gross(of)
    return ZERO if whole is None else max(ZERO, sum(left, ZERO) - whole)


def _unseen(of: Material) -> list[Refund]:
    """Return the refunds of which there is no document."""
    refunds = [] if of.received is None else of.received.refunds
    live = (each for each in of.made if each.state != State.CANCELLED)
    have_note = {each.key for each in live if each.kind == Kind.CREDIT_NOTE}
    return [each for each in refunds if keys.of(each.id) not in have_note]


def _money_of(of: Material, refund: Refund) -> list[Payment]:
    return [paid for paid in refund.payments if is_in_currency(of, paid)]


def _kept_by_channel(of: Material) -> Decimal:
    return sum((each.paper.tax_kept for each in of.sales() if isinstance(each.paper, Invoice)), ZERO)


def is_in_currency(of: Material, payment: Payment) -> bool:
    """Tell whether a payment is in the order's currency; one that names none is."""
    return payment.currency in {None, of.order.currency}


def gross(of: Material) -> Decimal | None:
    """Return what the sale comes to, be it in parts of which some are still to come; None where nobody knows."""
    sale = of.sale()
    if sale is not None and sale.paper is not None and not sale.key:
        return sale.paper.totals[2]
    if of.prices is None or isinstance(of.prices, Hold) or isinstance(of.prices.totals, Hold):
        return None
    whole = of.prices.totals.gross
    return whole if sale is None or not sale.key else max(whole - _kept_by_channel(of), _gross_of_parts(of))


def _gross_of_parts(of: Material) -> Decimal:
    return sum((each.paper.totals[2] or ZERO for each in of.sales() if each.paper is not None), ZERO)
