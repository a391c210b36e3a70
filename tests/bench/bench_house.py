"""What an order, a document and a page cost: statements that PostgreSQL executes, and CPU of Daybook's own Python.

    make bench                                                    this tree
    python tests/bench/bench_house.py --tree PATH [--tree PATH]   one checkout or two, by turns in one run, with ratios

A checkout must have `tests/outside.py`, by which it is measured; the first commit that has it is found with
`git log --diff-filter=A --format=%h -- tests/outside.py`. Statements: see `outside.counted`. CPU: of the process and
all its threads, less what the local Xero spends in it; PostgreSQL works in processes of its own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

HERE = Path(__file__).resolve().parents[2]
MEASURE = "--measure"
SINGLE, BULK, BATCH, BATCHES, PAGES = 40, 100, 50, 4, 20
Figures = dict[str, float]


def an_order(serial: int) -> dict[str, Any]:
    """A dispatched order of three lines of two rates with carriage, as a shop sends it."""
    lines = [
        {
            "id": f"{serial}-{place}", "sku": f"SKU-{place}", "description": f"Mug {place}", "quantity": place + 1,
            "unit_price": "6.25", "unit_price_inc_tax": "7.50", "tax_rate": "0.2",
        }
        for place in range(2)
    ]  # fmt: skip
    lines.append(
        {"id": f"{serial}-2", "sku": "BIB", "description": "Bib", "quantity": 1, "unit_price": "8", "tax_rate": "0"}
    )
    return {
        "source": "bench", "id": str(serial), "number": f"B{serial:06}", "external_ref": f"WEB-{serial}",
        "currency": "GBP", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "lines": lines,
        "shipping": {"price": "3.5", "price_inc_tax": "4.2", "tax_rate": "0.2"},
    }  # fmt: skip


class House:
    """A company of the tree that is measured, connected to a local Xero whose own CPU is known."""

    def __init__(self) -> None:
        from tests import outside

        class Metered(outside.RecordingXero):
            spent, lock = 0.0, threading.Lock()

            def __call__(self, environ: Any, start_response: Any) -> Any:
                begun = time.thread_time()
                try:
                    return super().__call__(environ, start_response)
                finally:
                    with self.lock:
                        self.spent += time.thread_time() - begun

        self.outside, self.xero = outside, Metered(limits="off")
        self.cast = outside.acme(self.xero)
        self.sender = outside.Sender(self.cast.company)
        self.browser = outside.signed_in_person(self.cast.company)
        self._serial = 0

    def bodies(self, count: int) -> str:
        """Return the body of so many orders that were never sent."""
        first, self._serial = self._serial + 1, self._serial + count
        orders = [an_order(serial) for serial in range(first, self._serial + 1)]
        return json.dumps(orders[0] if count == 1 else orders)

    def send(self, count: int) -> None:
        answer = self.sender.send(self.bodies(count))
        assert answer["accepted"] == count, answer

    def drain(self) -> None:
        """Post all that waits."""
        self.outside.drain(self.cast)

    def assert_all_stand_in_xero(self) -> None:
        """Make sure that what was measured was the whole work: each order sent so far has its invoice."""
        assert len(self.cast.invoices()) == self._serial

    def page(self, name: str) -> None:
        assert self.browser.get(f"/c/{self.cast.company.public_id}/{name}/").status_code == 200

    def statements(self, act: Callable[..., None], *arguments: Any) -> int:
        with self.outside.counted() as seen:
            act(*arguments)
        return len(seen)

    def cpu(self, act: Callable[..., None], *arguments: Any) -> float:
        """Return the CPU seconds of Daybook's own Python in one call of `act`."""
        begun, spent = time.process_time(), self.xero.spent
        act(*arguments)
        return time.process_time() - begun - (self.xero.spent - spent)

    def warm_up(self) -> None:
        """Do everything once, so that nothing is counted that only a process's first time costs."""
        self.send(1)
        self.send(2)
        self.outside.make_due(self.cast)
        self.drain()
        for name in ("orders", "documents"):
            self.page(name)


def statements_of(house: House) -> Figures:
    """Return how many statements each act takes; the house is warm."""
    figures: Figures = {
        "one API order": house.statements(house.send, 1),
        "a list of 100": house.statements(house.send, BULK),
    }
    house.outside.make_due(house.cast)
    house.drain()
    house.send(BATCH)
    house.outside.make_due(house.cast)
    figures["a drain and settling of 50 documents"] = house.statements(house.drain)
    house.assert_all_stand_in_xero()
    for name in ("orders", "documents"):
        figures[f"a page of 100 {name}"] = house.statements(house.page, name)
    return figures


def cpu_of(house: House) -> Figures:
    """Return milliseconds of CPU; the house is warm, and holds at least 100 orders that are posted."""
    single = [house.cpu(house.send, 1) for _ in range(SINGLE)]
    house.outside.make_due(house.cast)
    house.drain()
    bulk, posted = [], []
    for _ in range(BATCHES):
        bulk.append(house.cpu(house.send, BULK) / BULK)
        house.outside.make_due(house.cast)
        posted.append(house.cpu(house.drain) / BULK)
    house.assert_all_stand_in_xero()
    named = {"an order, single": single, "an order in bulk": bulk, "a posted document": posted}
    for name in ("orders", "documents"):
        named[f"a page of 100 {name}"] = [house.cpu(house.page, name) for _ in range(PAGES)]
    return {name: statistics.median(seconds) * 1000 for name, seconds in named.items()}


def measured() -> dict[str, Figures]:
    """Measure the tree that is imported."""
    house = House()
    house.warm_up()
    return {"statements": statements_of(house), "CPU, ms": cpu_of(house)}


@pytest.mark.django_db(transaction=True)
def test_what_the_house_costs() -> None:
    print(f"\n{table([measured()])}")


# Two checkouts by turns: a process for each turn, each with a database of its own that was migrated once.


def table(trees: list[dict[str, Figures]]) -> str:
    """Return the figures of one or two trees as lines; the last column is the second's share of the first."""
    lines = []
    for section, figures in trees[0].items():
        for name in figures:
            values = [tree[section][name] for tree in trees]
            share = f"{values[1] / values[0]:9.2f}" if len(values) > 1 else ""
            lines.append(f"  {section:12}{name:40}" + "".join(f"{value:10.1f}" for value in values) + share)
    return "\n".join(lines)


def middle(turns: list[dict[str, Figures]]) -> dict[str, Figures]:
    """Return the medians of several turns."""
    return {
        section: {name: statistics.median(turn[section][name] for turn in turns) for name in figures}
        for section, figures in turns[0].items()
    }


class Tree:
    """A checkout, and the database that its turns are copied from."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self._template, self._turn = path, f"bench_{number}", 0
        if not (path / "tests" / "outside.py").is_file():
            sys.exit(f"{path} has no tests/outside.py, by which it is measured (see the head of this file).")
        self._ask(f"CREATE DATABASE {self._template}")
        self._run(self._template, "-m", "daybook", "migrate")

    def turn(self) -> dict[str, Figures]:
        """Measure once, in a process and a database of its own."""
        self._turn += 1
        database = f"{self._template}_{self._turn}"
        self._ask(f"CREATE DATABASE {database} TEMPLATE {self._template}")
        last_line = self._run(database, str(Path(__file__).resolve()), MEASURE).strip().splitlines()[-1]
        self._ask(f"DROP DATABASE {database} WITH (FORCE)")
        found: dict[str, Figures] = json.loads(last_line)
        return found

    def _run(self, database: str, *arguments: str) -> str:
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
        path = os.pathsep.join([str(self.path / "src"), str(self.path)])
        environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": path}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.path, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{self.path}: {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def _ask(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statement)


def compare(paths: list[Path], turns: int) -> None:
    """Measure the trees by turns and print the medians."""
    sys.path[:0] = [str(HERE / "src"), str(HERE)]
    from tests import conftest  # starts a PostgreSQL where DATABASE_URL names none

    try:
        trees = [Tree(path.resolve(), number) for number, path in enumerate(paths)]
        found: list[list[dict[str, Figures]]] = [[] for _ in trees]
        for _ in range(turns):
            for tree, of_tree in zip(trees, found, strict=True):
                of_tree.append(tree.turn())
        print(*(f"{number}: {tree.path}" for number, tree in enumerate(trees, start=1)), sep="\n")
        print(table([middle(of_tree) for of_tree in found]))
    finally:
        conftest.pytest_unconfigure()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, action="append", help="a checkout; twice: the two are compared")
    parser.add_argument("--turns", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument(MEASURE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        import django
        from django.test.utils import setup_test_environment

        django.setup()
        setup_test_environment()
        print(json.dumps(measured()))
    else:
        compare(given.tree or [HERE], given.turns)


if __name__ == "__main__":
    main()
