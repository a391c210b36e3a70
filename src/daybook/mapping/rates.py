"""Which tax rate a priced part of an order bears: as stated, unless its own two amounts say otherwise."""

from collections.abc import Iterable
from decimal import Decimal

from daybook.kit.money import HALF_CENT, decimals

_EXACT_PLACES = 3
"""Tenths of a percent: a rate that the amounts give exactly at this fineness needs no further judgement."""
_FINEST = Decimal("0.000001")


def usable(rate: Decimal | None) -> Decimal | None:
    """Return a stated rate as a normalised fraction, or None where it is absent or junk (NaN, negative, over 100 %)."""
    if rate is None or not rate.is_finite() or not 0 <= rate <= 1:
        return None
    return normal(rate)


def normal(rate: Decimal) -> Decimal:
    """Return a rate without zeros at the end: 0.20 becomes 0.2."""
    return rate.normalize() + 0


def explains(rate: Decimal, *, net: Decimal, gross: Decimal, units: Decimal = Decimal(1)) -> bool:
    """Tell whether `rate` leads from `net` to `gross`, allowing for both having been rounded to the cent.

    `units`: how many prices, each rounded on its own, the two amounts are made of.
    """
    allowance = (HALF_CENT * (1 + rate) + HALF_CENT) * max(abs(units), Decimal(1))
    return abs(net * (1 + rate) - gross) <= allowance


def from_amounts(*, net: Decimal, gross: Decimal, known: Iterable[Decimal], units: Decimal = Decimal(1)) -> Decimal:
    """Return the rate that two amounts show: exact if it is a round one, else the nearest known one, else the simplest.

    `net` is not zero. `known`: rates seen elsewhere in the order or mapped by the company. What nothing explains comes
    back as worked out, at six decimals.
    """
    shown = gross / net - 1
    if decimals(shown) <= _EXACT_PLACES:
        return normal(shown)
    fitting = [rate for rate in known if explains(rate, net=net, gross=gross, units=units)]
    if fitting:
        return normal(min(fitting, key=lambda rate: (abs(rate - shown), rate)))
    return _simplest(shown, net=net, gross=gross, units=units)


def _simplest(shown: Decimal, *, net: Decimal, gross: Decimal, units: Decimal) -> Decimal:
    """Return `shown` with as few decimals as still explain the amounts, from whole percents on."""
    for places in range(2, 6):
        rate = shown.quantize(Decimal(1).scaleb(-places))
        if rate >= 0 and explains(rate, net=net, gross=gross, units=units):
            return normal(rate)
    return normal(shown.quantize(_FINEST))


def shipping_rate(stated: Decimal, *, net: Decimal, gross: Decimal, known: Iterable[Decimal]) -> Decimal:
    """Return the rate of shipping whose stated rate explains its amounts, but may have been worked out from them.

    Senders are known to send gross / net - 1 of the rounded amounts (0.1995 for 20 %). Such a rate gives way to the
    known or simplest one that explains the amounts as well; one that differs from the quotient is a true rate.
    """
    rates = tuple(known)
    last_digit = Decimal(1).scaleb(-decimals(stated))
    is_quotient = abs(gross / net - 1 - stated) <= last_digit
    if stated in rates or decimals(stated) <= _EXACT_PLACES or not is_quotient:
        return stated
    return from_amounts(net=net, gross=gross, known=rates)
