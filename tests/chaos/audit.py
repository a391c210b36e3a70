"""PURE: what was sent, and what the books hold. Nothing of Daybook is asked what it thinks it did."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.chaos.orders import Paper

DEAD = frozenset({"DELETED", "VOIDED"})
LISTS = {"invoice": ("Invoices", "InvoiceNumber"), "purchase_order": ("PurchaseOrders", "PurchaseOrderNumber")}
MARK = "[db:"


@dataclass(frozen=True, slots=True)
class Audit:
    """What the comparison found, by number."""

    expected: int
    there: int
    lost: tuple[str, ...] = ()
    double: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    """Their totals are not those of the order, to the cent."""
    unasked: tuple[str, ...] = ()
    """Made by Daybook, of nothing that was sent."""
    money: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """By kind: what should stand there, and what does; gross, all currencies together."""

    @property
    def is_well(self) -> bool:
        """Return whether there is nothing to say."""
        return not (self.lost or self.double or self.off or self.unasked)


def papers_in(country: str, books: Mapping[str, Any]) -> list[Paper]:
    """Return what Daybook made in one organisation's books, in any state that counts there."""
    return [
        Paper(country, kind, element[number], _totals(element))
        for kind, (listed, number) in LISTS.items()
        for element in books[listed]
        if MARK in (element.get("Reference") or "") and element.get("Status") not in DEAD
    ]


def compare(expected: Collection[Paper], found: Iterable[Paper]) -> Audit:
    """Lay both sides beside each other."""
    there = list(found)
    wanted = {(each.country, each.kind, each.number.upper()): each for each in expected}
    counted = Counter((each.country, each.kind, each.number.upper()) for each in there)
    return Audit(
        expected=len(wanted),
        there=len(there),
        lost=_named(key for key in wanted if key not in counted),
        double=_named(key for key, count in counted.items() if count > 1),
        off=_named(key for each in there if (key := _key(each)) in wanted and each.totals != wanted[key].totals),
        unasked=_named(key for key in counted if key not in wanted),
        money={kind: (_money(kind, expected), _money(kind, there)) for kind in LISTS},
    )


def _key(paper: Paper) -> tuple[str, str, str]:
    return paper.country, paper.kind, paper.number.upper()


def _named(keys: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple(sorted(f"{kind} {number} ({country})" for country, kind, number in keys))


def _money(kind: str, papers: Iterable[Paper]) -> Decimal:
    return sum((Decimal(each.totals[2]) for each in papers if each.kind == kind), Decimal(0))


def _totals(element: Mapping[str, Any]) -> tuple[str, str, str]:
    net, tax, gross = (f"{Decimal(str(element[name])):.2f}" for name in ("SubTotal", "TotalTax", "Total"))
    return net, tax, gross
