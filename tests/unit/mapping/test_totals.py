from dataclasses import replace
from decimal import Decimal

import pytest

from daybook.documents.causes import Hold, HoldCause
from daybook.kit.money import round2
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Shipping, StatedTotals
from daybook.mapping.totals import order_totals

from .shops import RULES, TAX_TYPES, a_line, an_order, line_rates

D = Decimal
THE_SAMPLE = an_order(
    a_line("6.25", "7.50", quantity="2"),
    a_line("8.00", "8.00", rate="0", sku="BIB"),
    shipping=Shipping(price=D("3.5"), price_inc_tax=D("4.2"), tax_rate=D("0.2")),
)


def stating(**totals: str) -> StatedTotals:
    return StatedTotals(**{name: D(amount) for name, amount in totals.items()})


class TestAnOrderThatStatesNothing:
    def test_comes_to_what_its_lines_and_shipping_do(self):
        assert order_totals(THE_SAMPLE) == (D("24.00"), D("3.20"), D("27.20"))

    def test_rounds_each_line_then_adds(self):
        order = an_order(a_line("0.125", "0.15", quantity="3"), a_line("0.125", "0.15", quantity="3"))
        assert order_totals(order) == (D("0.76"), D("0.14"), D("0.90"))

    def test_takes_a_missing_side_from_the_rate(self):
        assert order_totals(an_order(a_line("10.00"))) == (D("10.00"), D("2.00"), D("12.00"))
        assert order_totals(an_order(a_line(None, "12.00"))) == (D("10.00"), D("2.00"), D("12.00"))

    def test_takes_a_missing_side_from_the_tax_of_the_line(self):
        order = an_order(a_line("4.16", quantity="10", tax_amount=D("8.30")))
        assert order_totals(order) == (D("41.60"), D("8.30"), D("49.90"))

    def test_counts_a_zero_beside_a_price_as_missing(self):
        assert order_totals(an_order(a_line("10.00", "0"))) == (D("10.00"), D("2.00"), D("12.00"))

    def test_takes_discounts_off_both_sides(self):
        order = an_order(a_line("10.00", "12.00", quantity="2", discount=D(5)))
        assert order_totals(order) == (D("15.00"), D("3.00"), D("18.00"))

    def test_takes_a_discount_including_tax_off_both_sides(self):
        order = an_order(a_line("10.00", "12.00", quantity="2", discount_inc_tax=D(6)))
        assert order_totals(order) == (D("15.00"), D("3.00"), D("18.00"))

    def test_leaves_out_cancelled_lines_and_free_shipping(self):
        free = Shipping(price=D(0), price_inc_tax=D(0), tax_rate=D("NaN"))
        order = an_order(a_line("10.00"), a_line("99.00", quantity="0"), shipping=free)
        assert order_totals(order) == (D("10.00"), D("2.00"), D("12.00"))

    def test_takes_returned_goods_off(self):
        order = an_order(a_line("10.00", "12.00"), a_line("4.00", "4.80", quantity="-1"))
        assert order_totals(order) == (D("6.00"), D("1.20"), D("7.20"))


class TestStatedTotals:
    @pytest.mark.parametrize(
        "stated",
        [
            stating(net="24.00", tax="3.20", gross="27.20"),
            stating(gross="27.20"),
            stating(gross="27.20", tax="3.20"),
            stating(net="24.00", tax="3.20"),
            stating(net="24.00", gross="27.20"),
            stating(net="24.00"),
            stating(tax="3.20"),
        ],
        ids=lambda stated: "-".join(name for name in ("net", "tax", "gross") if getattr(stated, name) is not None),
    )
    def test_complete_each_other(self, stated):
        order = an_order(*THE_SAMPLE.lines, shipping=THE_SAMPLE.shipping, stated=stated)
        assert order_totals(order) == (D("24.00"), D("3.20"), D("27.20"))

    def test_win_over_the_lines_within_rounding(self):
        order = an_order(a_line("4.16", quantity="10"), stated=stating(gross="49.90", tax="8.32"))
        assert order_totals(order) == (D("41.58"), D("8.32"), D("49.90"))

    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            (stating(net="9.99"), ("9.99", "2.00", "11.99")),
            (stating(tax="2.01"), ("10.00", "2.01", "12.01")),
            (stating(gross="12.01"), ("10.01", "2.00", "12.01")),
        ],
    )
    def test_alone_are_completed_from_prices_without_tax(self, stated, expected):
        assert order_totals(an_order(a_line("10.00"), stated=stated)) == tuple(map(D, expected))

    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            (stating(net="9.99"), ("9.99", "2.01", "12.00")),
            (stating(tax="2.01"), ("9.99", "2.01", "12.00")),
            (stating(gross="12.01"), ("10.01", "2.00", "12.01")),
        ],
    )
    def test_alone_are_completed_from_prices_with_tax(self, stated, expected):
        assert order_totals(an_order(a_line(None, "12.00"), stated=stated)) == tuple(map(D, expected))

    def test_that_are_no_numbers_are_not_stated(self):
        order = an_order(a_line("10.00"), stated=stating(gross="NaN"))
        assert order_totals(order) == (D("10.00"), D("2.00"), D("12.00"))

    def test_that_contradict_the_lines_hold_the_order_with_the_figures(self):
        order = an_order(a_line("10.00"), stated=stating(gross="15.00"))
        held = order_totals(order)
        assert isinstance(held, Hold)
        assert held.cause is HoldCause.TOTALS_CONTRADICT
        assert "15.00 gross" in held.detail
        assert "12.00 gross" in held.detail

    def test_that_contradict_each_other_hold_the_order(self):
        order = an_order(a_line("10.00"), stated=stating(net="10.00", tax="2.00", gross="12.01"))
        held = order_totals(order)
        assert isinstance(held, Hold)
        assert held.detail.startswith(
            "The order's own totals do not add up: 10.00 net + 2.00 tax = 12.01 gross. They differ by 0.01. If the total"
        )

    def test_below_zero_hold_the_order(self):
        held = order_totals(an_order(a_line("-10.00"), stated=stating(gross="-12.00")))
        assert isinstance(held, Hold)
        assert held.cause is HoldCause.NEGATIVE_TOTAL

    def test_beyond_what_xero_takes_hold_the_order(self):
        held = order_totals(an_order(a_line("10.00"), stated=stating(gross="1E+30")))
        assert isinstance(held, Hold)
        assert held.cause is HoldCause.AMOUNT_TOO_LARGE


class TestACurrencyOfThreeDecimals:
    """Xero would keep two of them."""

    @pytest.mark.parametrize(
        "order",
        [
            an_order(a_line("1.234", rate="0"), currency="KWD"),
            an_order(a_line("0.617", quantity="2", rate="0"), currency="BHD"),
            an_order(a_line("1", rate="0"), shipping=Shipping(price=D("0.125"), tax_rate=D(0)), currency="KWD"),
            an_order(a_line("1.23", rate="0"), stated=stating(gross="1.234"), currency="KWD"),
        ],
    )
    def test_holds_an_order_that_needs_the_third(self, order):
        rules = replace(RULES, currencies=frozenset({"KWD", "BHD"}))
        held = map_invoice(order, rules, number="N")

        assert isinstance(held, Hold)
        assert (held.cause, held.subject) == (HoldCause.AMOUNT_TOO_FINE, order.currency)
        assert order_totals(order).gross != round2(order_totals(order).gross)

    @pytest.mark.parametrize(
        ("order", "gross"),
        [
            (an_order(a_line("1.250", quantity="2", rate="0"), currency="KWD"), "2.50"),
            (an_order(a_line("1.234", rate="0"), stated=stating(gross="1.23"), currency="KWD"), "1.23"),
            (an_order(a_line("1.234", rate="0")), "1.23"),
        ],
    )
    def test_takes_one_that_comes_to_two(self, order, gross):
        assert order_totals(order).gross == D(gross)


class TestALineThatContradictsItself:
    def test_in_its_tax_holds_the_order(self):
        held = order_totals(an_order(a_line("10.00", "12.00", tax_amount=D(9))))
        assert held == Hold(
            HoldCause.TOTALS_CONTRADICT, "MUG", "The line says 10 without tax, 12 with it, and a tax of 9."
        )

    def test_by_costing_less_with_tax_holds_the_order(self):
        held = order_totals(an_order(a_line("10.00", "9.00")))
        assert isinstance(held, Hold)
        assert (held.cause, held.subject) == (HoldCause.TOTALS_CONTRADICT, "MUG")


class TestTheRatesOfAnOrder:
    def test_are_normalised_fractions(self):
        rates = line_rates(an_order(a_line("1", rate="0.200"), a_line("1", rate="0.00")))
        assert {str(rate) for rate in rates} == {"0.2", "0"}

    def test_hold_those_of_the_shipping(self):
        shipping = Shipping(price=D("3.00"), price_inc_tax=D("3.15"), tax_rate=D("0.05"))
        assert line_rates(an_order(a_line("1"), shipping=shipping)) == {D("0.2"), D("0.05")}

    @pytest.mark.parametrize("junk", ["NaN", "Infinity", "-1", "20", "0.1995", "0.1995192307692307", "0.33"])
    def test_cure_junk_with_the_two_amounts(self, junk):
        shipping = Shipping(price=D("4.16"), price_inc_tax=D("4.99"), tax_rate=D(junk))
        order = an_order(a_line("8", "8", rate="0"), a_line("8"), shipping=shipping)
        assert line_rates(order) == {D("0.2"), D(0)}

    def test_take_a_quotient_that_was_sent_for_the_rate_it_is_near_to(self):
        shipping = Shipping(price=D("4.16"), price_inc_tax=D("4.99"), tax_rate=D("0.1995"))
        assert line_rates(an_order(a_line("8", "8", rate="0"), shipping=shipping)) == {D("0.2"), D(0)}

    def test_prefer_one_seen_elsewhere_to_the_quotient(self):
        shipping = Shipping(price=D("1.00"), price_inc_tax=D("1.18"))
        assert line_rates(an_order(a_line("10", rate="0.175"), shipping=shipping)) == {D("0.175")}
        shipping = Shipping(price=D("0.83"), price_inc_tax=D("0.98"))
        assert line_rates(an_order(a_line("10", rate="0.175"), shipping=shipping)) == {D("0.175")}

    def test_keep_a_fine_rate_that_is_no_quotient(self):
        shipping = Shipping(price=D("5.00"), price_inc_tax=D("5.41"), tax_rate=D("0.0825"))
        assert line_rates(an_order(a_line("1", rate="0"), shipping=shipping)) == {D("0.0825"), D(0)}

    def test_come_from_the_amounts_where_the_stated_rate_does_not_explain_them(self):
        assert line_rates(an_order(a_line("10.00", "12.00", rate="0")), known=TAX_TYPES) == {D("0.2")}
        assert line_rates(an_order(a_line("10.00", "10.00", rate="0.2")), known=TAX_TYPES) == {D(0)}

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (
                a_line("10", "15"),
                "Line 2 costs 10.00 without tax and 15.00 with it. That is not the 20 % that it says, nor any rate in the settings.",
            ),
            (
                a_line("10", tax_amount=D(5)),
                "Line 2 costs 10.00 without tax and 15.00 with it. That is not the 20 % that it says, nor any rate in the settings.",
            ),
            (a_line("10.125", "10.125", rate="0.05"), None),
            (
                a_line("100", "112.5", rate="0.2"),
                "Line 2 costs 100.00 without tax and 112.50 with it. That is not the 20 % that it says, nor any rate in the settings.",
            ),
        ],
    )
    def test_that_prices_contradict_hold_the_order_unless_the_prices_make_a_known_rate(self, line, words):
        order = an_order(a_line("5"), line)
        held = order_totals(order, known=TAX_TYPES)
        assert (held.detail if isinstance(held, Hold) else None) == words
        assert bool(line_rates(order, known=TAX_TYPES)) is (words is None)

    def test_come_from_the_tax_of_the_line_where_nothing_else_says(self):
        assert line_rates(an_order(a_line("10.00", rate=None, tax_amount=D("1.75")))) == {D("0.175")}
        assert line_rates(an_order(a_line(None, "11.75", rate=None, tax_amount=D("1.75")))) == {D("0.175")}

    @pytest.mark.parametrize(
        ("net", "gross", "rate"),
        [("10", "12", "0.2"), ("100", "117.50", "0.175"), ("100", "108.10", "0.081"), ("1000", "1088.75", "0.08875")],
    )
    def test_are_the_simplest_true_ones_where_nothing_known_explains_the_amounts(self, net, gross, rate):
        assert line_rates(an_order(a_line(net, gross, rate=None))) == {D(rate)}

    @pytest.mark.parametrize(("net", "gross"), [("1000.00", "1123.45"), ("0.10", "0.12"), ("10", "25")])
    def test_are_none_where_the_amounts_show_no_true_rate_or_several(self, net, gross):
        order = an_order(a_line(net, gross, rate=None))
        held = order_totals(order)
        assert isinstance(held, Hold)
        assert (held.cause, line_rates(order)) == (HoldCause.TAX_RATE_IN_DOUBT, frozenset())
        assert held.detail.startswith(f"Line 1 costs {D(net):.2f} without tax and {D(gross):.2f} with it")

    def test_of_worthless_lines_are_those_of_the_largest_part(self):
        order = an_order(a_line("1", rate="0"), a_line("9"), a_line("0", "0", rate=None))
        assert line_rates(order) == {D(0), D("0.2")}

    def test_are_none_where_one_is_unknown(self):
        assert line_rates(an_order(a_line("1", rate=None))) == frozenset()
