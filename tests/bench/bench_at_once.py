"""How soon an order is in Xero when nothing else is going on: real processes, a single order now and then.

What counts is from its receipt to its document's being posted, less the time that the call itself took.
"""

import json
import random
import statistics
import time

import psycopg

from tests.bench.bench_house import an_order
from tests.bench.conftest import Note
from tests.bench.programs import running, send

ORDERS, APART, SETTLED = 40, 3.0, 8.0
TOOK = """
    SELECT extract(epoch FROM entry.posted_at - received.first_received_at),
           extract(epoch FROM attempt.ended_at - attempt.sent_at)
    FROM outbox_entry entry JOIN orders_order received ON received.id = entry.order_id
    JOIN outbox_attempt attempt ON attempt.id = entry.last_attempt_id WHERE entry.state = 'posted'
"""


def test_at_once(note: Note) -> None:
    dice = random.Random(1)
    with running() as all_of_it:
        for serial in range(ORDERS):
            send(all_of_it, [json.dumps([an_order(serial)]).encode()])
            time.sleep(APART * dice.uniform(0.5, 1.5))
        time.sleep(SETTLED)
        with psycopg.connect(all_of_it.database) as database:
            rows = database.execute(TOOK).fetchall()
    waits = [float(took) - float(call) for took, call in rows]
    assert len(rows) == ORDERS
    note("A single order, received to posted, over the call's own time, p50", statistics.median(waits), "s", "<= 1")
    note(
        "A single order, received to posted, over the call's own time, p95", statistics.quantiles(waits, n=20)[18], "s"
    )
