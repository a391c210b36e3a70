"""What PostgreSQL reads, and how long it takes, for a posted document behind 2,000, 20,000 and 100,000 that wait.

    DAYBOOK_BENCH_BACKLOG=2000,20000,100000 make bench ARGS='-k backlog'

Prints; judges nothing. A turn posts as many documents as a minute's calls carry, whatever waits behind them.
"""

import os
import time

import psutil
import pytest
from django.db import connection

from daybook.outbox.models import Entry
from tests import outside
from tests.bench import filling
from tests.bench.conftest import Note
from tests.bench.seeding import seeded

pytestmark = pytest.mark.django_db(transaction=True)

BACKLOGS = [int(size) for size in os.environ.get("DAYBOOK_BENCH_BACKLOG", "2000,20000").split(",")]
SEED, CALLS = 500, 40
_FOUND: dict[tuple[str, int], float] = {}


@pytest.mark.parametrize("backlog", BACKLOGS)
@pytest.mark.parametrize(
    "is_analysed", [False, True], ids=["never analysed", "analysed"]
)  # what was analysed stays known
def test_a_turn_behind_a_backlog(backlog: int, is_analysed: bool, note: Note) -> None:  # noqa: FBT001
    cast = seeded(SEED, is_posted=False).cast
    if backlog > SEED:
        filling.several(filling.OF_ORDERS, backlog // SEED - 1, of=f"= {cast.company.pk}", analyse=is_analysed)
    outside.make_due(cast)
    cast.xero.state.limits.set("live", minute=CALLS)
    before, memory, begun = _blocks(), psutil.Process().memory_info().rss, time.perf_counter()
    outside.drain(cast)
    took, posted = time.perf_counter() - begun, Entry.objects.filter(company=cast.company, state="posted").count()
    buffers, known = (_blocks() - before) / posted, "analysed" if is_analysed else "never analysed"
    note(f"Buffers a posted document behind {backlog:,}, {known}", buffers)
    _FOUND[known, backlog] = buffers
    if (known, min(BACKLOGS)) in _FOUND and backlog > min(BACKLOGS):
        note(
            f"Buffers behind {backlog:,} against {min(BACKLOGS):,}, {known}",
            buffers / _FOUND[known, min(BACKLOGS)],
            "times",
            "<= 1.1",
        )
    print(
        f"\nbacklog {backlog:,}, {known}: {posted:,} documents posted, "
        f"{buffers:.0f} buffers and {took / posted * 1000:.1f} ms each, "
        f"memory grew by {(psutil.Process().memory_info().rss - memory) / 1e6:.0f} MB with the local Xero's books in it"
    )


def _blocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
