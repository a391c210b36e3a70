"""PURE: what a line of an order is a line of, and who owes its tax."""

from enum import StrEnum


class LineKind(StrEnum):
    """What a line charges for, or takes off."""

    GOODS = "goods"
    SHIPPING = "shipping"
    FEE = "fee"
    TIP = "tip"
    DUTY = "duty"
    GIFT_CARD = "gift_card"
    """Sold: a debt until it is spent. Below 0: paid with one."""
    DISCOUNT = "discount"
    """Taken off the order as a whole."""
    DEPOSIT = "deposit"
    """Paid before the goods. Below 0: what was paid is taken off."""
    ROUNDING = "rounding"
    """What was done to the total for payment; it bears no tax."""
    GOODWILL = "goodwill"
    """Given back for no line of the order, or kept of what was given back (a fee for returns). No order has such a line."""
    EXCESS = "excess"
    """Given back beyond what the order came to. No order has such a line."""

    @property
    def is_sale(self) -> bool:
        """Tell whether the line is of the sale of goods itself, and needs no account of its own."""
        return self in _OF_SALES


class Liable(StrEnum):
    """Who owes a tax to the state."""

    SELLER = "seller"
    CHANNEL = "channel"
    """The marketplace, which keeps what the customer paid of it."""
    CUSTOMER = "customer"
    """The customer accounts for it (reverse charge)."""


_OF_SALES = frozenset({LineKind.GOODS, LineKind.SHIPPING, LineKind.DISCOUNT, LineKind.ROUNDING})
OF_REFUNDS = frozenset({LineKind.GOODWILL, LineKind.EXCESS})
"""Kinds of lines that only credit notes have."""
WITH_OWN_ACCOUNT: tuple[LineKind, ...] = tuple(kind for kind in LineKind if not kind.is_sale)
"""Kinds whose account a person must choose before they are posted."""
IN_WORDS = {
    LineKind.GOODS: "Goods",
    LineKind.SHIPPING: "Shipping",
    LineKind.FEE: "Fees",
    LineKind.TIP: "Tips",
    LineKind.DUTY: "Duties",
    LineKind.GIFT_CARD: "Gift cards",
    LineKind.DISCOUNT: "Discount",
    LineKind.DEPOSIT: "Deposits",
    LineKind.ROUNDING: "Rounding",
    LineKind.GOODWILL: "Refunds without lines",
    LineKind.EXCESS: "Refunds beyond the sale",
}
"""What people call them, as settings and pages name them."""
WITHIN = {
    LineKind.GOODS: "goods",
    LineKind.SHIPPING: "shipping",
    LineKind.FEE: "fees",
    LineKind.TIP: "tips",
    LineKind.DUTY: "duties",
    LineKind.GIFT_CARD: "gift cards",
    LineKind.DISCOUNT: "discount",
    LineKind.DEPOSIT: "deposits",
    LineKind.ROUNDING: "rounding",
    LineKind.GOODWILL: "refunds without lines",
    LineKind.EXCESS: "refunds beyond the sale",
}
"""The same within a sentence."""
