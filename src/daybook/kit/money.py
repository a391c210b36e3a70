"""Rounding, in one place.

Amounts are `Decimal`, always with a currency beside them, never `float`. Xero keeps totals at two decimals and rounds
half up at the cent (xero-rules.md 5.2).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal(0)


def round2(amount: Decimal) -> Decimal:
    """Return `amount` at two decimals, half up and away from zero, as Xero rounds (xero-rules.md 5.2: 2.165 -> 2.17)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


class Totals(NamedTuple):
    """What a document comes to, in its own currency, at two decimals: net + tax = gross."""

    net: Decimal
    tax: Decimal
    gross: Decimal
