"""What an order comes to: its own stated totals, completed and checked against its lines."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Held, Hold
from daybook.kit.money import CENT, HALF_CENT, ZERO, Totals, decimals, figure, round_to
from daybook.kit.translation import told
from daybook.mapping import roundings
from daybook.mapping.orders import Order, StatedTotals
from daybook.mapping.pricing import TOO_LARGE, Part, priced_parts
from daybook.mapping.steps import Steps, coarseness_in_words, steps_of

_CENTS = 2


class Reckoned(NamedTuple):
    """What an order comes to."""

    goods: Totals
    """Of lines and carriage."""
    rounding: Decimal
    """What its sender added to that, without tax."""

    @property
    def totals(self) -> Totals:
        """Return the order's net, tax and gross; the rounding is part of the net."""
        net, tax, gross = self.goods
        return Totals(net=net + self.rounding, tax=tax, gross=gross + self.rounding)


class Priced(NamedTuple):
    """An order priced once: its totals, its rates and its documents are all made of these figures."""

    parts: tuple[Part, ...]
    reckoned: Reckoned | Hold
    """What it comes to, or why its totals cannot be had."""

    @property
    def totals(self) -> Totals | Hold:
        """Return the order's net, tax and gross in its own currency, or why they cannot be had."""
        return self.reckoned if isinstance(self.reckoned, Hold) else self.reckoned.totals

    @property
    def rates(self) -> frozenset[Decimal]:
        """Return the tax rates of the order's lines and carriage, as normalised fractions."""
        return frozenset(part.rate for part in self.parts)


def priced(order: Order, *, known: Iterable[Decimal] = ()) -> Priced | Hold:
    """Return the order's parts and what it comes to, or why a price or a rate cannot be had.

    `known`: rates the company has mapped.
    """
    try:
        parts = priced_parts(order, known=known)
    except Held as held:
        return held.hold
    try:
        return Priced(parts, reckon(order, parts))
    except Held as held:
        return Priced(parts, held.hold)


def order_totals(order: Order, *, known: Iterable[Decimal] = ()) -> Totals | Hold:
    """Return what an order of which nothing else is asked comes to, or why that cannot be had."""
    found = priced(order, known=known)
    return found if isinstance(found, Hold) else found.totals


def settled(found: Priced | Hold) -> tuple[tuple[Part, ...], Reckoned]:
    """Return the parts and what they come to; raise Held where either is in doubt."""
    if isinstance(found, Hold):
        raise Held.of(found)
    if isinstance(found.reckoned, Hold):
        raise Held.of(found.reckoned)
    return found.parts, found.reckoned


def reckon(order: Order, parts: Sequence[Part]) -> Reckoned:
    """Return the stated totals, completed from the parts; raise Held where they contradict each other or the parts.

    What was stated is added up as it was sent, and rounded afterwards.
    """
    steps = steps_of(order)
    counted = _count(parts)
    stated = _finite(order.stated)
    apart = roundings.take_apart(order, stated, counted, parts, steps)
    completed = _complete(apart.goods, counted, nets_given=_nets_given(parts))
    _check_sum(stated, completed, apart.rounding, steps)
    allowed = sum((part.slack for part in parts), HALF_CENT if steps.unit < CENT else ZERO)
    if any(abs(ours - theirs) > allowed for ours, theirs in zip(counted, completed, strict=True)):
        raise Held(Cause.TOTALS_CONTRADICT, detail=_difference(stated, counted, apart.rounding))
    goods = _even(completed, counted, steps)
    reckoned = Reckoned(goods, apart.rounding)
    if reckoned.totals.gross < 0 or reckoned.totals.net < 0:
        raise Held(Cause.NEGATIVE_TOTAL, detail=f"The order comes to {totals_in_words(reckoned.totals)}.")
    return reckoned


def _count(parts: Sequence[Part]) -> Totals:
    net = sum((part.net.amount for part in parts), ZERO)
    gross = sum((part.gross.amount for part in parts), ZERO)
    return Totals(net=net, tax=gross - net, gross=gross)


def _finite(stated: StatedTotals) -> StatedTotals:
    """Return the statements without any that is not a number; raise Held where one is beyond what the ledger takes."""
    net, tax, gross = (
        amount if amount is not None and amount.is_finite() else None
        for amount in (stated.net, stated.tax, stated.gross)
    )
    if any(amount is not None and abs(amount) >= TOO_LARGE for amount in (net, tax, gross)):
        raise Held(Cause.AMOUNT_TOO_LARGE, detail="The order's own total is beyond what can be posted.")
    return StatedTotals(net=net, tax=tax, gross=gross)


def _nets_given(parts: Sequence[Part]) -> bool:
    """Tell whether the prices are given without tax, and not all with it: then the net is the surer side."""
    return any(part.gross.unit is None for part in parts)


def _complete(stated: StatedTotals, counted: Totals, *, nets_given: bool) -> Totals:
    """Return all three totals: statements complete each other first, then the lines fill what is left."""
    net, tax, gross = stated.net, stated.tax, stated.gross
    if (net, tax, gross).count(None) >= 2:
        if gross is not None:
            tax = counted.tax
        elif nets_given:
            net = counted.net if net is None else net
            tax = counted.tax if tax is None else tax
        else:
            gross = counted.gross
            net = counted.net if net is None and tax is None else net
    if net is None:
        net = (counted.gross if gross is None else gross) - (counted.tax if tax is None else tax)
    if tax is None:
        tax = (counted.gross if gross is None else gross) - net
    return Totals(net, tax, net + tax if gross is None else gross)


def _check_sum(stated: StatedTotals, completed: Totals, rounding: Decimal, steps: Steps) -> None:
    """Raise Held where the totals do not add up as they were sent, nor at the decimals of the currency."""
    off = completed.gross - completed.net - completed.tax
    even = [round_to(amount, steps.kept) for amount in completed]
    is_finer = any(decimals(amount) > _CENTS for amount in completed)
    if abs(off) <= (HALF_CENT if is_finer else ZERO) or even[0] + even[1] == even[2]:
        return
    said = f" with its rounding of {figure(rounding)}" if rounding else ""
    detail = (
        f"The order's own totals do not add up{said}: {_stated_in_words(stated)}. They differ by {figure(abs(off))}."
    )
    raise Held(Cause.TOTALS_CONTRADICT, detail=f"{detail} {_HOW_TO_SEND}")


def _even(completed: Totals, counted: Totals, steps: Steps) -> Totals:
    """Return the totals at the decimals of the currency; where rounding parts them, the net is the one the lines have."""
    net, tax, gross = (round_to(amount, steps.kept) for amount in completed)
    if net == counted.net:
        return Totals(net, gross - net, gross)
    return Totals(gross - tax, tax, gross)


_HOW_TO_SEND = (
    "If the total was rounded for payment, send the difference as the order's rounding; if something was taken off, as "
    "the discount of a line; if something was added, as a line of its own."
)


def _difference(stated: StatedTotals, counted: Totals, rounding: Decimal) -> str:
    """Return both sides' figures, what lies between them, and how to send it."""
    sides = ((stated.gross, counted.gross + rounding, told("with tax")), (stated.net, counted.net, told("without tax")))
    gaps = [
        told(f"{figure(abs(theirs - ours))} {'less' if theirs < ours else 'more'} {which}")
        for theirs, ours, which in sides
        if theirs is not None and theirs != ours
    ]
    stands, counts = _stated_in_words(stated), totals_in_words(counted)
    sums = told(f"The order says {stands}, but its lines come to {counts}.")
    if rounding:
        sums = told(f"The order says {stands}, but its lines come to {counts}, rounded by {figure(rounding)}.")
    if gaps:
        between = " and ".join(gaps)
        sums = f"{sums} {told(f'The totals are {between}.')}"
    hint = coarseness_in_words(amount for amount in (stated.net, stated.tax, stated.gross) if amount is not None)
    return f"{sums} {_HOW_TO_SEND}{hint}"


def _stated_in_words(stated: StatedTotals) -> str:
    """Return the totals as they were sent, and no others."""
    if stated.net is not None and stated.tax is not None and stated.gross is not None:
        return totals_in_words(Totals(stated.net, stated.tax, stated.gross))
    named = ((stated.net, "net"), (stated.tax, "tax"), (stated.gross, "gross"))
    return ", ".join(f"{figure(amount)} {name}" for amount, name in named if amount is not None)


def totals_in_words(totals: Totals) -> str:
    """Return the three figures as a person reads them."""
    return told(f"{figure(totals.net)} net + {figure(totals.tax)} tax = {figure(totals.gross)} gross")
