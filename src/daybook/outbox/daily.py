"""How many documents were posted on each day: of a day that is over it never changes, so it is counted once and kept."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from daybook.companies.models import Company
from daybook.outbox import counting
from daybook.outbox.models import PostedOnDay

OVER_AFTER = timedelta(hours=1)
"""So long after its midnight nobody settles a document any more whose call was answered on that day."""


def posted(company: Company, zone: ZoneInfo, days: Sequence[date], now: datetime) -> dict[date, int]:
    """Return how many documents were posted on each of some days in a row, of the zone; days without any are missing."""
    kept = PostedOnDay.objects.filter(company=company, zone=zone.key, day__in=days)
    known = dict(kept.values_list("day", "count"))
    missing = [day for day in days if day not in known]
    return known if not missing else known | _counted(company, zone, missing, first_kept=days[0], now=now)


def _counted(
    company: Company, zone: ZoneInfo, days: Sequence[date], *, first_kept: date, now: datetime
) -> dict[date, int]:
    """Count some days, and keep what cannot change any more; what is older than anybody asks for goes."""
    rows = counting.posted_since(company, _begin(days[0], zone)).filter(posted_at__lt=_begin(days[-1] + _DAY, zone))
    by_day = rows.annotate(day=TruncDate("posted_at", tzinfo=zone)).values_list("day").order_by()
    found: dict[date, int] = dict(by_day.annotate(count=Count("id")))
    over = [day for day in days if _begin(day + _DAY, zone) + OVER_AFTER <= now]
    if over:
        PostedOnDay.objects.filter(company=company, day__lt=first_kept).delete()
        PostedOnDay.objects.bulk_create(
            [PostedOnDay(company=company, zone=zone.key, day=day, count=found.get(day, 0)) for day in over],
            ignore_conflicts=True,  # another page may have counted them meanwhile
        )
    return {day: found.get(day, 0) for day in days}


_DAY = timedelta(days=1)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
