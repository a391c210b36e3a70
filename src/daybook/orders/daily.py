"""How many orders came for the first time on each day."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from daybook.companies.models import Company
from daybook.orders.models import Order, ReceivedOnDay
from daybook.tables import days as by_days


def received(company: Company, zone: ZoneInfo, days: Sequence[date], now: datetime) -> dict[date, int]:
    """Return how many orders came on each of some days in a row, of the zone; days without any may be missing."""
    rows = Order.objects.filter(company=company)
    return by_days.counted(ReceivedOnDay, rows, "first_received_at", zone, days, now, company=company)
