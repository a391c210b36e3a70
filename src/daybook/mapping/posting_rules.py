"""PURE: where a line of an order is booked, decided field by field by rules that are read from the top (decision 30).

The first rule that is about the line and sets a field decides that field; the settings stand last (`booking.py`). What a
person must say in so many words no wide rule says by the way: a rule is about a tip, a gift card or any other line that is
no sale of goods only where it names that kind, and sets the tax of a line only where it names everybody else who owes it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from daybook.documents.causes import Hold
from daybook.documents.document import Tracking
from daybook.documents.line_kinds import Liable, LineKind
from daybook.kit.money import plain
from daybook.mapping import rates
from daybook.mapping.orders import Order, OrderLine
from daybook.mapping.pricing import Part

MOST_VALUES = 200
MOST_TRACKED = 2
"""Options on one line (xero-rules.md 5.1)."""


class Fact(StrEnum):
    """What a rule may ask of a line."""

    KIND = "kind"
    RATE = "rate"
    """A fraction: 0.2 is 20 %."""
    TAX = "tax"
    """Name or code of one of its taxes."""
    LIABLE = "liable"
    COUNTRY = "country"
    """Where the sale is taxed, two letters of ISO 3166."""
    REGION = "region"
    CURRENCY = "currency"
    SKU = "sku"
    PRODUCT_TYPE = "product_type"
    PRODUCT_CATEGORY = "product_category"
    PRODUCT_TAG = "product_tag"
    CHANNEL = "channel"
    FEED = "feed"
    """By its name."""
    TAG = "tag"
    """One of the order's."""
    CUSTOMER = "customer"
    """The shop's own id of the customer."""
    VAT_NUMBER = "vat_number"
    STOCK = "stock"
    """The item that goods on stock are."""


class Field(StrEnum):
    """What a rule may set; the values are fields of `Rule` and of `DecidedBy`. Tracking is decided by category."""

    ACCOUNT = "account"
    TAX_TYPE = "tax_type"
    ITEM = "item"


TRACKING = "tracking:"
"""Before the id of a category: what decides the option of that category."""


class Item(StrEnum):
    """What a rule may say of the item of goods."""

    STOCK = "stock"
    """As the goods are on stock."""
    NONE = "none"
    """The goods are on no item, and on no purchase order."""


class TaxShape(StrEnum):
    """What becomes of the tax of lines whose own tax type bears none (decision 44)."""

    IN_RATE = ""
    """There is nothing to be said: the tax type bears it."""
    APART = "apart"
    """One line for all of it, on an account of its own; the document comes to what the order does."""
    APART_BY_NAME = "apart_by_name"
    """The same, a line for each tax by its name."""
    WITHHELD = "withheld"
    """The lines with their tax, and one line that takes off what the channel keeps of it."""
    LEFT_OUT = "left_out"
    """The lines without it: what the channel keeps stands nowhere."""

    @property
    def is_kept_by_channel(self) -> bool:
        """Tell whether the document comes to less than the customer paid: only for what the channel owes."""
        return self in {TaxShape.WITHHELD, TaxShape.LEFT_OUT}

    @property
    def has_account(self) -> bool:
        """Tell whether the tax stands on an account of its own."""
        return self not in {TaxShape.IN_RATE, TaxShape.LEFT_OUT}


LineFacts = Mapping[Fact, frozenset[str]]
"""What rules ask of a line, in small letters; {""} where nobody said."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a rule wants one fact to be: any of these texts, or a text like one of these patterns; or anything but them."""

    texts: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    is_not: bool = False
    """Anything but these is wanted."""

    def are_met_by(self, said: frozenset[str]) -> bool:
        """Tell whether what was said is wanted: one of it is named here, or, where that is not wanted, none of it."""
        return self._hold_one_of(said) is not self.is_not

    def _hold_one_of(self, said: frozenset[str]) -> bool:
        if not self.texts.isdisjoint(said):
            return True
        return bool(self.patterns) and any(fnmatchcase(text, like) for like in self.patterns for text in said)


When = Mapping[Fact, Values]
"""Every fact that is named must be one of its values; none named: about any line."""
SAID_BY_OURSELVES = frozenset({Fact.STOCK})
"""Facts that only the last rules ask for."""
NEVER_BUT = SAID_BY_OURSELVES | {Fact.KIND, Fact.LIABLE, Fact.VAT_NUMBER}
"""Facts of which no rule may want anything but some values: a tip, or another's tax, is named in so many words."""
WHERE = frozenset({Fact.COUNTRY, Fact.REGION, Fact.CURRENCY})
"""What every sale has: an order that does not say it leaves it unknown, so it is not "anything but GB" either."""
NOT = "not"
"""Before the values of a condition that wants anything but them: `{"country": {"not": ["GB"]}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. An empty field is not set by it."""

    name: str
    """In words, for the line that it decides."""
    when: When = field(default_factory=dict)
    account: str = ""
    tax_type: str = ""
    item: Item | str = ""
    tracking: tuple[Tracking, ...] = ()
    tax_shape: TaxShape = TaxShape.IN_RATE
    """Beside a tax type that bears no tax."""
    tax_account: str = ""
    """Where `tax_shape` puts the tax."""
    is_setting: bool = False
    """One of the last rules, which say what the settings say."""
    why_not: Hold | None = None
    """Why what it sets cannot be used now: what it decides is held."""
    sets: tuple[str, ...] = field(init=False, compare=False)
    """Fields, and categories behind `TRACKING`."""

    def __post_init__(self) -> None:
        categories = (f"{TRACKING}{each.category_id}" for each in self.tracking)
        object.__setattr__(self, "sets", (*(each for each in Field if getattr(self, each)), *categories))

    def is_about(self, facts: LineFacts) -> bool:
        """Tell whether it may decide something of the line."""
        for fact, values in self.when.items():
            if not values.are_met_by(facts[fact]):
                return False
        return Fact.KIND in self.when or facts[Fact.KIND] <= _SALES

    def may_set(self, what: str, facts: LineFacts) -> bool:
        """Tell whether it may set the field: the tax of a line only where it names whoever else owes it.

        A tax that is ours is never left out because a rule about the channel's is wide.
        """
        if what != Field.TAX_TYPE:
            return True
        owing = facts[Fact.LIABLE]
        if self.tax_shape.is_kept_by_channel:
            return owing == _CHANNEL and Fact.LIABLE in self.when
        if owing <= _SELLER:
            return True
        return Fact.LIABLE in self.when and owing <= self.when[Fact.LIABLE].texts


_SALES = frozenset(kind.value for kind in LineKind if kind.is_sale)
_SELLER = frozenset({Liable.SELLER.value})
_CHANNEL = frozenset({Liable.CHANNEL.value})
Decided = Mapping[str, Rule]
"""By field the rule that decided it; a field that none did is missing."""


def decide(facts: LineFacts, rules: Iterable[Rule]) -> Decided:
    """Return for each field the first of the rules that is about the line and sets it."""
    decided: dict[str, Rule] = {}
    for rule in rules:
        sets = [each for each in rule.sets if each not in decided]
        if sets and rule.is_about(facts):
            decided.update({each: rule for each in sets if rule.may_set(each, facts)})
    return decided


class Subject(NamedTuple):
    """A part of an order, with all that rules may ask of it."""

    part: Part | OrderLine
    """A line that is not priced yet says nothing of its rate."""
    order: Order
    feed: str = ""
    item: str = ""
    """Of goods on stock, "" for what is none."""


def asked_by(rules: Iterable[Rule]) -> frozenset[Fact]:
    """Return which facts these rules ask of a line, and those that none is booked without."""
    return frozenset({Fact.KIND, Fact.LIABLE}).union(*(rule.when for rule in rules))


def facts_of(subject: Subject, asked: Iterable[Fact]) -> LineFacts:
    """Return what is said of a part of an order, as far as it is asked for."""
    return {fact: _SAID[fact](subject) for fact in asked}


@lru_cache(maxsize=1024)
def rate_text(rate: Decimal) -> str:
    """Return a rate as facts and rules have it: 0.20 is "0.2"."""
    return plain(rates.normal(rate))


_NOTHING: frozenset[str] = frozenset({""})
_KINDS = {kind: frozenset({kind.value}) for kind in LineKind}
_SAID: Mapping[Fact, Callable[[Subject], frozenset[str]]] = {
    Fact.KIND: lambda of: _KINDS[of.part.kind],
    Fact.RATE: lambda of: frozenset({rate_text(of.part.rate)}) if isinstance(of.part, Part) else _NOTHING,
    Fact.TAX: lambda of: _texts(*(name for tax in of.part.taxes for name in (tax.name, tax.code) if name)),
    Fact.LIABLE: lambda of: frozenset(tax.liable.value for tax in of.part.taxes) or _SELLER,
    Fact.COUNTRY: lambda of: _texts(of.order.sale.country),
    Fact.REGION: lambda of: _texts(of.order.sale.region),
    Fact.CURRENCY: lambda of: _texts(of.order.currency),
    Fact.SKU: lambda of: _texts(of.part.sku),
    Fact.PRODUCT_TYPE: lambda of: _texts(of.part.product.type),
    Fact.PRODUCT_CATEGORY: lambda of: _texts(of.part.product.category),
    Fact.PRODUCT_TAG: lambda of: _texts(*of.part.product.tags),
    Fact.CHANNEL: lambda of: _texts(of.order.sale.channel),
    Fact.FEED: lambda of: _texts(of.feed),
    Fact.TAG: lambda of: _texts(*of.order.sale.tags),
    Fact.CUSTOMER: lambda of: _texts(of.order.sale.customer_id),
    Fact.VAT_NUMBER: lambda of: _texts(of.order.sale.vat_number),
    Fact.STOCK: lambda of: _texts(of.item),
}


def _texts(*said: str) -> frozenset[str]:
    return frozenset(text.strip().casefold() for text in said) or _NOTHING


ALL_FACTS = frozenset(_SAID)


def liable_named(rules: Iterable[Rule]) -> frozenset[Liable]:
    """Return whose taxes some rule that sets a tax speaks of."""
    asked = (rule.when[Fact.LIABLE] for rule in rules if rule.tax_type and Fact.LIABLE in rule.when)
    return frozenset(Liable(text) for values in asked for text in values.texts)


def read_when(said: object) -> When:
    """Return what a rule asks for: {"country": ["FR", "DE"], "sku": ["MUG-*"]}, `*` for any characters and `?` for one.

    "" is for what nobody said, "?*" for anything said; {"country": {"not": ["GB"]}} for anything but these. Raises
    ValueError, in words for people, on anything else.
    """
    if not isinstance(said, dict):
        raise ValueError("A rule's conditions are a list of values for each fact.")  # noqa: TRY004 - what a person wrote
    return {_fact(name): _values(_fact(name), values) for name, values in said.items()}


def read_tracking(said: object) -> tuple[Tracking, ...]:
    """Return the options that a rule names. Raises ValueError, in words for people, on anything else."""
    try:
        options = tuple(Tracking(**each) for each in said) if isinstance(said, list) else None
    except TypeError:
        options = None
    if options is None or not all(isinstance(text, str) for each in options for text in _texts_of(each)):
        raise ValueError("A rule's tracking is a list of options, each with its category.")
    if len(options) > MOST_TRACKED or len({each.category_id for each in options}) < len(options):
        raise ValueError(f"A line takes at most {MOST_TRACKED} tracking options, each of another category.")
    return options


def _texts_of(option: Tracking) -> tuple[object, ...]:
    return option.category_id, option.option_id, option.category, option.option


def _fact(name: object) -> Fact:
    if name not in _ASKED_FOR:
        raise ValueError(f"{name!r} is nothing that a rule can ask for; it can ask for {', '.join(_ASKED_FOR)}.")
    return Fact(str(name))


_ASKED_FOR = [fact.value for fact in Fact if fact not in SAID_BY_OURSELVES]


def values_in(said: object) -> tuple[object, bool]:
    """Return the values of a stored condition, and whether anything but them is wanted."""
    is_not = isinstance(said, dict) and list(said) == [NOT]
    return (said[NOT], True) if is_not else (said, False)  # type: ignore[index]  # a dict there


def _values(fact: Fact, stored: object) -> Values:
    said, is_not = values_in(stored)
    if is_not and fact in NEVER_BUT:
        raise ValueError(f"{fact} names the values that a rule is about, never all but some.")
    if (
        not isinstance(said, list)
        or not 0 < len(said) <= MOST_VALUES
        or not all(isinstance(each, str) for each in said)
    ):
        raise ValueError(f"{fact} wants a list of 1 to {MOST_VALUES} texts.")
    texts = frozenset(_value(fact, each) for each in said)
    if is_not and fact in WHERE:
        texts |= {""}
    if fact in _CLOSED or fact is Fact.RATE:
        return Values(texts, is_not=is_not)
    patterns = frozenset(text for text in texts if "*" in text or "?" in text)
    return Values(texts - patterns, tuple(sorted(pattern.replace("[", "[[]") for pattern in patterns)), is_not)


def _value(fact: Fact, said: str) -> str:
    if fact is Fact.RATE:
        return _rate(said)
    value = said.strip().casefold()
    if fact in _CLOSED and value not in _CLOSED[fact]:
        raise ValueError(f"{fact} is one of {', '.join(sorted(_CLOSED[fact]))}, not {said!r}.")
    return value


_CLOSED = {
    Fact.KIND: frozenset(LineKind) - {LineKind.ROUNDING},  # which stands on the ledger's own account for roundings
    Fact.LIABLE: frozenset(Liable),
}


def _rate(said: str) -> str:
    try:
        rate = rates.usable(Decimal(said.strip()))
    except InvalidOperation:
        rate = None
    if rate is None:
        raise ValueError(f"{said!r} is no tax rate from 0 to 1, such as 0.2 for 20 %.")
    return rate_text(rate)
