"""What an order says beside its lines, as its page shows it: of some of it no document is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from daybook.kit.translation import gettext, gettext_noop, retold
from daybook.mapping.texts import without_entities
from daybook.sources.canonical import sums
from daybook.sources.canonical.after import Payment, PaymentKind, Refund
from daybook.sources.canonical.order import CanonicalOrder
from daybook.sources.canonical.parties import Address
from daybook.web.language import figures
from daybook.web.reading.moments import as_sent

_PAID_WITH = {
    PaymentKind.MONEY: "",
    PaymentKind.GIFT_CARD: gettext_noop("gift card"),
    PaymentKind.STORE_CREDIT: gettext_noop("store credit"),
    PaymentKind.DEPOSIT: gettext_noop("deposit"),
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
        findings=tuple(retold(each) for each in sums.findings(order)),
    )


def address(given: Address) -> str:
    """Return an address in one line, as people write it."""
    place = " ".join(filter(None, (given.postcode, given.city)))
    country = given.country or given.country_code
    return ", ".join(filter(None, (given.name, given.company, *given.lines, place, given.region, country)))


def _facts(order: CanonicalOrder) -> Iterator[tuple[str, str]]:
    customer, taxed = order.customer, order.destination
    yield gettext("Channel"), order.channel
    yield gettext("Tags"), ", ".join(order.tags)
    yield gettext("Customer's id"), customer.id
    yield gettext("E-mail"), customer.email
    yield gettext("VAT number"), customer.vat_number
    yield gettext("Billed to"), address(order.billing_address)
    yield gettext("Sent to"), address(order.shipping_address)
    yield gettext("Sent by"), order.shipping_method
    yield gettext("Taxed in"), " ".join(filter(None, (taxed.country_code, taxed.region, taxed.postcode)))


def _payment(payment: Payment, currency: str) -> Row:
    words = (payment.gateway, gettext(_PAID_WITH[payment.kind]), payment.reference, _paid_out(payment))
    return Row(
        name=payment.id,
        at=as_sent(payment.at),
        words=", ".join(filter(None, words)),
        amount=payment.amount,
        currency=payment.currency or currency,
        fee=payment.fee,
    )


def _paid_out(payment: Payment) -> str:
    payout, day = payment.payout.id, as_sent(payment.payout.date)
    if payout and day:
        return gettext("paid out with {payout} on {day}").format(payout=payout, day=day)
    if payout:
        return gettext("paid out with {payout}").format(payout=payout)
    return gettext("on {day}").format(day=day) if day else ""


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
    for each in refund.lines:
        said = f"{figures.figure(f'{each.quantity.normalize():f}')} x {names.get(each.line, each.line)}"
        yield said if each.returned is None else gettext(_RETURNED[each.returned]).format(line=said)
    yield gettext("carriage") if refund.shipping.whole else ""
    for adjustment in refund.adjustments:
        yield adjustment.reason or gettext("adjustment")


_RETURNED = {True: gettext_noop("{line} (came back)"), False: gettext_noop("{line} (not returned)")}
