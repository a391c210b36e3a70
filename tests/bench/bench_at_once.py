"""How soon an order is in Xero when nothing else is going on: real processes, a single order now and then. Prints.

    make bench                                   this tree
    CHAOS_SOURCE=OTHER/src python -m tests.bench.bench_at_once     another tree's code

What counts is from its receipt to its document's being posted, less the time that the call itself took. Time passes
twice as fast as on the machine's clock, so that what Daybook and PostgreSQL work counts double.
"""

import json
import random
import statistics
import time
from urllib.request import Request, urlopen

from tests.bench.bench_house import an_order
from tests.chaos import world as worlds

ORDERS, APART, SETTLED = 40, 4.0, 12.0
FACTOR = 2
TOOK = """
    SELECT extract(epoch FROM entry.posted_at - received.first_received_at),
           extract(epoch FROM attempt.ended_at - attempt.sent_at)
    FROM outbox_entry entry JOIN orders_order received ON received.id = entry.order_id
    JOIN outbox_attempt attempt ON attempt.id = entry.last_attempt_id WHERE entry.state = 'posted'
"""


def test_at_once() -> None:
    """Print it."""
    with worlds.made(factor=FACTOR, workers=1, say=print) as world:
        key, dice = world.companies[0]["key"], random.Random(1)
        for serial in range(ORDERS):
            body = json.dumps([an_order(serial)]).encode()
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            with urlopen(Request(f"{world.web_url}/api/v1/orders", body, headers), timeout=60) as answer:  # noqa: S310
                assert answer.status in (200, 202, 207), answer.status
            time.sleep(APART * dice.uniform(0.5, 1.5) / FACTOR)
        time.sleep(SETTLED / FACTOR)
        rows = world.rows(TOOK)
    waits, calls = [float(took - call) for took, call in rows], [float(call) for _, call in rows]
    tenths = statistics.quantiles(waits, n=20)
    print(
        f"\n{len(rows)} of {ORDERS} single orders posted; received -> posted, less the call's own "
        f"{statistics.median(calls):.2f} s: p50 {statistics.median(waits):.2f} s, p95 {tenths[18]:.2f} s"
    )


if __name__ == "__main__":
    test_at_once()
