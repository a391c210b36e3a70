"""Carriage follows the goods: it bears their rates, one or several, and never a mix that looks like another."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.documents.causes import Hold, HoldCause
from daybook.documents.document import Invoice
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Shipping, StatedTotals
from daybook.mapping.totals import order_totals

from .shops import RULES, TAX_TYPES, a_line, an_order, cents, line_rates

D = Decimal
MIXED = (a_line("10.00"), a_line("10.00", quantity="3", rate="0"))


def carriage(price: str | None, price_inc_tax: str | None = None, rate: str | None = None, **more: Any) -> Shipping:
    return Shipping(
        price=None if price is None else D(price),
        price_inc_tax=None if price_inc_tax is None else D(price_inc_tax),
        tax_rate=None if rate is None else D(rate),
        **more,
    )


def carried(order) -> list[tuple[Decimal, str]]:
    invoice = map_invoice(order, RULES, number="N")
    assert isinstance(invoice, Invoice), invoice
    return sorted((line.unit_amount, line.tax_type) for line in invoice.lines if line.account_code == "201")


class TestCarriageThatNamesNoRate:
    """One price is all that is said of it: the rest of the order tells its rate, or a person is asked."""

    @pytest.mark.parametrize("one", [carriage("4.00"), carriage(None, "4.80")])
    def test_bears_the_one_rate_of_the_goods(self, one):
        assert [tax_type for _, tax_type in carried(an_order(a_line("10"), a_line("5"), shipping=one))] == ["OUTPUT2"]

    @pytest.mark.parametrize(
        ("stated", "tax_type"),
        [
            (StatedTotals(net=D(14), tax=D(2), gross=D(16)), "ZERORATEDOUTPUT"),
            (StatedTotals(gross=D(16)), "ZERORATEDOUTPUT"),
            (StatedTotals(net=D(14), tax=D("2.80"), gross=D("16.80")), "OUTPUT2"),
            (StatedTotals(gross=D("16.80")), "OUTPUT2"),
            (StatedTotals(tax=D("2.79")), "OUTPUT2"),
        ],
    )
    def test_bears_that_rate_or_none_as_the_totals_say(self, stated, tax_type):
        assert carried(an_order(a_line("10"), shipping=carriage("4.00"), stated=stated)) == [(4, tax_type)]

    def test_is_split_as_the_goods_are_where_the_totals_say_so(self):
        stated = StatedTotals(net=D("44.00"), tax=D("2.20"), gross=D("46.20"))
        for one in (carriage("4.00"), carriage(None, "4.20")):
            assert carried(an_order(*MIXED, shipping=one, stated=stated)) == [(1, "OUTPUT2"), (3, "ZERORATEDOUTPUT")]

    def test_is_asked_about_where_goods_of_several_rates_leave_it_open(self):
        held = map_invoice(an_order(*MIXED, shipping=carriage("4.00")), RULES, number="N")
        assert held == Hold(
            HoldCause.CARRIAGE_RATE_UNCLEAR,
            "Shipping",
            "The carriage costs 4.00 without tax and names no rate; the goods bear 20 %, 0 %.",
        )

    def test_bears_the_rate_of_goods_that_were_cancelled(self):
        assert carried(an_order(a_line("10", quantity="0"), shipping=carriage("4.00"))) == [(4, "OUTPUT2")]

    def test_that_contradicts_the_totals_either_way_is_held(self):
        order = an_order(a_line("10"), shipping=carriage("4.00"), stated=StatedTotals(gross=D(20)))
        assert isinstance(map_invoice(order, RULES, number="N"), Hold)


class TestCarriageOfOneAmount:
    def test_that_looks_like_another_rate_is_split_as_the_goods_are(self):
        stated = StatedTotals(net=D("44.00"), tax=D("2.20"), gross=D("46.20"))
        order = an_order(*MIXED, shipping=carriage("4.00", "4.20"), stated=stated)
        assert carried(order) == [(1, "OUTPUT2"), (3, "ZERORATEDOUTPUT")]
        assert map_invoice(order, RULES, number="N").totals == (44, D("2.20"), D("46.20"))

    def test_that_fits_no_rate_and_no_split_is_held_and_no_rate_of_it_seen(self):
        order = an_order(*MIXED, shipping=carriage("4.00", "4.40"))
        held = map_invoice(order, RULES, number="N")
        assert held == Hold(
            HoldCause.CARRIAGE_RATE_UNCLEAR,
            "Shipping",
            "The carriage costs 4.00 without tax and 4.40 with it: that is the tax of none of the goods' rates "
            "(20 %, 0 %), nor that of a split in proportion to them.",
        )
        assert line_rates(order, known=TAX_TYPES) == frozenset()

    def test_of_a_rate_between_those_of_the_goods_is_split_where_it_may_be_a_mix(self):
        goods = (a_line("10"), a_line("20", rate="0.05"), a_line("30", rate="0"))
        assert carried(an_order(*goods, shipping=carriage("6.00", "6.30"))) == [
            (1, "OUTPUT2"),
            (2, "RROUTPUT"),
            (3, "ZERORATEDOUTPUT"),
        ]
        assert carried(an_order(*goods, shipping=carriage("8.00", "8.40", "0.05"))) == [(8, "RROUTPUT")]

    @pytest.mark.parametrize("rate", [None, "NaN", "0.2"])
    def test_bears_the_rate_of_the_goods_that_explains_it(self, rate):
        assert carried(an_order(*MIXED, shipping=carriage("3.29", "3.95", rate))) == [(D("3.29"), "OUTPUT2")]

    def test_without_tax_bears_none_whatever_the_goods_do(self):
        assert carried(an_order(a_line("10"), shipping=carriage("4.00", "4.00"))) == [(4, "ZERORATEDOUTPUT")]

    def test_bears_the_rate_that_was_sent(self):
        assert carried(an_order(*MIXED, shipping=carriage("4.00", "4.20", "0.05"))) == [(4, "RROUTPUT")]

    def test_does_not_bear_a_quotient_that_was_sent_beside_goods_of_several_rates(self):
        held = map_invoice(an_order(*MIXED, shipping=carriage("4.16", "4.49", "0.0793")), RULES, number="N")
        assert isinstance(held, Hold)
        assert held.cause is HoldCause.CARRIAGE_RATE_UNCLEAR

    def test_of_free_goods_is_invoiced_alone(self):
        order = an_order(a_line("0"), shipping=carriage("5.00", "6.00"))
        assert carried(order) == [(5, "OUTPUT2")]
        assert order_totals(order) == (5, 1, 6)

    def test_stays_when_all_goods_are_cancelled(self):
        order = an_order(a_line("9", quantity="0"), shipping=carriage("4.00", "4.80", "0.2"))
        assert order_totals(order) == (4, D("0.80"), D("4.80"))

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(
        taxed=st.integers(1, 20_000).map(lambda hundredths: D(hundredths) / 100),
        free=st.integers(1, 20_000).map(lambda hundredths: D(hundredths) / 100),
        price=st.integers(1, 3_000).map(lambda hundredths: D(hundredths) / 100),
    )
    def test_that_a_shop_mixed_is_met_to_the_cent_and_never_on_a_rate_the_goods_lack(self, taxed, free, price):
        tax = cents(price * taxed / (taxed + free) * D("0.2"))
        goods = (a_line(str(taxed)), a_line(str(free), rate="0"))
        order = an_order(*goods, shipping=carriage(str(price), str(price + tax)))
        invoice = map_invoice(order, RULES, number="N")
        assert isinstance(invoice, Invoice), invoice
        assert {line.tax_type for line in invoice.lines} <= {"OUTPUT2", "ZERORATEDOUTPUT"}
        assert invoice.totals.gross == order_totals(an_order(*goods)).gross + price + tax


class TestCarriageAsAList:
    def test_bears_each_its_own_rate_and_its_own_words(self):
        each = (carriage("1.00", rate="0.2", description="Courier"), carriage("3.00", "3.00", description="Letter"))
        order = an_order(*MIXED, shipping=each)
        assert carried(order) == [(1, "OUTPUT2"), (3, "ZERORATEDOUTPUT")]
        assert [line.description for line in map_invoice(order, RULES, number="N").lines][2:] == ["Courier", "Letter"]

    def test_may_be_empty(self):
        assert carried(an_order(*MIXED, shipping=())) == []


class TestWhatIsTakenOff:
    """A coupon over goods of several rates looks like a rate between them, as a carriage does."""

    COUPON = a_line("-3.00", "-3.30", rate=None)

    def test_at_a_rate_between_those_of_the_goods_is_asked_about(self):
        goods = (a_line("10"), a_line("10", rate="0"))
        rules = replace(RULES, tax_types=TAX_TYPES | {D("0.1"): "OUTPUT2"})
        held = map_invoice(an_order(*goods, self.COUPON), rules, number="N")
        assert isinstance(held, Hold)
        assert held.detail == (
            "Line 3 takes off 3.00 without tax and 3.30 with it. That lies between the rates of the goods (20 %, 0 %), so it "
            "may be taken off several: send it as one line for each rate."
        )

    def test_at_a_rate_that_it_names_or_that_goods_bear_stands(self):
        stated = replace(self.COUPON, tax_rate=D("0.1"))
        for goods in ((a_line("10"), a_line("10", rate="0"), stated), (a_line("20", rate="0.1"), self.COUPON)):
            assert D("0.1") in line_rates(an_order(*goods), known={*TAX_TYPES, D("0.1")})
