"""Fixed vectors of Xero's arithmetic, with where each was found, and what must hold for all numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localxero.books import arithmetic
from localxero.books.arithmetic import EXCLUSIVE, INCLUSIVE, NO_TAX

MONEY = st.decimals(min_value="0.01", max_value="99999", places=2)
PRICES = st.decimals(min_value="0.0001", max_value="9999", places=4)
QUANTITIES = st.decimals(min_value="0.0001", max_value="999", places=4)
RATES = st.sampled_from([Decimal(0), Decimal(5), Decimal(10), Decimal(15), Decimal(20)])


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2.165", "2.17"),  # community.xero.com/66891 (xero-rules.md 5.2)
            ("2.1649999", "2.16"),
            ("0.005", "0.01"),
            ("1.005", "1.01"),  # a float would give 1.00
            ("-2.165", "-2.17"),  # away from zero: not documented (unsure)
            ("0", "0.00"),
        ],
    )
    def test_halves_go_up_at_the_cent(self, value, expected):
        assert str(arithmetic.rounded(Decimal(value))) == expected

    def test_prices_keep_two_or_four_decimals(self):
        assert arithmetic.rounded(Decimal("9.99995"), 4) == Decimal("10.0000")
        assert arithmetic.rounded(Decimal("9.995"), 2) == Decimal("10.00")


class TestLineTax:
    @pytest.mark.parametrize(
        ("amount", "rate", "types", "expected"),
        [
            ("420.00", "15", INCLUSIVE, "54.78"),  # D-PO sample (xero-rules.md 5.2)
            ("40.00", "0", EXCLUSIVE, "0.00"),  # SPEC createInvoices
            ("500.00", "15", EXCLUSIVE, "75.00"),  # SPEC updateInvoice, Light Saber
            ("100.00", "15", EXCLUSIVE, "15.00"),  # SPEC getInvoices
            ("20.00", "15", EXCLUSIVE, "3.00"),  # SPEC createPurchaseOrders
            ("2250.00", "15", EXCLUSIVE, "337.50"),  # SPEC getPurchaseOrder
            ("148062.76", "0", EXCLUSIVE, "0.00"),  # SPEC getInvoice
            ("100.00", "20", NO_TAX, "0.00"),
            ("-10.00", "20", EXCLUSIVE, "-2.00"),
        ],
    )
    def test_is_what_the_sources_show(self, amount, rate, types, expected):
        assert arithmetic.line_tax(Decimal(amount), Decimal(rate), types) == Decimal(expected)


class TestLineAmount:
    @pytest.mark.parametrize(
        ("quantity", "price", "discount", "expected"),
        [
            ("2", "20", {}, "40.00"),  # SPEC createInvoices, Acme Tires
            ("1", "2500.0000", {"discount_rate": Decimal("10.00")}, "2250.00"),  # SPEC getPurchaseOrder
            ("3", "10", {"discount_amount": Decimal("2.50")}, "27.50"),
            ("3", "0.3333", {}, "1.00"),
            ("1.5", "1.11", {}, "1.67"),  # 1.665
        ],
    )
    def test_is_quantity_times_price_less_discount(self, quantity, price, discount, expected):
        assert arithmetic.line_amount(Decimal(quantity), Decimal(price), **discount) == Decimal(expected)

    def test_discount_is_taken_before_rounding(self):
        assert arithmetic.line_amount(Decimal(1), Decimal("0.99"), discount_rate=Decimal(50)) == Decimal(
            "0.50"
        )  # 0.495

    def test_price_is_found_from_amount_and_quantity(self):
        assert arithmetic.unit_amount_of(Decimal(10), Decimal(3), discount_rate=None, places=4) == Decimal("3.3333")
        assert arithmetic.unit_amount_of(Decimal(90), Decimal(1), discount_rate=Decimal(10), places=2) == Decimal(
            "100.00"
        )
        assert arithmetic.unit_amount_of(Decimal(90), Decimal(0), discount_rate=None, places=2) == Decimal("0.00")


class TestTotals:
    def test_tax_is_summed_not_recomputed(self):
        tax = arithmetic.line_tax(Decimal("0.33"), Decimal(20), EXCLUSIVE)  # 0.066 -> 0.07
        sums = arithmetic.totals([(Decimal("0.33"), tax)] * 3, EXCLUSIVE)
        assert (sums.sub_total, sums.total_tax, sums.total) == (Decimal("0.99"), Decimal("0.21"), Decimal("1.20"))

    def test_inclusive_amounts_hold_their_tax(self):
        sums = arithmetic.totals([(Decimal("420.00"), Decimal("54.78"))], INCLUSIVE)
        assert (sums.sub_total, sums.total_tax, sums.total) == (Decimal("365.22"), Decimal("54.78"), Decimal("420.00"))

    def test_of_nothing_are_zero(self):
        assert arithmetic.totals([], EXCLUSIVE) == arithmetic.Totals(Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))

    @given(st.lists(st.tuples(QUANTITIES, PRICES, RATES), max_size=8), st.sampled_from([EXCLUSIVE, INCLUSIVE, NO_TAX]))
    def test_always_add_up(self, lines, types):
        amounts = [(arithmetic.line_amount(q, p), r) for q, p, r in lines]
        sums = arithmetic.totals([(a, arithmetic.line_tax(a, r, types)) for a, r in amounts], types)
        assert sums.sub_total + sums.total_tax == sums.total
        given_total = sum((a for a, _ in amounts), Decimal(0))
        assert given_total == (sums.sub_total if types == EXCLUSIVE else sums.total)

    @given(MONEY, RATES)
    def test_inclusive_and_exclusive_agree_within_a_cent(self, net, rate):
        tax = arithmetic.line_tax(net, rate, EXCLUSIVE)
        assert abs(arithmetic.line_tax(net + tax, rate, INCLUSIVE) - tax) <= Decimal("0.01")
