"""What the overview says of the backlog: when it will be in, what it takes, and a small chart of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.kit.translation import gettext
from daybook.posting import batching, foreseeing
from daybook.posting.forecast import FARTHEST, Forecast, Point
from daybook.web import titles

WIDE, HIGH = 300, 80
"""Of the chart, in its own units: the page stretches it."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One connection's forecast for the page."""

    connection: Connection
    ledger: str
    forecast: Forecast
    farthest_days: int = FARTHEST.days

    @property
    def lingers(self) -> str:
        """Return how long documents wait for each other, in words; "" where they go at once."""
        seconds = round(self.forecast.lingers.total_seconds(), -1)
        if self.forecast.lingers <= batching.SHORTEST_LINGER:
            return ""
        if seconds < 120:
            return gettext("{count} seconds").format(count=f"{seconds:.0f}")
        return gettext("{count} minutes").format(count=f"{seconds / 60:.0f}")

    @property
    def has_chart(self) -> bool:
        """Return whether it takes long enough to be drawn."""
        return len(self.forecast.points) > 2

    @property
    def area(self) -> str:
        """Return the corners of the area under the line, as SVG wants them."""
        return _area(self.forecast.points)

    @property
    def ends_at(self) -> datetime:
        """Return when the chart ends."""
        return self.forecast.points[-1].at


def of_company(company: Company, now: datetime) -> list[Foreseen]:
    """Return those of the company's connections that have one."""
    return [
        Foreseen(connection=connection, ledger=titles.of(connection.ledger), forecast=made)
        for connection, made in foreseeing.of_company(list(roster.of_company(company)), now)
    ]


def _area(points: Sequence[Point]) -> str:
    first, last = points[0].at, points[-1].at
    length, most = (last - first) or MINUTE, max(each.waiting for each in points) or 1
    corners = [f"{WIDE * ((each.at - first) / length):.1f},{HIGH * (1 - each.waiting / most):.1f}" for each in points]
    return " ".join([f"0,{HIGH}", *corners, f"{WIDE},{HIGH}"])
