from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import AmountType, PurchaseOrder
from daybook.mapping.purchase_orders import map_purchase_order
from daybook.mapping.rules import ItemFacts, MappingRules, ProcessMethod

from .shops import RULES, a_line, an_order

D = Decimal
TRACKED = replace(RULES, process_method=ProcessMethod.TRACKED)


def mapped(order, rules: MappingRules = TRACKED, *, number: str = "PO-1") -> PurchaseOrder:
    purchase_order = map_purchase_order(order, rules, number=number)
    assert isinstance(purchase_order, PurchaseOrder), purchase_order
    return purchase_order


def held(order, rules: MappingRules = TRACKED, *, number: str = "PO-1") -> tuple[Cause, str]:
    hold = map_purchase_order(order, rules, number=number)
    assert isinstance(hold, Hold), hold
    return hold.cause, hold.subject


class TestAPurchaseOrder:
    def test_holds_each_line_at_cost_on_its_item(self):
        order = an_order(a_line("9", quantity="3", unit_cost=D("2.5")), a_line("5", sku="BIB", unit_cost=D(1)))
        purchase_order = mapped(order)
        lines = [(line.item_code, line.quantity, line.unit_amount, line.tax_type) for line in purchase_order.lines]
        assert lines == [("MUG", 3, D("2.5"), "INPUT2"), ("BIB", 1, 1, "INPUT2")]
        assert {line.account_code for line in purchase_order.lines} == {""}
        assert purchase_order.totals == (D("8.50"), D("1.70"), D("10.20"))
        assert purchase_order.amount_type is AmountType.EXCLUSIVE

    def test_goes_to_the_supplier_with_reference_and_date(self):
        purchase_order = mapped(an_order(a_line("9", unit_cost=D(1)), external_ref="WEB"))
        assert purchase_order.contact_id == "supplier"
        assert purchase_order.reference == "WEB [db:mark]"
        assert purchase_order.date == date(2026, 11, 2)
        assert (purchase_order.number, purchase_order.status) == ("PO-1", "DRAFT")

    def test_needs_no_prices_and_no_shipping(self):
        assert len(mapped(an_order(a_line(None, rate=None, unit_cost=D(1)))).lines) == 1

    def test_keeps_four_decimals_of_a_cost(self):
        (line,) = mapped(an_order(a_line("9", quantity="1000", unit_cost=D("0.12345")))).lines
        assert line.unit_amount == D("0.1235")

    def test_takes_a_quantity_of_more_decimals_as_one(self):
        purchase_order = mapped(an_order(a_line("9", quantity="1.23456", unit_cost=D("10"))))
        (line,) = purchase_order.lines
        assert (line.quantity, line.unit_amount) == (1, D("12.35"))
        assert line.description == "Mug (1.23456 at 10)"

    def test_leaves_out_cancelled_lines(self):
        order = an_order(a_line("9", unit_cost=D(1)), a_line("9", quantity="0"))
        assert len(mapped(order).lines) == 1


class TestTheUnitCost:
    def test_is_the_orders_before_all(self):
        rules = replace(TRACKED, items={"MUG": ItemFacts(is_tracked=True, purchase_price=D(2))})
        assert mapped(an_order(a_line("9", unit_cost=D(1))), rules).lines[0].unit_amount == 1

    def test_is_the_items_price_next(self):
        rules = replace(
            TRACKED,
            items={"MUG": ItemFacts(is_tracked=True, purchase_price=D(2))},
            unit_costs={"MUG": {"GBP": D(3)}},
        )
        assert mapped(an_order(a_line("9")), rules).lines[0].unit_amount == 2

    @pytest.mark.parametrize("price", [None, D(0)])
    def test_is_the_lists_where_the_item_has_none(self, price):
        rules = replace(
            TRACKED,
            items={"MUG": ItemFacts(is_tracked=True, purchase_price=price)},
            unit_costs={"MUG": {"GBP": D(3)}},
        )
        assert mapped(an_order(a_line("9")), rules).lines[0].unit_amount == 3

    def test_of_nothing_gives_way_to_what_the_company_knows(self):
        rules = replace(TRACKED, unit_costs={"MUG": {"GBP": D(3)}})
        assert mapped(an_order(a_line("9", unit_cost=D(0))), rules).lines[0].unit_amount == 3

    @pytest.mark.parametrize("junk", [None, D("NaN"), D(-1)])
    def test_unknown_holds_the_order(self, junk):
        assert held(an_order(a_line("9", unit_cost=junk))) == (Cause.COST_UNKNOWN, "MUG")


class TestTheCurrency:
    """Is the supplier's, whatever the customer pays in."""

    def in_euros(self, *lines):
        return an_order(*lines, currency="EUR")

    @pytest.mark.parametrize(
        ("line", "rules", "currency"),
        [
            ({"unit_cost": D(4)}, {}, "GBP"),
            ({"unit_cost": D(4)}, {"cost_currency": "EUR"}, "EUR"),
            ({"unit_cost": D(4), "cost_currency": "EUR"}, {"cost_currency": "GBP"}, "EUR"),
            ({}, {"unit_costs": {"MUG": {"EUR": D(4)}}}, "EUR"),
            ({}, {"unit_costs": {"MUG": {"EUR": D(5), "GBP": D(4)}}}, "GBP"),
            ({}, {"items": {"MUG": ItemFacts(is_tracked=True, purchase_price=D(4))}}, "GBP"),
        ],
    )
    def test_is_that_of_the_cost(self, line, rules, currency):
        for order in (an_order(a_line("9", **line)), self.in_euros(a_line("9", **line))):
            purchase_order = mapped(order, replace(TRACKED, **rules))
            assert (purchase_order.currency, purchase_order.lines[0].unit_amount) == (currency, 4)

    def test_is_one_in_which_all_goods_have_a_cost(self):
        lists = {"MUG": {"GBP": D(4), "EUR": D(5)}, "BIB": {"EUR": D(2)}}
        purchase_order = mapped(an_order(a_line("9"), a_line("8", sku="BIB")), replace(TRACKED, unit_costs=lists))
        assert (purchase_order.currency, [line.unit_amount for line in purchase_order.lines]) == ("EUR", [5, 2])

    def test_holds_the_order_where_the_costs_have_two(self):
        order = an_order(a_line("9", unit_cost=D(1)), a_line("8", sku="BIB", unit_cost=D(1), cost_currency="EUR"))
        assert held(order) == (Cause.COSTS_IN_CURRENCIES, "GBP and EUR")

    def test_must_be_one_of_the_organisations(self):
        order = an_order(a_line("9", unit_cost=D(1), cost_currency="USD"))
        assert held(order) == (Cause.CURRENCY_NOT_ENABLED, "USD")


class TestAHold:
    @pytest.mark.parametrize("field", ["supplier_contact_id", "purchase_tax_type", "cogs_account", "inventory_account"])
    def test_names_the_empty_setting(self, field):
        order = an_order(a_line("9", unit_cost=D(1)))
        assert held(order, replace(TRACKED, **{field: ""})) == (Cause.SETTINGS_INCOMPLETE, field)

    def test_names_a_purchase_tax_that_has_left_the_organisation(self):
        order = an_order(a_line("9", unit_cost=D(1)))
        assert held(order, replace(TRACKED, purchase_tax_type="GONE")) == (
            Cause.SETTINGS_INCOMPLETE,
            "purchase_tax_type",
        )

    @pytest.mark.parametrize(
        ("line", "cause", "subject"),
        [
            (a_line("9", sku="", is_stock=True, unit_cost=D(1)), Cause.SKU_MISSING, "Mug"),
            (a_line("9", unit_cost=D(0)), Cause.COST_ZERO, "MUG"),
            (a_line("9", sku="x" * 31, unit_cost=D(1)), Cause.SKU_TOO_LONG, "x" * 31),
            (a_line("9", sku="MUG\x07", unit_cost=D(1)), Cause.SKU_UNUSABLE, "MUG "),
            (a_line("9", sku="PLAIN", unit_cost=D(1)), Cause.ITEM_NOT_TRACKED, "PLAIN"),
            (a_line("9", quantity="-1", unit_cost=D(1)), Cause.NEGATIVE_TOTAL, "MUG"),
            (a_line("9", quantity="1E+9", unit_cost=D(10)), Cause.AMOUNT_TOO_LARGE, "MUG"),
            (a_line("9", quantity="Infinity", unit_cost=D(10)), Cause.AMOUNT_TOO_LARGE, "MUG"),
        ],
        ids=lambda value: value.name if isinstance(value, Cause) else "",
    )
    def test_names_the_line(self, line, cause, subject):
        rules = replace(TRACKED, items={"PLAIN": ItemFacts(is_tracked=False)})
        assert held(an_order(line), rules) == (cause, subject)

    def test_comes_of_an_order_without_lines(self):
        assert held(an_order()) == (Cause.NO_LINES, "")

    def test_comes_of_a_sum_beyond_what_xero_takes(self):
        line = a_line("9", quantity="9E+8", unit_cost=D(10))
        assert held(an_order(line, line)) == (Cause.AMOUNT_TOO_LARGE, "")

    def test_comes_of_the_lock_and_the_number_as_for_invoices(self):
        order = an_order(a_line("9", unit_cost=D(1)))
        assert held(order, replace(TRACKED, lock_date=date(2026, 11, 2))) == (Cause.PERIOD_LOCKED, "2026-11-02")
        assert held(order, number="a b") == (Cause.REF_UNUSABLE, "A-1")
