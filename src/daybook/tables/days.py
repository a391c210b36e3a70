"""How many rows fall on each day: of a day that is over it never changes, so it is counted once and kept."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncDate

OVER_AFTER = timedelta(hours=1)
"""So long after its midnight nobody writes a row any more whose moment was on that day."""
DAY = timedelta(days=1)


def counted(
    kept: type[Model], rows: QuerySet[Any], moment: str, zone: ZoneInfo, days: Sequence[date], now: datetime, **of: Any
) -> dict[date, int]:
    """Return how many of the rows have their `moment` on each of some days in a row, of the zone.

    `kept`: the model of what is kept (`zone`, `day`, `count`), `of`: whose rows of it these are. Days without any may be
    missing. What is older than the first day is dropped.
    """
    mine = kept._default_manager.filter(zone=zone.key, **of)  # noqa: SLF001 - Django's public way to a manager
    known: dict[date, int] = dict(mine.filter(day__in=days).values_list("day", "count"))
    missing = [day for day in days if day not in known]
    if not missing:
        return known
    found = _by_day(rows, moment, zone, missing)
    over = [day for day in missing if begin(day + DAY, zone) + OVER_AFTER <= now]
    if over:
        mine.filter(day__lt=days[0]).delete()
        kept._default_manager.bulk_create(  # noqa: SLF001
            [kept(zone=zone.key, day=day, count=found.get(day, 0), **of) for day in over],
            ignore_conflicts=True,  # another page may have counted them meanwhile
        )
    return known | {day: found.get(day, 0) for day in missing}


def _by_day(rows: QuerySet[Any], moment: str, zone: ZoneInfo, days: Sequence[date]) -> dict[date, int]:
    bounds = {f"{moment}__gte": begin(days[0], zone), f"{moment}__lt": begin(days[-1] + DAY, zone)}
    by_day = rows.filter(**bounds).annotate(counted_day=TruncDate(moment, tzinfo=zone)).values_list("counted_day")
    return dict(by_day.order_by().annotate(count=Count("pk")))


def begin(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which the day begins there."""
    return datetime.combine(day, time.min, zone)
