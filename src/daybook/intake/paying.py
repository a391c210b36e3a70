"""PURE: what a customer paid for an order, as what settles the document of its sale (docs/orders.md, decision 47)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from daybook.documents import keys as keys_of_parts
from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import Document, Invoice, Settlement
from daybook.documents.kinds import Kind
from daybook.intake import noted, part_documents
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Made, Maker, Material
from daybook.kit.money import ZERO, Totals, figure, round2
from daybook.mapping import fineness, gateways
from daybook.mapping.numbers import Numbering
from daybook.mapping.pricing import TOO_LARGE
from daybook.outbox.needs import GONE, Until
from daybook.outbox.states import State
from daybook.sources.canonical import moments
from daybook.sources.canonical.after import Payment, PaymentKind, Refund

LONGEST_REFERENCE = 255
"""What the ledger keeps of it (xero-rules.md 5.9)."""
_LONGEST_SALE = 150
"""Characters of the sale's number in that of what settles it."""
_CLOCKS_DIFFER = timedelta(days=1)
"""A payment is dated by the gateway's clock, the order by the shop's."""


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

    def take(self, amount: Decimal, way: str | None) -> dict[int, Decimal]:
        """Take it off those of its own gateway first, the last ones first; return what each gave."""
        rest, taken = amount, dict[int, Decimal]()
        for place in sorted(range(len(self.paid)), key=lambda place: (_way(self.paid[place]) != way, -place)):
            taken[place] = min(rest, self.left[place])
            self.left[place], rest = self.left[place] - taken[place], rest - taken[place]
        return taken

    def take_told(self, refund: Refund, back: Payment, amount: Decimal) -> Decimal:
        """Take a sum off that the order tells of; return how much there was of it."""
        taken = sum(self.take(amount, _way(back)).values(), ZERO)
        self.by_sum[refund.id, back.id] = self.by_sum.get((refund.id, back.id), ZERO) + taken
        return taken

    def take_untold(self, amount: Decimal) -> Decimal:
        """Take off what no sum tells of; return how much there was of it."""
        taken = self.take(amount, None)
        for place, each in taken.items():
            self.untold[place] += each
        return sum(taken.values(), ZERO)


@dataclass(frozen=True, slots=True)
class _On:
    """What of a payment settles one document of the sale."""

    key: str
    payment: Payment
    amount: Decimal
    sale: Made
    taken_off: Decimal | None = None
    """By how much less the whole payment is; None: how much of it is whose the order does not say."""
    untold: Decimal = ZERO


def key_of(payment_id: str) -> str:
    """Return by what the document of a payment is told from the order's others: its id, unless that is too long to keep."""
    return keys_of_parts.of(payment_id)


def number_of(sale: str, key: str) -> str:
    """Return what a settlement is called to people: ledgers have no number for it."""
    return f"{sale[:_LONGEST_SALE]} {key}"


def reference(gateway: str, payment_id: str) -> str:
    """Return what people search for in the bank's lines; where it is too long the id stays whole, which tells it from others."""
    room = LONGEST_REFERENCE - len(payment_id) - 1
    return f"{' '.join(gateway.split())[:room]} {payment_id}".strip()


def keys(of: Material) -> Sequence[str]:
    """Return the order's payments, by key; one of which all was given back before the sale was posted is none."""
    return [each.key for each in _on_sales(of) if each.amount or not each.payment.amount]


def paid_on(of: Material) -> dict[str, Decimal]:
    """Return, by key of the sale's documents, what the customer paid on each in the order's currency, or will."""
    found: dict[str, Decimal] = {}
    for each in _on_sales(of):
        if _is_in_currency(of, each.payment):
            found[each.sale.key] = found.get(each.sale.key, ZERO) + each.amount
    return {key: round2(amount) for key, amount in found.items()}


def _on_sales(of: Material) -> list[_On]:
    """Return what of the payments settles which document: of an order in parts the oldest first, as far as it goes.

    What goes further waits for the next part; once there is none, it stands on the last one, where it is too much.
    """
    sale = of.sale()
    if sale is None:
        return []
    if not sale.key:
        return [
            _On(key_of(one.payment.id), one.payment, one.amount, sale, one.payment.amount - one.amount, one.untold)
            for one in shares(of)
        ]
    sales = of.sales()
    frozen = _frozen(of, sales)
    room = {each.key: each.paper.totals[2] or ZERO for each in sales if each.paper is not None}
    for on in frozen.values():
        room[on.sale.key] = room.get(on.sale.key, ZERO) - on.amount
    found = dict(frozen)
    for share in shares(of):
        found |= _with_untold(share, _spread(of, share, sales, room, found), found)
    return list(found.values())


def _spread(
    of: Material, share: Share, sales: Sequence[Made], room: dict[str, Decimal], found: Mapping[str, _On]
) -> dict[str, _On]:
    """Return what of a payment goes where there is `room`, which it uses up, beside what was `found` of it before."""
    left = share.amount - sum((on.amount for on in found.values() if on.payment.id == share.payment.id), ZERO)
    if not _is_in_currency(of, share.payment) or share.amount <= 0:
        return {} if left != share.amount else {on.key: on for on in [_on(share.payment, share.amount, sales[0])]}
    more: dict[str, _On] = {}
    for sale in sales:
        on = _on(share.payment, max(ZERO, min(left, room.get(sale.key, ZERO))), sale)
        if on.amount and on.key not in found:
            more[on.key] = on
            room[sale.key], left = room[sale.key] - on.amount, left - on.amount
    if left > 0 and part_documents.is_complete(of):
        return more | _too_much(
            share.payment, left, [each for each in sales if _on(share.payment, ZERO, each).key not in found], more
        )
    return more


def _with_untold(share: Share, more: dict[str, _On], found: Mapping[str, _On]) -> dict[str, _On]:
    """Return what of a payment goes on, with what no sum tells of it on the first, less what is said already."""
    said = sum((on.untold for on in found.values() if on.payment.id == share.payment.id), ZERO)
    first = next(iter(more), None)
    return more if first is None else more | {first: replace(more[first], untold=share.untold - said)}


def _too_much(payment: Payment, left: Decimal, sales: Sequence[Made], more: Mapping[str, _On]) -> dict[str, _On]:
    if not sales:
        return {}
    last = _on(payment, left, sales[-1])
    before = more[last.key].amount if last.key in more else ZERO
    return {last.key: _on(payment, before + left, sales[-1])}


def _on(payment: Payment, amount: Decimal, sale: Made) -> _On:
    return _On(keys_of_parts.of(payment.id, sale.key), payment, amount, sale)


def _frozen(of: Material, sales: Sequence[Made]) -> dict[str, _On]:
    """Return what has left, by key: nobody changes what it settles."""
    payments = [] if of.received is None else of.received.payments
    known = {on.key: on for payment in payments for sale in sales for on in [_on(payment, ZERO, sale)]}
    papers = {
        each.key: each.paper
        for each in of.made
        if each.kind == Kind.PAYMENT and (each.state in FROZEN or each.is_settled_there)
    }
    return {
        key: replace(known[key], amount=paper.totals.gross, untold=paper.untold)
        for key, paper in papers.items()
        if key in known and isinstance(paper, Settlement)
    }


def shares(of: Material) -> list[Share]:
    """Return how much of each payment is the sale's.

    What was given back before the sale was posted lowered the sale, and no note is made of it: the money is taken off
    what was paid, so that the account of each gateway shows what is there. Only what was paid beyond the sale is taken off
    where the sale does not say that a refund lowered it (goods that were cancelled before), where nobody says which money
    moved, and of the tax that the sales channel keeps, which never reaches the company (decision 44).
    """
    taken = _taken(of)
    return [
        Share(each, rest if _is_in_currency(of, each) else each.amount, untold)
        for each, rest, untold in zip(taken.paid, taken.left, taken.untold, strict=True)
    ]


def taken_off(of: Material) -> Mapping[tuple[str, str], Decimal]:
    """Return how much of the sums that went back, by refund and payment, is taken off what was paid: it is paid out of no note."""
    return _taken(of).by_sum


def _taken(of: Material) -> _Taking:
    paid = [] if of.received is None else of.received.payments
    left = [each.amount if _is_in_currency(of, each) else ZERO for each in paid]
    taking = _Taking(paid, left, [ZERO] * len(paid), {})
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


def _way(payment: Payment) -> str:
    return gateways.name_of(payment.kind.value, payment.gateway)


def _lowering(of: Material) -> dict[str, Decimal]:
    """Return the refunds of which the sale itself says that it is lowered by them, and by how much."""
    sale = of.sale()
    lowered = sale.paper.lowered_by if sale is not None and isinstance(sale.paper, Invoice) else ()
    return {each.refund: each.totals.gross for each in lowered}


def _beyond(of: Material, left: Sequence[Decimal]) -> Decimal:
    """Return by how much the payments exceed the sale; 0 where they do not, or nobody knows what it comes to."""
    gross = _gross(of)
    return ZERO if gross is None else max(ZERO, sum(left, ZERO) - gross)


def _unseen(of: Material) -> list[Refund]:
    """Return the refunds of which there is no document."""
    refunds = [] if of.received is None else of.received.refunds
    live = (each for each in of.made if each.state != State.CANCELLED)
    have_note = {each.key for each in live if each.kind == Kind.CREDIT_NOTE}
    return [each for each in refunds if key_of(each.id) not in have_note]


def _money_of(of: Material, refund: Refund) -> list[Payment]:
    return [paid for paid in refund.payments if _is_in_currency(of, paid)]


def _kept_by_channel(of: Material) -> Decimal:
    return sum((each.paper.tax_kept for each in of.sales() if isinstance(each.paper, Invoice)), ZERO)


def _is_in_currency(of: Material, payment: Payment) -> bool:
    return payment.currency in {None, of.order.currency}


def _gross(of: Material) -> Decimal | None:
    """Return what the sale comes to, be it in parts of which some are still to come; None where nobody knows."""
    sale = of.sale()
    if sale is not None and sale.paper is not None and not sale.key:
        return sale.paper.totals[2]
    if of.prices is None or isinstance(of.prices, Hold) or isinstance(of.prices.totals, Hold):
        return None
    gross = of.prices.totals.gross
    return gross if sale is None or not sale.key else max(gross - _kept_by_channel(of), _gross_of_parts(of))


def _gross_of_parts(of: Material) -> Decimal:
    return sum((each.paper.totals[2] or ZERO for each in of.sales() if each.paper is not None), ZERO)


def settlement(of: Material, number: str) -> Settlement | Hold:
    """Return the payment `of.key` of an order as the document that settles its sale, or why it has to wait."""
    found = _on_sales(of)
    place = next(place for place, each in enumerate(found) if each.key == of.key)
    try:
        return _settlement(of, number, found[place], found[:place])
    except Held as held:
        return held.hold


def _settlement(of: Material, number: str, share: _On, before: Sequence[_On]) -> Settlement:
    paid, currency, sale = share.payment, of.order.currency, share.sale
    if sale.their_status in GONE:
        raise Held(Cause.NEEDED_ENDED, sale.number)
    _check_amount(of, share, before)
    _check_whose(of, share.amount)
    day = _day(of, paid, sale)
    _check_day(of, paid, day)
    found = gateways.clearing_account(
        of.rules.gateways, source=_source(of), kind=paid.kind.value, gateway=paid.gateway, currency=currency
    )
    if isinstance(found, Hold):
        raise Held.of(found)
    return Settlement(
        number=number,
        contact_id=_contact(sale) or of.rules.customer_contact_id,
        contact_name=of.rules.customer_contact_name,
        date=day,
        currency=currency,
        totals=Totals(share.amount, ZERO, share.amount),
        account_code=found.account,
        reference=reference(carrier(paid), paid.id),
        settles=sale.number,
        taken_off=share.taken_off,
        untold=share.untold,
    )


def _contact(sale: Made) -> str:
    return sale.paper.contact_id if isinstance(sale.paper, Document) else ""


def _source(of: Material) -> str:
    return of.received.source if of.received is not None else ""


def _check_amount(of: Material, share: _On, before: Sequence[_On]) -> None:
    """Raise Held where the amount cannot be that of a payment of this sale, to its last digit."""
    paid, currency = share.payment, of.order.currency
    if not _is_in_currency(of, paid):
        words = f"{figure(paid.amount)} {paid.currency} were paid, and the order is in {currency}."
        raise Held(Cause.PAYMENT_CURRENCY_DIFFERS, paid.currency or "", words)
    if paid.amount <= 0:
        raise Held(Cause.PAYMENT_OF_NOTHING, paid.id[: keys_of_parts.LONGEST])
    if paid.amount >= TOO_LARGE:
        raise Held(Cause.AMOUNT_TOO_LARGE, detail=f"The payment is {figure(paid.amount)} {currency}.")
    fineness.check(Totals(share.amount, ZERO, share.amount), currency, ledger=of.rules.ledger)
    gross = share.sale.paper.totals[2] if share.sale.paper is not None else _gross(of)
    mine = [each for each in before if each.sale.mark == share.sale.mark and _is_in_currency(of, each.payment)]
    so_far = sum((each.amount for each in mine), ZERO)
    if gross is not None and so_far + share.amount > gross:
        of_before = f"; {figure(so_far)} were paid before" if so_far else ""
        words = f"The payment is {figure(share.amount)} {currency}{of_before}, and the sale comes to {figure(gross)}."
        raise Held(Cause.PAYMENT_EXCEEDS_SALE, figure(share.amount), words)


def _check_whose(of: Material, amount: Decimal) -> None:
    """Raise Held where several gateways brought more than the sale comes to: whose money goes back is not told yet.

    One that went in full would stand on an account that gives a part of it back.
    """
    mine = [each for each in shares(of) if each.amount and _is_in_currency(of, each.payment)]
    gross, paid = _gross(of), sum((each.amount for each in mine), ZERO)
    ways = {_way(each.payment) for each in mine}
    if gross is not None and paid > gross and len(ways) > 1:
        names = " and ".join(sorted(map(gateways.title_of, ways)))
        words = f"{names} brought {figure(paid)} {of.order.currency}, and the sale comes to {figure(gross)}."
        raise Held(Cause.PAYMENT_EXCEEDS_SALE, figure(amount), words)


def _day(of: Material, paid: Payment, sale: Made) -> date:
    """Return the day of the payment, in the organisation's zone; of one that says none, that of the sale."""
    if paid.at is not None:
        return moments.day(paid.at, of.zones)
    return sale.paper.date if isinstance(sale.paper, Document) else of.order.document_date


def _check_day(of: Material, paid: Payment, day: date) -> None:
    """Raise Held where the payment cannot be of that day."""
    why_not = not_open(of, day, "paid")
    if why_not is not None:
        raise Held.of(why_not)
    said = of.received.ordered_at if of.received is not None else None
    ordered = moments.day(said, of.zones) if said else None
    if ordered is not None and paid.kind is not PaymentKind.DEPOSIT and day < ordered - _CLOCKS_DIFFER:
        raise Held(Cause.PAYMENT_BEFORE_ORDER, str(day), f"It is dated {day}, and the order was made on {ordered}.")


def not_open(of: Material, day: date, done: str) -> Hold | None:
    """Return why no money can be dated on that day; None: it can. It is kept or the money waits, it is never moved.

    `done`: what happened to the money, as in "It was paid on".
    """
    rules = of.rules
    if rules.lock_date is not None and day <= rules.lock_date:
        words = f"It was {done} on {day}; the books are locked up to {rules.lock_date}."
        return Hold(Cause.PERIOD_LOCKED, str(day), words)
    if rules.latest_date is not None and day > rules.latest_date:
        return Hold(Cause.DATE_IN_FUTURE, str(day))
    return None


def carrier(paid: Payment) -> str:
    """Return who carried it, as it stands in references."""
    return paid.gateway if paid.kind is PaymentKind.MONEY else gateways.title_of(paid.kind.value)


def _sale_of(of: Material) -> Made | None:
    """Return the document of the sale that the payment `of.key` settles."""
    return next((each.sale for each in _on_sales(of) if each.key == of.key), of.sale())


def _number(of: Material, _numbering: Numbering) -> str | Hold:
    sale = _sale_of(of)
    return number_of(sale.number if sale else of.order.ref, of.key)


def _of_sale(of: Material) -> str:
    sale = _sale_of(of)
    return sale.mark if sale is not None else ""


PAYMENT = Maker(
    make=settlement,
    is_made=lambda rules: rules.post_payments,
    why_not_due="the order does not tell of this payment any more",
    keys=keys,
    named=_number,
    about=_of_sale,
    needs=lambda of: ((_of_sale(of), Until.AUTHORISED),),
)
