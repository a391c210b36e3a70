"""PURE: what an order comes to, line by line, for files and invoices that are read by people or other programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 - `Sale.date` wants the word
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.line_kinds import LineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """One line. All money is in the order's currency."""

    kind: str = LineKind.GOODS
    """Of `LineKind`."""
    sku: str = ""
    description: str = ""
    quantity: Decimal
    unit_price: Decimal | None = None
    """Of one, without tax, before any discount; None: it is only known with tax."""
    unit_price_inc_tax: Decimal | None = None
    discount: Decimal = Decimal(0)
    """Taken off the whole line: on the side on which the unit's price is known, without tax where both are."""
    net: Decimal
    tax: Decimal
    rate: Decimal
    """A fraction: 0.2 is 20 %."""
    of: str = ""
    """Which part of the order it is, as `document.Line.of` says it; told to nobody."""

    @property
    def gross(self) -> Decimal:
        """Return what the line comes to with its tax."""
        return self.net + self.tax


class TaxRow(NamedTuple):
    """What bears one rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An order's lines, whose net and tax add up to its own totals, to the last digit."""

    date: Day
    lines: tuple[SoldLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    exchange_rate: Decimal | None = None
    """How much of the order's currency is one of the company's; None: the order does not say."""
    lowered_by: tuple[str, ...] = ()
    """The refunds, by the shop's ids, that it is lowered by."""

    @property
    def taxes(self) -> tuple[TaxRow, ...]:
        """Return what each rate is borne by, the highest first."""
        return tax_rows(self.lines)


def tax_rows(lines: Iterable[SoldLine]) -> tuple[TaxRow, ...]:
    """Return the sums by rate, the highest first."""
    rows: dict[Decimal, TaxRow] = {}
    for line in lines:
        before = rows.get(line.rate, TaxRow(line.rate, Decimal(0), Decimal(0)))
        rows[line.rate] = TaxRow(line.rate, before.net + line.net, before.tax + line.tax)
    return tuple(rows[rate] for rate in sorted(rows, reverse=True))
