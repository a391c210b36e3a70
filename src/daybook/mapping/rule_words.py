"""PURE: what a rule says, as people read it: "Goods sent to France or Germany"."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from daybook.documents.line_kinds import IN_WORDS, LineKind
from daybook.mapping.countries import NAMES
from daybook.mapping.posting_rules import WHERE, Fact, TaxShape, Values, When
from daybook.mapping.taxes import percent

MOST_NAMED = 4
"""Values of one fact that are named; the others are counted."""
_OWED = {"seller": "owed by us", "channel": "owed by the sales channel", "customer": "owed by the customer"}
SHAPES = {
    TaxShape.IN_RATE: "",
    TaxShape.APART: "its tax on one line of its own",
    TaxShape.APART_BY_NAME: "its taxes on a line each",
    TaxShape.WITHHELD: "with its tax, and a line that takes off what the channel keeps",
    TaxShape.LEFT_OUT: "without what the channel keeps",
}
LABELS = {
    Fact.KIND: "Kind of line",
    Fact.RATE: "Tax rate in the order",
    Fact.TAX: "Name or code of a tax",
    Fact.LIABLE: "Who owes the tax",
    Fact.COUNTRY: "Destination country",
    Fact.REGION: "Destination region",
    Fact.CURRENCY: "Currency",
    Fact.SKU: "SKU",
    Fact.PRODUCT_TYPE: "Product type",
    Fact.PRODUCT_CATEGORY: "Product category",
    Fact.PRODUCT_TAG: "Product tag",
    Fact.CHANNEL: "Sales channel",
    Fact.FEED: "Feed",
    Fact.TAG: "Tag of the order",
    Fact.CUSTOMER: "Customer (the id that the shop gives)",
    Fact.VAT_NUMBER: "VAT number of the customer",
    Fact.STOCK: "Item on stock",
}
"""What pages call the facts."""


def in_words(when: When) -> str:
    """Return which lines a rule is about."""
    kinds = when.get(Fact.KIND)
    first = _any_of(kinds, _kind) if kinds is not None else "Any sale"
    said = [_said_of(fact, when[fact]) for fact in _SAID if fact in when]
    return ", ".join([first[0].upper() + first[1:], *said]).replace(", sent ", " sent ", 1)


def _said_of(fact: Fact, values: Values) -> str:
    spelt, words = _SAID[fact]
    if not values.is_not:
        return words(_any_of(values, spelt), values)
    named = replace(values, texts=values.texts - {""}) if fact in WHERE else values
    others = _any_of(named, spelt) if named.texts or named.patterns else "none said"
    return f"sent anywhere but to {others}" if fact is Fact.COUNTRY else f"not {words(others, values)}"


def _any_of(values: Values, spelt: Callable[[str], str]) -> str:
    named = sorted(spelt(text) for text in values.texts) + [_pattern(like) for like in values.patterns]
    if len(named) > MOST_NAMED + 1:
        named = [*named[:MOST_NAMED], f"{len(named) - MOST_NAMED} others"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"


def _pattern(like: str) -> str:
    return "any" if like == "?*" else like.replace("[[]", "[")


def _kind(text: str) -> str:
    return IN_WORDS[LineKind(text)].lower()


def _as_said(text: str) -> str:
    return f"“{text}”" if text else "none said"


def _country(text: str) -> str:
    return NAMES.get(text.upper(), text.upper()) if text else "a country that is not said"


def _capitals(text: str) -> str:
    return text.upper() if text else "none said"


def _rate(text: str) -> str:
    return percent(Decimal(text))


def _owed(text: str) -> str:
    return _OWED[text]


def _vat_number(_said: str, values: Values) -> str:
    if values.patterns == ("?*",) and not values.texts:
        return "to a customer with a VAT number"
    if not values.patterns and values.texts == {""}:
        return "to a customer without a VAT number"
    return f"VAT number {_said}"


def _sent_to(said: str, values: Values) -> str:
    return "sent to any country" if values.patterns == ("?*",) else f"sent to {said}"


def _after(before: str) -> Callable[[str, Values], str]:
    return lambda said, _values: f"{before} {said}"


_SAID: Mapping[Fact, tuple[Callable[[str], str], Callable[[str, Values], str]]] = {
    Fact.COUNTRY: (_country, _sent_to),
    Fact.REGION: (_as_said, _after("region")),
    Fact.RATE: (_rate, _after("at")),
    Fact.TAX: (_as_said, _after("with the tax")),
    Fact.LIABLE: (_owed, _after("its tax")),
    Fact.VAT_NUMBER: (_as_said, _vat_number),
    Fact.SKU: (_capitals, _after("SKU")),
    Fact.PRODUCT_TYPE: (_as_said, _after("product type")),
    Fact.PRODUCT_CATEGORY: (_as_said, _after("category")),
    Fact.PRODUCT_TAG: (_as_said, _after("product tag")),
    Fact.CHANNEL: (_as_said, _after("channel")),
    Fact.FEED: (_as_said, _after("feed")),
    Fact.TAG: (_as_said, _after("tag")),
    Fact.CUSTOMER: (_as_said, _after("customer")),
    Fact.CURRENCY: (_capitals, _after("in")),
    Fact.STOCK: (_capitals, _after("on stock")),
}


def listed(texts: Iterable[str]) -> str:
    """Return texts as people list them: "a, b and c"."""
    named = list(texts)
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}" if named else ""
