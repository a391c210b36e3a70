"""PURE: where a part of an order is booked: its account, its tax and, for goods on stock, its item."""

from decimal import Decimal

from daybook.documents.causes import Cause, Held
from daybook.documents.line_kinds import LineKind
from daybook.kit.money import plain
from daybook.mapping import checks, forms
from daybook.mapping.layouts import Row
from daybook.mapping.pricing import Part
from daybook.mapping.rules import MappingRules
from daybook.mapping.taxes import percent

NEVER_AS_THE_LINE = frozenset({LineKind.GIFT_CARD})
"""Kinds whose tax a person must choose: 0 % of a voucher is no zero-rated sale."""


def row(part: Part, rules: MappingRules, item_code: str = "") -> Row:
    """Return where a part is booked. Raises Held where a person has not decided it yet."""
    if not part.kind.is_sale:
        return _own_row(part, rules)
    if part.kind is LineKind.SHIPPING:
        checks.check_settings(rules, ("shipping_account",))
        return Row(part=part, account_code=rules.shipping_account, tax_type=_tax_type(part, rules))
    return Row(part=part, account_code=rules.sales_account, tax_type=_tax_type(part, rules), item_code=item_code)


def _own_row(part: Part, rules: MappingRules) -> Row:
    """Return where a line that is no sale of goods is booked; never on sales in silence."""
    own = rules.line_accounts.get(part.kind)
    if own is None or not own.account:
        raise Held(Cause.LINE_ACCOUNT_MISSING, part.kind)
    if not own.is_offered:
        gone = f"{own.account} and the tax chosen with it cannot be used any more: archived, gone, or of another kind."
        raise Held(Cause.LINE_ACCOUNT_MISSING, part.kind, gone)
    if not own.tax_type and part.kind in NEVER_AS_THE_LINE:
        raise Held(Cause.LINE_ACCOUNT_MISSING, part.kind, "Its account is chosen, its tax is not.")
    tax_type = own.tax_type or _tax_type(part, rules)
    rate = forms.effective_rates(rules).get(tax_type, Decimal(0))
    if rate != part.rate:
        words = (
            f"The line bears {percent(part.rate)}, and {tax_type}, which was chosen for its kind, is {percent(rate)}."
        )
        raise Held(Cause.LINE_TAX_DIFFERS, part.kind, words)
    return Row(part=part, account_code=own.account, tax_type=tax_type)


def _tax_type(part: Part, rules: MappingRules) -> str:
    """Return the TaxType a person mapped the rate to; raise Held where there is none, or it has left the organisation."""
    tax_type = rules.tax_types.get(part.rate)
    if not tax_type:
        raise Held(Cause.TAX_RATE_NOT_MAPPED, plain(part.rate))
    if tax_type not in forms.effective_rates(rules):
        detail = f"{tax_type}, to which the rate is mapped, is not an active tax rate of the organisation."
        raise Held(Cause.TAX_RATE_NOT_MAPPED, plain(part.rate), detail)
    return tax_type
