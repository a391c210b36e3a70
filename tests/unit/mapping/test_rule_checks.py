"""A rule that is said never to apply never does, whatever comes; what contradicts itself is said in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.document import Tracking
from daybook.documents.line_kinds import LineKind
from daybook.mapping import rule_checks
from daybook.mapping.posting_rules import ALL_FACTS, Fact, Item, Rule, TaxShape, decide, read_when

REGION = Tracking(category_id="r", option_id="r1", category="Region", option="North")
CHANNEL = Tracking(category_id="c", option_id="c1", category="Channel", option="Web")
VALUES = {
    "kind": ["goods", "shipping", "discount", "tip", "gift_card"],
    "rate": ["0", "0.2", "0.05"],
    "liable": ["seller", "channel", "customer"],
    "country": ["", "FR", "DE", "GB", "F*", "?*", "FRANCE"],
    "sku": ["", "MUG", "MUG-1", "MUG*", "*", "?*", "M?G*", "MU?", "*-1", "M[UG"],
    "channel": ["", "amazon", "web", "a*"],
    "tag": ["b2b", "vip", "?*"],
}
SAID = {
    "kind": ["goods", "shipping", "discount", "tip", "gift_card"],
    "rate": ["0", "0.2", "0.05"],
    "country": ["", "fr", "de", "gb"],
    "sku": ["", "mug", "mug-1", "mg", "m", "mag-2", "x-1", "m[ug"],
    "channel": ["", "amazon", "web"],
}
SEVERAL = {"liable": ["seller", "channel", "customer"], "tag": ["b2b", "vip", "other", ""]}


def conditions(fact: str):
    named = st.lists(st.sampled_from(VALUES[fact]), min_size=1, max_size=3)
    return named if fact in {"kind", "liable"} else named | named.map(lambda values: {"not": values})


whens = st.fixed_dictionaries({}, optional={fact: conditions(fact) for fact in VALUES})


@st.composite
def rule_lists(draw):
    rules = []
    for place in range(draw(st.integers(1, 6))):
        shape = draw(st.sampled_from([TaxShape.IN_RATE, TaxShape.IN_RATE, *TaxShape]))
        rules.append(
            Rule(
                name=f"Rule {place + 1}",
                when=read_when(draw(whens)),
                account=draw(st.sampled_from(["", "200"])),
                tax_type=draw(st.sampled_from(["", "NONE"])),
                item=draw(st.sampled_from(["", Item.NONE])),
                tracking=tuple(draw(st.lists(st.sampled_from([REGION, CHANNEL]), max_size=2, unique=True))),
                tax_shape=shape,
                tax_account="820",
            )
        )
    return rules


lines = st.fixed_dictionaries(
    {Fact(fact): st.sampled_from(values).map(lambda text: frozenset({text})) for fact, values in SAID.items()}
    | {Fact(fact): st.frozensets(st.sampled_from(values), min_size=1) for fact, values in SEVERAL.items()}
)


@given(rule_lists(), st.lists(lines, min_size=1, max_size=12))
def test_a_rule_that_is_said_never_to_apply_decides_nothing(rules, said):
    never = {rules[place].name for place, why in enumerate(rule_checks.never_applies(rules)) if why}
    nothing = {fact: frozenset({""}) for fact in ALL_FACTS}
    for facts in said:
        assert not {rule.name for rule in decide({**nothing, **facts}, rules).values()} & never


def ruled(name="Rule 2", when=None, **sets) -> Rule:
    return Rule(name=name, when=read_when(when or {}), **sets)


class TestARuleBelowAnother:
    @pytest.mark.parametrize(
        ("above", "below", "never"),
        [
            ({}, {"country": ["FR"]}, True),
            ({"country": ["FR", "DE"]}, {"country": ["FR"]}, True),
            ({"country": ["FR"]}, {"country": ["FR", "DE"]}, False),
            ({"sku": ["MUG*"]}, {"sku": ["MUG-1", "MUG-XL*"]}, True),
            ({"sku": ["M?G"]}, {"sku": ["M*G"]}, False),
            ({"sku": ["?*"]}, {"sku": ["*-1"]}, True),
            ({"sku": ["?*"]}, {"sku": ["*"]}, False),
            ({}, {"kind": ["tip"]}, False),
            ({"kind": ["tip", "fee"]}, {"kind": ["tip"], "country": ["FR"]}, True),
            ({"kind": ["goods"]}, {}, False),
            ({"country": {"not": ["GB"]}}, {"country": ["FR", "DE"]}, True),
            ({"country": {"not": ["GB"]}}, {"country": ["FR", ""]}, False),
            ({"country": {"not": ["GB"]}}, {"country": {"not": ["GB", "IM"]}}, True),
            ({"country": {"not": ["GB", "IM"]}}, {"country": {"not": ["GB"]}}, False),
            ({"country": ["?*"]}, {"country": {"not": ["GB"]}}, True),
            ({"sku": ["?*"]}, {"sku": {"not": ["MUG"]}}, False),
            ({"tag": {"not": ["vip"]}}, {"tag": ["b2b"]}, False),
        ],
    )
    def test_never_applies_where_that_one_is_about_all_of_its_lines(self, above, below, never):
        rules = [ruled("Rule 1", above, account="200"), ruled("Rule 2", below, account="260")]
        words = rule_checks.never_applies(rules)
        assert words == ["", "Rule 1 above is about all of these lines too, and sets the same." if never else ""]

    def test_may_apply_where_it_sets_one_field_more(self):
        rules = [ruled("Rule 1", account="200"), ruled("Rule 2", {"country": ["FR"]}, account="260", tax_type="NONE")]
        assert rule_checks.never_applies(rules) == ["", ""]

    def test_never_applies_where_two_above_it_decide_its_fields_between_them(self):
        rules = [
            ruled("Rule 1", account="200"),
            ruled("Rule 2", {"country": ["FR", "DE"]}, tracking=(REGION,)),
            ruled("Rule 3", {"country": ["FR"]}, account="260", tracking=(REGION,)),
        ]
        assert rule_checks.never_applies(rules)[2] == (
            "Rule 1 and Rule 2 above are about all of these lines too, and set the same."
        )

    def test_may_set_a_tax_that_the_wider_one_does_not_name(self):
        wide = ruled("Rule 1", {"country": ["FR"]}, tax_type="OUTPUT2")
        owed = ruled("Rule 2", {"country": ["FR"], "liable": ["customer"]}, tax_type="NONE")
        assert rule_checks.never_applies([wide, owed]) == ["", ""]


class TestContradictions:
    @pytest.mark.parametrize(
        ("when", "sets", "words"),
        [
            ({"country": ["FRANCE"]}, {"account": "200"}, "No order names a country FRANCE"),
            ({"country": {"not": ["GB", "GBR"]}}, {"account": "200"}, "No order names a country GBR"),
            ({"sku": {"not": ["*"]}}, {"account": "200"}, "anything but every sku"),
            ({"currency": ["EURO"]}, {"account": "200"}, "No order names a currency EURO"),
            ({"rate": ["0.2"]}, {"item": Item.NONE}, "decides an item, which is decided before rates"),
            ({"kind": ["tip"]}, {"item": Item.NONE}, "not about goods"),
            ({}, {"account": "200", "tax_shape": TaxShape.APART, "tax_account": "820"}, "not which tax rate of 0 %"),
            ({}, {"tax_type": "NONE", "tax_shape": TaxShape.APART}, "names no account for it"),
            ({}, {"tax_type": "NONE", "tax_shape": TaxShape.LEFT_OUT}, "that the sales channel owes, and no other"),
            (
                {"liable": ["channel", "seller"]},
                {"tax_type": "NONE", "tax_shape": TaxShape.WITHHELD, "tax_account": "820"},
                "that the sales channel owes, and no other",
            ),
        ],
    )
    def test_are_said_in_words(self, when, sets, words):
        (said,) = rule_checks.contradictions(ruled(when=when, **sets))
        assert words in said

    def test_of_a_tax_type_with_the_rates_asked_for(self):
        rates = {"OUTPUT2": Decimal("0.2"), "NONE": Decimal(0)}
        rule = ruled(when={"rate": ["0", "0.05"]}, tax_type="OUTPUT2")
        assert rule_checks.rate_contradictions(rule, rates) == [
            "It is about lines that bear 0 % or 5 %, and OUTPUT2 is 20 %."
        ]
        other = ruled(when={"rate": {"not": ["0.2"]}}, tax_type="OUTPUT2")
        assert rule_checks.rate_contradictions(other, rates) == [
            "It is about lines that bear anything but 20 %, and OUTPUT2 is 20 %."
        ]
        assert rule_checks.rate_contradictions(ruled(when={"rate": {"not": ["0"]}}, tax_type="OUTPUT2"), rates) == []
        apart = ruled(tax_type="OUTPUT2", tax_shape=TaxShape.APART, tax_account="820")
        assert "need a tax rate of 0 %" in rule_checks.rate_contradictions(apart, rates)[0]
        assert rule_checks.rate_contradictions(ruled(when={"rate": ["0.20"]}, tax_type="OUTPUT2"), rates) == []
        assert rule_checks.rate_contradictions(ruled(when={"kind": [LineKind.TIP]}, account="200"), rates) == []
