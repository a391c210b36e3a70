"""Deliveries hold people's names and prices: their bytes are kept as long as somebody may ask what exactly was sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from daybook.companies.models import CompanySettings
from daybook.orders.models import Delivery

BATCH = 500


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

    That they came, and what became of them, stays.
    """
    return sum(_forget(whose, since) for whose, since in by_company(now, kept_for))


def _forget(whose: Q, since: datetime) -> int:
    forgotten = 0
    old = Delivery.objects.filter(whose, received_at__lt=since).exclude(raw=b"").order_by("received_at")
    while batch := list(old.values_list("id", flat=True)[:BATCH]):
        forgotten += Delivery.objects.filter(id__in=batch).update(raw=b"")
    return forgotten
