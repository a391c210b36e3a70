"""PURE: the orders of a trial, how their deliveries come, and what must stand in the books at its end.

What is expected is worked out here, from the orders alone; nothing of Daybook is asked.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.chaos import money
from tests.chaos.cast import CAST, Account, Paper, Role, cents
from tests.chaos.money import Story, net_of, totals

MOST_IN_A_DELIVERY = 25
NEEDY = Decimal("0.33")
"""A tax rate that no company has: such an order needs a person, and must be the only kind that does."""
Alternatives = tuple[frozenset[Paper], ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request to the API. Deliveries of the same orders are sent in this order, others at the same time."""

    at: float
    """When, in parts of the trial: 0 to 1."""
    letter: str
    key: str
    orders: tuple[dict[str, Any], ...]
    is_double: bool = False
    is_late: bool = False
    """A newer version of its orders has been sent already."""

    @property
    def body(self) -> bytes:
        """Return the bytes that are sent."""
        return json.dumps(self.orders).encode()


@dataclass(frozen=True, slots=True)
class Trade:
    """All that is sent, and all that must come of it."""

    deliveries: tuple[Delivery, ...]
    choices: dict[str, Alternatives]
    """By number of the order what may stand in the books: one of several sets of papers, where it is a race."""
    needy: frozenset[str]
    """The numbers of the orders that must need a person."""
    unpaid: frozenset[str]
    """The numbers of the orders of which a payment must need a person, and nothing else."""
    taken: frozenset[tuple[str, str, str]]
    """Country, number and currency of invoices that somebody wrote by hand, before orders of these numbers come."""
    orders: int
    balances: Counter[Account]
    """What must stand on each account, in cents."""
    by_letter: dict[str, int] = field(default_factory=dict)

    @property
    def fewest(self) -> int:
        """Return how many papers there are at least."""
        return sum(min(map(len, each)) for each in self.choices.values())

    def papers(self, found: Collection[Paper] = ()) -> frozenset[Paper]:
        """Return what must stand in the books: of each order's alternatives the one that is most like what was found."""
        there: dict[str, set[Paper]] = defaultdict(set)
        for each in found:
            there[order_of(each)].add(each)
        picked = (min(some, key=lambda one: len(one ^ there[number])) for number, some in self.choices.items())
        return frozenset(paper for each in picked for paper in each)


def order_of(paper: Paper) -> str:
    """Return the number of the order that a paper is of."""
    _, is_of_payout, payment = paper.number.partition("-po_ch_")
    if is_of_payout:
        return payment.partition("_")[0].upper()
    return paper.number.partition(":")[0].partition("-")[0].upper()


@dataclass(frozen=True, slots=True)
class _Told:
    """One order: its versions, oldest first, and what must come of it."""

    role: Role
    number: str
    versions: tuple[dict[str, Any], ...]
    alternatives: Alternatives
    balances: Counter[Account] = field(default_factory=Counter)
    is_needy: bool = False
    is_taken: bool = False
    is_unpaid: bool = False


def trade(seed: int, count: int, *, stem: str = "", largest: int = MOST_IN_A_DELIVERY) -> Trade:
    """Return the orders of this seed and how they are delivered, up to `largest` together; `stem` goes into numbers."""
    chance = random.Random(f"orders {seed}")
    told = [_told(chance, CAST[index % len(CAST)], f"{stem}{index:05}") for index in range(count)]
    return Trade(
        deliveries=tuple(sorted(_deliveries(chance, told, largest), key=lambda each: each.at)),
        choices={each.number: each.alternatives for each in told},
        needy=frozenset(each.number for each in told if each.is_needy),
        unpaid=frozenset(each.number for each in told if each.is_unpaid),
        taken=frozenset((each.role.country, each.number, each.role.currency) for each in told if each.is_taken),
        orders=count,
        balances=_sum(each.balances for each in told),
        by_letter={role.letter: sum(each.role is role for each in told) for role in CAST},
    )


def _sum(balances: Iterable[Counter[Account]]) -> Counter[Account]:
    found = Counter[Account]()
    for each in balances:
        found.update(each)
    return found


def both(first: Trade, second: Trade) -> Trade:
    """Return two trades as one, the second after the first."""
    halves = [_within(first, 0, 0.5), _within(second, 0.5, 1)]
    return Trade(
        deliveries=tuple(each for half in halves for each in half),
        choices=first.choices | second.choices,
        needy=first.needy | second.needy,
        unpaid=first.unpaid | second.unpaid,
        taken=first.taken | second.taken,
        orders=first.orders + second.orders,
        balances=_sum([first.balances, second.balances]),
        by_letter={letter: count + second.by_letter[letter] for letter, count in first.by_letter.items()},
    )


def _within(of: Trade, begin: float, end: float) -> Iterator[Delivery]:
    for each in of.deliveries:
        at = begin + each.at * (end - begin)
        yield Delivery(at, each.letter, each.key, each.orders, is_double=each.is_double, is_late=each.is_late)


def _told(chance: random.Random, role: Role, digits: str) -> _Told:
    number = f"{role.letter}{digits}"
    fate = chance.choices(["plain", "changed", "cancelled", "late", "needy", "taken"], weights=[66, 20, 4, 4, 3, 3])[0]
    lines = _lines(chance, role, NEEDY if fate == "needy" else None)
    bought = frozenset(_purchases(role, number, lines))
    if fate == "late" and not role.is_tracked:
        return _cancelled_late(role, number, lines)
    if fate == "cancelled":
        first = _order(role, number, lines, sequence=1, is_dispatched=False)
        return _Told(role, number, (first, _cancelled(first)), (frozenset(),))
    if fate in {"needy", "taken"}:  # what is bought has no tax of the sale's in it, and nobody took its number
        version = _order(role, number, lines, sequence=1)
        return _Told(role, number, (version,), (bought,), is_needy=True, is_taken=fate == "taken")
    story = money.tell(chance, role, number, lines, changed=fate == "changed")
    others = _lines(chance, role, None) if fate == "changed" else lines
    return _Told(
        role,
        number,
        tuple(_versions(story, others)),
        tuple(_with_purchases(story, bought)),
        story.balances(),
        is_unpaid=bool(story.needy),
    )


def _versions(story: Story, others: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each step of the story, oldest first; before it was dispatched the order may have had other lines."""
    for sequence, step in enumerate(story.steps, start=1):
        lines = list(story.lines) if step.is_dispatched else others
        version = _order(story.role, story.number, lines, sequence=sequence, is_dispatched=step.is_dispatched)
        yield {**version, **story.told_in(step)}


def _with_purchases(story: Story, bought: frozenset[Paper]) -> Iterator[frozenset[Paper]]:
    """What is bought is bought, whatever is given back; of what was all given back before, perhaps not."""
    for sold in story.alternatives():
        yield sold | bought
        if bought and not sold:
            yield sold


def _cancelled(version: dict[str, Any]) -> dict[str, Any]:
    return {**version, "sequence": version["sequence"] + 1, "status": "Cancelled", "cancelled": True}


def _cancelled_late(role: Role, number: str, lines: list[dict[str, Any]]) -> _Told:
    """Cancelled after it was dispatched and not paid: nothing stands, or all is credited and set against the invoice."""
    first = _order(role, number, lines, sequence=1)
    story = Story(role, number, lines, refunds=(money.whole(number, lines),))
    return _Told(role, number, (first, _cancelled(first)), story.alternatives())


def _lines(chance: random.Random, role: Role, rate: Decimal | None) -> list[dict[str, Any]]:
    """One to four lines; where stock is kept each item is one of forty, so that some have to be made there first."""
    skus = chance.sample(range(40), chance.randint(1, 4))
    return [
        {
            "id": str(place + 1),
            "sku": f"{role.letter}-ITEM-{sku:02}",
            "description": f"Item {sku}",
            "quantity": chance.randint(1, 12),
            "unit_price": f"{chance.randint(1, 9999) / 100:.2f}",
            "tax_rate": str(rate) if rate is not None else chance.choice(role.rates),
            "unit_cost": f"{chance.randint(1, 4999) / 100:.2f}",
        }
        for place, sku in enumerate(skus)
    ]


def _order(
    role: Role, number: str, lines: list[dict[str, Any]], *, sequence: int, is_dispatched: bool = True
) -> dict[str, Any]:
    net, tax, gross = totals(lines)
    dispatch = {"dispatched": True, "dispatched_at": "2026-03-05T14:02:11Z"} if is_dispatched else {}
    return {
        "source": "shop",
        "id": number,
        "number": number,
        "sequence": sequence,
        "status": "Dispatched" if is_dispatched else "In Production",
        "ordered_at": "2026-03-03T09:15:00Z",
        "currency": role.currency,
        "lines": lines,
        "totals": {"net": str(net), "tax": str(tax), "gross": str(gross)},
        **dispatch,
    }


def _purchases(role: Role, number: str, lines: Sequence[dict[str, Any]]) -> Iterator[Paper]:
    if role.is_tracked:
        cost = sum((net_of(line, "unit_cost") for line in lines), Decimal(0))
        theirs = sum((cents(net_of(line, "unit_cost") * role.purchase_rate) for line in lines), Decimal(0))
        yield Paper(role.country, "purchase_order", number, (str(cost), str(theirs), str(cost + theirs)))


def _deliveries(chance: random.Random, told: Sequence[_Told], largest: int) -> Iterator[Delivery]:
    """Each company's orders in lists of several lengths; some lists twice, some versions after the newer ones."""
    for role in CAST:
        mine = [each for each in told if each.role is role]
        while mine:
            size = chance.randint(1, largest)
            taken, mine = mine[:size], mine[size:]
            yield from _of(chance, role, taken, taken[0].number)


def _of(chance: random.Random, role: Role, taken: Sequence[_Told], name: str) -> Iterator[Delivery]:
    """The newest versions, and those one, two, ... before: each some time earlier, or after all."""
    at = moment = chance.uniform(0.1, 0.9)
    newest = tuple(each.versions[-1] for each in taken)
    for before in range(2, max(len(each.versions) for each in taken) + 1):
        older = tuple(each.versions[-before] for each in taken if len(each.versions) >= before)
        is_late = chance.random() < 0.25
        moment = max(0.0, moment - chance.uniform(0.05, 0.2))
        when = at + chance.uniform(0.02, 0.15) if is_late else moment
        yield Delivery(when, role.letter, f"{name}-before{before - 1}", older, is_late=is_late)
    yield Delivery(at, role.letter, f"{name}-newest", newest)
    if chance.random() < 0.3:
        again = f"{name}-newest" if chance.random() < 0.5 else f"{name}-again"
        yield Delivery(at + chance.uniform(0, 0.2), role.letter, again, newest, is_double=True)
