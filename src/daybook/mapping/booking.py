"""PURE: where a part of an order is booked: its account, its tax, its tracking and, for goods on stock, its item."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from daybook.documents.causes import Cause, Held, Hold
from daybook.documents.document import DecidedBy, Tracking
from daybook.documents.line_kinds import WITHIN, Liable, LineKind
from daybook.kit.money import plain
from daybook.kit.translation import told
from daybook.mapping import forms, taxes
from daybook.mapping.layouts import Row
from daybook.mapping.orders import Order
from daybook.mapping.posting_rules import (
    TRACKING,
    Decided,
    Fact,
    Field,
    Item,
    Rule,
    Subject,
    Values,
    asked_by,
    decide,
    facts_of,
    rate_text,
)
from daybook.mapping.pricing import Part
from daybook.mapping.rules import LineAccount, MappingRules
from daybook.mapping.taxes import percent

NEVER_AS_THE_LINE = frozenset({LineKind.GIFT_CARD, LineKind.GOODWILL, LineKind.EXCESS})
"""Kinds whose tax a person must choose: 0 % of a voucher is no zero-rated sale, and what is given back for no line says none."""
_AS_THE_LINE = frozenset(LineKind) - NEVER_AS_THE_LINE
_ON_SALES = frozenset(kind for kind in LineKind if kind.is_sale) - {LineKind.SHIPPING}


def rows(parts: Iterable[tuple[Part, str]], order: Order, rules: MappingRules) -> tuple[Row, ...]:
    """Return where the parts of an order are booked. Raises Held where a person has not decided it yet.

    Beside each part the item of goods on stock, else ""; they keep it, since the purchase order brings them in under it.
    """
    rates = forms.effective_rates(rules)
    return tuple(_row(part, decided, rates, item) for part, item, decided in _decided(parts, order, rules))


class Tried(NamedTuple):
    """How a part of an order would be booked, for a person to look at."""

    part: Part
    item: str
    decided: Decided
    booked: Row | Hold


def tried(parts: Iterable[tuple[Part, str]], order: Order, rules: MappingRules) -> tuple[Tried, ...]:
    """Return where each part would be booked, or why it is not decided; one part never hides another."""
    rates, found = forms.effective_rates(rules), []
    for part, item, decided in _decided(parts, order, rules):
        try:
            booked: Row | Hold = _row(part, decided, rates, item)
        except Held as held:
            booked = held.hold
        found.append(Tried(part, item, decided, booked))
    return tuple(found)


def _decided(
    parts: Iterable[tuple[Part, str]], order: Order, rules: MappingRules
) -> Iterator[tuple[Part, str, Decided]]:
    in_order = (*rules.posting_rules, *last_rules(rules))
    asked = asked_by(in_order)
    for part, item in parts:
        yield part, item, decide(facts_of(Subject(part, order, rules.feed, item), asked), in_order)


def _row(part: Part, decided: Decided, rates: Mapping[str, Decimal], item: str) -> Row:
    tax_type = _tax_type(part, decided, rates)
    by = decided[Field.TAX_TYPE]
    return Row(
        part=part,
        account_code=_account(part, decided),
        tax_type=tax_type,
        item_code=item,
        tracking=_tracking(decided),
        tax_shape=by.tax_shape,
        tax_account=by.tax_account,
        decided_by=decided_by(decided),
    )


def decided_by(decided: Decided) -> DecidedBy:
    """Return which rule decided what, in words."""
    fields = {field.value: decided[field].name for field in Field if field in decided}
    return DecidedBy(**fields, tracking="; ".join(dict.fromkeys(rule.name for _, rule in _trackings(decided))))


def _tracking(decided: Decided) -> tuple[Tracking, ...]:
    return tuple(
        option
        for category, rule in _trackings(decided)
        for option in _usable(rule).tracking
        if option.category_id == category
    )


def _trackings(decided: Decided) -> list[tuple[str, Rule]]:
    """Return by category which rule decided its option, in one order for every line."""
    prefixed = sorted(slot for slot in decided if slot.startswith(TRACKING))
    return [(slot.removeprefix(TRACKING), decided[slot]) for slot in prefixed]


def _account(part: Part, decided: Decided) -> str:
    rule = decided.get(Field.ACCOUNT)
    if rule is not None:
        return _usable(rule).account
    if not part.kind.is_sale:
        raise Held(Cause.LINE_ACCOUNT_MISSING, part.kind)
    is_shipping = part.kind is LineKind.SHIPPING
    raise Held(Cause.SETTINGS_INCOMPLETE, "shipping_account" if is_shipping else "sales_account")


def _tax_type(part: Part, decided: Decided, rates: Mapping[str, Decimal]) -> str:
    """Return the tax type; raise Held where nobody decided it, it has left the organisation, or its rate is another."""
    rule = decided.get(Field.TAX_TYPE)
    if rule is None:
        raise _no_tax(part)
    tax_type = _usable(rule).tax_type
    if tax_type not in rates:
        detail = f"{tax_type}, to which the rate is mapped, is not an active tax rate of the organisation."
        raise Held(Cause.TAX_RATE_NOT_MAPPED, plain(part.rate), detail)
    if rule.tax_shape:
        if rates[tax_type]:
            raise _bears_tax(part, rule, rates[tax_type])
    elif rates[tax_type] != part.rate and not (part.kind.is_sale and rule.is_setting):
        raise _another_rate(part, rule, rates[tax_type])
    return tax_type


def _usable(rule: Rule) -> Rule:
    if rule.why_not is not None:
        raise Held.of(rule.why_not)
    return rule


def _no_tax(part: Part) -> Held:
    if any(tax.liable is not Liable.SELLER for tax in part.taxes):
        return taxes.owed_by_others(part.taxes, told("line"))
    if part.kind in NEVER_AS_THE_LINE:
        return Held(Cause.LINE_ACCOUNT_MISSING, part.kind, "Its account is chosen, its tax is not.")
    return Held(Cause.TAX_RATE_NOT_MAPPED, plain(part.rate))


def _another_rate(part: Part, rule: Rule, rate: Decimal) -> Held:
    what = rule.name
    by = told("was chosen for its kind") if rule.is_setting else told(f"{what} sets")
    words = f"The line bears {percent(part.rate)}, and {rule.tax_type}, which {by}, is {percent(rate)}."
    return Held(Cause.LINE_TAX_DIFFERS, part.kind, words)


def _bears_tax(part: Part, rule: Rule, rate: Decimal) -> Held:
    what = rule.name
    words = f"{what} books the tax apart from the line, so the line itself must bear none, and {rule.tax_type} is {percent(rate)}."
    return Held(Cause.LINE_TAX_DIFFERS, part.kind, words)


def last_rules(rules: MappingRules) -> tuple[Rule, ...]:
    """Return what the settings say, as the rules that come after all others."""
    own = tuple(rules.line_accounts.items())
    return _last_rules(rules.sales_account, rules.shipping_account, own, tuple(rules.tax_types.items()))


@lru_cache(maxsize=256)
def _last_rules(
    sales: str, shipping: str, own: tuple[tuple[LineKind, LineAccount], ...], mapped: tuple[tuple[Decimal, str], ...]
) -> tuple[Rule, ...]:
    return (
        *_of_kinds(own),
        Rule(name="Shipping account", when=_kinds(LineKind.SHIPPING), account=shipping, is_setting=True),
        Rule(name="Sales account", when=_kinds(*_ON_SALES), account=sales, is_setting=True),
        *_of_rates(mapped),
        Rule(name="Goods on stock", when={Fact.STOCK: Values(patterns=("?*",))}, item=Item.STOCK, is_setting=True),
    )


def _of_kinds(own: tuple[tuple[LineKind, LineAccount], ...]) -> Iterator[Rule]:
    """Yield where lines that are no sale of goods are booked; never on sales in silence."""
    for kind, chosen in own:
        if chosen.account:
            gone = f"{chosen.account} and the tax chosen with it cannot be used any more: archived, gone, or of another kind."
            what = WITHIN[kind]
            yield Rule(
                name=told(f"Account for {what}"),
                when=_kinds(kind),
                account=chosen.account,
                tax_type=chosen.tax_type,
                is_setting=True,
                why_not=None if chosen.is_offered else Hold(Cause.LINE_ACCOUNT_MISSING, kind, gone),
            )


def _of_rates(mapped: tuple[tuple[Decimal, str], ...]) -> Iterator[Rule]:
    for rate, tax_type in mapped:
        when = {Fact.RATE: Values(frozenset({rate_text(rate)})), **_kinds(*_AS_THE_LINE)}
        yield Rule(name=told(f"Tax rate for {percent(rate)}"), when=when, tax_type=tax_type, is_setting=True)


def _kinds(*kinds: LineKind) -> dict[Fact, Values]:
    return {Fact.KIND: Values(frozenset(kind.value for kind in kinds))}
