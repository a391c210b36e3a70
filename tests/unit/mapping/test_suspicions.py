"""What is booked as a plain sale and may be none is told to a person."""

from dataclasses import replace

import pytest

from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Sale
from daybook.mapping.posting_rules import Fact, Rule, Values
from daybook.mapping.suspicions import suspicions

from .shops import RULES, a_line, an_order


def told(*lines, currency: str = "GBP") -> tuple[str, ...]:
    order = an_order(*lines, currency=currency)
    return suspicions(map_invoice(order, RULES, number="N"), RULES)


class TestALineThatIsNoGoods:
    @pytest.mark.parametrize(
        "words", ["Gift voucher 50", "e-Voucher", "GIFT CARD", "Gutschein", "Tip", "Donation to Oxfam"]
    )
    def test_is_told_with_how_it_was_booked(self, words):
        (sentence,) = told(a_line("50", rate="0", description=words), a_line("10"))
        assert sentence.startswith(
            f"“{words}” (50.00) is booked as a sale on account 200 with the tax ZERORATEDOUTPUT."
        )
        assert "change the line's account and tax in Xero" in sentence

    @pytest.mark.parametrize("words", ["Photo mug", "Felt tip pen", "Tip-Ex", "Insured parcel", "Vouchsafe"])
    def test_is_no_other(self, words):
        assert told(a_line("50", rate="0", description=words), a_line("5", rate="0")) == ()

    def test_is_insurance_beside_goods_at_no_tax(self):
        insurance = a_line("3", rate="0", description="Parcel insurance")
        assert "Insurance is usually exempt" in told(a_line("12", rate="0"), insurance)[0]
        assert told(a_line("12"), insurance) == ()

    def test_of_no_value_is_not_told(self):
        assert told(a_line("0", description="Gift voucher"), a_line("5")) == ()


class TestTheTaxOfAnotherCountry:
    def test_may_be_owed_where_an_order_in_its_currency_bears_the_tax_of_home(self):
        (sentence,) = told(a_line("100"), a_line("5", rate="0"), currency="EUR")
        assert sentence.startswith("The order is in EUR, and its tax is booked on OUTPUT2")

    def test_is_not_suspected_of_what_stays_in_the_country_of_the_organisation(self):
        def told_of(country: str, home: str) -> int:
            order = an_order(a_line("100"), currency="EUR", sale=Sale(country=country))
            return len(suspicions(map_invoice(order, RULES, number="N"), replace(RULES, home_country=home), country))

        assert [told_of("GB", "GB"), told_of("FR", "GB"), told_of("", "GB"), told_of("", "")] == [0, 1, 1, 1]

    def test_is_not_suspected_where_a_rule_of_a_persons_set_the_tax(self):
        rule = Rule(name="Swiss sales", when={Fact.CURRENCY: Values(frozenset({"eur"}))}, tax_type="OUTPUT2")
        ruled = replace(RULES, posting_rules=(rule,))
        order = an_order(a_line("100"), a_line("5", rate="0.05"), currency="EUR")
        assert suspicions(map_invoice(an_order(a_line("100"), currency="EUR"), ruled, number="N"), ruled) == ()
        only = replace(RULES, posting_rules=(replace(rule, when={Fact.RATE: Values(frozenset({"0.2"}))}),))
        (sentence,) = suspicions(map_invoice(order, only, number="N"), only)
        assert "booked on RROUTPUT" in sentence

    def test_is_not_suspected_in_the_base_currency_or_on_a_rate_of_its_own(self):
        assert told(a_line("100")) == ()
        assert told(a_line("100", rate="0.175"), currency="EUR") == ()
        assert suspicions(map_invoice(an_order(a_line("100")), RULES, number="N"), replace(RULES, tax_types={})) == ()
