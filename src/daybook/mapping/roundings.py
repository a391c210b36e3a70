"""PURE: what a sender did to an order's total to round it for payment (12.23 to 12.25). It bears no tax and is no sale.

Strict, so that no true difference is smoothed over: without the sender's word the rounded gross must be a multiple of a
step that is usual for its currency or set by the company, and differ by at most half that step.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Held
from daybook.kit.money import HALF_CENT, ZERO, Totals, decimals, figure
from daybook.mapping.orders import Order, StatedTotals
from daybook.mapping.pricing import Part, half_step
from daybook.mapping.steps import Steps


class Apart(NamedTuple):
    """The stated totals of the goods alone, and the rounding."""

    goods: StatedTotals
    rounding: Decimal


def take_apart(order: Order, stated: StatedTotals, counted: Totals, parts: Sequence[Part], steps: Steps) -> Apart:
    """Return the goods' totals and the rounding, stated or recognised; raise Held where a stated one is none."""
    if order.rounding:
        _check(order, steps)
        return _said(order.rounding, stated, counted)
    rounding = _recognised(stated, counted, parts, steps)
    if not rounding or stated.gross is None:
        return Apart(stated, ZERO)
    if stated.net is not None and stated.tax is not None and stated.net + stated.tax != stated.gross:
        return Apart(replace(stated, gross=stated.net + stated.tax), rounding)
    return Apart(StatedTotals(net=counted.net, tax=counted.tax, gross=stated.gross - rounding), rounding)


def _check(order: Order, steps: Steps) -> None:
    """Raise Held where a stated rounding is more than rounding is, or finer than the ledger keeps."""
    if not order.rounding.is_finite() or abs(order.rounding) > steps.most_rounding:
        detail = (
            f"The order's rounding of {figure(order.rounding)} is more than rounding a total makes, which is at most "
            f"{figure(steps.most_rounding)}. Send it as the discount of a line, or as a line of its own."
        )
        raise Held(Cause.TOTALS_CONTRADICT, detail=detail)


def _said(rounding: Decimal, stated: StatedTotals, counted: Totals) -> Apart:
    """Return the goods' totals where the order names its rounding: the gross holds it, the net may."""
    net, tax, gross = stated.net, stated.tax, stated.gross
    goods = replace(stated, gross=None if gross is None else gross - rounding)
    if net is None or gross is None:
        return Apart(goods, rounding)
    rest = gross - net - (counted.tax if tax is None else tax)
    holds_it = abs(rest) < abs(rest - rounding) and abs(net - rounding - counted.net) < abs(net - counted.net)
    return Apart(replace(goods, net=net - rounding) if holds_it else goods, rounding)


def _recognised(stated: StatedTotals, counted: Totals, parts: Sequence[Part], steps: Steps) -> Decimal:
    """Return the difference that rounding the total for payment makes, 0 where there is none or it is another."""
    net, tax, gross = stated.net, stated.tax, stated.gross
    if gross is None or not parts:
        return ZERO
    if net is not None and tax is not None and abs(gross - net - tax) > _finer_allowance(net, tax, gross):
        return _by_cash_step(gross, gross - net - tax, steps)
    gap = gross - counted.gross
    if tax not in (None, counted.tax) or net not in (None, counted.net, gross - counted.tax):
        return ZERO
    if net not in (None, counted.net) and abs(gap) <= _noise(parts):
        return ZERO  # the net is the order's own, and prices rounded to the cent explain it
    return _by_cash_step(gross, gap, steps)


def _by_cash_step(gross: Decimal, gap: Decimal, steps: Steps) -> Decimal:
    fits = any(gross % step == 0 and 0 < abs(gap) <= step / 2 for step in steps.cash)
    return gap if fits else ZERO


def _noise(parts: Sequence[Part]) -> Decimal:
    """Return what the rounding of prices that are given only without tax explains."""
    return sum(
        (
            half_step(part.net.unit, part.step) * part.quantity
            for part in parts
            if part.gross.unit is None and part.net.unit is not None and part.quantity > 1
        ),
        ZERO,
    )


def _finer_allowance(*amounts: Decimal) -> Decimal:
    return HALF_CENT if any(decimals(amount) > 2 for amount in amounts) else ZERO
