"""Benchmarks note what they found; at the end of `make bench` it stands in one table, and in docs/performance.md."""

from collections.abc import Callable, Iterator

import pytest

from tests.bench import figures

Note = Callable[..., None]


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Iterator[Note]:
    """Return what a benchmark calls with name, value, unit and goal of what it found."""
    found: list[figures.Figure] = []

    def add(name: str, value: float, unit: str = "", goal: str = "") -> None:
        found.append(figures.Figure(name, round(value, 3), unit, goal))

    yield add
    before = figures.load()
    print(f"\n\n{figures.table(found, before)}")
    figures.save(found, before)
