"""PURE: sets of posting rules that are offered ready-made, with what they assume. Which tax rate each gets a person chooses.

Sources: the ledger's usual tax rates (xero-rules.md 5.7); who owes what where (user-guide.md, Posting rules).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from daybook.kit.money import ZERO, plain
from daybook.mapping import countries, posting_rules
from daybook.mapping.posting_rules import NOT, TaxShape


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """A rule that is offered."""

    title: str
    when: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]
    """As a rule stores it."""
    rate: Decimal
    """What its tax rate must come to, a fraction."""
    called: tuple[str, ...] = ()
    """Words by which the organisation's own rate is known: without one of them none is chosen beforehand."""
    tax_shape: TaxShape = TaxShape.IN_RATE

    def at(self, rate: Decimal) -> "SetLine":
        """Return it for another rate."""
        return self if rate == self.rate else replace(self, rate=rate, when={**self.when, "rate": [plain(rate)]})

    @property
    def as_stored(self) -> dict[str, object]:
        """Return what it asks for as a rule stores it."""
        split = {fact: posting_rules.values_in(said) for fact, said in self.when.items()}
        listed = {fact: list(values) for fact, (values, _) in split.items() if isinstance(values, Sequence)}
        return {fact: {NOT: listed[fact]} if is_not else listed[fact] for fact, (_, is_not) in split.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules for one situation."""

    name: str
    """In addresses."""
    title: str
    assumes: tuple[str, ...]
    lines: tuple[SetLine, ...]
    at_home_in: frozenset[str] = frozenset()
    """Countries of organisations that mostly need it; empty: any."""
    asks_channel: bool = False
    """Whether its rules are about a channel and destinations that a person names."""
    asks_rates: bool = False
    """Whether a person may write another rate than the one that each rule is offered with."""
    shapes: tuple[TaxShape, ...] = ()
    """How the tax may be booked apart, to choose from."""


def sets(home: str) -> tuple[RuleSet, ...]:
    """Return the sets, those for an organisation at home in that country first. `home`: ISO 3166, or ""."""
    found = (_united_kingdom(), _one_stop_shop(home), _australia(), _new_zealand(), _united_states(), _marketplace())
    return tuple(sorted(found, key=lambda each: home not in each.at_home_in))


def chosen(line: SetLine, rates: Sequence[tuple[str, str, Decimal]]) -> str:
    """Return the tax type that is chosen beforehand: the only one of its rate that is called so; "" where none is.

    `rates`: tax type, name and rate of each that the organisation uses for sales.
    """
    fits = [tax_type for tax_type, name, rate in rates if rate == line.rate and _is_called(name, line.called)]
    return fits[0] if len(fits) == 1 else ""


def _is_called(name: str, called: Collection[str]) -> bool:
    return any(word in name.casefold() for word in called)


def _at_home(countries: Sequence[str], rate: str, title: str, *called: str) -> SetLine:
    return SetLine(title=title, when={"country": countries, "rate": [rate]}, rate=Decimal(rate), called=called)


def _abroad(countries: Sequence[str], *called: str) -> SetLine:
    """What goes anywhere else, wherever the rule stands in the table."""
    return SetLine(title="Exports", when={"country": {NOT: countries}, "rate": ["0"]}, rate=ZERO, called=called)


_UK = ("GB", "IM")
_NAMED = "Orders name the destination country. What goes to a country that no order names stays as the settings say."


def _united_kingdom() -> RuleSet:
    return RuleSet(
        name="uk",
        title="UK domestic and exports",
        assumes=(
            "The company is registered for VAT in the United Kingdom, and the goods leave from there.",
            _NAMED,
            "The Isle of Man (IM) counts as the United Kingdom for VAT; Jersey and Guernsey do not.",
            "An export is zero-rated because of where it goes, not because the order bears no tax: you keep the evidence.",
            "Exempt goods and services abroad are not covered: make rules of their own for them, above these.",
        ),
        lines=(
            _at_home(_UK, "0.2", "UK, standard rate", "vat on income"),
            _at_home(_UK, "0.05", "UK, reduced rate", "vat on income"),
            _at_home(_UK, "0", "UK, zero-rated", "zero rated income"),
            _abroad(_UK, "zero rated income", "export"),
        ),
        at_home_in=frozenset({"GB"}),
    )


def _one_stop_shop(home: str) -> RuleSet:
    names = {country: countries.NAMES[country].removeprefix("the ") for country in countries.STANDARD}
    return RuleSet(
        name="oss",
        title="EU One Stop Shop, by destination",
        assumes=(
            "The company is registered for the One Stop Shop, and charges the VAT of the country that the goods go to.",
            "The customers are consumers: orders with a VAT number are left to other rules.",
            f"Standard rates as of {countries.AS_OF} ({countries.SOURCE}): have your accountant check them before use.",
            "Where a country's rate is another by now, write it in its line.",
            "Goods at a reduced rate need rules of their own: Daybook guesses none, and leaves them to your other rules.",
            "The organisation has a tax rate for each country. Daybook makes none: add those that are missing, then Refresh.",
        ),
        lines=tuple(
            SetLine(
                title=f"OSS {name}",
                when={"country": [country], "rate": [plain(countries.STANDARD[country])], "vat_number": [""]},
                rate=countries.STANDARD[country].normalize(),
                called=(name.casefold(),),
            )
            for country, name in sorted(names.items(), key=lambda each: each[1])
            if country != home
        ),
        asks_rates=True,
        at_home_in=frozenset(countries.STANDARD),
    )


def _australia() -> RuleSet:
    return RuleSet(
        name="au",
        title="Australian GST and exports",
        assumes=("The company is registered for GST in Australia, and the goods leave from there.", _NAMED),
        lines=(
            _at_home(["AU"], "0.1", "Australia, GST", "gst on income"),
            _at_home(["AU"], "0", "Australia, GST free", "gst free income"),
            _abroad(["AU"], "gst free export", "gst on exports", "export"),
        ),
        at_home_in=frozenset({"AU"}),
    )


def _new_zealand() -> RuleSet:
    return RuleSet(
        name="nz",
        title="New Zealand GST and exports",
        assumes=("The company is registered for GST in New Zealand, and the goods leave from there.", _NAMED),
        lines=(
            _at_home(["NZ"], "0.15", "New Zealand, GST", "gst on income"),
            _at_home(["NZ"], "0", "New Zealand, zero-rated", "zero rated"),
            _abroad(["NZ"], "zero rated", "export"),
        ),
        at_home_in=frozenset({"NZ"}),
    )


def _united_states() -> RuleSet:
    return RuleSet(
        name="us",
        title="US sales tax as a liability",
        assumes=(
            "The shop works the sales tax out, and the company owes it to the states: until it is paid it is a liability.",
            "The lines themselves get a tax rate of 0 %; the tax is a line of its own, all in one or one for each tax.",
            "What a marketplace collects and pays itself is not covered: see tax that a marketplace keeps.",
        ),
        lines=(
            SetLine(
                title="US sales tax",
                when={"country": ["US"], "liable": ["seller"]},
                rate=ZERO,
                called=("no tax", "tax exempt", "exempt (0"),
                tax_shape=TaxShape.APART,
            ),
        ),
        at_home_in=frozenset({"US"}),
        shapes=(TaxShape.APART, TaxShape.APART_BY_NAME),
    )


def _marketplace() -> RuleSet:
    return RuleSet(
        name="marketplace",
        title="Tax that a marketplace keeps",
        assumes=(
            "The sales channel owes the tax and keeps it (orders say liable: channel): it is never the company's own VAT.",
            "The lines with their tax, and a line that takes it off again on the account you choose; or net only.",
            "Either way the document comes to what the channel pays out before its fees.",
            "Accountants differ on the tax rate of such lines (zero-rated, exempt, no VAT): ask yours.",
            "A rule for each channel and destination is best, so name them.",
        ),
        lines=(
            SetLine(
                title="Tax kept by the channel", when={"liable": ["channel"]}, rate=ZERO, tax_shape=TaxShape.WITHHELD
            ),
        ),
        asks_channel=True,
        shapes=(TaxShape.WITHHELD, TaxShape.LEFT_OUT),
    )
