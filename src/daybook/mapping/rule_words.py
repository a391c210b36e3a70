"""PURE: what a rule says, as people read it: "Goods sent to France or Germany"."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from daybook.documents.line_kinds import WITHIN, LineKind
from daybook.kit.translation import gettext
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
    first = _any_of(kinds, _kind) if kinds is not None else gettext("Any sale")
    first = f"{first[0].upper()}{first[1:]}"
    if Fact.COUNTRY in when:
        first = f"{first} {_said_of(Fact.COUNTRY, when[Fact.COUNTRY])}"
    return ", ".join([first, *(_said_of(fact, when[fact]) for fact in _SAID if fact in when and fact != Fact.COUNTRY)])


def _said_of(fact: Fact, values: Values) -> str:
    spelt, words = _SAID[fact]
    if not values.is_not:
        return words(_any_of(values, spelt), values)
    named = replace(values, texts=values.texts - {""}) if fact in WHERE else values
    others = _any_of(named, spelt) if named.texts or named.patterns else gettext("none said")
    if fact is Fact.COUNTRY:
        return gettext("sent anywhere but to {countries}").format(countries=others)
    return gettext("not {fact}").format(fact=words(others, values))


def _any_of(values: Values, spelt: Callable[[str], str]) -> str:
    named = sorted(spelt(text) for text in values.texts) + [_pattern(like) for like in values.patterns]
    if len(named) > MOST_NAMED + 1:
        others = gettext("{count} others").format(count=len(named) - MOST_NAMED)
        named = [*named[:MOST_NAMED], others]
    if len(named) == 1:
        return named[0]
    return gettext("{first} or {last}").format(first=", ".join(named[:-1]), last=named[-1])


def _pattern(like: str) -> str:
    return gettext("any") if like == "?*" else like.replace("[[]", "[")


def _kind(text: str) -> str:
    return gettext(WITHIN[LineKind(text)])


def _as_said(text: str) -> str:
    return f"“{text}”" if text else gettext("none said")


def _country(text: str) -> str:
    return gettext(NAMES.get(text.upper(), text.upper()) if text else "a country that is not said")


def _capitals(text: str) -> str:
    return text.upper() if text else gettext("none said")


def _rate(text: str) -> str:
    return percent(Decimal(text))


def _owed(text: str) -> str:
    return gettext(_OWED[text])


def _vat_number(_said: str, values: Values) -> str:
    if values.patterns == ("?*",) and not values.texts:
        return gettext("to a customer with a VAT number")
    if not values.patterns and values.texts == {""}:
        return gettext("to a customer without a VAT number")
    return gettext("VAT number {number}").format(number=_said)


def _sent_to(said: str, values: Values) -> str:
    any_country = values.patterns == ("?*",)
    return gettext("sent to any country") if any_country else gettext("sent to {countries}").format(countries=said)


def _as(words: str) -> Callable[[str, Values], str]:
    return lambda said, _values: gettext(words).format(fact=said)


_SAID: Mapping[Fact, tuple[Callable[[str], str], Callable[[str, Values], str]]] = {
    Fact.COUNTRY: (_country, _sent_to),
    Fact.REGION: (_as_said, _as("region {fact}")),
    Fact.RATE: (_rate, _as("at {fact}")),
    Fact.TAX: (_as_said, _as("with the tax {fact}")),
    Fact.LIABLE: (_owed, _as("its tax {fact}")),
    Fact.VAT_NUMBER: (_as_said, _vat_number),
    Fact.SKU: (_capitals, _as("SKU {fact}")),
    Fact.PRODUCT_TYPE: (_as_said, _as("product type {fact}")),
    Fact.PRODUCT_CATEGORY: (_as_said, _as("category {fact}")),
    Fact.PRODUCT_TAG: (_as_said, _as("product tag {fact}")),
    Fact.CHANNEL: (_as_said, _as("channel {fact}")),
    Fact.FEED: (_as_said, _as("feed {fact}")),
    Fact.TAG: (_as_said, _as("tag {fact}")),
    Fact.CUSTOMER: (_as_said, _as("customer {fact}")),
    Fact.CURRENCY: (_capitals, _as("in {fact}")),
    Fact.STOCK: (_capitals, _as("on stock {fact}")),
}


def listed(texts: Iterable[str]) -> str:
    """Return texts as people list them: "a, b and c"."""
    named = list(texts)
    if len(named) < 2:
        return "".join(named)
    return gettext("{first} and {last}").format(first=", ".join(named[:-1]), last=named[-1])
