"""`daybook import`: the orders of a file go the way that all orders go, and each refusal is told with its place."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from daybook.companies.models import Company
from daybook.intake import receive
from daybook.intake.deliveries import Arrival, Door
from daybook.intake.storing import Result
from daybook.ops.cli.order_files import Placed
from daybook.sources.problems import Problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order that was not taken in."""

    place: str
    problem: Problem

    def __str__(self) -> str:
        where = f"{self.place}, {self.problem.field}" if self.problem.field else self.place
        return f"{where}: {self.problem.problem} {self.problem.cure}"


@dataclass(slots=True)
class Tally:
    """What became of the orders of a file."""

    results: Counter[str] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    """Of the orders that were taken in: what will happen to them."""
    refusals: list[Refusal] = field(default_factory=list)


def take_in(company: Company, placed: Iterable[Placed], *, source: str, note: Callable[[], None]) -> Tally:
    """Receive every order, calling `note` after each, and return what became of them."""
    tally = Tally()
    places: list[str] = []

    def readable() -> Iterator[object]:
        for one in placed:
            if one.problems:
                _refuse(tally, one.place, one.problems)
                note()
                continue
            places.append(one.place)
            yield one.payload

    for receipt in receive.receive_many(company, readable(), source=source, arrival=Arrival(door=Door.FILE)):
        if receipt.is_refused:
            _refuse(tally, places[receipt.position], receipt.problems)
        else:
            tally.results[receipt.result] += 1
            tally.standings[receipt.outlook.standing if receipt.outlook else ""] += 1
        note()
    return tally


def _refuse(tally: Tally, place: str, problems: Iterable[Problem]) -> None:
    tally.results[Result.REFUSED] += 1
    tally.refusals += [Refusal(place, problem) for problem in problems]
