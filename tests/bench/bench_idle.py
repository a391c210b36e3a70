"""What a worker does for thousands of connected companies in which nothing happens. Prints; judges nothing.

    DAYBOOK_BENCH_COMPANIES=5000 make bench ARGS='-k idle'

The jobs of a round (every 5 s) and of the watch (every 5 min), and what a day asks of each company: its lists read once,
and a look at what changed. From these it adds up a day. What the queue itself asks is not in it: see docs/operations.md.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from daybook.catalog import refresh
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.intake import prepare
from daybook.kit import clock
from daybook.ops import jobs
from daybook.outbox.models import Entry
from daybook.reconciliation import watching
from tests import outside
from tests.bench import filling
from tests.bench.bench_house import House
from tests.bench.conftest import Note
from tests.bench.seeding import an_order  # noqa: F401 - the shape of what is copied

pytestmark = pytest.mark.django_db(transaction=True)

COMPANIES = int(os.environ.get("DAYBOOK_BENCH_COMPANIES", "500"))
DAY = 86_400
TWELVE_DAYS = timedelta(days=12)


def test_a_day_of_companies_in_which_nothing_happens(note: Note) -> None:
    house = House()
    house.send(10)
    house.outside.make_due(house.cast)
    house.drain()
    Entry.objects.update(posted_at=clock.now() - TWELVE_DAYS)
    one = house.cast.connection
    own = Measured(house)
    read = own.of(lambda: refresh.refresh(one, client=house.cast.client))
    look = own.of(lambda: watching.look_for_changes(one, house.cast.client, now=clock.now()))
    again = own.of(lambda: prepare.prepare_company(house.cast.company.pk))
    filling.several(filling.OF_COMPANIES, COMPANIES - 1, of=f"= {house.cast.company.pk}")
    Connection.objects.update(looked_at=clock.now())
    sweep, doubt, seal = (own.of(lambda job=job: job.func(0)) for job in (jobs.sweep, jobs.resolve, jobs.seal_history))
    watch = own.of(lambda: (roster.reachable().count(), watching.watch(endpoints.client(), now=clock.now())))
    print(
        f"\n{COMPANIES:,} companies, each connected, nothing happens{'':6}{'statements':>11}{'ms of CPU':>11}{'ms':>8}"
    )
    for name, found in (("sweep", sweep), ("resolve", doubt), ("seal", seal), ("watch", watch)):
        print(f"  {name:47}{found[0]:11}{found[1] * 1000:11.1f}{found[2] * 1000:8.1f}")
    for name, found in (("a company's lists read", read), ("a company looked at", look), ("and prepared again", again)):
        print(f"  {name:47}{found[0]:11}{found[1] * 1000:11.1f}{found[2] * 1000:8.1f}")
    rounds = [(sweep, DAY / 5), (doubt, DAY / 5), (seal, DAY / 5), (watch, DAY / 300)]
    daily = [(each, COMPANIES) for each in (read, look, again)]
    whole = [0.0, 0.0]
    for name, parts in (("jobs", rounds), ("reads and looks", daily)):
        asked, cpu = (sum(found[place] * times for found, times in parts) / DAY for place in (0, 1))
        whole = [whole[0] + asked, whole[1] + cpu]
        print(f"  a day of {name:38}{asked:9.2f} a second {cpu * 100:6.2f} % of a core")
    note(f"{COMPANIES:,} idle companies, queries without the queue's own", whole[0], "/s", "<= 10")
    note(f"{COMPANIES:,} idle companies, of a core without the queue's own", whole[1] * 100, "%", "<= 1")


class Measured:
    """Counts what something takes: statements, CPU of Daybook's own Python, and time."""

    def __init__(self, house: House) -> None:
        self._house = house

    def of(self, act: Callable[[], Any]) -> tuple[int, float, float]:
        act()  # the first time loads things
        connection.ensure_connection()
        with outside.counted() as seen:
            act()
        begun = time.perf_counter()
        cpu = self._house.cpu(act)
        return len(seen), cpu, time.perf_counter() - begun
