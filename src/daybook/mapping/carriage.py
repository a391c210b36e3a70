"""PURE: which rates the carriage bears. It follows the goods, so it may bear several: a mix looks like a rate it is not.

4.00 on goods at 20 % and at 0 % may hold 0.20 of tax, which looks like 5 %. So what its amounts show counts only where the
goods bear that rate; otherwise it is split as the goods are, where that gives its amounts to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from daybook.documents.causes import Cause, Held
from daybook.kit.money import ZERO, Totals, figure, plain
from daybook.kit.translation import told
from daybook.mapping import rates
from daybook.mapping.orders import OrderLine, StatedTotals
from daybook.mapping.rates import Fit, Shown

Worth = Mapping[Decimal, tuple[Decimal, Decimal]]
"""Rate -> what the goods of that rate come to, without tax and with it."""


def rated(line: OrderLine, shown: Shown | None, goods: Worth, *, mapped: Iterable[Decimal]) -> tuple[OrderLine, ...]:
    """Return one carriage as lines that name their rate, one for each rate it bears; raise Held where that is in doubt.

    `shown`: its two amounts, None where only one is given: then it names its rate already. `goods`: may be empty; then it is judged like any line.
    """
    if shown is None:
        return (line,)
    known = {rates.normal(rate) for rate in mapped} | set(goods)
    stated = _stated(line, shown, known=known, goods=goods)
    if stated is not None:
        return (replace(line, tax_rate=stated),)
    of_goods = {rate: fit for rate in goods if (fit := shown.fit(rate)) is not None}
    if of_goods:
        best = max(of_goods, key=lambda rate: (-of_goods[rate], goods[rate][0], rate))
        may_be_mix = min(goods) < best < max(goods)
        return (may_be_mix and _split(line, shown, goods)) or (replace(line, tax_rate=best),)
    if not goods:
        return (replace(line, tax_rate=_alone(line, shown, known=known)),)
    if shown.net == shown.gross:
        return (replace(line, tax_rate=ZERO),)  # no tax is no mix: where deliveries are not taxed, goods are
    split = _split(line, shown, goods)
    if split:
        return split
    raise Held(Cause.CARRIAGE_RATE_UNCLEAR, line.description, _in_words(shown, goods))


def left_of_tax(line: OrderLine, others: Totals, stated: StatedTotals, rounding: Decimal) -> Decimal | None:
    """Return how much of the tax that the order states is left for its one carriage; None where its totals do not tell.

    `others`: what the order comes to without it, and without the `rounding` that its total may hold.
    """
    if any(
        amount is not None and not amount.is_finite() for amount in (stated.net, stated.tax, stated.gross, rounding)
    ):
        return None
    gross = None if stated.gross is None else stated.gross - rounding
    if stated.tax is not None:
        return stated.tax - others.tax
    if line.unit_price is not None and gross is not None:
        return gross - others.gross - line.unit_price
    if line.unit_price_inc_tax is not None and stated.net is not None:
        return line.unit_price_inc_tax - (stated.net - others.net)
    return None


def named(line: OrderLine, goods: Worth, left: Decimal | None) -> OrderLine:
    """Return a carriage of which one amount is all that is said, with its rate or its other amount.

    It bears the goods' one rate, or none where that is nearer to the tax that is `left` for it. Where they bear several,
    its other amount is what that tax makes it; raise Held where there is none.
    """
    bearing = [rate for rate, amounts in goods.items() if any(amounts)] or list(goods)
    if len(bearing) == 1:
        taxes = {rate: _tax_of(line, rate) for rate in (*bearing, ZERO)}
        return replace(line, tax_rate=min(taxes, key=lambda rate: 0 if left is None else abs(taxes[rate] - left)))
    price, price_inc = line.unit_price, line.unit_price_inc_tax
    if left is None or left < 0 or left >= (price or price_inc or ZERO):
        raise _not_said(line, bearing)
    if price is not None:
        return replace(line, unit_price_inc_tax=price + left)
    return replace(line, unit_price=(price_inc or ZERO) - left)


def _tax_of(line: OrderLine, rate: Decimal) -> Decimal:
    if line.unit_price is not None:
        return line.unit_price * rate
    gross = line.unit_price_inc_tax or ZERO
    return gross - gross / (1 + rate)


def _not_said(line: OrderLine, bearing: Sequence[Decimal]) -> Held:
    if not bearing:
        return Held(Cause.TAX_RATE_UNKNOWN, line.description)
    said = ", ".join(f"{plain(rate * 100)} %" for rate in sorted(bearing, reverse=True))
    is_net = line.unit_price is not None
    amount = figure((line.unit_price if is_net else line.unit_price_inc_tax) or ZERO)
    detail = (
        f"The carriage costs {amount} {'without' if is_net else 'with'} tax and names no rate; the goods bear {said}."
    )
    return Held(Cause.CARRIAGE_RATE_UNCLEAR, line.description, detail)


def _stated(line: OrderLine, shown: Shown, *, known: set[Decimal], goods: Worth) -> Decimal | None:
    """Return the stated rate where it explains the amounts.

    One that was worked out from them gives way to the true rate that it is near to, and is none where it may be a mix.
    """
    rate = line.tax_rate
    if rate is None or shown.fit(rate) is None:
        return None
    if rate in known or not rates.is_quotient(rate, net=shown.net, gross=shown.gross):
        return rate
    if len(goods) > 1:
        return None
    close = [each for each in known if shown.fit(each) is Fit.HIT]
    return min(close, key=lambda each: (abs(each - rate), each)) if close else rates.proposed([shown])


def _alone(line: OrderLine, shown: Shown, *, known: set[Decimal]) -> Decimal:
    (found,) = rates.fitting([shown], mapped=known, said=frozenset())
    rate = next(iter(found)) if len(found) == 1 else None if found else rates.proposed([shown])
    if rate is None:
        raise Held(Cause.CARRIAGE_RATE_UNCLEAR, line.description, _in_words(shown, {}))
    return rate


def _split(line: OrderLine, shown: Shown, goods: Worth) -> tuple[OrderLine, ...]:
    """Return the carriage in proportion to the goods of each rate, without their tax or with it; empty: neither fits."""
    for side, whole in ((0, shown.net), (1, shown.gross)):
        worth = {rate: amounts[side] for rate, amounts in sorted(goods.items()) if amounts[side] > 0}
        if len(worth) < 2 or whole <= 0:
            continue
        exact = [whole * amount / sum(worth.values(), ZERO) for amount in worth.values()]
        nets = exact if side == 0 else [share / (1 + rate) for rate, share in zip(worth, exact, strict=True)]
        taxes = [net * rate for rate, net in zip(worth, nets, strict=True)]
        allowed = shown.step / 2 * len(worth)
        if abs(sum(nets, ZERO) - shown.net) <= allowed and abs(sum(taxes, ZERO) - shown.gross + shown.net) <= allowed:
            return _pieces(line, shown, list(worth), nets=nets, taxes=taxes)
    return ()


def _pieces(
    line: OrderLine, shown: Shown, worth: Sequence[Decimal], *, nets: list[Decimal], taxes: list[Decimal]
) -> tuple[OrderLine, ...]:
    taxed = [bool(rate) for rate in worth]
    even_nets = _adding_up(nets, shown.net, [True] * len(nets), step=shown.step)
    even_taxes = _adding_up(taxes, shown.gross - shown.net, taxed, step=shown.step)
    if sum(even_nets, ZERO) != shown.net or sum(even_taxes, ZERO) != shown.gross - shown.net:
        return ()
    return tuple(
        replace(line, unit_price=net, unit_price_inc_tax=net + tax, tax_rate=rate)
        for rate, net, tax in zip(worth, even_nets, even_taxes, strict=True)
        if net
    )


def _adding_up(exact: list[Decimal], total: Decimal, may_grow: list[bool], *, step: Decimal) -> list[Decimal]:
    """Return the amounts in whole steps that add up to `total`: those that lost most by being cut get what is left."""
    cut = [(amount / step).to_integral_value(ROUND_FLOOR) * step for amount in exact]
    places = sorted(
        (place for place in range(len(exact)) if may_grow[place]), key=lambda place: cut[place] - exact[place]
    )
    left = total - sum(cut, ZERO)
    for place in places * 2:
        share = min(left, step)
        if share <= 0:
            break
        cut[place] += share
        left -= share
    return cut


def _in_words(shown: Shown, goods: Worth) -> str:
    amounts = told(f"The carriage costs {figure(shown.net)} without tax and {figure(shown.gross)} with it")
    if not goods:
        return f"{amounts}; several rates could make that, or none that is known."
    said = ", ".join(f"{plain(rate * 100)} %" for rate in sorted(goods, reverse=True))
    mix = told(", nor that of a split in proportion to them") if len(goods) > 1 else ""
    return f"{amounts}: that is the tax of none of the goods' rates ({said}){mix}."
