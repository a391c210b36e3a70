"""Discounts that come through Xero to the cent, and those that are told in words instead."""

from decimal import Decimal

import pytest

from daybook.documents.document import Invoice, Line
from daybook.mapping import discounts
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import StatedTotals

from .shops import RULES, a_line, an_order

D = Decimal


def line(price: str, discount: str, quantity: str = "1") -> Line:
    return Line(
        description="Cap",
        quantity=D(quantity),
        unit_amount=D(price),
        discount_amount=D(discount),
        tax_type="OUTPUT2",
    )


def first_line(*lines, **changes) -> Line:
    invoice = map_invoice(an_order(*lines, **changes), RULES, number="N")
    assert isinstance(invoice, Invoice), invoice
    return invoice.lines[0]


class TestADiscountIsSafe:
    @pytest.mark.parametrize(
        ("price", "discount", "quantity"), [("25", "5", "2"), ("30", "6", "1"), ("9.99", "9.99", "1")]
    )
    def test_where_its_percentage_makes_the_same_cents(self, price, discount, quantity):
        assert discounts.is_safe(line(price, discount, quantity))

    def test_only_up_to_what_the_line_comes_to_before_rounding(self):
        assert not discounts.is_safe(line("27.826", "27.83"))

    def test_not_where_two_decimals_of_a_percentage_make_another_cent(self):
        assert not discounts.is_safe(line("99", "20", "3"))


class TestAnUnsafeDiscount:
    def test_is_taken_off_in_the_price_and_told(self):
        written = first_line(a_line("99", quantity="3", discount=D(20), description="Canvas"))
        assert (written.unit_amount, written.discount_amount) == (D("92.3333"), None)
        assert written.description == "Canvas (3 at 99 less a discount of 20.00)"

    def test_of_a_whole_line_leaves_a_line_of_nothing(self):
        tube = a_line("27.826", discount=D("27.826"), description="Poster tube")
        stated = StatedTotals(net=D(10), tax=D(2), gross=D(12))
        written = first_line(tube, a_line("10"), stated=stated)
        assert (written.unit_amount, written.discount_amount) == (0, None)
        assert written.description == "Poster tube (1 at 27.826 less a discount of 27.826)"

    def test_is_taken_off_in_the_amount_where_no_price_of_four_decimals_gives_it(self):
        written = first_line(a_line("1.11", quantity="700", discount=D("3.05"), description="Sticker"))
        assert (written.unit_amount, written.line_amount) == (None, D("773.95"))
        assert written.description == "Sticker (700 at 1.11 less a discount of 3.05)"
