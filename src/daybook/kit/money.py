"""Rounding, in one place.

Amounts are `Decimal`, always with a currency beside them, never `float`. Ledgers keep totals at two decimals and round
half up at the cent (xero-rules.md 5.2).
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

CENT = Decimal("0.01")
HALF_CENT = Decimal("0.005")
ZERO = Decimal(0)

_FOUR_PLACES = Decimal("0.0001")


def round2(amount: Decimal) -> Decimal:
    """Return `amount` at two decimals, half up and away from zero, as ledgers round (xero-rules.md 5.2: 2.165 -> 2.17)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def round4(price: Decimal) -> Decimal:
    """Return a unit price at four decimals, the most that the ledger keeps (xero-rules.md 5.2)."""
    return price.quantize(_FOUR_PLACES, rounding=ROUND_HALF_UP)


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Return `amount` as a multiple of `step`, half away from zero: 12.23 at 0.05 is 12.25."""
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


@lru_cache(maxsize=4096)  # prices recur, and taking a number apart takes its time
def decimals(number: Decimal) -> int:
    """Return how many decimals a finite number needs: 6.250 needs two, 100 none."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(number: Decimal) -> str:
    """Return a finite number as people write it: no exponent, no zeros at the end ("0.2", "100")."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(amount: Decimal) -> str:
    """Return an amount as people read it: two decimals, or as many as it has ("12.00", "0.995")."""
    return f"{amount:.2f}" if decimals(amount) <= 2 else plain(amount)


class Totals(NamedTuple):
    """What a document comes to, in its own currency, at two decimals: net + tax = gross."""

    net: Decimal
    tax: Decimal
    gross: Decimal
