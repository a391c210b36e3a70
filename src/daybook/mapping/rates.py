"""PURE: which tax rate two amounts show. A rate that somebody named, and that explains them, comes before any quotient.

Amounts rounded to the cent show many rates: 0.13 on 2.50 is 5 %, or 5.2 %. So a rate is looked for among those that the
order states and those that a person has mapped, over the whole order at once; only where none of these explains the
amounts is one proposed, and only one that could be a true rate.
"""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from daybook.kit.money import CENT, decimals

_TRUE_LOOKING = (Decimal("0.01"), Decimal("0.005"), Decimal("0.001"), Decimal("0.00025"))
"""Whole percents, halves, tenths, and the fortieths of American and Canadian taxes (8.875 %, 14.975 %)."""
_SURE = 5
"""A rate finer than whole percents is proposed only where the amounts would show a neighbour at a fifth of its grain."""
_EXACT_PLACES = 3
"""Tenths of a percent: a stated rate of this fineness was meant, not worked out."""


class Fit(IntEnum):
    """How well a rate leads from one amount to the other, the best first."""

    HIT = 0
    """One amount gives the other, rounded once."""
    NEAR = 1
    """Within a step: cut instead of rounded, two taxes rounded one by one, or each unit by itself."""
    EXPLAINED = 2
    """Both amounts may have been rounded before they were shown."""


class Shown(NamedTuple):
    """Two amounts of one thing, without its tax and with it. `net` is not zero."""

    net: Decimal
    gross: Decimal
    units: Decimal = Decimal(1)
    """How many prices, each rounded on its own, the amounts are made of."""
    step: Decimal = CENT
    """To what the sender rounded them."""

    def fit(self, rate: Decimal) -> Fit | None:
        """Return how well a rate explains the amounts, None where it does not."""
        if not explains(rate, net=self.net, gross=self.gross, units=self.units, step=self.step):
            return None
        tax = self.gross - self.net
        off = min(abs(self.net * rate - tax), abs(self.gross - self.gross / (1 + rate) - tax))
        if off <= self.step / 2:
            return Fit.HIT
        return Fit.NEAR if off < self.step or off <= self.step / 2 * abs(self.units) else Fit.EXPLAINED


def usable(rate: Decimal | None) -> Decimal | None:
    """Return a stated rate as a normalised fraction, or None where it is absent or junk (NaN, negative, over 100 %)."""
    if rate is None or not rate.is_finite() or not 0 <= rate <= 1:
        return None
    usual = normal(rate)
    return rate if usual.compare_total(rate) == 0 else usual  # the very same, so that nothing need be copied


def normal(rate: Decimal) -> Decimal:
    """Return a rate without zeros at the end: 0.20 becomes 0.2."""
    return rate.normalize() + 0


def explains(rate: Decimal, *, net: Decimal, gross: Decimal, units: Decimal = Decimal(1), step: Decimal = CENT) -> bool:
    """Tell whether `rate` leads from `net` to `gross`, allowing for both having been rounded to the sender's `step`.

    `units`: how many prices, each rounded on its own, the two amounts are made of. No rate of 0 makes a tax of a step.
    """
    half = step / 2
    allowance = half * (2 + rate) if rate else half
    return abs(net * (1 + rate) - gross) <= allowance * max(abs(units), Decimal(1))


def is_quotient(stated: Decimal, *, net: Decimal, gross: Decimal) -> bool:
    """Tell whether a stated rate was worked out from the rounded amounts (0.1995 of 4.16 and 4.99), to its last digit."""
    last_digit = Decimal(1).scaleb(-decimals(stated))
    return decimals(stated) > _EXACT_PLACES and abs(gross / net - 1 - stated) <= last_digit


def fitting(
    shown: Sequence[Shown], *, mapped: Iterable[Decimal], said: AbstractSet[Decimal]
) -> list[frozenset[Decimal]]:
    """Return for each pair of amounts the rates that it may bear: one, none, or several that nothing tells apart.

    `mapped`: what a person gave a TaxType; `said`: what the order states elsewhere. A pair that only one of them comes
    near decides for those that several do: 1.50 on 10.00 is 15 % or 14.975 %, 14.98 on 100.00 beside it only the latter.
    """
    pool = {normal(rate) for rate in mapped} | said
    fits = [{rate: fit for rate in pool if (fit := each.fit(rate)) is not None} for each in shown]
    near = [{rate: fit for rate, fit in each.items() if fit <= Fit.NEAR} for each in fits]
    sure = said | {rate for each in near if len(each) == 1 for rate in each}
    chosen = [
        _best({rate: fit for rate, fit in close.items() if rate in sure} or each)
        for each, close in zip(fits, near, strict=True)
    ]
    doubtful = [each for each in chosen if len(each) > 1]
    common = frozenset.intersection(*doubtful) if doubtful else frozenset()
    return [common if common and len(each) > 1 else each for each in chosen]


def _best(fits: dict[Decimal, Fit]) -> frozenset[Decimal]:
    return frozenset(rate for rate, fit in fits.items() if fit == min(fits.values()))


def proposed(shown: Collection[Shown]) -> Decimal | None:
    """Return the simplest rate that could be a true one and makes all these amounts; None where none or several do."""
    if not shown:
        return None
    largest = max(shown, key=lambda each: abs(each.net))
    quotient = largest.gross / largest.net - 1
    for grain in _TRUE_LOOKING:
        if grain < _TRUE_LOOKING[0] and largest.step * _SURE > abs(largest.net) * grain:
            return None  # 0.40 on 3.00 may be 13.5 %, and as well any rate beside it
        middle = (quotient / grain).to_integral_value()
        around = [grain * (middle + offset) for offset in (-1, 0, 1)]
        hits = [rate for rate in around if 0 <= rate <= 1 and all(each.fit(rate) is Fit.HIT for each in shown)]
        if hits:
            return normal(hits[0]) if len(hits) == 1 else None
    return None
