"""How long every list page takes among very many documents and orders, in every turn and filter. Prints; judges nothing.

make bench ARGS='-k pages'                                                  20,000 orders
DAYBOOK_BENCH_ORDERS=1000000 make bench ARGS='-k pages'                     17 GB, and half an hour on a busy machine
DAYBOOK_BENCH_RUNS=3 make bench ARGS='-k pages'                             each page 4 times instead of 16

Beside the time it shows the CPU of this process and of PostgreSQL's: what a page would take where nobody else wants the
cores.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection as database

from daybook.companies.models import Company
from daybook.outbox.models import Entry
from daybook.reconciliation import counted
from tests.bench import every_list, filling, living
from tests.bench.conftest import Note
from tests.bench.seeding import Seeded
from tests.sums_of_money import note_all

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = int(os.environ.get("DAYBOOK_BENCH_ORDERS", "20000"))
OTHERS = 20
"""Companies beside it, each as big as what all are copied from."""
DAYS = 365
RUNS = int(os.environ.get("DAYBOOK_BENCH_RUNS", "15"))
WIDTHS = (8, 8, 8, 12, 9, 8)


@dataclass(frozen=True, slots=True)
class Took:
    """One page, once; in seconds."""

    whole: float
    python: float
    postgresql: float

    @property
    def cpu(self) -> float:
        return self.python + self.postgresql


def test_pages_among_very_many_documents(note: Note) -> None:
    big = living.lived()
    begun = time.perf_counter()
    made = filling.several(filling.OF_COMPANIES, OTHERS, of=f"= {big.company.pk}")
    copies = max(1, ORDERS // living.ORDERS - 1)
    made += filling.several(filling.OF_ORDERS, copies, of=f"= {big.company.pk}", days=DAYS)
    _count_money()
    documents = Entry.objects.filter(company=big.company).count()
    print(f"\n{made:,} rows made in {time.perf_counter() - begun:.0f} s; pages among {documents:,} documents, in ms")
    print(f"  {'':60}{'p50':>8}{'p95':>8}{'Python':>8}{'PostgreSQL':>12}{'CPU p95':>9}{'first':>8}")
    with watched() as backends:
        slowest = {"lists": 0.0, "reports": 0.0}
        reports = {name for name, _ in every_list.reports(big.company)}
        for name, address in every_list.of_company(big.company):
            took = [_time(big, address, backends) for _ in range(RUNS + 1)]
            first, runs = took[0], took[1:]
            cpu = sorted(each.cpu for each in runs)[int(RUNS * 0.95)]
            sort = "reports" if name in reports else "lists"
            slowest[sort] = max(slowest[sort], cpu)
            shown = (
                statistics.median(each.whole for each in runs), sorted(each.whole for each in runs)[int(RUNS * 0.95)],
                statistics.median(each.python for each in runs), statistics.median(each.postgresql for each in runs),
                cpu, first.whole,
            )  # fmt: skip
            print(
                f"  {name:60}" + "".join(f"{seconds * 1000:{w}.0f}" for seconds, w in zip(shown, WIDTHS, strict=True))
            )
    for sort, seconds in slowest.items():
        note(f"The slowest of the {sort}, p95 of its CPU among {ORDERS:,} orders", seconds * 1000, "ms", "<= 200")


def _count_money() -> None:
    """Count what was filled in behind the triggers' back, as the worker does in the minutes after it came."""
    for company in Company.objects.all():
        note_all(company.pk)
    counted.count_anew()
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE orders_moneymoved, orders_moneyofday, orders_moneynews, outbox_postedonaccount")


@contextmanager
def watched() -> Iterator[psycopg.Connection]:
    """Give a connection of its own, by which PostgreSQL's processes are found; pages are read by one process each."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own, database.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{database.settings_dict["NAME"]}" SET max_parallel_workers_per_gather = 0')
        database.close()
        yield own


def _time(big: Seeded, address: str, own: psycopg.Connection) -> Took:
    backends = own.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'daybook'").fetchall()
    begun, cpu, theirs = time.perf_counter(), time.process_time(), _spent(backends)
    assert big.browser.get(f"/c/{big.company.public_id}/{address}").status_code == 200, address
    return Took(time.perf_counter() - begun, time.process_time() - cpu, _spent(backends) - theirs)


def _spent(backends: list[tuple[int]]) -> float:
    """Return the seconds of CPU of these processes, as Linux counts them; 0 elsewhere."""
    spent = 0.0
    for (pid,) in backends:
        with suppress(OSError):
            spent += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return spent
