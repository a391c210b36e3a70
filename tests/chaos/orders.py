"""PURE: the orders of a trial, how their deliveries come, and what must stand in the books at its end.

What is expected is worked out here, from the orders alone; nothing of Daybook is asked.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
MOST_IN_A_DELIVERY = 25
NEEDY = Decimal("0.33")
"""A tax rate that no company has: such an order needs a person, and must be the only kind that does."""


@dataclass(frozen=True, slots=True)
class Role:
    """One company of the trial: where its books are, and what it posts."""

    letter: str
    name: str
    country: str
    currency: str
    is_tracked: bool
    rates: tuple[str, ...]
    purchase_rate: Decimal = Decimal(0)
    """Of what is bought, where stock is kept."""


CAST = (
    Role("A", "Acme", "GB", "GBP", is_tracked=False, rates=("0.2", "0.05", "0")),
    Role("C", "Cedar", "AU", "AUD", is_tracked=True, rates=("0.1", "0"), purchase_rate=Decimal("0.1")),
    Role("H", "Hazel", "US", "USD", is_tracked=False, rates=("0.08875", "0.0635", "0")),
)


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """One document that must stand in the books, with its totals as text: net, tax, gross."""

    country: str
    kind: str
    number: str
    totals: tuple[str, str, str]


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
    papers: frozenset[Paper]
    needy: frozenset[str]
    """The numbers of the orders that must need a person."""
    taken: frozenset[tuple[str, str, str]]
    """Country, number and currency of invoices that somebody wrote by hand, before orders of these numbers come."""
    orders: int
    by_letter: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Told:
    """One order: its versions, oldest first, and what must come of it."""

    role: Role
    number: str
    versions: tuple[dict[str, Any], ...]
    papers: tuple[Paper, ...]
    is_needy: bool = False
    is_taken: bool = False


def trade(seed: int, count: int, *, stem: str = "", largest: int = MOST_IN_A_DELIVERY) -> Trade:
    """Return the orders of this seed and how they are delivered, up to `largest` together; `stem` goes into numbers."""
    chance = random.Random(f"orders {seed}")
    told = [_told(chance, CAST[index % len(CAST)], f"{stem}{index:05}") for index in range(count)]
    return Trade(
        deliveries=tuple(sorted(_deliveries(chance, told, largest), key=lambda each: each.at)),
        papers=frozenset(paper for each in told for paper in each.papers),
        needy=frozenset(each.number for each in told if each.is_needy),
        taken=frozenset((each.role.country, each.number, each.role.currency) for each in told if each.is_taken),
        orders=count,
        by_letter={role.letter: sum(each.role is role for each in told) for role in CAST},
    )


def both(first: Trade, second: Trade) -> Trade:
    """Return two trades as one, the second after the first."""
    halves = [_within(first, 0, 0.5), _within(second, 0.5, 1)]
    return Trade(
        deliveries=tuple(each for half in halves for each in half),
        papers=first.papers | second.papers,
        needy=first.needy | second.needy,
        taken=first.taken | second.taken,
        orders=first.orders + second.orders,
        by_letter={letter: count + second.by_letter[letter] for letter, count in first.by_letter.items()},
    )


def _within(of: Trade, begin: float, end: float) -> Iterator[Delivery]:
    for each in of.deliveries:
        at = begin + each.at * (end - begin)
        yield Delivery(at, each.letter, each.key, each.orders, is_double=each.is_double, is_late=each.is_late)


def _told(chance: random.Random, role: Role, digits: str) -> _Told:
    number = f"{role.letter}{digits}"
    fate = chance.choices(["plain", "changed", "cancelled", "needy", "taken"], weights=[67, 22, 5, 3, 3])[0]
    lines = _lines(chance, role, NEEDY if fate == "needy" else None)
    last = _order(role, number, lines, sequence=2)
    if fate == "changed":
        first = _order(role, number, _lines(chance, role, None), sequence=1, is_dispatched=False)
        return _Told(role, number, (first, last), _papers(role, number, lines))
    if fate == "cancelled":
        first = _order(role, number, lines, sequence=1, is_dispatched=False)
        gone = {**first, "sequence": 2, "status": "Cancelled", "cancelled": True}
        return _Told(role, number, (first, gone), ())
    papers = _papers(role, number, lines)
    if fate == "needy":  # what is bought has no tax of the sale's in it: it goes, the invoice waits for a person
        return _Told(role, number, (last,), papers[1:], is_needy=True)
    if fate == "taken":  # of a purchase order's number nobody took anything
        return _Told(role, number, (last,), papers[1:], is_needy=True, is_taken=True)
    return _Told(role, number, (last,), papers)


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
    net, tax, gross = _totals(lines)
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


def _totals(lines: Sequence[dict[str, Any]]) -> tuple[Decimal, Decimal, Decimal]:
    net = sum((_net(line, "unit_price") for line in lines), Decimal(0))
    tax = sum((_cents(_net(line, "unit_price") * Decimal(line["tax_rate"])) for line in lines), Decimal(0))
    return net, tax, net + tax


def _net(line: dict[str, Any], price: str) -> Decimal:
    return _cents(line["quantity"] * Decimal(line[price]))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _papers(role: Role, number: str, lines: Sequence[dict[str, Any]]) -> tuple[Paper, ...]:
    net, tax, gross = _totals(lines)
    invoice = Paper(role.country, "invoice", number, (str(net), str(tax), str(gross)))
    if not role.is_tracked:
        return (invoice,)
    cost = sum((_net(line, "unit_cost") for line in lines), Decimal(0))
    theirs = sum((_cents(_net(line, "unit_cost") * role.purchase_rate) for line in lines), Decimal(0))
    return (
        invoice,
        Paper(role.country, "purchase_order", number, (str(cost), str(theirs), str(cost + theirs))),
    )


def _deliveries(chance: random.Random, told: Sequence[_Told], largest: int) -> Iterator[Delivery]:
    """Each company's orders in lists of several lengths; some lists twice, some versions after the newer ones."""
    for role in CAST:
        mine = [each for each in told if each.role is role]
        while mine:
            size = chance.randint(1, largest)
            taken, mine = mine[:size], mine[size:]
            yield from _of(chance, role, taken, taken[0].number)


def _of(chance: random.Random, role: Role, taken: Sequence[_Told], name: str) -> Iterator[Delivery]:
    at = chance.uniform(0, 0.8)
    newest = tuple(each.versions[-1] for each in taken)
    older = tuple(each.versions[0] for each in taken if len(each.versions) > 1)
    is_late = bool(older) and chance.random() < 0.4
    if older:
        earlier = at + chance.uniform(0.02, 0.15) if is_late else max(0.0, at - chance.uniform(0.02, 0.15))
        yield Delivery(earlier, role.letter, f"{name}-older", older, is_late=is_late)
    yield Delivery(at, role.letter, f"{name}-newest", newest)
    if chance.random() < 0.3:
        again = f"{name}-newest" if chance.random() < 0.5 else f"{name}-again"
        yield Delivery(at + chance.uniform(0, 0.2), role.letter, again, newest, is_double=True)
