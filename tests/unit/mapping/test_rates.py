"""Rates worked out from amounts that were rounded to the cent: never a wrong one, and none that nobody named."""

from decimal import Decimal
from itertools import chain

import pytest

from daybook.documents.causes import Cause, Hold
from daybook.mapping import rates
from daybook.mapping.invoices import map_invoice
from daybook.mapping.rates import Shown
from daybook.mapping.totals import order_totals

from .shops import RULES, TAX_TYPES, a_line, an_order, cents, line_rates

D = Decimal
NOTHING: frozenset[Decimal] = frozenset()
COUNTRIES = {
    "GB": ("0", "0.05", "0.2"),
    "AU": ("0", "0.1"),
    "NZ": ("0", "0.15"),
    "CH": ("0", "0.026", "0.038", "0.081"),
    "IE": ("0", "0.048", "0.09", "0.135", "0.23"),
    "CA": ("0", "0.05", "0.13", "0.14", "0.14975", "0.15"),
    "US": ("0", "0.0635", "0.08625", "0.08875", "0.0975"),
}
"""The usual rates of each country, as a company there has mapped them."""
PRICES = tuple(D(hundredths) / 100 for hundredths in chain(range(10, 300), range(300, 10_001, 7), [9_999, 10_000]))
"""0.10 to 100.00: every cent where rates are hard to tell apart, then every seventh."""


def shown_by_a_shop(price: Decimal, rate: Decimal) -> set[tuple[Decimal, Decimal]]:
    """Return (net, gross) as shops show them: tax put on a net price, or taken out of a gross one."""
    return {(price, price + cents(price * rate)), (cents(price / (1 + rate)), price)}


class TestAScanOverPrices:
    @pytest.mark.parametrize("country", COUNTRIES)
    def test_finds_the_rate_or_names_those_it_may_be(self, country):
        mapped = [D(rate) for rate in COUNTRIES[country]]
        nearest = min(abs(a - b) for a in mapped for b in mapped if a != b)
        for rate in mapped:
            for net, gross in chain.from_iterable(shown_by_a_shop(price, rate) for price in PRICES):
                (found,) = rates.fitting([Shown(net, gross)], mapped=mapped, said=NOTHING)
                assert rate in found, (net, gross)
                is_told_apart = net * nearest > D("0.013")  # a cent, and the tax on it
                assert not is_told_apart or found == {rate}, (net, gross)


class TestARateOfAnOrder:
    def test_is_one_that_a_person_mapped_where_that_explains_the_amounts(self):
        line = a_line("2.50", rate=None, tax_amount=D("0.13"))
        assert line_rates(an_order(line), known=TAX_TYPES) == {D("0.05")}

    def test_is_chosen_over_the_whole_order(self):
        order = an_order(
            a_line("100.00", rate=None, tax_amount=D("14.98")), a_line("10.00", rate=None, tax_amount=D("1.50"))
        )
        assert line_rates(order, known=[D("0.14975"), D("0.15"), D(0)]) == {D("0.14975")}

    def test_is_one_that_the_order_states_elsewhere(self):
        order = an_order(a_line("40.00", rate="0.15"), a_line("10.00", rate=None, tax_amount=D("1.50")))
        assert line_rates(order, known=[D("0.14975"), D("0.15")]) == {D("0.15")}

    def test_of_taxes_rounded_one_by_one_follows_the_order(self):
        """5 % and 9.975 % of 2.00 and of 0.30, each rounded: 0.30 and 0.05, where 14.975 % are 0.04."""
        order = an_order(
            a_line("100.00", rate=None, tax_amount=D("14.98")), a_line("0.30", rate=None, tax_amount=D("0.05"))
        )
        assert line_rates(order, known=[D("0.14975"), D("0.15")]) == {D("0.14975")}

    def test_is_asked_for_where_nothing_tells_two_apart(self):
        order = an_order(a_line("10.00", rate=None, tax_amount=D("1.50")))
        held = order_totals(order, known=[D("0.14975"), D("0.15")])
        assert held == Hold(
            Cause.TAX_RATE_IN_DOUBT,
            "MUG",
            "Line 1 costs 10.00 without tax and 11.50 with it, and both 14.975 % and 15 % could make that.",
        )

    def test_that_was_sent_as_a_quotient_gives_way_to_the_mapped_one(self):
        line = a_line("4.16", "4.99", rate="0.1995")
        assert line_rates(an_order(line), known=TAX_TYPES) == {D("0.2")}

    def test_that_was_sent_and_is_no_quotient_stands(self):
        assert line_rates(an_order(a_line("1.00", "1.08", rate="0.0825")), known=[D("0.08375")]) == {D("0.0825")}

    @pytest.mark.parametrize("price", ["0.10", "0.25", "2.50", "9.99", "33.33"])
    def test_is_never_a_phantom(self, price):
        for rate in TAX_TYPES:
            line = a_line(price, rate=None, tax_amount=cents(D(price) * rate))
            assert line_rates(an_order(line), known=TAX_TYPES) <= set(TAX_TYPES)

    def test_of_no_tax_is_not_nought_where_there_is_a_tax(self):
        assert Shown(D("0.20"), D("0.21")).fit(D(0)) is None
        assert Shown(D("8.3333"), D("8.33")).fit(D(0)) is not None


class TestALineThatTakesSomethingOff:
    def test_stands_below_nought_within_a_sale(self):
        invoice = map_invoice(an_order(a_line("25", quantity="2"), a_line("-5", sku="OFF")), RULES, number="N")
        assert [(line.quantity, line.unit_amount) for line in invoice.lines] == [(2, 25), (1, -5)]
        assert invoice.totals == (D("45.00"), D("9.00"), D("54.00"))

    def test_tells_its_rate_like_any_other(self):
        order = an_order(a_line("25"), a_line("-5.00", "-6.00", rate=None))
        assert order_totals(order, known=TAX_TYPES) == (20, 4, 24)

    def test_that_is_more_than_the_goods_holds_the_order(self):
        held = map_invoice(an_order(a_line("5"), a_line("-6")), RULES, number="N")
        assert (held.cause, held.detail) == (
            Cause.NEGATIVE_TOTAL,
            "The order comes to -1.00 net + -0.20 tax = -1.20 gross.",
        )


def test_a_usable_rate_is_written_one_way_and_has_no_sign_at_zero():
    said = [Decimal(text) for text in ("0.20", "0.2", "-0", "1.0", "0E+2")]
    assert [str(rates.usable(rate)) for rate in said] == ["0.2", "0.2", "0", "1", "0"]
