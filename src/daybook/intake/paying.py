"""PURE: what a customer paid for an order, as what settles the document of its sale (docs/orders.md, decision 47)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from daybook.documents import keys as keys_of_parts
from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import Document, Settlement
from daybook.documents.kinds import Kind
from daybook.intake import part_documents, shares
from daybook.intake.lowering import FROZEN
from daybook.intake.material import Made, Maker, Material, once
from daybook.kit.money import ZERO, Totals, figure, round2
from daybook.kit.translation import told
from daybook.mapping import fineness, gateways
from daybook.mapping.numbers import Numbering
from daybook.mapping.pricing import TOO_LARGE
from daybook.mapping.rules import Named
from daybook.outbox.needs import GONE, Until
from daybook.sources.canonical import moments
from daybook.sources.canonical.after import Payment, PaymentKind

LONGEST_REFERENCE = 255
"""What the ledger keeps of it (xero-rules.md 5.9)."""
_LONGEST_SALE = 150
"""Characters of the sale's number in that of what settles it."""
_CLOCKS_DIFFER = timedelta(days=1)
"""A payment is dated by the gateway's clock, the order by the shop's."""


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
        if shares.is_in_currency(of, each.payment):
            found[each.sale.key] = found.get(each.sale.key, ZERO) + each.amount
    return {key: round2(amount) for key, amount in found.items()}


@once
def _on_sales(of: Material) -> list[_On]:
    """Return what of the payments settles which document: of an order in parts the oldest first, as far as it goes.

    What goes further waits for the next part; once there is none, it is more than the last one comes to, and waits for a
    person: with what goes on that, or by itself where all of them are paid already.
    """
    sale = of.sale()
    if sale is None:
        return []
    if not sale.key:
        return [
            _On(key_of(one.payment.id), one.payment, one.amount, sale, one.payment.amount - one.amount, one.untold)
            for one in shares.of_sale(of)
        ]
    sales = of.sales()
    frozen = _frozen(of, sales)
    room = {each.key: each.paper.totals[2] or ZERO for each in sales if each.paper is not None}
    for on in frozen.values():
        room[on.sale.key] = room.get(on.sale.key, ZERO) - on.amount
    found = dict(frozen)
    for share in shares.of_sale(of):
        found |= _with_untold(share, _spread(of, share, sales, room, found), found)
    return list(found.values())


def _spread(
    of: Material, share: shares.Share, sales: Sequence[Made], room: dict[str, Decimal], found: Mapping[str, _On]
) -> dict[str, _On]:
    """Return what of a payment goes where there is `room`, which it uses up, beside what was `found` of it before."""
    left = share.amount - sum((on.amount for on in found.values() if on.payment.id == share.payment.id), ZERO)
    if not shares.is_in_currency(of, share.payment) or share.amount <= 0:
        return {} if left != share.amount else {on.key: on for on in [_on(share.payment, share.amount, sales[0])]}
    more: dict[str, _On] = {}
    for sale in sales:
        on = _on(share.payment, max(ZERO, min(left, room.get(sale.key, ZERO))), sale)
        if on.amount and on.key not in found:
            more[on.key] = on
            room[sale.key], left = room[sale.key] - on.amount, left - on.amount
    if left > 0 and part_documents.is_complete(of):
        unpaid = [each for each in sales if _on(share.payment, ZERO, each).key not in found]
        return more | _too_much(share.payment, left, unpaid or sales, more, is_apart=not unpaid)
    return more


def _with_untold(share: shares.Share, more: dict[str, _On], found: Mapping[str, _On]) -> dict[str, _On]:
    """Return what of a payment goes on, with what no sum tells of it on the first, less what is said already."""
    said = sum((on.untold for on in found.values() if on.payment.id == share.payment.id), ZERO)
    first = next(iter(more), None)
    return more if first is None else more | {first: replace(more[first], untold=share.untold - said)}


def _too_much(
    payment: Payment, left: Decimal, sales: Sequence[Made], more: Mapping[str, _On], *, is_apart: bool
) -> dict[str, _On]:
    """Return what of a payment is too much: with what of it goes on the last of these sales, or apart from all of it."""
    last = _on(payment, left, sales[-1])
    if is_apart:
        key = keys_of_parts.of(payment.id, keys_of_parts.OVER)
        return {key: replace(last, key=key)}
    before = more[last.key].amount if last.key in more else ZERO
    return {last.key: replace(last, amount=before + left)}


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
    day = _day(of, paid, sale)
    try:
        _check_sale(sale)
        _check_amount(of, share, before)
        _check_whose(of, share.amount)
        _check_order_day(of, paid, day)
        account = _account(of, paid)
    except Held as held:
        raise Held.of(with_closed_day(of, held.hold, day, told("paid"))) from held
    closed = not_open(of, day, told("paid"))
    if closed is not None:
        raise Held.of(closed)
    whose = _contact(of, sale)
    return Settlement(
        number=number,
        contact_id=whose.contact_id,
        contact_name=whose.name,
        date=day,
        currency=currency,
        totals=Totals(share.amount, ZERO, share.amount),
        account_code=account,
        reference=reference(carrier(paid), paid.id),
        settles=sale.number,
        taken_off=share.taken_off,
        untold=share.untold,
    )


def _contact(of: Material, sale: Made) -> Named:
    """Return whom the sale is for; as long as no document says so, who stands for all."""
    if isinstance(sale.paper, Document):
        return Named(sale.paper.contact_id, sale.paper.contact_name)
    return Named(of.rules.customer_contact_id, of.rules.customer_contact_name)


def _source(of: Material) -> str:
    return of.received.source if of.received is not None else ""


def _check_sale(sale: Made) -> None:
    if sale.their_status in GONE:
        raise Held(Cause.NEEDED_ENDED, sale.number)


def _check_amount(of: Material, share: _On, before: Sequence[_On]) -> None:
    """Raise Held where the amount cannot be that of a payment of this sale, to its last digit."""
    paid, currency = share.payment, of.order.currency
    if not shares.is_in_currency(of, paid):
        words = f"{figure(paid.amount)} {paid.currency} were paid, and the order is in {currency}."
        raise Held(Cause.PAYMENT_CURRENCY_DIFFERS, paid.currency or "", words)
    if paid.amount <= 0:
        raise Held(Cause.PAYMENT_OF_NOTHING, paid.id[: keys_of_parts.LONGEST])
    if paid.amount >= TOO_LARGE:
        raise Held(Cause.AMOUNT_TOO_LARGE, detail=f"The payment is {figure(paid.amount)} {currency}.")
    fineness.check(Totals(share.amount, ZERO, share.amount), currency, ledger=of.rules.ledger)
    gross = share.sale.paper.totals[2] if share.sale.paper is not None else shares.gross(of)
    mine = [each for each in before if each.sale.mark == share.sale.mark and shares.is_in_currency(of, each.payment)]
    so_far = sum((each.amount for each in mine), ZERO)
    if gross is not None and so_far + share.amount > gross:
        of_before = told(f"; {figure(so_far)} were paid before") if so_far else ""
        words = f"The payment is {figure(share.amount)} {currency}{of_before}, and the sale comes to {figure(gross)}."
        raise Held(Cause.PAYMENT_EXCEEDS_SALE, figure(share.amount), words)


def _check_whose(of: Material, amount: Decimal) -> None:
    """Raise Held where several gateways brought more than the sale comes to: whose money goes back is not told yet.

    One that went in full would stand on an account that gives a part of it back.
    """
    mine = [each for each in shares.of_sale(of) if each.amount and shares.is_in_currency(of, each.payment)]
    gross, paid = shares.gross(of), sum((each.amount for each in mine), ZERO)
    ways = {shares.way(each.payment) for each in mine}
    if gross is not None and paid > gross and len(ways) > 1:
        names = " and ".join(sorted(map(gateways.title_of, ways)))
        words = f"{names} brought {figure(paid)} {of.order.currency}, and the sale comes to {figure(gross)}."
        raise Held(Cause.PAYMENT_EXCEEDS_SALE, figure(amount), words)


def _day(of: Material, paid: Payment, sale: Made) -> date:
    """Return the day of the payment, in the organisation's zone; of one that says none, that of the sale."""
    if paid.at is not None:
        return moments.day(paid.at, of.zones)
    return sale.paper.date if isinstance(sale.paper, Document) else of.order.document_date


def _account(of: Material, paid: Payment) -> str:
    """Return on which account the payment is booked; raise Held where nobody has decided, or it is none any more."""
    found = gateways.clearing_account(
        of.rules.gateways, source=_source(of), kind=paid.kind.value, gateway=paid.gateway, currency=of.order.currency
    )
    if isinstance(found, Hold):
        raise Held.of(found)
    return found.account


def _check_order_day(of: Material, paid: Payment, day: date) -> None:
    """Raise Held where the payment is of a day long before its order."""
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


def with_closed_day(of: Material, why: Hold, day: date, done: str) -> Hold:
    """Return why money waits, with the sentence that its day is closed too, where it is: one cure alone lets nothing go."""
    closed = not_open(of, day, done)
    if closed is None or not closed.detail:
        return why
    return replace(why, detail=f"{why.detail} {closed.detail}".strip())


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
