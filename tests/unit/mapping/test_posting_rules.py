"""Rules are read from the top; the first that is about a line and sets a field decides that field."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import DecidedBy, Invoice
from daybook.documents.kinds import Kind
from daybook.documents.line_kinds import Liable, LineKind
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import LineTax, OrderLine, Product, Sale, Shipping
from daybook.mapping.posting_rules import Fact, Field, LineFacts, Rule, Values, decide, liable_named, read_when
from daybook.mapping.rule_words import in_words
from daybook.mapping.rules import ItemFacts, LineAccount, MappingRules, ProcessMethod

from .shops import RULES, TAX_RATES, a_line, an_order

D = Decimal
SHIPPING = Shipping(price=D("3.5"), tax_rate=D("0.2"))
FRENCH = Sale(country="FR", region="Corse", channel="Amazon", tags=("B2B",), customer_id="42", vat_number="FR123")
WITH_FRENCH_TAXES = replace(RULES, tax_rates=TAX_RATES | {"FR20": D("0.2"), "EXPORT": D(0)})


def a_rule(when: dict[str, list[str]], name: str = "Rule 1", **sets: object) -> Rule:
    return Rule(name=name, when=read_when(when), **sets)  # type: ignore[arg-type]


def by(*rules: Rule, of: MappingRules = WITH_FRENCH_TAXES) -> MappingRules:
    return replace(of, posting_rules=rules)


def booked(rules: MappingRules, *lines: OrderLine, **order: object) -> list[tuple[str, str]]:
    return [(line.account_code, line.tax_type) for line in invoiced(rules, *lines, **order).lines]


def invoiced(rules: MappingRules, *lines: OrderLine, **order: object) -> Invoice:
    found = map_invoice(an_order(*lines, **order), rules, number="A-1")
    assert isinstance(found, Invoice), found
    return found


def held(rules: MappingRules, *lines: OrderLine, **order: object) -> Hold:
    found = map_invoice(an_order(*lines, **order), rules, number="A-1")
    assert isinstance(found, Hold), found
    return found


class TestARule:
    @pytest.mark.parametrize(
        "when",
        [
            {},
            {"country": ["DE", "fr"]},
            {"region": ["Corse"]},
            {"channel": ["amazon"], "country": ["FR"]},
            {"tag": ["b2b"]},
            {"customer": ["42"]},
            {"vat_number": ["FR*"]},
            {"vat_number": ["?*"]},
            {"currency": ["GBP"]},
            {"sku": ["mug-*"]},
            {"product_type": ["Mugs"]},
            {"product_category": ["Kitchen"], "product_tag": ["blue"]},
            {"feed": ["shop"]},
            {"rate": ["0.20"]},
            {"tax": ["TVA"]},
            {"tax": ["FR-STD"]},
            {"liable": ["seller"]},
            {"kind": ["goods", "tip"]},
        ],
    )
    def test_is_about_a_line_of_which_all_it_asks_is_so(self, when):
        assert booked(self.rules(when), self.line(), sale=FRENCH) == [("201", "OUTPUT2")]

    @pytest.mark.parametrize(
        "when",
        [
            {"country": ["DE"]},
            {"country": ["FR"], "channel": ["web"]},
            {"vat_number": [""]},
            {"sku": ["mug"]},
            {"rate": ["0.05"]},
            {"tax": ["VAT"]},
            {"liable": ["customer"]},
            {"kind": ["shipping"]},
            {"product_tag": ["red"]},
        ],
    )
    def test_is_not_about_another(self, when):
        assert booked(self.rules(when), self.line(), sale=FRENCH) == [("200", "OUTPUT2")]

    def test_may_ask_for_what_nobody_said(self):
        assert booked(self.rules({"country": [""], "vat_number": [""]}), a_line("1")) == [("201", "OUTPUT2")]

    def test_decides_the_carriage_too(self):
        rules = by(a_rule({"country": ["FR"]}, tax_type="FR20"))
        found = booked(rules, a_line("1"), shipping=SHIPPING, sale=FRENCH)
        assert found == [("200", "FR20"), ("201", "FR20")]

    @staticmethod
    def rules(when: dict[str, list[str]]) -> MappingRules:
        return replace(by(a_rule(when, account="201")), feed="shop")

    @staticmethod
    def line() -> OrderLine:
        tax = LineTax(name="TVA", code="FR-STD", rate=D("0.2"))
        return a_line("1", sku="MUG-1", taxes=(tax,), product=Product(type="mugs", category="kitchen", tags=("Blue",)))


class TestFieldByField:
    def test_the_first_that_sets_a_field_decides_it(self):
        rules = by(
            a_rule({"country": ["FR"]}, "Rule 1", tax_type="FR20"),
            a_rule({"sku": ["MUG"]}, "Rule 2", account="205", tax_type="OUTPUT2"),
            a_rule({}, "Rule 3", account="206"),
        )
        (line,) = invoiced(rules, a_line("1"), sale=FRENCH).lines
        assert (line.account_code, line.tax_type) == ("205", "FR20")
        assert line.decided_by == DecidedBy(account="Rule 2", tax_type="Rule 1")

    def test_the_settings_stand_last_and_are_named(self):
        rules = replace(
            RULES,
            process_method=ProcessMethod.TRACKED,
            items={"MUG": ItemFacts(is_tracked=True)},
            line_accounts={LineKind.TIP: LineAccount(account="825")},
        )
        tip = a_line("2", rate="0", sku="", kind=LineKind.TIP)
        found = invoiced(rules, a_line("1"), tip, shipping=SHIPPING).lines
        assert [line.decided_by for line in found] == [
            DecidedBy(account="Sales account", tax_type="Tax rate for 20 %", item="Goods on stock"),
            DecidedBy(account="Account for tips", tax_type="Tax rate for 0 %"),
            DecidedBy(account="Shipping account", tax_type="Tax rate for 20 %"),
        ]

    @given(st.data())
    def test_law(self, data):
        """Taking a rule away that decided nothing changes nothing; each field is decided by the first that may."""
        facts: LineFacts = {fact: frozenset({data.draw(st.sampled_from("ab"))}) for fact in Fact}
        facts = {**facts, Fact.KIND: frozenset({"goods"}), Fact.LIABLE: frozenset({"seller"})}
        values = st.builds(Values, st.frozensets(st.sampled_from("ab"), min_size=1))
        whens = st.dictionaries(st.sampled_from([Fact.SKU, Fact.TAG, Fact.COUNTRY]), values, max_size=2)
        sets = {
            "account": st.sampled_from(["", "1", "2"]),
            "tax_type": st.sampled_from(["", "X"]),
            "item": st.booleans(),
        }
        rules = data.draw(st.lists(st.builds(Rule, name=st.text(max_size=2), when=whens, **sets), max_size=6))
        decided = decide(facts, rules)
        for field in Field:
            able = [r for r in rules if getattr(r, field) and all(v.texts & facts[f] for f, v in r.when.items())]
            assert decided.get(field) is (able[0] if able else None)
        needed = [rule for rule in rules if any(rule is each for each in decided.values())]
        assert decide(facts, needed) == decided


class TestWhatMustBeSaidInSoManyWords:
    TIP = a_line("2", rate="0.2", sku="", kind=LineKind.TIP)
    OWED = a_line("2", rate="0", taxes=(LineTax(name="TVA", rate=D(0), liable=Liable.CUSTOMER),))

    def test_a_wide_rule_books_no_tip(self):
        assert held(by(a_rule({}, account="205", tax_type="FR20")), self.TIP).cause is Cause.LINE_ACCOUNT_MISSING

    def test_one_that_names_tips_does(self):
        rules = by(a_rule({"kind": ["tip"], "country": ["FR"]}, account="825", tax_type="FR20"))
        assert booked(rules, self.TIP, sale=FRENCH) == [("825", "FR20")]

    def test_a_gift_card_never_goes_by_the_tax_of_its_rate(self):
        card = a_line("2", rate="0", sku="", kind=LineKind.GIFT_CARD)
        rules = by(a_rule({"kind": ["gift_card"]}, account="825"))
        assert held(rules, card) == Hold(
            Cause.LINE_ACCOUNT_MISSING, "gift_card", "Its account is chosen, its tax is not."
        )

    def test_a_wide_rule_sets_no_tax_that_others_owe(self):
        wide = a_rule({"country": ["FR"]}, tax_type="EXPORT")
        about_the_channel = a_rule({"liable": ["channel"]}, tax_type="EXPORT")
        for rules in (by(), by(wide), by(wide, about_the_channel)):
            assert held(rules, self.OWED, sale=FRENCH).cause is Cause.TAX_OWED_BY_OTHERS

    def test_one_that_names_who_owes_it_does(self):
        rules = by(
            a_rule({"country": ["FR"]}, tax_type="ZERORATEDOUTPUT"),
            a_rule({"liable": ["customer"], "country": ["FR"]}, tax_type="EXPORT"),
        )
        assert booked(rules, self.OWED, a_line("1", rate="0"), sale=FRENCH) == [
            ("200", "EXPORT"),
            ("200", "ZERORATEDOUTPUT"),
        ]
        assert held(rules, self.OWED).cause is Cause.TAX_OWED_BY_OTHERS

    def test_all_who_owe_a_line_must_be_named(self):
        mixed = a_line("2", rate="0", taxes=(*self.OWED.taxes, LineTax(name="City", rate=D(0))))
        assert held(by(a_rule({"liable": ["customer"]}, tax_type="EXPORT")), mixed).subject == "the customer"
        rules = by(a_rule({"liable": ["customer", "seller"]}, tax_type="EXPORT"))
        assert booked(rules, mixed) == [("200", "EXPORT")]
        assert liable_named(rules.posting_rules) == {Liable.CUSTOMER, Liable.SELLER}


class TestWhatCannotBe:
    def test_another_rate_than_the_line_bears_is_held_with_both(self):
        assert held(by(a_rule({"country": ["FR"]}, tax_type="EXPORT")), a_line("1"), sale=FRENCH) == Hold(
            Cause.LINE_TAX_DIFFERS, "goods", "The line bears 20 %, and EXPORT, which Rule 1 sets, is 0 %."
        )

    def test_a_rule_that_cannot_be_used_holds_what_it_decides_and_nothing_else(self):
        gone = Hold(Cause.RULE_UNUSABLE, "Rule 1", "The account 999 is gone.")
        rules = by(a_rule({"country": ["FR"]}, account="999", why_not=gone))
        assert held(rules, a_line("1"), sale=FRENCH) == gone
        assert booked(rules, a_line("1")) == [("200", "OUTPUT2")]

    @pytest.mark.parametrize(
        ("when", "why"),
        [
            ([], "conditions"),
            ({"colour": ["red"]}, "'colour' is nothing that a rule can ask for"),
            ({"stock": ["?*"]}, "'stock' is nothing"),
            ({"country": "FR"}, "country wants a list"),
            ({"country": []}, "country wants a list"),
            ({"country": [1]}, "country wants a list"),
            ({"rate": ["20%"]}, "'20%' is no tax rate"),
            ({"rate": ["20"]}, "'20' is no tax rate"),
            ({"rate": ["NaN"]}, "'NaN' is no tax rate"),
            ({"kind": ["rounding"]}, "not 'rounding'"),
            ({"kind": ["*"]}, "kind is one of"),
            ({"liable": ["nobody"]}, "liable is one of channel, customer, seller"),
        ],
    )
    def test_what_no_rule_can_ask_for_is_said_in_words(self, when, why):
        with pytest.raises(ValueError, match=r".") as said:
            read_when(when)
        assert why in str(said.value)

    @pytest.mark.parametrize("fact", ["kind", "liable", "vat_number"])
    def test_what_is_named_in_so_many_words_is_never_all_but_some(self, fact):
        with pytest.raises(ValueError, match="never all but some"):
            read_when({fact: {"not": ["goods"]}})

    @pytest.mark.parametrize("said", [{"not": "GB"}, {"not": []}, {"not": ["GB"], "or": ["FR"]}, {"but": ["GB"]}])
    def test_anything_but_is_a_list_too(self, said):
        with pytest.raises(ValueError, match="a list of 1 to"):
            read_when({"country": said})

    def test_brackets_are_no_pattern(self):
        assert read_when({"sku": ["[MUG]*"]})[Fact.SKU].are_met_by(frozenset({"[mug]-1"}))


class TestWhatIsKept:
    def test_who_decided_is_kept_with_the_document_and_changes_nothing_of_it(self):
        invoice = invoiced(RULES, a_line("1"))
        plain = stored.dump(invoice)
        read = stored.read(plain, Kind.INVOICE)
        assert read is not None
        assert read.lines[0].decided_by.account == "Sales account"
        for line in plain["lines"]:
            del line["decided_by"]
        of_before = stored.read(plain, Kind.INVOICE)
        assert of_before == invoice
        assert of_before is not None
        assert of_before.lines[0].decided_by == DecidedBy()


class TestAnythingBut:
    @pytest.mark.parametrize(
        ("when", "said", "is_met"),
        [
            ({"country": {"not": ["GB", "IM"]}}, {"fr"}, True),
            ({"country": {"not": ["GB", "IM"]}}, {"im"}, False),
            ({"country": {"not": ["GB"]}}, {""}, False),  # unknown is not abroad
            ({"tag": {"not": ["b2b"]}}, {""}, True),
            ({"tag": {"not": ["b2b"]}}, {"vip", "b2b"}, False),
            ({"sku": {"not": ["MUG-*"]}}, {"mug-1"}, False),
            ({"sku": {"not": ["MUG-*"]}}, {"bib"}, True),
            ({"rate": {"not": ["0.20"]}}, {"0.2"}, False),
        ],
    )
    def test_what_is_named_is_met_by_all_that_is_said_otherwise(self, when, said, is_met):
        ((_, values),) = read_when(when).items()
        assert values.are_met_by(frozenset(said)) is is_met

    def test_is_read_in_words(self):
        when = read_when({"country": {"not": ["GB", "IM"]}, "sku": {"not": ["MUG-*"]}, "rate": {"not": ["0.2"]}})
        words = "Any sale sent anywhere but to the Isle of Man or the United Kingdom, not at 20 %, not SKU mug-*"
        assert in_words(when) == words
