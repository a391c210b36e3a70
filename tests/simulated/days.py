"""The days that are played: a backlog, a trickle, a busy month, many companies; short ones in tests, long ones in the bench."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulated.model import DAY, HOUR, INVOICES, NINE, ROOMS, Company, Xero

UNTRACKED = {INVOICES: 50}
BUSY = (
    0.2,
    0.1,
    0.1,
    0.1,
    0.1,
    0.2,
    0.5,
    0.9,
    1.2,
    1.4,
    1.5,
    1.6,
    1.7,
    1.6,
    1.5,
    1.4,
    1.4,
    1.5,
    1.7,
    1.9,
    1.8,
    1.4,
    0.9,
    0.4,
)
"""How a shop's orders fall on the hours of a day, on average 1."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a day showed."""

    name: str
    orders: int
    calls: int
    """Readings included."""
    a_call: float
    """Documents a writing call."""
    median: float
    worst: float
    """Seconds that an order waited, and all but five of a hundred at most."""
    turned_away: int
    left: int

    def line(self) -> str:
        """Return it as a line of a table."""
        return (
            f"| {self.name} | {self.orders:,} | {self.calls:,} | {self.a_call:.1f} | {self.median:.1f} s | "
            f"{self.worst:.1f} s | {self.turned_away} | {self.left:,} |"
        )


HEAD = "| day | orders | calls | documents a call | wait p50 | p95 | 429 | left |\n|---|---|---|---|---|---|---|---|"


def told(name: str, company: Company) -> Played:
    """Sum a company's day up."""
    return Played(
        name=name,
        orders=sum(company.sizes) // len(company.rooms),
        calls=company.xero.calls,
        a_call=sum(company.sizes) / max(1, len(company.sizes)),
        median=company.wait_at(0.5),
        worst=company.wait_at(0.95),
        turned_away=company.xero.turned_away,
        left=company.left,
    )


def backlog(orders: int, rooms: Mapping[str, int], *, a_day: int = 1_000, day_phase: float = 30_000.0) -> Company:
    """A company whose orders are all there when it begins."""
    company = Company(Xero(a_day, day_phase=day_phase), rooms=rooms)
    company.comes(NINE, dict.fromkeys(rooms, orders))
    company.play(NINE + timedelta(seconds=1))
    return company


def trickle(
    orders: int,
    rooms: Mapping[str, int] = UNTRACKED,
    *,
    within: int = 0,
    days: int = 1,
    a_day: int = 1_000,
    seed: int = 1,
) -> Company:
    """A company whose orders come one by one at any time of the day; its day of calls is the whole of it."""
    company = Company(Xero(a_day, day_phase=NINE.timestamp() % 86_400), rooms=rooms, post_within=within, seed=seed)
    dice = random.Random(seed)
    for day in range(days):
        for _ in range(orders):
            company.comes(NINE + day * DAY + timedelta(seconds=dice.uniform(0, 86_400)), dict.fromkeys(rooms, 1))
    company.play(NINE + days * DAY + HOUR / 2)
    return company


def busy(days: int, orders: int, rooms: Mapping[str, int] = ROOMS, *, seed: int = 1) -> Company:
    """A shop's days: busy evenings, quiet nights and Sundays, an import each week, and one day with four times as many."""
    company, dice = Company(Xero(day_phase=12_345.0), rooms=rooms, seed=seed), random.Random(seed)
    for day in range(days):
        many = orders * (0.4 if day % 7 == 6 else 1) * (4 if day == days - 4 else 1)
        for moment in _moments(dice, NINE.replace(hour=0) + day * DAY, many):
            company.comes(max(moment, NINE), dict.fromkeys(rooms, 1))
        if day % 7 == 3:
            company.comes(NINE + day * DAY, dict.fromkeys(rooms, 2 * orders))
    company.play(NINE + days * DAY)
    return company


def many(companies: int, *, seed: int = 1) -> list[Company]:
    """Companies of all sizes for a day: most have a few orders, some have thousands."""
    dice, played = random.Random(seed), []
    for serial in range(companies):
        orders = min(5_000, int(dice.paretovariate(1.1) * 4))
        company = Company(
            Xero(day_phase=dice.uniform(0, 86_400), minute_phase=dice.uniform(0, 60)), rooms=UNTRACKED, seed=serial
        )
        for moment in _moments(dice, NINE, orders):
            company.comes(moment, {INVOICES: 1})
        company.play(NINE + DAY)
        played.append(company)
    return played


def _moments(dice: random.Random, begin: datetime, orders: float) -> Iterator[datetime]:
    for hour, weight in enumerate(BUSY):
        for _ in range(round(orders * weight / sum(BUSY) + dice.random() - 0.5)):
            yield begin + hour * HOUR + timedelta(seconds=dice.uniform(0, 3_600))
