"""PURE: money finer than the cent. Xero keeps two decimals in every currency (xero-rules.md 5.2); dinars have three.

Posting 1.234 Kuwaiti dinars as 1.23 would lose money unseen, so such an order waits for a person.
"""

from collections.abc import Iterator
from decimal import Decimal

from iso4217 import Currency

from daybook.kit.money import decimals, plain
from daybook.mapping.holds import Held, HoldCause
from daybook.mapping.orders import Order

_PLACES = 2
_FINER = frozenset(currency.code for currency in Currency if (currency.exponent or 0) > _PLACES)


def check(order: Order) -> None:
    """Raise Held where the order's own money would be cut: its stated totals, else what its lines come to."""
    if order.currency not in _FINER:
        return
    stated = [amount for amount in (order.stated.net, order.stated.tax, order.stated.gross) if amount is not None]
    for amount in stated or _amounts(order):
        if amount.is_finite() and decimals(amount) > _PLACES:
            raise Held(HoldCause.AMOUNT_TOO_FINE, order.currency, f"It says {plain(amount)} {order.currency}.")


def _amounts(order: Order) -> Iterator[Decimal]:
    """Yield what each line and the shipping come to, without rounding."""
    for line in order.lines:
        for unit, discount in (
            (line.unit_price, line.discount),
            (line.unit_price_inc_tax, line.discount_inc_tax or Decimal(0)),
        ):
            if unit is not None:
                yield line.quantity * unit - discount
    yield from (amount for amount in (order.shipping.price, order.shipping.price_inc_tax) if amount is not None)
