"""The priced parts of an order: each line and the shipping, with both their amounts and their rate worked out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.kit.money import CENT, HALF_CENT, ZERO, decimals, plain, round2
from daybook.mapping import rates
from daybook.mapping.arithmetic import tax_on
from daybook.mapping.documents import AmountType
from daybook.mapping.holds import Held, HoldCause
from daybook.mapping.orders import Order, OrderLine

TOO_LARGE = Decimal(10_000_000_000)
"""Xero's ceiling for a line amount (xero-rules.md 5.1)."""
_FINE_STEP = Decimal("0.00005")


@dataclass(frozen=True, slots=True)
class Side:
    """One part without its tax, or with it."""

    unit: Decimal | None
    """The price as the order gives it; None: only worked out from the other side."""
    discount: Decimal
    """Off the whole part."""
    amount: Decimal
    """What the part comes to, at two decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of an order, or its shipping."""

    sku: str
    description: str
    is_shipping: bool
    quantity: Decimal
    """Never negative: a negative quantity has its sign on the price."""
    rate: Decimal
    """A normalised fraction."""
    net: Side
    gross: Side

    @property
    def tax(self) -> Decimal:
        """What the order's own amounts say of this part's tax."""
        return self.gross.amount - self.net.amount

    @property
    def slack(self) -> Decimal:
        """How far rounding (of each unit's price, the discount and the line) can move an amount of this part."""
        steps = [_half_step(side.unit) for side in (self.net, self.gross) if side.unit is not None]
        return (max(steps, default=HALF_CENT) * self.quantity + CENT) * (1 + self.rate)


def priced_parts(order: Order, *, known: Iterable[Decimal] = ()) -> tuple[Part, ...]:
    """Return the order's parts in order, shipping last; raise Held where a price or a rate cannot be had.

    Lines of quantity 0 (fully cancelled) and free shipping are left out. `known`: rates the company has mapped, to
    which a rate worked out from two amounts is drawn.
    """
    lines = [_clean(line) for line in order.lines if line.quantity]
    _check_prices(order, lines)
    stated = {rate for line in lines if (rate := _stated_if_plausible(line)) is not None}
    known = (*sorted(stated), *known)
    _check_stated_rates(order, known=known)
    shipping = _shipping(order, known=known)
    goods = [_part(line, known=known) for line in _with_rates(lines, known=known, shipping=shipping)]
    return (*goods, *shipping)


def _clean(line: OrderLine) -> OrderLine:
    """Return the line without junk: prices that are no numbers, a zero on one side only, a negative quantity."""
    price, price_inc = _number(line.unit_price), _number(line.unit_price_inc_tax)
    _check_size(line, (line.quantity, price, price_inc, line.discount, line.discount_inc_tax, line.tax_amount))
    if line.quantity < 0:
        price, price_inc = _negated(price), _negated(price_inc)
    return replace(
        line,
        quantity=abs(line.quantity),
        unit_price=None if price == 0 and price_inc else price,
        unit_price_inc_tax=None if price_inc == 0 and price else price_inc,
        tax_rate=rates.usable(line.tax_rate),
    )


def _number(price: Decimal | None) -> Decimal | None:
    return None if price is None or not price.is_finite() else price


def _negated(price: Decimal | None) -> Decimal | None:
    return None if price is None else -price


def _check_size(line: OrderLine, numbers: Iterable[Decimal | None]) -> None:
    if any(number is not None and (not number.is_finite() or abs(number) >= TOO_LARGE) for number in numbers):
        raise Held(HoldCause.AMOUNT_TOO_LARGE, line.sku or line.id)


def _shipping(order: Order, *, known: Iterable[Decimal]) -> tuple[Part, ...]:
    """Return the shipping as a part of quantity 1, or nothing where it is free or the order does not name any."""
    shipping = order.shipping
    line = _clean(
        OrderLine(
            description=shipping.description,
            quantity=Decimal(1),
            unit_price=shipping.price,
            unit_price_inc_tax=shipping.price_inc_tax,
            tax_rate=shipping.tax_rate,
        )
    )
    return (_part(line, known=known, is_shipping=True),) if _has_value(line) else ()


def _with_rates(
    lines: Iterable[OrderLine], *, known: Iterable[Decimal], shipping: tuple[Part, ...]
) -> Iterator[OrderLine]:
    """Yield the lines; those of price 0 without a rate take the one of the order's largest part: it changes nothing."""
    lines = tuple(lines)
    worth = [*shipping, *(_part(line, known=known) for line in lines if _has_value(line))]
    rate = max(worth, key=lambda part: part.gross.amount).rate if worth else None
    for line in lines:
        yield replace(line, tax_rate=rate) if line.tax_rate is None and not _has_value(line) else line


def _check_prices(order: Order, lines: list[OrderLine]) -> None:
    """Raise Held where the goods have no prices: zeros count only beside prices or paid carriage, or where the order says so."""
    is_carriage_paid = any((order.shipping.price, order.shipping.price_inc_tax))
    if not lines and not is_carriage_paid:
        raise Held(HoldCause.NO_LINES)
    unpriced = [line for line in lines if line.unit_price is None and line.unit_price_inc_tax is None]
    if unpriced:
        subject = "" if len(unpriced) == len(lines) else unpriced[0].sku or unpriced[0].id
        raise Held(HoldCause.NO_PRICES, subject)
    if not any(_has_value(line) for line in lines) and not is_carriage_paid and order.stated.gross is None:
        raise Held(HoldCause.NO_PRICES, detail="Every line has the price 0.")


def _check_stated_rates(order: Order, *, known: Iterable[Decimal]) -> None:
    """Raise Held where a line's prices make its stated rate one that nobody knows: then the prices are as doubtful.

    A known rate is taken from the prices in silence, since senders are known to state the rate of the whole shop.
    """
    for number, line in enumerate(order.lines, start=1):
        clean = _clean(line)
        amounts = _comparable_amounts(clean) if line.quantity and clean.tax_rate is not None else None
        if amounts is None or clean.tax_rate is None:
            continue
        net, gross, units = amounts
        if rates.explains(clean.tax_rate, net=net, gross=gross, units=units):
            continue
        shown = rates.from_amounts(net=net, gross=gross, known=known, units=units)
        if shown >= 0 and shown not in known:
            detail = (
                f"Line {number} says {_percent(clean.tax_rate)}, but its prices "
                f"{_as_price(net)} and {_as_price(gross)} make it {_percent(shown)}."
            )
            raise Held(HoldCause.TOTALS_CONTRADICT, line.sku or line.id or line.description, detail)


def _percent(rate: Decimal) -> str:
    return f"{plain(rate * 100)} %"


def _as_price(amount: Decimal) -> str:
    return f"{abs(amount):.2f}" if decimals(amount) <= 2 else plain(abs(amount))


def _has_value(line: OrderLine) -> bool:
    return bool(line.unit_price or line.unit_price_inc_tax)


def _stated_if_plausible(line: OrderLine) -> Decimal | None:
    if line.tax_rate is None or line.unit_price is None or line.unit_price_inc_tax is None:
        return line.tax_rate
    return line.tax_rate if rates.explains(line.tax_rate, net=line.unit_price, gross=line.unit_price_inc_tax) else None


def _part(line: OrderLine, *, known: Iterable[Decimal], is_shipping: bool = False) -> Part:
    rate = _rate(line, known=known, is_shipping=is_shipping)
    net, gross = _sides(line, rate)
    if line.tax_amount is not None:
        _check_tax(line, net=net, gross=gross)
    return Part(
        sku=line.sku,
        description=line.description,
        is_shipping=is_shipping,
        quantity=line.quantity,
        rate=rate,
        net=net,
        gross=gross,
    )


def _rate(line: OrderLine, *, known: Iterable[Decimal], is_shipping: bool) -> Decimal:
    """Return the line's rate: as stated if its amounts allow it, else from the amounts."""
    amounts = _comparable_amounts(line)
    if amounts is None:
        if line.tax_rate is None:
            raise Held(HoldCause.TAX_RATE_UNKNOWN, line.sku or line.id or line.description)
        return line.tax_rate
    net, gross, units = amounts
    if line.tax_rate is not None and rates.explains(line.tax_rate, net=net, gross=gross, units=units):
        if is_shipping:
            return rates.shipping_rate(line.tax_rate, net=net, gross=gross, known=known)
        return line.tax_rate
    rate = rates.from_amounts(net=net, gross=gross, known=known, units=units)
    if rate < 0:
        detail = f"The price including tax, {plain(gross)}, is less than the price without it, {plain(net)}."
        raise Held(HoldCause.TOTALS_CONTRADICT, line.sku or line.id or line.description, detail)
    return rate


def _comparable_amounts(line: OrderLine) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return (net, gross, how many rounded prices they hold), if the line says both or one and its tax; else None."""
    price, price_inc = line.unit_price, line.unit_price_inc_tax
    if price and price_inc:
        return price, price_inc, Decimal(1)
    if line.tax_amount is None:
        return None
    if price:
        net = line.quantity * price - line.discount
        return (net, net + line.tax_amount, line.quantity) if net else None
    gross = line.quantity * (price_inc or ZERO) - (line.discount_inc_tax or ZERO)
    net = gross - line.tax_amount
    return (net, gross, line.quantity) if net and not line.discount else None


def _sides(line: OrderLine, rate: Decimal) -> tuple[Side, Side]:
    """Return what the line comes to without and with tax; a side without a price comes from the other by the rate."""
    discount, discount_inc = _discounts(line, rate)
    price, price_inc = line.unit_price, line.unit_price_inc_tax
    _check_size(line, (line.quantity * (price or ZERO), line.quantity * (price_inc or ZERO)))
    net = None if price is None else round2(line.quantity * price - discount)
    gross = None if price_inc is None else round2(line.quantity * price_inc - discount_inc)
    if net is None:
        amount = gross or ZERO
        net = amount - _tax(line, amount, rate=rate, amount_type=AmountType.INCLUSIVE)
    if gross is None:
        gross = net + _tax(line, net, rate=rate, amount_type=AmountType.EXCLUSIVE)
    return Side(price, discount, net), Side(price_inc, discount_inc, gross)


def _tax(line: OrderLine, amount: Decimal, *, rate: Decimal, amount_type: AmountType) -> Decimal:
    if line.tax_amount is not None:
        return round2(line.tax_amount)
    return tax_on(amount, rate=rate, amount_type=amount_type)


def _discounts(line: OrderLine, rate: Decimal) -> tuple[Decimal, Decimal]:
    """Return the discount without and with tax, each from the other where only one is given."""
    if line.discount_inc_tax is None:
        return line.discount, round2(line.discount * (1 + rate))
    if line.discount == 0:
        return round2(line.discount_inc_tax / (1 + rate)), line.discount_inc_tax
    return line.discount, line.discount_inc_tax


def _check_tax(line: OrderLine, *, net: Side, gross: Side) -> None:
    """Raise Held where the line's tax is not the difference of its amounts, allowing a cent for each unit."""
    tax = line.tax_amount or ZERO
    difference = gross.amount - net.amount - tax
    if abs(difference) > CENT * (line.quantity + 1):
        detail = (
            f"The line says {plain(net.amount)} without tax, {plain(gross.amount)} with it, and a tax of {plain(tax)}."
        )
        raise Held(HoldCause.TOTALS_CONTRADICT, line.sku or line.id, detail)


def _half_step(price: Decimal) -> Decimal:
    """Return how far rounding may have moved a price: half a cent, or less where it shows more decimals."""
    return HALF_CENT if decimals(price) <= 2 else _FINE_STEP
