"""The priced parts of an order: each line and the shipping, with both their amounts and their rate worked out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Held
from daybook.documents.document import of_carriage, of_line
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import CENT, ZERO, Totals, figure, plain, round2, round_to
from daybook.mapping import carriage, line_kinds, rates, taxes
from daybook.mapping.orders import LineTax, Order, OrderLine, Product, Shipping
from daybook.mapping.rates import Shown
from daybook.mapping.steps import Steps, coarseness_in_words, steps_of

TOO_LARGE = Decimal(10_000_000_000)
"""The ledger's ceiling for a line amount (xero-rules.md 5.1)."""
_FINE_STEP = Decimal("0.00005")
_SOLD = frozenset({LineKind.GOODS, LineKind.DISCOUNT})
"""By whose rates the carriage is taxed: what is sold, less what is taken off; a tip at 0 % tells nothing of it."""


class Side(NamedTuple):
    """One part without its tax, or with it."""

    unit: Decimal | None
    """The price as the order gives it; None: only worked out from the other side."""
    discount: Decimal
    """Off the whole part."""
    amount: Decimal
    """What the part comes to, in the smallest unit of its currency, or in cents where the order states it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of an order, or its shipping."""

    sku: str
    description: str
    is_shipping: bool
    kind: LineKind = LineKind.GOODS
    quantity: Decimal
    """Never negative: a negative quantity has its sign on the price."""
    rate: Decimal
    """A normalised fraction."""
    net: Side
    gross: Side
    step: Decimal = CENT
    """To what the sender may have rounded each of its amounts."""
    taxes: tuple[LineTax, ...] = ()
    product: Product = Product()  # noqa: RUF009 - frozen
    of: str = ""
    """Which part of the order it is (`Line.of`)."""

    @property
    def tax(self) -> Decimal:
        """What the order's own amounts say of this part's tax."""
        return self.gross.amount - self.net.amount

    @property
    def slack(self) -> Decimal:
        """How far rounding (of each unit's price, the discount and the line) can move an amount of this part."""
        halves = [half_step(side.unit, self.step) for side in (self.net, self.gross) if side.unit is not None]
        return (max(halves, default=self.step / 2) * self.quantity + self.step) * (1 + self.rate)

    def in_cents(self) -> "Part":
        """Return the part as the ledger keeps amounts, at two decimals in every currency (xero-rules.md 5.2)."""
        if all(side.amount.same_quantum(CENT) for side in (self.net, self.gross)):
            return self
        net, gross = (side._replace(amount=round2(side.amount)) for side in (self.net, self.gross))
        return replace(self, net=net, gross=gross)


def priced_parts(order: Order, *, known: Iterable[Decimal] = ()) -> tuple[Part, ...]:
    """Return the order's parts in order, shipping last; raise Held where a price or a rate cannot be had.

    Lines of quantity 0 (fully cancelled) and free shipping are left out. `known`: rates the company has mapped; one of
    them that explains two amounts comes before any rate worked out from these.
    """
    steps, known = steps_of(order), tuple(known)
    charged = line_kinds.charged(order)
    numbers = [number for number, _ in charged]
    lines = [_clean(taxes.as_one(line, number)) for number, line in charged]
    carriages = [(n, _clean(taxes.as_one(_as_line(each)))) for n, each in enumerate(order.shipping, start=1)]
    carriages = [(n, line) for n, line in carriages if _has_value(line)]
    shipping = [line for _, line in carriages]
    _check_prices(order, lines, shipping)
    rated = _with_rates(lines, numbers, known=known, steps=steps)
    goods = {place: _part(line, steps, of_line(numbers[place])) for place, line in enumerate(rated) if _has_value(line)}
    sold = [part for part in goods.values() if part.kind in _SOLD]
    worth = _worth(sold, (line for line in rated if line.kind in _SOLD))
    carried = [
        _part(each, steps, of_carriage(n), is_shipping=True)
        for (n, _), line in zip(carriages, _named(order, shipping, goods.values(), worth, steps), strict=True)
        for each in carriage.rated(line, _shown(line, steps), worth, mapped=known)
    ]
    largest = max((*goods.values(), *carried), key=lambda part: part.gross.amount, default=None)
    for place, line in enumerate(rated):
        if place not in goods:
            goods[place] = _part(_worthless(line, largest), steps, of_line(numbers[place]))
    return (*(goods[place] for place in range(len(rated))), *carried)


def _clean(line: OrderLine) -> OrderLine:
    """Return the line without junk: prices that are no numbers, a zero on one side only, a negative quantity."""
    price, price_inc, rate = _number(line.unit_price), _number(line.unit_price_inc_tax), rates.usable(line.tax_rate)
    _check_size(line, (line.quantity, price, price_inc, line.discount, line.discount_inc_tax, line.tax_amount))
    if line.quantity < 0:
        price, price_inc = _negated(price), _negated(price_inc)
    said = None if price == 0 and price_inc else price, None if price_inc == 0 and price else price_inc
    if not line.quantity.is_signed() and said == (line.unit_price, line.unit_price_inc_tax) and rate is line.tax_rate:
        return line
    return replace(line, quantity=abs(line.quantity), unit_price=said[0], unit_price_inc_tax=said[1], tax_rate=rate)


def _number(price: Decimal | None) -> Decimal | None:
    return None if price is None or not price.is_finite() else price


def _negated(price: Decimal | None) -> Decimal | None:
    return None if price is None else -price


def _check_size(line: OrderLine, numbers: Iterable[Decimal | None]) -> None:
    if any(number is not None and (not number.is_finite() or abs(number) >= TOO_LARGE) for number in numbers):
        raise Held(Cause.AMOUNT_TOO_LARGE, line.sku or line.id)


def _as_line(shipping: Shipping) -> OrderLine:
    """Return a carriage as a line of quantity 1."""
    return OrderLine(
        description=shipping.description,
        quantity=Decimal(1),
        unit_price=shipping.price,
        unit_price_inc_tax=shipping.price_inc_tax,
        tax_rate=shipping.tax_rate,
        taxes=shipping.taxes,
    )


def _named(
    order: Order, shipping: Sequence[OrderLine], goods: Iterable[Part], worth: carriage.Worth, steps: Steps
) -> list[OrderLine]:
    """Return the carriages; one of which a single amount is all that is said gets its rate from the rest of the order."""
    bare = [line for line in shipping if line.tax_rate is None and _shown(line, steps) is None]
    if not bare:
        return list(shipping)
    others = [line for line in shipping if line.tax_rate is not None]
    left = None
    if len(shipping) - len(others) == 1:
        parts = (*goods, *(_part(line, steps, is_shipping=True) for line in others))
        left = carriage.left_of_tax(bare[0], _sums(parts), order.stated, order.rounding)
    of_goods = worth or _worth((), (_clean(line) for line in order.lines if line.kind in _SOLD))
    return [carriage.named(line, of_goods, left) if line in bare else line for line in shipping]


def _sums(parts: Sequence[Part]) -> Totals:
    net = sum((part.net.amount for part in parts), ZERO)
    gross = sum((part.gross.amount for part in parts), ZERO)
    return Totals(net, gross - net, gross)


def _check_prices(order: Order, lines: Sequence[OrderLine], shipping: Sequence[OrderLine]) -> None:
    """Raise Held where the goods have no prices: zeros count as prices only beside others, or where the order says so."""
    if not lines and not shipping:
        raise Held(Cause.NO_LINES)
    unpriced = [line for line in lines if line.unit_price is None and line.unit_price_inc_tax is None]
    if unpriced:
        subject = "" if len(unpriced) == len(lines) else unpriced[0].sku or unpriced[0].id
        raise Held(Cause.NO_PRICES, subject)
    if not any(_has_value(line) for line in (*lines, *shipping)) and order.stated.gross is None:
        raise Held(Cause.NO_PRICES, detail="Every line has the price 0.")


def _has_value(line: OrderLine) -> bool:
    return bool(line.unit_price or line.unit_price_inc_tax)


def _name(line: OrderLine) -> str:
    return line.sku or line.id or line.description


def _with_rates(
    lines: Sequence[OrderLine], numbers: Sequence[int], *, known: Collection[Decimal], steps: Steps
) -> list[OrderLine]:
    """Return the lines with their rates; only one of price 0 may be left without. Raise Held where one is in doubt.

    `numbers`: how people count the lines.
    """
    shown = {place: amounts for place, line in enumerate(lines) if (amounts := _shown(line, steps)) is not None}
    mapped = {rates.normal(rate) for rate in known}
    said: set[Decimal] = set()
    open_places = []
    for place, line in enumerate(lines):
        if place not in shown or _is_settled(line, shown[place], mapped):
            said |= {line.tax_rate} if line.tax_rate is not None and _has_value(line) else set()
            if line.tax_rate is None and _has_value(line):
                raise Held(Cause.TAX_RATE_UNKNOWN, _name(line))
        else:
            open_places.append(place)
    found = rates.fitting([shown[place] for place in open_places], mapped=mapped, said=said)
    rated = list(lines)
    bare = [place for place, fits in zip(open_places, found, strict=True) if not fits]
    together = rates.proposed([shown[place] for place in bare])
    for place, fits in zip(open_places, found, strict=True):
        rate = _one_rate(lines[place], numbers[place], shown[place], fits=fits, together=together)
        rated[place] = lines[place] if rate is lines[place].tax_rate else replace(lines[place], tax_rate=rate)
    for place in open_places:
        _check_mix(rated[place], numbers[place], shown[place], rated)
    return rated


def _check_mix(line: OrderLine, number: int, shown: Shown, lines: Iterable[OrderLine]) -> None:
    """Raise Held where what is taken off shows a rate between those of the goods: it may be taken off several of them."""
    goods = {
        each.tax_rate
        for each in lines
        if each.tax_rate is not None and not each.is_taken_off and each.kind is LineKind.GOODS
    }
    rate = line.tax_rate
    if not line.is_taken_off or rate is None or rate in goods or not goods or not min(goods) < rate < max(goods):
        return
    said = ", ".join(f"{plain(each * 100)} %" for each in sorted(goods, reverse=True))
    detail = (
        f"Line {number} takes off {figure(-shown.net)} without tax and {figure(-shown.gross)} with it. That lies between "
        f"the rates of the goods ({said}), so it may be taken off several: send it as one line for each rate."
    )
    raise Held(Cause.TAX_RATE_IN_DOUBT, _name(line), detail)


def _is_settled(line: OrderLine, shown: Shown, mapped: Collection[Decimal]) -> bool:
    """Tell whether the stated rate stands: it explains the amounts, and was not merely worked out from them."""
    if line.tax_rate is None or shown.fit(line.tax_rate) is None:
        return False
    return line.tax_rate in mapped or not rates.is_quotient(line.tax_rate, net=shown.net, gross=shown.gross)


def _one_rate(
    line: OrderLine, number: int, shown: Shown, *, fits: Collection[Decimal], together: Decimal | None
) -> Decimal:
    """Return the rate of a line that its amounts must tell; raise Held, with its figures, where they do not.

    `fits`: the rates somebody named that explain them; `together`: the one that could be true of all unexplained lines.
    """
    if len(fits) == 1:
        return next(iter(fits))
    amounts = f"Line {number} costs {figure(shown.net)} without tax and {figure(shown.gross)} with it"
    if shown.gross * shown.net < 0 or abs(shown.gross) < abs(shown.net):
        detail = (
            f"The price including tax, {plain(shown.gross)}, is less than the price without it, {plain(shown.net)}."
        )
        raise Held(Cause.TOTALS_CONTRADICT, _name(line), detail)
    if fits:
        said = " and ".join(f"{plain(rate * 100)} %" for rate in sorted(fits))
        raise Held(Cause.TAX_RATE_IN_DOUBT, _name(line), f"{amounts}, and both {said} could make that.")
    stated = line.tax_rate
    if stated is not None and shown.fit(stated) is not None:
        return stated
    if stated is not None:
        detail = f"{amounts}. That is not the {plain(stated * 100)} % that it says, nor any rate in the settings."
        detail += coarseness_in_words((shown.net, shown.gross)) if _is_a_step_off(stated, shown) else ""
        raise Held(Cause.TOTALS_CONTRADICT, _name(line), detail)
    rate = together if together is not None else rates.proposed([shown])
    if rate is None:
        raise Held(Cause.TAX_RATE_IN_DOUBT, _name(line), f"{amounts}, which is no tax rate that Daybook knows.")
    return rate


def _is_a_step_off(stated: Decimal, shown: Shown) -> bool:
    """Tell whether rounding to whole units would lead from one amount to the other."""
    return shown._replace(step=Decimal(1)).fit(stated) is not None


def _worth(goods: Iterable[Part], lines: Iterable[OrderLine]) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Return by rate what the goods come to, without tax and with it; free goods name their rates too."""
    worth = {line.tax_rate: (ZERO, ZERO) for line in lines if line.tax_rate is not None}
    for part in goods:
        net, gross = worth.get(part.rate, (ZERO, ZERO))
        worth[part.rate] = (net + part.net.amount, gross + part.gross.amount)
    return worth


def _worthless(line: OrderLine, largest: Part | None) -> OrderLine:
    """Return a line of price 0 with the rate of the order's largest part where it has none: it changes nothing."""
    if line.tax_rate is not None or largest is None:
        return line
    return replace(line, tax_rate=largest.rate)


def _shown(line: OrderLine, steps: Steps) -> Shown | None:
    """Return what the line says of its rate: both prices, or one and its tax; None where it says neither."""
    price, price_inc = line.unit_price, line.unit_price_inc_tax
    if price and price_inc:
        return Shown(price, price_inc, step=steps.judged)
    if line.tax_amount is None:
        return None
    if price:
        net = line.quantity * price - line.discount
        return Shown(net, net + line.tax_amount, line.quantity, steps.judged) if net else None
    gross = line.quantity * (price_inc or ZERO) - (line.discount_inc_tax or ZERO)
    net = gross - line.tax_amount
    return Shown(net, gross, line.quantity, steps.judged) if net and not line.discount else None


def _part(line: OrderLine, steps: Steps, of: str = "", *, is_shipping: bool = False) -> Part:
    if line.tax_rate is None:
        raise Held(Cause.TAX_RATE_UNKNOWN, _name(line))
    net, gross = _sides(line, line.tax_rate, steps)
    if line.tax_amount is not None:
        _check_tax(line, net=net, gross=gross, steps=steps)
    return Part(
        sku=line.sku,
        description=line.description,
        is_shipping=is_shipping,
        kind=LineKind.SHIPPING if is_shipping else line.kind,
        quantity=line.quantity,
        rate=line.tax_rate,
        net=net,
        gross=gross,
        step=steps.judged,
        taxes=line.taxes,
        product=line.product,
        of=of,
    )


def _sides(line: OrderLine, rate: Decimal, steps: Steps) -> tuple[Side, Side]:
    """Return what the line comes to without and with tax; a side without a price comes from the other by the rate."""
    discount, discount_inc = _discounts(line, rate, steps)
    price, price_inc = line.unit_price, line.unit_price_inc_tax
    _check_size(line, (line.quantity * (price or ZERO), line.quantity * (price_inc or ZERO)))
    net = None if price is None else round_to(line.quantity * price - discount, steps.unit)
    gross = None if price_inc is None else round_to(line.quantity * price_inc - discount_inc, steps.unit)
    if net is None:
        amount = gross or ZERO
        net = amount - _tax(line, amount - amount / (1 + rate), steps)
    if gross is None:
        gross = net + _tax(line, net * rate, steps)
    return Side(price, discount, net), Side(price_inc, discount_inc, gross)


def _tax(line: OrderLine, worked_out: Decimal, steps: Steps) -> Decimal:
    """Return the tax as the line says it, else as worked out, in the currency's smallest unit."""
    if line.tax_amount is not None:
        return round_to(line.tax_amount, steps.kept)
    return round_to(worked_out, steps.unit)


def _discounts(line: OrderLine, rate: Decimal, steps: Steps) -> tuple[Decimal, Decimal]:
    """Return the discount without and with tax, each from the other where only one is given."""
    if line.discount_inc_tax is None:
        return line.discount, round_to(line.discount * (1 + rate), steps.kept)
    if line.discount == 0:
        return round_to(line.discount_inc_tax / (1 + rate), steps.kept), line.discount_inc_tax
    return line.discount, line.discount_inc_tax


def _check_tax(line: OrderLine, *, net: Side, gross: Side, steps: Steps) -> None:
    """Raise Held where the line's tax is not the difference of its amounts, allowing a step for each unit."""
    tax = line.tax_amount or ZERO
    difference = gross.amount - net.amount - tax
    if abs(difference) > steps.judged * (line.quantity + 1):
        detail = (
            f"The line says {plain(net.amount)} without tax, {plain(gross.amount)} with it, and a tax of {plain(tax)}."
        )
        raise Held(Cause.TOTALS_CONTRADICT, line.sku or line.id, detail)


def half_step(price: Decimal, step: Decimal) -> Decimal:
    """Return how far rounding may have moved a price: half the sender's step, or less where it is finer than that."""
    if price % step == 0:
        return step / 2
    return min(step, CENT if price % CENT == 0 else 2 * _FINE_STEP) / 2
