"""PURE: whether a rule can ever apply: what contradicts itself, and what rules above it leave nothing to decide.

What is said here is certain, so that people can act on it; what is not said may be so all the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase

from daybook.documents.line_kinds import WITHIN, Liable, LineKind
from daybook.mapping.posting_rules import Fact, Field, Rule, TaxShape, Values, When, rate_text
from daybook.mapping.taxes import percent

_LETTERS = {Fact.COUNTRY: 2, Fact.CURRENCY: 3}
_OF_SEVERAL = frozenset({Fact.TAX, Fact.LIABLE, Fact.PRODUCT_TAG, Fact.TAG})
"""Facts of which one line may say several values."""
_SALES = frozenset(kind.value for kind in LineKind if kind.is_sale)
_OTHERS = frozenset({Liable.CHANNEL.value, Liable.CUSTOMER.value})


def contradictions(rule: Rule) -> list[str]:
    """Return, in words, what in a rule can never be, whatever the orders and the organisation are like."""
    return [*_impossible_values(rule.when), *_ineffective_values(rule.when), *_contradicting_fields(rule)]


def rate_contradictions(rule: Rule, rates: Mapping[str, Decimal]) -> list[str]:
    """Return, in words, why the rule's tax type can be right for none of the lines that it is about.

    `rates`: by tax type what the ledger calculates with, a fraction.
    """
    rate = rates.get(rule.tax_type)
    if not rule.tax_type or rate is None:
        return []
    if rule.tax_shape:
        words = f"{rule.tax_type} is {percent(rate)}. Where the tax is booked apart, the lines themselves need a tax rate of 0 %."
        return [words] if rate else []
    asked = rule.when.get(Fact.RATE)
    if asked is None or asked.are_met_by(frozenset({rate_text(rate)})):
        return []
    said = " or ".join(percent(Decimal(text)) for text in sorted(asked.texts))
    but = "anything but " if asked.is_not else ""
    return [f"It is about lines that bear {but}{said}, and {rule.tax_type} is {percent(rate)}."]


def never_applies(rules: Sequence[Rule]) -> list[str]:
    """Return for each rule why it never decides anything, in words; "" where it may."""
    return [_why_never(rule, rules[:place]) for place, rule in enumerate(rules)]


def _why_never(rule: Rule, above: Sequence[Rule]) -> str:
    impossible = next(_impossible_values(rule.when), "")
    if impossible:
        return impossible
    if not rule.sets:
        return ""
    deciding = [_decided_above(rule, what, above) for what in rule.sets]
    if not all(deciding):
        return ""
    names = list(dict.fromkeys(each.name for each in deciding if each is not None))
    if len(names) == 1:
        return f"{names[0]} above is about all of these lines too, and sets the same."
    return f"{' and '.join(names)} above are about all of these lines too, and set the same."


def _decided_above(rule: Rule, what: str, above: Iterable[Rule]) -> Rule | None:
    """Return a rule above that decides the field of every line of which this one would."""
    return next(
        (each for each in above if what in each.sets and _covers(each, rule) and _may_too(each, rule, what)), None
    )


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Tell whether every line that the narrow rule is about is one that the wide rule is about."""
    if not all(
        fact in narrow.when and _wants_all(fact, values, narrow.when[fact]) for fact, values in wide.when.items()
    ):
        return False
    kinds = narrow.when.get(Fact.KIND)
    return Fact.KIND in wide.when or kinds is None or kinds.texts <= _SALES


def _may_too(wide: Rule, narrow: Rule, what: str) -> bool:
    """Tell whether the wide rule may set the field wherever the narrow one may: for the tax it names who else owes it."""
    if what != Field.TAX_TYPE:
        return True
    if wide.tax_shape.is_kept_by_channel:
        return narrow.tax_shape.is_kept_by_channel
    others = narrow.when[Fact.LIABLE].texts & _OTHERS if Fact.LIABLE in narrow.when else frozenset()
    named = wide.when[Fact.LIABLE].texts if Fact.LIABLE in wide.when else frozenset()
    return others <= named


def _wants_all(fact: Fact, wide: Values, narrow: Values) -> bool:
    """Tell whether all that the narrow condition wants the wide one wants too, as far as that is certain."""
    if wide.is_not and narrow.is_not:
        return _holds_all(narrow, wide)
    if wide.is_not:
        is_one = fact not in _OF_SEVERAL and not narrow.patterns
        return is_one and all(wide.are_met_by(frozenset({text})) for text in narrow.texts)
    if narrow.is_not:
        return "*" in wide.patterns or ("?*" in wide.patterns and not narrow.are_met_by(frozenset({""})))
    return _holds_all(wide, narrow)


def _holds_all(wide: Values, narrow: Values) -> bool:
    texts = all(text in wide.texts or any(fnmatchcase(text, like) for like in wide.patterns) for text in narrow.texts)
    return texts and all(any(_is_wider(like, each) for like in wide.patterns) for each in narrow.patterns)


def _is_wider(wide: str, narrow: str) -> bool:
    """Tell whether every text like the narrow pattern is like the wide one.

    The narrow one's `*` and `?` are read as letters that only the wide one's `*` can stand for.
    """
    if wide == narrow:
        return True
    if "?" in wide and "*" in narrow:
        return wide == "?*" and re.search(r"[^*]", narrow) is not None
    read = narrow.replace("[[]", "[").replace("*", "\0").replace("?", "\1")
    return fnmatchcase(read, wide)


def _impossible_values(when: When) -> Iterator[str]:
    """Yield what no line can have: nothing of what is wanted, or nothing beside what is not."""
    for fact, values in when.items():
        if values.is_not and ("*" in values.patterns or ("?*" in values.patterns and "" in values.texts)):
            yield f"It is about anything but every {fact.replace('_', ' ')}: that is no line at all."
        elif not values.is_not and not values.patterns and values.texts and _unheard_of(fact, values) == values.texts:
            yield _no_order_names(fact, values.texts)


def _ineffective_values(when: When) -> Iterator[str]:
    """Yield what a condition leaves out that no order names: the rule would be about what was meant."""
    for fact, values in when.items():
        if values.is_not and (unheard_of := _unheard_of(fact, values)):
            yield _no_order_names(fact, unheard_of)


def _unheard_of(fact: Fact, values: Values) -> frozenset[str]:
    letters = _LETTERS.get(fact)
    return frozenset(text for text in values.texts if letters and len(text) not in {0, letters})


def _no_order_names(fact: Fact, texts: Iterable[str]) -> str:
    said, example = ", ".join(sorted(texts)), "GB for the United Kingdom" if fact is Fact.COUNTRY else "EUR"
    return f"No order names a {fact} {said.upper()}: orders have {_LETTERS[fact]} letters, such as {example}."


def _contradicting_fields(rule: Rule) -> Iterator[str]:
    if rule.item and Fact.RATE in rule.when:
        yield "It asks for a tax rate and decides an item, which is decided before rates are known."
    if rule.item and (kinds := rule.when.get(Fact.KIND)) is not None and LineKind.GOODS not in kinds.texts:
        yield f"It decides an item and is not about goods: only {WITHIN[LineKind.GOODS]} have one."
    if rule.tax_shape and not rule.tax_type:
        yield "It says where the tax goes and not which tax rate of 0 % the lines get."
    named = rule.when.get(Fact.LIABLE)
    if rule.tax_shape.is_kept_by_channel and (named is None or named.texts != {Liable.CHANNEL.value}):
        yield "It takes tax off what the customer paid, so it must be about tax that the sales channel owes, and no other."
    if rule.tax_shape.has_account and not rule.tax_account and rule.tax_shape is not TaxShape.IN_RATE:
        yield "It books the tax on a line of its own and names no account for it."
