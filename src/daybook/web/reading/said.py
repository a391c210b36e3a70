"""What an order says beside its lines, as its page shows it: of some of it no document is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from daybook.mapping.texts import without_entities
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Payment, PaymentKind, Refund
from daybook.sources.canonical.order import CanonicalOrder
from daybook.sources.canonical.parties import Address
from daybook.web.reading.moments import as_sent

_PAID_WITH = {
    PaymentKind.MONEY: "",
    PaymentKind.GIFT_CARD: "gift card",
    PaymentKind.STORE_CREDIT: "store credit",
    PaymentKind.DEPOSIT: "deposit",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the order says."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A payment or a refund."""

    name: str
    at: str
    words: str
    amount: Decimal | None
    currency: str
    fee: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All of it; empty where the order says nothing of it."""

    facts: tuple[Fact, ...]
    payments: tuple[Row, ...]
    refunds: tuple[Row, ...]
    findings: tuple[str, ...]
    """What does not add up."""


def said(order: CanonicalOrder, currency: str) -> Said:
    """Return what an order says beside its lines. `currency`: the order's, also where it names none."""
    return Said(
        facts=tuple(Fact(name, without_entities(words)) for name, words in _facts(order) if words),
        payments=tuple(_payment(each, currency) for each in order.payments),
        refunds=tuple(_refund(each, currency, names_of(order)) for each in order.refunds),
        findings=sums.findings(order),
    )


def address(given: Address) -> str:
    """Return an address in one line, as people write it."""
    place = " ".join(filter(None, (given.postcode, given.city)))
    country = given.country or given.country_code
    return ", ".join(filter(None, (given.name, given.company, *given.lines, place, given.region, country)))


def _facts(order: CanonicalOrder) -> Iterator[tuple[str, str]]:
    customer, taxed = order.customer, order.destination
    yield "Channel", order.channel
    yield "Tags", ", ".join(order.tags)
    yield "Customer's id", customer.id
    yield "E-mail", customer.email
    yield "VAT number", customer.vat_number
    yield "Billed to", address(order.billing_address)
    yield "Sent to", address(order.shipping_address)
    yield "Sent by", order.shipping_method
    yield "Taxed in", " ".join(filter(None, (taxed.country_code, taxed.region, taxed.postcode)))


def _payment(payment: Payment, currency: str) -> Row:
    payout = f"paid out with {payment.payout.id}" if payment.payout.id else ""
    day = as_sent(payment.payout.date)
    paid_out = " ".join(filter(None, (payout, f"on {day}" if day else "")))
    words = (payment.gateway, _PAID_WITH[payment.kind], payment.reference, paid_out)
    return Row(
        name=payment.id,
        at=as_sent(payment.at),
        words=", ".join(filter(None, words)),
        amount=payment.amount,
        currency=payment.currency or currency,
        fee=payment.fee,
    )


def _refund(refund: Refund, currency: str, names: Mapping[str, str]) -> Row:
    return Row(
        name=refund.id,
        at=as_sent(refund.at),
        words=", ".join(filter(None, (refund.reason, *given_back_for(refund, names)))),
        amount=sums.moved(refund, currency),
        currency=currency,
    )


def names_of(order: CanonicalOrder) -> dict[str, str]:
    """Return how people call the order's lines, by their ids."""
    return {each.id: without_entities(each.sku or each.description) for each in order.lines if each.id}


def given_back_for(refund: Refund, names: Mapping[str, str]) -> Iterator[str]:
    """Yield in words what a refund gives back. `names`: of the order's lines."""
    came_back = {True: " (came back)", False: " (not returned)", None: ""}
    for each in refund.lines:
        yield f"{each.quantity.normalize():f} x {names.get(each.line, each.line)}{came_back[each.returned]}"
    yield "carriage" if refund.shipping.whole else ""
    for adjustment in refund.adjustments:
        yield adjustment.reason or "adjustment"
