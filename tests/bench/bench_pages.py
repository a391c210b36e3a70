"""How long every list page takes among very many documents, and a document's and an order's page. Prints; judges nothing.

make bench                                                                  20,000 documents
DAYBOOK_BENCH_DOCUMENTS=1000000 make bench ARGS='-k pages'                  takes 6 GB and some minutes
"""

import os
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from daybook.documents.kinds import SPECS
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from tests.bench import filling
from tests.bench.conftest import Note
from tests.bench.seeding import SEED, Seeded, seeded

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = int(os.environ.get("DAYBOOK_BENCH_DOCUMENTS", "20000"))
OTHERS = 20
"""Companies beside it, each as big as what all are copied from."""
DAYS = 100
RUNS = 15


def test_pages_among_very_many_documents(note: Note) -> None:
    big = seeded()
    begun = time.perf_counter()
    made = filling.several(filling.OF_COMPANIES, OTHERS, of=f"= {big.company.pk}")
    made += filling.several(filling.OF_ORDERS, max(1, DOCUMENTS // SEED - 1), of=f"= {big.company.pk}", days=DAYS)
    documents = Entry.objects.filter(company=big.company).count()
    print(
        f"\n{made:,} rows made in {time.perf_counter() - begun:.0f} s; a company's pages among {documents:,} documents"
    )
    print(f"  {'ms, through Django test client':40}{'p50':>9}{'p95':>9}{'CPU':>9}{'first':>9}")
    slowest = 0.0
    for name, address in pages(big):
        took, cpu = zip(*(_time(big, address) for _ in range(RUNS + 1)), strict=True)
        p95 = sorted(took[1:])[int(RUNS * 0.95)]
        slowest = max(slowest, p95)
        shown = (statistics.median(took[1:]), p95, statistics.median(cpu[1:]), took[0])
        print(f"  {name:40}" + "".join(f"{seconds * 1000:9.1f}" for seconds in shown))
    note(f"The slowest page's p95 among {documents:,} documents", slowest * 1000, "ms", "<= 200")


def _time(big: Seeded, address: str) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    assert big.browser.get(f"/c/{big.company.public_id}/{address}").status_code == 200
    return time.perf_counter() - begun, time.process_time() - cpu


def pages(big: Seeded) -> Iterator[tuple[str, str]]:
    """Yield every page with its address; searches are for what one, many and no rows say."""
    posted = Entry.objects.filter(company=big.company, state=State.POSTED).select_related("order")
    old = posted.order_by("id")[posted.count() // 2]
    yield from (("overview", ""), ("the banner", "banner/"), ("connection settings", "connection/"))
    yield from (("item costs", "costs/"), ("people", "people/"), ("API keys", "keys/"))
    yield from (("a document", f"documents/{old.public_id}/"), ("an order", f"orders/{old.order.public_id}/"))
    yield from _lists("documents", old.pk, {"number": old.number, "middle": old.number[4:-1], "many": "gateway"})
    yield from ((f"documents, {state}", f"documents/?state={state}") for state in (*State, "today", "under_way"))
    yield from ((f"documents, {kind}", f"documents/?kind={kind}") for kind in SPECS)
    yield "documents, need a person", "documents/?attention=1"
    yield "documents, posted, need a person", "documents/?state=posted&attention=1"
    yield "documents, one cause", "documents/?cause=contact_archived"
    yield "documents, rejected, search", f"documents/?state=rejected&q={old.number}"
    words = {"reference": old.order.ref, "shop reference": old.order.external_ref, "customer": old.order.customer_name}
    yield from _lists("orders", old.order.pk, words)
    standings = ("waiting", "held", "documented", "given_up", "skipped", "cancelled")
    yield from ((f"orders, {standing}", f"orders/?standing={standing}") for standing in standings)
    yield "orders, one feed", f"orders/?feed={old.order.feed.public_id}"
    yield from _by_days(old)


def _by_days(old: Entry) -> Iterator[tuple[str, str]]:
    """Yield the lists of some days in the middle, of all days of a month, and of amounts."""
    posted, came = old.posted_at or old.created_at, old.order.first_received_at
    day, later = f"{posted:%Y-%m-%d}", f"{posted + timedelta(days=30):%Y-%m-%d}"
    for what, by in (("dated", ""), ("posted", "&by=posted"), ("in their state", "&by=state")):
        yield f"documents, {what}, a day", f"documents/?from={day}&to={day}{by}"
        yield f"documents, {what}, 30 days", f"documents/?from={day}&to={later}{by}"
    yield "documents, posted, 30 days, search: many", f"documents/?from={day}&to={later}&by=posted&q=gateway"
    yield "documents, open since a day", f"documents/?state=open&by=state&from={day}&to={day}"
    yield "orders, a day", f"orders/?from={came:%Y-%m-%d}&to={came:%Y-%m-%d}"
    yield "orders, 30 days", f"orders/?from={came:%Y-%m-%d}&to={came + timedelta(days=30):%Y-%m-%d}"
    yield "documents, amount", f"documents/?q={old.gross}"
    yield "orders, amount", f"orders/?q={old.gross}"


def _lists(name: str, middle: Any, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from (
        (name, f"{name}/"),
        (f"{name}, older", f"{name}/?before={middle}"),
        (f"{name}, oldest", f"{name}/?after=0"),
    )
    yield from ((f"{name}, search: {what}", f"{name}/?q={text}") for what, text in words.items())
    yield from (
        (f"{name}, search: nothing", f"{name}/?q=nothing-like-it"),
        (f"{name}, search: two letters", f"{name}/?q=zz"),
    )
