"""What is left of an order after cancellations, and which totals count."""

from datetime import date
from decimal import Decimal

import pytest

from daybook.intake import conversion, facts
from daybook.mapping.orders import Order, StatedTotals
from daybook.sources.canonical import schema

D = Decimal


def converted(*, totals=None, gone=("C",), prices=("2", "2", "2"), **changes) -> Order:
    lines = [
        {"id": name, "quantity": 1, "unit_price_inc_tax": price, "tax_rate": "0.2"}
        for name, price in zip("ABC", prices, strict=True)
    ]
    content = schema.parse_order(
        {
            "source": "shop",
            "id": "1",
            "lines": lines,
            "totals": totals or {},
            "cancellations": [{"lines": [{"line": name, "quantity": 1} for name in gone]}],
        }
        | changes
    )
    return conversion.mapping_order(
        content, facts.derive(content), currency=content.currency or "GBP", document_date=date(2026, 3, 2)
    )


class TestWhereItIsTaxed:
    SENT = {"country_code": "GB", "region": "Kent"}

    @pytest.mark.parametrize(
        ("said", "taxed"),
        [
            ({}, ("GB", "Kent")),
            ({"country_code": "FR"}, ("FR", "")),
            ({"country_code": "FR", "region": "Corse"}, ("FR", "Corse")),
            ({"region": "Devon"}, ("GB", "Devon")),
        ],
    )
    def test_is_where_it_says_else_where_it_is_sent(self, said, taxed):
        sale = converted(destination=said, shipping_address=self.SENT).sale
        assert (sale.country, sale.region) == taxed

    def test_what_rules_may_ask_comes_along(self):
        order = converted(channel="amazon", tags=["vip"], customer={"id": "42", "vat_number": "GB1"})
        sale = order.sale
        assert (sale.channel, sale.tags, sale.customer_id, sale.vat_number) == ("amazon", ("vip",), "42", "GB1")


class TestStatedTotals:
    @pytest.mark.parametrize(
        "totals", [{"net": "3.33", "tax": "0.67", "gross": "4"}, {"gross": "4"}, {"net": "3.33", "tax": "0.67"}]
    )
    def test_of_what_is_left_count(self, totals):
        assert converted(totals=totals).stated == StatedTotals(**{name: D(amount) for name, amount in totals.items()})

    @pytest.mark.parametrize("totals", [{"net": "5", "tax": "1", "gross": "6"}, {"gross": "6"}])
    def test_of_what_was_ordered_do_not(self, totals):
        assert converted(totals=totals).stated == StatedTotals()

    def test_that_fit_neither_stay_to_be_asked_about(self):
        assert converted(totals={"gross": "5"}).stated.gross == 5

    def test_that_rounding_would_explain_both_ways_are_those_they_are_nearer_to(self):
        cheap = ("2", "2", "0.01")
        assert converted(totals={"gross": "4.01"}, prices=cheap).stated == StatedTotals()
        assert converted(totals={"gross": "4"}, prices=cheap).stated.gross == 4
        assert converted(totals={"gross": "4"}, prices=("2", "2", "0")).stated.gross == 4


class TestWhatIsLeft:
    def test_that_is_free_is_known_to_be_so(self):
        nothing = StatedTotals(net=D(0), tax=D(0), gross=D(0))
        assert converted(gone=("A", "B"), prices=("2", "2", "0")).stated == nothing
        assert converted(gone=("A", "B"), prices=("2", "2", "0"), totals={"gross": "4"}).stated == nothing
        assert converted(gone=("A",), prices=("0", "0", "0")).stated == StatedTotals()

    def test_of_a_line_that_was_wholly_taken_off_is_nothing_to_the_last_decimal(self):
        line = {"id": "A", "quantity": 2, "unit_price": "33.335", "discount": "66.67", "tax_rate": "0.2"}
        left = converted(gone=("A",), lines=[line]).lines[0]
        assert (left.quantity * left.unit_price, left.discount) == (D("33.335"), D("33.335"))

    @pytest.mark.parametrize(("currency", "share"), [("GBP", "0.67"), ("KWD", "0.667")])
    def test_bears_its_share_of_a_discount_to_the_currencys_last_decimal(self, currency, share):
        line = {"id": "A", "quantity": 3, "unit_price": "1.235", "discount": "1", "tax_rate": "0"}
        assert converted(gone=("A",), lines=[line], currency=currency).lines[0].discount == D(share)
