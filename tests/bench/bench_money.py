"""How long the reports of money take among very many paid orders: not invoiced yet, and a clearing account's month.

DAYBOOK_BENCH_ORDERS=20000 make bench ARGS='-k money'                   100,000 without the variable: some minutes
"""

import os
import statistics
import time
from collections.abc import Iterator

import pytest
from django.db import connection as database
from django.test import Client

from daybook.companies import people
from daybook.companies.models import Membership
from daybook.intake import payouts
from daybook.kit import clock
from daybook.orders.models import MoneyMoved, Order, OrderStanding, Revision
from daybook.outbox.models import Entry
from daybook.reconciliation import counted
from localxero import LocalXero
from tests.bench import filling
from tests.bench.conftest import Note
from tests.integration.payments.shop import account_of, opened, order, paid, post, send
from tests.sums_of_money import note_all
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = int(os.environ.get("DAYBOOK_BENCH_ORDERS", "100000"))
SEED = 100
DAYS = 365
RUNS = 15
READ = (Order, Revision, OrderStanding, Entry, MoneyMoved)
"""What the reports read; the rest of what belongs to orders is left out."""


def test_reports_of_money_among_very_many_paid_orders(note: Note) -> None:
    cast, browser = filled()
    print(f"\n  {'ms, through Django test client':40}{'p50':>9}{'p95':>9}{'first':>9}")
    slowest = 0.0
    for name, address in pages(cast):
        took = [_time(browser, f"/c/{cast.company.public_id}/{address}") for _ in range(RUNS + 1)]
        p95 = sorted(took[1:])[int(RUNS * 0.95)]
        slowest = max(slowest, p95)
        print(f"  {name:40}{statistics.median(took[1:]) * 1000:9.1f}{p95 * 1000:9.1f}{took[0] * 1000:9.1f}")
    begun = time.perf_counter()
    payouts.gather_company(cast.company, clock.now())
    print(f"  {'a look for payouts, none of them billed':40}{(time.perf_counter() - begun) * 1000:9.1f}")
    note(f"The slowest report of money's p95 among {ORDERS:,} paid orders", slowest * 1000, "ms", "<= 200")


def filled() -> tuple[Cast, Client]:
    """Return a company of so many orders, a fifth of them not invoiced yet, paid over a year and paid out weekly."""
    cast = opened(LocalXero(limits="off"))
    ann = people.add_person("ann@acme.example", password="mill pond lantern 7")
    people.join(cast.company, ann, Membership.Role.ACCOUNTANT)
    browser = Client()
    browser.force_login(ann)
    waits = {"dispatched": False, "dispatched_at": None}
    send(cast, *(order(f"B{n}", paid("15.00", f"ch_{n}"), **(waits if n % 5 == 0 else {})) for n in range(SEED)))
    post(cast)
    filling.several(READ, max(1, ORDERS // SEED - 1), of=f"= {cast.company.pk}", days=DAYS)
    with database.cursor() as cursor:
        cursor.execute(
            f"UPDATE orders_moneymoved SET day = current_date - (id % {DAYS})::int, fee = 0.42,"  # noqa: S608 - of ours
            " payout = 'po_' || (id % 53), payout_day = CASE WHEN id % 53 = 0 THEN NULL"
            f" ELSE least(current_date, current_date - (id % {DAYS})::int + 7) END"
        )
        cursor.execute("UPDATE outbox_entry SET date = current_date - (id % 365)::int")
    note_all(cast.company.pk)
    counted.count_anew()
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE orders_moneymoved")
        cursor.execute("VACUUM ANALYZE outbox_entry")
    return cast, browser


def _time(browser: Client, address: str) -> float:
    begun = time.perf_counter()
    assert browser.get(address).status_code == 200
    return time.perf_counter() - begun


def pages(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield each report with its address."""
    today, account = clock.now().date(), account_of(cast).account_id
    yield "paid, not yet invoiced: today", "payments/"
    yield (
        "paid, not yet invoiced: half a year ago",
        f"payments/?at={today.replace(month=(today.month + 5) % 12 + 1, day=1)}",
    )
    yield "month end: this month", f"payments/month/?account={account}&month={today:%Y-%m}"
    yield "month end: last month", f"payments/month/?account={account}"
