"""Deliveries hold people's names and prices: their bytes are kept as long as somebody may ask what exactly was sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from daybook.companies.models import CompanySettings
from daybook.feeds.models import Feed
from daybook.orders.models import Delivery

BATCH = 500
_IS_UNREAD = Q(result=Delivery.Result.WAITING, settled_at=None, feed__closed_at=None) & (
    Q(feed__brings=Feed.Brings.SALES) | Q(feed__paused_at__isnull=False)
)
"""It came while its feed was paused, and its sender was told that it is kept: it is all that there is of it."""


def by_company(now: datetime, usual: timedelta) -> Iterator[tuple[Q, datetime]]:
    """Yield whose deliveries are kept since when: the companies that say so themselves, then all others together."""
    own = dict(
        CompanySettings.objects.exclude(keep_deliveries_days=None).values_list("company_id", "keep_deliveries_days")
    )
    for company_id, days in own.items():
        yield Q(company_id=company_id), now - timedelta(days=days or 0)
    yield ~Q(company_id__in=own), now - usual


def forget_raw(*, now: datetime, kept_for: timedelta) -> int:
    """Empty the bytes of deliveries older than that, or than their company says; return how many.

    That they came, and what became of them, stays; and so do the bytes of orders that nobody has read yet.
    """
    return sum(_forget(whose, since) for whose, since in by_company(now, kept_for))


def _forget(whose: Q, since: datetime) -> int:
    forgotten = 0
    old = Delivery.objects.filter(whose, received_at__lt=since).exclude(raw=b"").exclude(_IS_UNREAD)
    old = old.order_by("received_at")
    while batch := list(old.values_list("id", flat=True)[:BATCH]):
        forgotten += Delivery.objects.filter(id__in=batch).update(raw=b"")
    return forgotten
