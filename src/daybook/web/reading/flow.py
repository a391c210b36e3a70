"""The flow of the last days: what came, what was posted, and what of it still waits or was refused, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse

from daybook.companies.models import Company
from daybook.kit.translation import gettext, gettext_noop
from daybook.orders import daily as orders_daily
from daybook.outbox import counting, daily
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.tables import days as by_days
from daybook.web.reading.documents import STILL_WAITING

DAYS = 30
WIDE, HIGH = 900, 150
"""Of the chart, in its own units."""
GAP, LABELLED = 3, 5
"""Units between two days; every how many days one is named."""
SERIES = (
    ("received", gettext_noop("Orders received")),
    ("posted", gettext_noop("Documents posted")),
    ("waiting", gettext_noop("Still waiting")),
    ("refused", gettext_noop("Still refused")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One number of one day, with the list that holds as many."""

    series: str
    name: str
    count: int
    url: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the chart."""

    day: date
    bars: Sequence[Bar]
    is_labelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The chart: its days, oldest first, and what each colour means with the sum of all days."""

    days: Sequence[Day]
    most: int
    sums: Sequence[tuple[str, str, int]]
    """(series, its name, count)"""
    view_box: str = f"0 0 {WIDE} {HIGH}"
    high: int = HIGH

    @property
    def posted(self) -> dict[date, int]:
        """Return how many documents were posted, by day."""
        return {each.day: bar.count for each in self.days for bar in each.bars if bar.series == "posted"}


def of_company(company: Company, zone: ZoneInfo, now: datetime) -> Flow:
    """Return the flow of the last 30 days of the zone: of what is over counted once and kept, of what waits by its index."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    waiting, refused = _since(company, zone, by_days.begin(days[0], zone))
    counts: dict[str, Mapping[date, int]] = {
        "received": orders_daily.received(company, zone, days, now),
        "posted": daily.posted(company, zone, days, now),
        "waiting": waiting,
        "refused": refused,
    }
    lists = _lists(company)
    most = max((counts[series].get(day, 0) for series, _ in SERIES for day in days), default=0)
    return Flow(
        days=[_day(lists, place, day, counts, most) for place, day in enumerate(days)],
        most=most,
        sums=[(series, gettext(name), sum(counts[series].get(day, 0) for day in days)) for series, name in SERIES],
    )


def _since(company: Company, zone: ZoneInfo, since: datetime) -> tuple[dict[date, int], dict[date, int]]:
    """Return how many documents wait since each day, and how many are refused since each.

    Those that a person must help are asked for as their index knows them, which holds the moments too.
    """
    rows = Entry.objects.filter(company=company, state_since__gte=since).order_by()
    helped = rows.filter(counting.NEEDS_A_PERSON, state__in=[State.HELD, State.REJECTED])
    moving = rows.filter(state__in=set(STILL_WAITING) - {State.HELD})
    waiting: dict[date, int] = {}
    refused: dict[date, int] = {}
    for mine in (helped, moving):
        by_day = mine.annotate(counted_day=TruncDate("state_since", tzinfo=zone)).values_list("counted_day", "state")
        for day, state, count in by_day.annotate(count=Count("*")):
            counts = refused if state == State.REJECTED else waiting
            counts[day] = counts.get(day, 0) + count
    return waiting, refused


def _day(lists: Mapping[str, str], place: int, day: date, counts: Mapping[str, Mapping[date, int]], most: int) -> Day:
    room = WIDE / DAYS
    width = (room - 2 * GAP) / len(SERIES)
    bars = []
    for at, (series, name) in enumerate(SERIES):
        count = counts[series].get(day, 0)
        high = max(2.0, (HIGH - 4) * count / most) if count else 0.0
        bars.append(
            Bar(
                series=series,
                name=gettext(name),
                count=count,
                url=f"{lists[series]}from={day}&to={day}",
                x=round(place * room + GAP + at * width, 1),
                y=round(HIGH - high, 1),
                width=round(width, 1),
                height=round(high, 1),
            )
        )
    return Day(day=day, bars=bars, is_labelled=(DAYS - 1 - place) % LABELLED == 0)


def _lists(company: Company) -> dict[str, str]:
    """Return by series the address of the list that holds as many, but for its days."""
    orders, documents = (reverse(f"web:{name}", args=[company.public_id]) for name in ("orders", "documents"))
    return {
        "received": f"{orders}?",
        "posted": f"{documents}?state=posted&by=posted&",
        "waiting": f"{documents}?state=open&by=state&",
        "refused": f"{documents}?state=rejected&by=state&",
    }
