"""How many documents were posted on each day."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from daybook.companies.models import Company
from daybook.outbox.models import Entry, PostedOnDay
from daybook.outbox.states import State
from daybook.tables import days as by_days


def posted(company: Company, zone: ZoneInfo, days: Sequence[date], now: datetime) -> dict[date, int]:
    """Return how many documents were posted on each of some days in a row, of the zone; days without any may be missing."""
    rows = Entry.objects.filter(company=company, state=State.POSTED)
    return by_days.counted(PostedOnDay, rows, "posted_at", zone, days, now, company=company)
