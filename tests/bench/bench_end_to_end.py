"""From an order that the API accepts to an invoice that stands in Xero, beside a plain loop with Xero's own SDK.

Real processes (`daybook up`, a local Xero without limits), durable PostgreSQL, by turns in one run: ratios are what counts.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.bench_house import an_order
from tests.bench.conftest import Note
from tests.bench.programs import Running, running, send
from tests.chaos import world as trial

TURNS = int(os.environ.get("BENCH_TURNS", "3"))
ORDERS, LOOPED, ALONE, LIST = 3_000, 600, 400, 100
LONG_LIST = 1_000
OURS = ("web", "worker")
INTAKE = ("web", "PostgreSQL")


class Turn(NamedTuple):
    """What one turn took: documents or orders a second, and milliseconds of CPU for each, by program."""

    speed: float
    cpu: dict[str, float]


class Shop:
    """Sends orders that were never sent, and knows how many there are."""

    def __init__(self, all_of_it: Running) -> None:
        self.running, self.sent = all_of_it, 0

    def bodies(self, count: int, in_lists_of: int) -> list[bytes]:
        """Return the bodies of so many orders."""
        first, self.sent = self.sent + 1, self.sent + count
        orders = [an_order(serial) for serial in range(first, self.sent + 1)]
        lists = [orders[place : place + in_lists_of] for place in range(0, count, in_lists_of)]
        return [json.dumps(each if in_lists_of > 1 else each[0]).encode() for each in lists]

    def measured(self, count: int, act: Callable[[], None]) -> Turn:
        """Return what `act` took, for each of `count`."""
        before, begun = self.running.cpu(), time.perf_counter()
        act()
        seconds, after = time.perf_counter() - begun, self.running.cpu()
        return Turn(count / seconds, {name: 1000 * (after[name] - before[name]) / count for name in before})

    def through(self, count: int, in_lists_of: int) -> tuple[Turn, Turn]:
        """Return what it takes to accept so many orders, and to have them in Xero from their first byte on."""
        bodies, accepted = self.bodies(count, in_lists_of), list[Turn]()

        def all_the_way() -> None:
            accepted.append(self.measured(count, lambda: send(self.running, bodies)))
            self.running.wait_until_posted(self.sent)

        whole = self.measured(count, all_the_way)
        return accepted[0], whole


def looped(all_of_it: Running, first: int) -> Turn:
    """Return what the plain loop takes."""
    command = [sys.executable, "-m", "tests.bench.sdk_loop", all_of_it.xero, all_of_it.company["tenant"]]
    environ = {**trial.inherited(), "PYTHONPATH": f"{trial.source()}:{trial.ROOT}"}
    said = subprocess.run([*command, str(first), str(LOOPED)], env=environ, capture_output=True, text=True, check=True)
    found = json.loads(said.stdout.splitlines()[-1])
    return Turn(LOOPED / found["seconds"], {"loop": 1000 * found["cpu"] / LOOPED})


def middle(values: list[float]) -> float:
    return statistics.median(values)


def test_orders_beside_a_plain_loop(note: Note) -> None:
    with running() as all_of_it:
        shop = Shop(all_of_it)
        shop.through(200, LIST)  # what only a first time costs
        loops, intakes, wholes, singles = list[Turn](), list[Turn](), list[Turn](), list[Turn]()
        for turn in range(TURNS):
            loops.append(looped(all_of_it, 1 + turn * LOOPED))
            accepted, whole = shop.through(ORDERS, LIST)
            intakes.append(accepted)
            wholes.append(whole)
            singles.append(shop.through(ALONE, 1)[0])
        long_list = [_long_list(shop) for _ in range(TURNS)]
        assert all_of_it.documents_in_xero() == shop.sent + TURNS * LOOPED
    _tell(note, loops, intakes, wholes, singles)
    note("A list of 1,000 orders answers after", middle(long_list), "s", "<= 2")


def _long_list(shop: Shop) -> float:
    """Return the seconds until a list of 1,000 orders is answered; what it brings is posted before the next."""
    bodies = shop.bodies(LONG_LIST, LONG_LIST)
    begun = time.perf_counter()
    send(shop.running, bodies)
    seconds = time.perf_counter() - begun
    shop.running.wait_until_posted(shop.sent)
    return seconds


def _tell(note: Note, loops: list[Turn], intakes: list[Turn], wholes: list[Turn], singles: list[Turn]) -> None:
    ratios = [whole.speed / loop.speed for whole, loop in zip(wholes, loops, strict=True)]
    note("End to end, documents a second", middle([each.speed for each in wholes]), "/s")
    note("A plain loop with Xero's SDK, documents a second", middle([each.speed for each in loops]), "/s")
    note("End to end, against the loop", middle(ratios), "times", ">= 1.5")
    ours = [sum(each.cpu[name] for name in OURS) for each in wholes]
    theirs = middle([each.cpu["loop"] for each in loops])
    note("CPU of web and worker a document", middle(ours), "ms")
    note("CPU of the loop's client a document", theirs, "ms")
    note("CPU a document, against the loop's", middle(ours) / theirs, "times", "<= 1.0")
    for name in ("web", "worker", "PostgreSQL", "local Xero"):
        note(f"CPU a document: {name}", middle([each.cpu[name] for each in wholes]), "ms")
    note("Intake in lists of 100, 8 clients", middle([each.speed for each in intakes]), "orders/s", ">= 1,000")
    note("Intake one by one, 8 clients", middle([each.speed for each in singles]), "orders/s", ">= 150")
    each = [sum(single.cpu[name] for name in INTAKE) for single in singles]
    note("CPU of web and PostgreSQL an order alone", middle(each), "ms", "<= 8")
