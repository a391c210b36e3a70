"""Money that orders say has moved, kept in rows of its own, so that reports need not read every order through."""

from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from daybook.mapping import gateways
from daybook.orders.models import MoneyMoved, Revision
from daybook.sources.canonical import moments, payouts
from daybook.sources.canonical.after import Payment
from daybook.sources.canonical.moments import Zones
from daybook.sources.canonical.schema import CanonicalOrder


def rows_of(revision: Revision, order: CanonicalOrder, received_at: datetime, zone: tzinfo) -> Iterator[MoneyMoved]:
    """Yield what a content says was paid, and what was paid back. `zone`: of the sender's clock, by whose days it counts.

    Money that says no day has the day on which Daybook books it: that of its refund, or that of the sale's dispatch.
    """
    if payouts.is_payout(order):
        return  # it is the money of orders, which tell of it themselves
    for payment in order.payments:
        yield _row(revision, payment, _day(payment.at or order.dispatched_at, received_at, zone), zone)
    for refund in order.refunds:
        for payment in refund.payments:
            yield _row(revision, payment, _day(payment.at or refund.at, received_at, zone), zone, refund=refund.id)


def _row(revision: Revision, paid: Payment, day: date, zone: tzinfo, *, refund: str = "") -> MoneyMoved:
    payout = paid.payout.date
    return MoneyMoved(
        company_id=revision.company_id,
        revision=revision,
        refund=refund,
        payment=paid.id,
        gateway=gateways.name_of(paid.kind.value, paid.gateway),
        currency=paid.currency or "",
        amount=-paid.amount if refund else paid.amount,
        fee=paid.fee or 0,
        day=day,
        payout=paid.payout.id,
        payout_day=None if payout is None else _said(payout, zone),
    )


def _day(said: str | None, received_at: datetime, zone: tzinfo) -> date:
    """Return the day that was said; without one, that of the arrival."""
    if said is None:
        return received_at.astimezone(zone).date()
    return _said(said, zone)


def _said(moment: str, zone: tzinfo) -> date:
    return moments.day(moment, Zones(sender=zone, documents=zone))
