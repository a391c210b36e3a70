"""Deliveries hold people's names and prices: their bytes are kept as long as somebody may ask what exactly was sent."""

from datetime import datetime, timedelta

from daybook.orders.models import Delivery

BATCH = 500


def forget_raw(*, now: datetime, kept_for: timedelta) -> int:
    """Empty the bytes of deliveries older than that; return how many. That they came, and what became of them, stays."""
    forgotten = 0
    old = Delivery.objects.filter(received_at__lt=now - kept_for).exclude(raw=b"").order_by("received_at")
    while batch := list(old.values_list("id", flat=True)[:BATCH]):
        forgotten += Delivery.objects.filter(id__in=batch).update(raw=b"")
    return forgotten
