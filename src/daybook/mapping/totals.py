"""What an order comes to: its own stated totals, completed and checked against its lines."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from daybook.kit.money import ZERO, Totals, round2
from daybook.mapping import fineness
from daybook.mapping.holds import Held, Hold, HoldCause
from daybook.mapping.orders import Order, StatedTotals
from daybook.mapping.pricing import TOO_LARGE, Part, priced_parts


def order_totals(order: Order, *, known: Iterable[Decimal] = ()) -> Totals | Hold:
    """Return the order's net, tax and gross in its own currency, or why they cannot be had.

    `known`: rates the company has mapped.
    """
    try:
        return totals_of(order, priced_parts(order, known=known))
    except Held as held:
        return held.hold


def line_rates(order: Order, *, known: Iterable[Decimal] = ()) -> frozenset[Decimal]:
    """Return the tax rates of the order's lines and shipping, as normalised fractions; empty where one is in doubt.

    `known`: rates the company has mapped.
    """
    try:
        return frozenset(part.rate for part in priced_parts(order, known=known))
    except Held:
        return frozenset()


def totals_of(order: Order, parts: Sequence[Part]) -> Totals:
    """Return the stated totals, completed from the parts; raise Held where they contradict each other or the parts."""
    fineness.check(order)
    counted = _count(parts)
    stated = _rounded(order.stated)
    totals = _complete(stated, counted, nets_given=_nets_given(parts))
    if totals.net + totals.tax != totals.gross:
        raise Held(
            HoldCause.TOTALS_CONTRADICT,
            detail=f"The order's own totals do not add up: {totals_in_words(totals)}.",
        )
    allowed = sum((part.slack for part in parts), ZERO)
    if any(abs(ours - theirs) > allowed for ours, theirs in zip(counted, totals, strict=True)):
        detail = f"The order says {totals_in_words(totals)}, but its lines come to {totals_in_words(counted)}."
        raise Held(HoldCause.TOTALS_CONTRADICT, detail=detail)
    if totals.gross < 0 or totals.net < 0:
        raise Held(HoldCause.NEGATIVE_TOTAL, detail=f"The order comes to {totals_in_words(totals)}.")
    return totals


def _count(parts: Sequence[Part]) -> Totals:
    net = sum((part.net.amount for part in parts), round2(ZERO))
    gross = sum((part.gross.amount for part in parts), round2(ZERO))
    return Totals(net=net, tax=gross - net, gross=gross)


def _rounded(stated: StatedTotals) -> StatedTotals:
    """Return the statements at two decimals, without any that is not a number."""
    amounts = [
        amount if amount is not None and amount.is_finite() else None
        for amount in (stated.net, stated.tax, stated.gross)
    ]
    if any(amount is not None and abs(amount) >= TOO_LARGE for amount in amounts):
        raise Held(HoldCause.AMOUNT_TOO_LARGE, detail="The order's own total is beyond what Xero takes.")
    net, tax, gross = (None if amount is None else round2(amount) for amount in amounts)
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


def totals_in_words(totals: Totals) -> str:
    """Return the three figures as a person reads them."""
    return f"{totals.net:.2f} net + {totals.tax:.2f} tax = {totals.gross:.2f} gross"
