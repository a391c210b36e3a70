"""Whole days of posting on the virtual clock, all sizes: calls, documents a call, waits.

What a short form of them must reach stands in tests/simulated; so does the model that they are played with.
"""

import time
from datetime import timedelta

from tests.bench.conftest import Note
from tests.simulated import days
from tests.simulated.days import Played
from tests.simulated.model import MINUTE, NINE, ROOMS


def test_days(note: Note) -> None:
    begun = time.perf_counter()
    print(f"\n{days.HEAD}")
    for name, rooms, goal in (("Untracked", days.UNTRACKED, ">= 45,000"), ("Tracked", ROOMS, ">= 22,000")):
        company = days.backlog(50_000, rooms)
        company.play(company.xero.day_ends(NINE))
        first = printed(f"Starter, backlog of 50,000, {name}: the first day", company)
        note(f"Orders posted within 1,000 calls of a day, {name}", first.orders, "", goal)
        note(f"Documents per writing call under backlog, {name}", first.a_call, "", ">= 45")
    patient = printed("5,000 over a day, within 5 minutes", days.trickle(5_000, within=5))
    note("5,000 orders over a day within 5 minutes, calls", patient.calls, "", "<= 1,000")
    note("5,000 orders over a day within 5 minutes, wait p95", patient.worst, "s", "<= 300")
    for name, company in (
        ("5,000 over a day, at once", days.trickle(5_000)),
        ("5,000 over a day, Tracked, at once", days.trickle(5_000, ROOMS)),
        ("800 over a day, at once", days.trickle(800)),
        ("20,000 over a day, at once, 5,000 calls", days.trickle(20_000, a_day=5_000)),
        ("a month of about 2,500 a day, Tracked", days.busy(30, 2_500)),
    ):
        printed(name, company)
    print(f"{all_sizes()}\n{forecasts(note)}\n\nplayed in {time.perf_counter() - begun:.0f} s")


def test_an_hour_of_backlog(note: Note) -> None:
    company = days.backlog(200_000, days.UNTRACKED, a_day=100_000)
    company.play(NINE + timedelta(hours=1))
    assert company.xero.turned_away == 0
    note("Share of the minutes' calls used under backlog, readings included", company.xero.calls / 3_600, "", ">= 0.97")


def printed(name: str, company: days.Company) -> Played:
    """Sum a company's day up, and print it."""
    played = days.told(name, company)
    print(played.line())
    return played


def all_sizes() -> str:
    """5,000 companies, each with an app of its own."""
    played = [(days.told("", each), each.runs) for each in days.many(5_000)]
    orders, calls = sum(each.orders for each, _ in played), sum(each.calls for each, _ in played)
    waits = sorted(each.worst for each, _ in played if each.orders)
    return (
        f"| 5,000 companies, 4 to 5,000 orders each | {orders:,} | {calls:,} | "
        f"{orders / sum(each.orders / max(each.a_call, 1) for each, _ in played):.1f} | - | "
        f"{waits[len(waits) // 2]:.1f} s of half of them, {waits[int(0.99 * len(waits))]:.1f} s of 99 % | "
        f"{sum(each.turned_away for each, _ in played)} | {sum(each.left for each, _ in played):,} |\n\n"
        f"drains of the 5,000 companies: {sum(runs for _, runs in played) / 86_400:.1f} a second"
    )


def forecasts(note: Note) -> str:
    """How far off what was foreseen is from what then happened."""
    lines, farthest = [], 0.0
    for orders in (5_000, 20_000, 50_000, 150_000, 500_000):
        company = days.backlog(orders, ROOMS)
        company.play(NINE + 2 * MINUTE)
        now, foreseen = company.now, company.forecast(1_000)
        assert foreseen.is_in_at is not None
        company.play(foreseen.is_in_at + (foreseen.is_in_at - now) / 10)
        took = max(moment for moment, _ in company.posted_by) - now
        off = (foreseen.is_in_at - now) / took - 1
        if took >= MINUTE:  # of less, seconds are what it is off by
            farthest = max(farthest, abs(off))
        lines.append(f"| {orders:,} | {foreseen.is_in_at - now} | {took} | {off:+.1%} |")
    note("The forecast of a backlog of a minute and more is off by at most", 100 * farthest, "%", "<= 5")
    return "\n| orders of backlog, Tracked | foreseen | then took | off |\n|---|---|---|---|\n" + "\n".join(lines)
