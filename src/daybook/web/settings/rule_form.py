"""The form of one posting rule: which lines it is about, and what it sets."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from unfold.widgets import CHECKBOX_CLASSES

from daybook.catalog import facts
from daybook.catalog.models import TrackingOption
from daybook.connections.models import Connection, PostingRule
from daybook.connections.posting_rules import RULE_ITEMS, RULE_TAX_SHAPES
from daybook.documents.line_kinds import IN_WORDS, OF_REFUNDS, Liable, LineKind
from daybook.feeds import roster as feeds
from daybook.kit.money import plain
from daybook.kit.translation import retold
from daybook.mapping import posting_rules, rule_checks, rule_words
from daybook.mapping.posting_rules import Fact, Item, Rule, TaxShape
from daybook.web.forms.styled import StyledForm, dress
from daybook.web.language import figures
from daybook.web.settings.form import read_percent
from daybook.web.settings.offers import Choices, no_longer_offered, with_stored

NOTHING_SAID = "(none)"
"""How people write what nobody said."""
_OF_NO_ORDER = {LineKind.ROUNDING, *OF_REFUNDS}
"""Kinds of lines that no order has: a rule about them could never apply."""
_SHORT = (Fact.COUNTRY, Fact.CURRENCY, Fact.RATE)
"""Written in one row, with commas between; the others take a value a row, since it may hold a comma."""
_BY_ROWS = (
    Fact.REGION,
    Fact.TAX,
    Fact.CHANNEL,
    Fact.FEED,
    Fact.SKU,
    Fact.PRODUCT_TYPE,
    Fact.PRODUCT_CATEGORY,
    Fact.PRODUCT_TAG,
    Fact.TAG,
    Fact.CUSTOMER,
)
_RARE = (Fact.TAX, Fact.CURRENCY, *(fact for fact in _BY_ROWS if fact not in {Fact.TAX, Fact.CHANNEL, Fact.SKU}))
"""Asked for further down."""
_HELP = {
    Fact.COUNTRY: gettext_lazy(
        "Two letters: FR, DE, GB. Empty: any. An order that names no country is nowhere, nor anywhere but there."
    ),
    Fact.CURRENCY: gettext_lazy("Three letters: EUR. Empty: any."),
    Fact.RATE: gettext_lazy("What the line bears in the order, in percent: 20, 5, 0."),
    Fact.SKU: gettext_lazy("One a row; * stands for any letters, ? for one: MUG-*."),
    Fact.REGION: gettext_lazy("One a row. (none) is for orders that say none."),
    Fact.FEED: gettext_lazy("By the feed's name, one a row."),
    Fact.CUSTOMER: gettext_lazy("The shop's own id, one a row."),
}
_HAS, _HAS_NONE, _AS_STORED = "has", "none", "stored"
_VAT_NUMBERS = {_HAS: ["?*"], _HAS_NONE: [""]}
_WRONG_ACCOUNT = gettext_noop(
    "%(value)s is archived, gone, or not of a kind that can be used here. Choose one of the list."
)
_WRONG_TAX = gettext_noop("%(value)s is no tax rate that the organisation uses for sales. Choose one of the list.")
_LIABLE = {
    Liable.SELLER: gettext_lazy("We do"),
    Liable.CHANNEL: gettext_lazy("The sales channel (a marketplace)"),
    Liable.CUSTOMER: gettext_lazy("The customer (reverse charge)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a rule may name, as last read of the organisation."""

    accounts: Choices = field(default_factory=list)
    taxes: Choices = field(default_factory=list)
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """By tax type, a fraction."""
    tracking: tuple[TrackingOption, ...] = ()
    feeds: tuple[str, ...] = ()


def offered(connection: Connection) -> Offered:
    """Return what rules of the connection may name."""
    taxes = list(facts.sales_tax_rates(connection))
    return Offered(
        accounts=[(each.code, f"{each.code} {each.name}") for each in facts.rule_accounts(connection)],
        taxes=[(each.tax_type, str(each)) for each in taxes],
        rates={each.tax_type: (each.effective_rate / 100).normalize() for each in taxes},
        tracking=tuple(facts.tracking_options(connection)),
        feeds=tuple(feed.name for feed in feeds.of_company(connection.company)),
    )


class RuleForm(StyledForm, forms.Form):
    """One rule. `prefilled`: what a new one asks for."""

    title = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For people; may stay empty: “Sales to France”."),
    )
    kind = forms.MultipleChoiceField(
        label=gettext_lazy("Kind of line"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(kind.value, gettext(IN_WORDS[kind])) for kind in LineKind if kind not in _OF_NO_ORDER],
        help_text=gettext_lazy(
            "None: goods, shipping and discounts. Tips, fees, gift cards and the like only where they are named."
        ),
    )
    liable = forms.MultipleChoiceField(
        label=gettext_lazy("Who owes the tax"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(who.value, words) for who, words in _LIABLE.items()],
        help_text=gettext_lazy("A tax that somebody else owes is decided only where that is named."),
    )
    vat_number = forms.ChoiceField(
        label=gettext_lazy("VAT number of the customer"),
        required=False,
        choices=[
            ("", gettext_lazy("With or without")),
            (_HAS, gettext_lazy("The customer has one")),
            (_HAS_NONE, gettext_lazy("The customer has none")),
        ],
    )
    tax_shape = forms.ChoiceField(
        label=gettext_lazy("The tax of the lines"),
        required=False,
        choices=lambda: [(value, gettext(str(words))) for value, words in RULE_TAX_SHAPES],
    )
    item = forms.ChoiceField(
        label=gettext_lazy("Item"),
        required=False,
        choices=lambda: [
            ("", gettext("(not set by this rule)")),
            *((value, gettext(str(words))) for value, words in RULE_ITEMS),
        ],
        help_text=gettext_lazy("Only for Tracked. Without an item the goods are on no purchase order either."),
    )

    def __init__(
        self,
        *arguments: Any,
        offer: Offered,
        rule: PostingRule | None = None,
        prefilled: Mapping[Fact, Iterable[str]] | None = None,
        places: int = 1,
        **named: Any,
    ) -> None:
        self.offer, self.rule = offer, rule
        stored = rule or PostingRule(position=places)
        split = {name: posting_rules.values_in(said) for name, said in stored.when.items()}
        asked = {name: list(values) for name, (values, _) in split.items() if isinstance(values, list)}
        asked |= {fact.value: list(values) for fact, values in (prefilled or {}).items()}
        self._stored_but = {name for name, (_, is_not) in split.items() if is_not}
        named.setdefault("initial", {})
        named["initial"] = {**_initial(stored, asked), **named["initial"]}
        super().__init__(*arguments, **named)
        self._add_facts()
        self._add_choices(stored, asked, places)
        self.order_fields([*_ORDER, *self._tracking])
        dress(self)
        for each in (self.fields["kind"], self.fields["liable"]):  # which Django counts among radio buttons
            each.widget.attrs["class"] = " ".join(CHECKBOX_CLASSES)

    def _add_facts(self) -> None:
        for fact in _SHORT:
            self.fields[fact.value] = forms.CharField(
                label=gettext(rule_words.LABELS[fact]), required=False, max_length=2000, help_text=_HELP[fact]
            )
        for fact in _BY_ROWS:
            self.fields[fact.value] = forms.CharField(
                label=gettext(rule_words.LABELS[fact]),
                required=False,
                max_length=10_000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_HELP.get(fact, gettext("One a row.")),
            )
        for fact in (*_SHORT, *_BY_ROWS):
            self.fields[but(fact)] = forms.BooleanField(
                label=_BUT.get(fact, gettext("Anything but these")),
                required=False,
                initial=fact.value in self._stored_but,
            )

    def _add_choices(self, stored: PostingRule, asked: Mapping[str, list[str]], places: int) -> None:
        self.fields["account"] = _choice(
            gettext("Account"), self.offer.accounts, stored.account, gettext(_WRONG_ACCOUNT)
        )
        self.fields["tax_type"] = _choice(gettext("Tax rate"), self.offer.taxes, stored.tax_type, gettext(_WRONG_TAX))
        self.fields["tax_account"] = _choice(
            gettext("Account for the tax"),
            self.offer.accounts,
            stored.tax_account,
            gettext(_WRONG_ACCOUNT),
            gettext("(none)"),
        )
        self.fields["position"] = forms.TypedChoiceField(
            label=gettext("Place in the table"),
            coerce=int,
            initial=stored.position,
            choices=[(1, gettext("1 (first)")), *((place, str(place)) for place in range(2, places + 1))],
        )
        if asked.get("vat_number") and asked["vat_number"] not in _VAT_NUMBERS.values():
            as_it_is = gettext("As it is: {values}").format(values=", ".join(asked["vat_number"]))
            self.fields["vat_number"].choices.append((_AS_STORED, as_it_is))  # type: ignore[attr-defined]
        self._tracking = {}
        stored_options = {each["category_id"]: each for each in stored.tracking}
        for category_id, (category, options) in _categories(self.offer.tracking, stored_options.values()).items():
            name = f"tracking-{category_id}"
            chosen = stored_options.get(category_id, {}).get("option_id", "")
            self.fields[name] = _choice(
                gettext("Tracking: {category}").format(category=category),
                options,
                chosen,
                gettext("This option is archived or gone."),
            )
            self._tracking[name] = category_id

    def but(self, name: str) -> forms.BoundField | None:
        """Return the field that turns a condition round; None where it cannot be."""
        return self[but(name)] if but(name) in self.fields else None

    @property
    def about(self) -> list[forms.BoundField]:
        """Return the fields that are asked first: what most rules go by."""
        return [self[name] for name in ("kind", "country", "rate", "channel", "sku", "liable", "vat_number")]

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the other things that a rule may ask for."""
        return [self[fact.value] for fact in _RARE]

    @property
    def asks_for_more(self) -> bool:
        """Tell whether one of the rarer things is asked for, so that it is not hidden."""
        return any(each.value() or each.errors for each in self.more)

    @property
    def sets(self) -> list[forms.BoundField]:
        """Return what the rule may set."""
        return [self[name] for name in ("account", "tax_type", *self._tracking, "item")]

    @property
    def apart(self) -> list[forms.BoundField]:
        """Return where a tax goes that the lines do not bear."""
        return [self[name] for name in ("tax_shape", "tax_account")]

    def clean(self) -> dict[str, Any]:
        """Check the rule as a whole: what contradicts itself, or cannot be used, is refused in words."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        when = self._when(said)
        self._check_offered(said)
        if self.errors:
            return said
        self.made = self._made(said, when)
        self._check(self.made, when)
        return said

    def _made(self, said: Mapping[str, Any], when: dict[str, Any]) -> PostingRule:
        shape = TaxShape(said["tax_shape"])
        return PostingRule(
            title=said["title"],
            when=when,
            account=said["account"],
            tax_type=said["tax_type"],
            item=said["item"],
            tracking=self._options(said),
            tax_shape=shape,
            tax_account=said["tax_account"] if shape.has_account else "",
        )

    def _check(self, made: PostingRule, when: dict[str, Any]) -> None:
        """Say at its field what contradicts itself."""
        rule = Rule(
            name="It",
            when=posting_rules.read_when(when),
            tax_type=made.tax_type,
            item=made.item,
            tax_shape=TaxShape(made.tax_shape),
            tax_account=made.tax_account,
        )
        for words in rule_checks.contradictions(rule):
            self.add_error(_place_of(words), retold(words))
        for words in rule_checks.rate_contradictions(rule, self.offer.rates):
            self.add_error("tax_type", retold(words))
        if len(made.tracking) > posting_rules.MOST_TRACKED:
            self.add_error(
                None, gettext("A line takes at most {most} tracking options.").format(most=posting_rules.MOST_TRACKED)
            )
        if not (made.account or made.tax_type or made.item or made.tracking):
            self.add_error(
                "account", gettext("The rule sets nothing. Choose an account, a tax rate, tracking or an item.")
            )

    def _when(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the rule asks for, as it is stored."""
        when: dict[str, Any] = {}
        for fact in (*_SHORT, *_BY_ROWS):
            values = _split(fact, said.get(fact.value, ""))
            if fact is Fact.RATE:
                values = self._rates(values)
            if values:
                when[fact.value] = {posting_rules.NOT: values} if said.get(but(fact)) else values
            elif said.get(but(fact)) and not self.has_error(fact.value):
                self.add_error(fact.value, gettext("Anything but what? Name it, or take the tick away."))
        when |= {name: said[name] for name in ("kind", "liable") if said.get(name)}
        if said.get("vat_number"):
            stored = self.rule.when.get("vat_number", []) if self.rule else []
            when["vat_number"] = _VAT_NUMBERS.get(said["vat_number"], stored)
        for name, values in list(when.items()):
            try:
                posting_rules.read_when({name: values})
            except ValueError as why:
                self.add_error(name, retold(str(why)))
        return when

    def _rates(self, values: Iterable[str]) -> list[str]:
        found = []
        for text in values:
            rate = read_percent(text.removesuffix("%").strip().replace(",", "."))
            if rate is None:
                self.add_error(
                    "rate",
                    gettext("{text} is no percentage from 0 to 100, such as 20 or 8.875.").format(text=repr(text)),
                )
            else:
                found.append(plain(rate))
        return found

    def _check_offered(self, said: Mapping[str, Any]) -> None:
        """Refuse what is stored and can no longer be used: the list keeps it only so that nobody loses it unseen."""
        for name in ("account", "tax_account"):
            if said.get(name) and said[name] not in dict(self.offer.accounts):
                self.add_error(name, gettext(_WRONG_ACCOUNT) % {"value": said[name]})
        if said.get("tax_type") and said["tax_type"] not in dict(self.offer.taxes):
            self.add_error("tax_type", gettext(_WRONG_TAX) % {"value": said["tax_type"]})
        there = {each.option_id for each in self.offer.tracking}
        for name in self._tracking:
            if said.get(name) and said[name] not in there:
                self.add_error(name, gettext("This option is archived or gone. Choose another, or none."))
        names = {name.casefold() for name in self.offer.feeds}
        for feed in _split(Fact.FEED, said.get("feed", "")):
            if feed and not re.search(r"[*?]", feed) and feed.casefold() not in names:
                known = ", ".join(self.offer.feeds) or gettext("none yet")
                self.add_error(
                    "feed",
                    gettext("The company has no feed {feed}. Its feeds: {known}.").format(feed=repr(feed), known=known),
                )

    def _options(self, said: Mapping[str, Any]) -> list[dict[str, str]]:
        there = {each.option_id: each for each in self.offer.tracking}
        chosen = [there[said[name]] for name in self._tracking if said.get(name) in there]
        return [
            {
                "category_id": each.category_id,
                "option_id": each.option_id,
                "category": each.category,
                "option": each.name,
            }
            for each in chosen
        ]


def but(name: str) -> str:
    """Return the name of the field that says: anything but these."""
    return f"not-{name}"


_BUT = {
    Fact.COUNTRY: gettext_lazy("Anywhere but there"),
    Fact.REGION: gettext_lazy("Any region but these"),
    Fact.CURRENCY: gettext_lazy("Any currency but these"),
}
_ORDER = ["title", "kind", "country", "rate", "channel", "sku", "liable", "vat_number"]


def _place_of(words: str) -> str | None:
    """Return the field that a contradiction is best shown at."""
    for name, told in (("country", "a country "), ("currency", "a currency "), ("tax_account", "no account for it")):
        if told in words:
            return name
    return "item" if "item" in words else "tax_shape" if "tax" in words else None


def _initial(stored: PostingRule, asked: Mapping[str, list[str]]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(stored, name) for name in ("title", "item", "tax_shape")}
    shown |= {name: asked.get(name, []) for name in ("kind", "liable")}
    for fact in _SHORT:
        shown[fact.value] = ", ".join(_written(fact, text) for text in asked.get(fact.value, []))
    for fact in _BY_ROWS:
        shown[fact.value] = "\n".join(_written(fact, text) for text in asked.get(fact.value, []))
    numbers = asked.get("vat_number")
    shown["vat_number"] = next(
        (name for name, values in _VAT_NUMBERS.items() if values == numbers), _AS_STORED if numbers else ""
    )
    return shown


def _written(fact: Fact, text: str) -> str:
    if fact is Fact.RATE:
        return plain(Decimal(text) * 100)
    return (text.upper() if fact in _SHORT else text) or NOTHING_SAID


def _split(fact: Fact, text: str) -> list[str]:
    """Return the values that were typed, once each. A comma within a number is a decimal one where people write so."""
    between = r"[;\s]+|,(?=\s|$)" if fact is Fact.RATE and figures.has_decimal_comma() else r"[,;\s]+"
    parts = re.split(between, text) if fact in _SHORT else text.splitlines()
    typed = dict.fromkeys(part.strip() for part in parts if part.strip())
    return ["" if part == NOTHING_SAID else part for part in typed]


def _choice(label: str, choices: Choices, stored: str, wrong: str, nothing: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        initial=stored,
        choices=[("", nothing or gettext("(not set by this rule)")), *with_stored(choices, stored)],
        error_messages={"invalid_choice": wrong},
    )


def _categories(
    options: Iterable[TrackingOption], stored: Iterable[Mapping[str, str]]
) -> dict[str, tuple[str, Choices]]:
    """Return by category its name and its options, with those that a rule names and that are gone."""
    found: dict[str, tuple[str, Choices]] = {}
    for each in options:
        found.setdefault(each.category_id, (each.category, []))[1].append((each.option_id, each.name))
    for option in stored:
        _, choices = found.setdefault(option["category_id"], (option["category"], []))
        if option["option_id"] not in dict(choices):
            choices.append((option["option_id"], no_longer_offered(option["option"])))
    return found


ITEMS = {Item.STOCK: gettext_noop("item as on stock"), Item.NONE: gettext_noop("no item")}
