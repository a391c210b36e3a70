"""PURE: sums over all documents per kind, currency and tax type: what the orders say, the day book, the ledger.

An order knows no ledger's tax types, and a total does not either: each is laid over its document's lines, and what it
is more or less than they come to stands at the tax type of the largest. So all rows together are the totals, to the
cent, and what differs is seen where it most likely belongs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.document import AmountType, Document
from daybook.documents.kinds import SPECS, Paper
from daybook.kit.money import ZERO, Totals
from daybook.mapping.arithmetic import line_amount, line_tax
from daybook.reconciliation import orders_say

NOTHING = Totals(ZERO, ZERO, ZERO)
ALL = "*"
"""In the place of a tax type: all of them together."""
Split = Mapping[str, Totals]
"""Amounts by tax type."""


def split_of(paper: Paper | None, rates: Mapping[str, Decimal]) -> dict[str, Totals]:
    """Return what a document's lines come to by tax type; {} where it has none. `rates`: a fraction by tax type.

    A rate that was changed or is not known gives another tax than the document's: `laid_over` puts that right.
    """
    if not isinstance(paper, Document):
        return {}
    found: dict[str, Totals] = {}
    for line in paper.lines:
        amount = line_amount(line)
        tax = line_tax(line, rate=rates.get(line.tax_type, ZERO), amount_type=paper.amount_type)
        net = amount - tax if paper.amount_type is AmountType.INCLUSIVE else amount
        found[line.tax_type] = plus(found.get(line.tax_type, NOTHING), Totals(net, tax, net + tax))
    return found


def laid_over(total: Totals | None, split: Split) -> dict[str, Totals]:
    """Return a total by the tax types of a split, which is enlarged at its largest part until it comes to the total."""
    if total is None:
        return {}
    if not split:
        return {"": total}
    rest = total
    for part in split.values():
        rest = minus(rest, part)
    largest = max(split, key=lambda name: abs(split[name].gross))
    return {name: plus(part, rest) if name == largest else part for name, part in split.items()}


def plus(one: Totals, other: Totals) -> Totals:
    """Add."""
    return Totals(*(a + b for a, b in zip(one, other, strict=True)))


def minus(one: Totals, other: Totals) -> Totals:
    """Subtract."""
    return Totals(*(a - b for a, b in zip(one, other, strict=True)))


class Key(NamedTuple):
    """What a sum is of."""

    kind: str
    currency: str
    tax_type: str


@dataclass(slots=True)
class Sum:
    """One row: the three sides, None where a side says nothing of this kind, and how many documents it is of."""

    orders: Totals | None
    day_book: Totals = NOTHING
    ledger: Totals = NOTHING
    documents: int = 0
    differing: int = 0

    @property
    def gaps(self) -> Totals:
        """Return the largest gap between any two sides, in net, tax and gross."""
        sides = [side for side in (self.orders, self.day_book, self.ledger) if side is not None]
        return Totals(*(max(amounts) - min(amounts) for amounts in zip(*sides, strict=True)))

    @property
    def difference(self) -> Decimal:
        """Return the largest of these."""
        return max(self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One document: its amounts on each side; None: it is not there."""

    kind: str
    currency: str
    split: Split
    """Of its own lines."""
    orders: Totals | None
    day_book: Totals | None
    ledger: Totals | None
    ledger_split: Split
    """As the ledger's own lines say; {} where they were not read."""
    is_differing: bool
    ledger_status: str = ""
    """In the ledger's own word."""


class Standing(NamedTuple):
    """What of the ledger's side an amount is of: a draft is in no tax return yet."""

    kind: str
    currency: str
    tax_type: str
    status: str


@dataclass(slots=True)
class There:
    """What stands in the ledger of one standing, and of how many documents it is."""

    totals: Totals = NOTHING
    documents: int = 0


@dataclass(slots=True)
class Sums:
    """All of them, growing."""

    by_key: dict[Key, Sum] = field(default_factory=dict)
    by_standing: dict[Standing, There] = field(default_factory=dict)

    def add(self, document: Sides) -> None:
        """Count a document."""
        orders = laid_over(document.orders, document.split)
        day_book = laid_over(document.day_book, document.split)
        ledger = laid_over(document.ledger, document.ledger_split or document.split)
        for tax_type in sorted({*orders, *day_book, *ledger}):
            sides = (orders.get(tax_type), day_book.get(tax_type), ledger.get(tax_type))
            self._add(Key(document.kind, document.currency, tax_type), sides, document)
        for tax_type, part in ledger.items():
            standing = Standing(document.kind, document.currency, tax_type, document.ledger_status)
            there = self.by_standing.setdefault(standing, There())
            there.totals, there.documents = plus(there.totals, part), there.documents + 1
        total = Key(document.kind, document.currency, ALL)
        self._add(total, (document.orders, document.day_book, document.ledger), document)

    def _add(self, key: Key, sides: Iterable[Totals | None], document: Sides) -> None:
        orders, day_book, ledger = sides
        sum_ = self.by_key.setdefault(key, Sum(NOTHING if orders_say.says(document.kind) else None))
        if sum_.orders is not None and orders is not None:
            sum_.orders = plus(sum_.orders, orders)
        sum_.day_book = plus(sum_.day_book, day_book or NOTHING)
        sum_.ledger = plus(sum_.ledger, ledger or NOTHING)
        sum_.documents += 1
        sum_.differing += document.is_differing

    def rows(self) -> list[tuple[Key, Sum]]:
        """Return all rows by kind and currency, the tax types of each before their total."""
        ranks = {kind: place for place, kind in enumerate(SPECS)}
        order = sorted(self.by_key, key=lambda key: (ranks[key.kind], key.currency, key.tax_type == ALL, key.tax_type))
        return [(key, self.by_key[key]) for key in order]
