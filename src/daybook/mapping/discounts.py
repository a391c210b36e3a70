"""PURE: which discounts may stand in the ledger's own field, and how the others are told in words (xero-rules.md 5.1, 5.2).

It keeps a discount at two decimals and is reported to refuse one above quantity x unit amount. Its classic page turns
the amount into a percentage of two decimals and saves what that makes of it. A discount that would not come through both
to the same cent is taken off in the price or the line's amount.
"""

from decimal import Decimal

from daybook.documents.document import Line
from daybook.kit.money import decimals, plain, round2
from daybook.mapping.arithmetic import line_amount


def is_safe(line: Line) -> bool:
    """Tell whether a line's DiscountAmount is one that the ledger takes, and that a person's saving the draft does not change.

    True of a line without a discount.
    """
    if line.discount_amount is None:
        return True
    if line.unit_amount is None:
        return False
    full = line.quantity * line.unit_amount
    if not 0 < line.discount_amount <= full:
        return False
    percentage = round2(line.discount_amount * 100 / full)
    off = full * percentage / 100
    return round2(off) == line.discount_amount and round2(full - off) == line_amount(line)


def in_words(discount: Decimal) -> str:
    """Return how a line's description tells of a discount that stands in its price: "less a discount of 20.00"."""
    if discount < 0:
        return f"with {_amount(-discount)} added"
    return f"less a discount of {_amount(discount)}"


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}" if decimals(amount) <= 2 else plain(amount)
