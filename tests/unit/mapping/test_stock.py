"""Lines of a Tracked company that are no stock: on the invoice without an item, on no purchase order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, PurchaseOrder
from daybook.mapping import not_stock, stock
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import OrderLine
from daybook.mapping.purchase_orders import map_purchase_order
from daybook.mapping.rules import ItemFacts, MappingRules, ProcessMethod, WhenCostIsZero

from .shops import RULES, a_line, an_order

D = Decimal
TRACKED = replace(RULES, process_method=ProcessMethod.TRACKED, not_stock=not_stock.read("wrap-gift\nFEE-*\n\n"))
TEE = a_line("12", sku="TEE", quantity="10", unit_cost=D("4.1"))
KIT = a_line("50", sku="KIT")
BRUSH = a_line("0", sku="BRUSH", quantity="2", unit_cost=D(3))
INK = a_line("0", sku="INK", unit_cost=D("4.5"))


def booked(*lines: OrderLine, rules: MappingRules = TRACKED) -> tuple[list[str], list[str]]:
    """Return the items on the invoice, one for each line, and those on the purchase order."""
    order = an_order(*lines)
    invoice = map_invoice(order, rules, number="N")
    assert isinstance(invoice, Invoice), invoice
    if not stock.is_anything_to_order(order, rules):
        return [line.item_code for line in invoice.lines], []
    purchase_order = map_purchase_order(order, rules, number="N")
    assert isinstance(purchase_order, PurchaseOrder), purchase_order
    return [line.item_code for line in invoice.lines], [line.item_code for line in purchase_order.lines]


def held(*lines: OrderLine, rules: MappingRules = TRACKED) -> set[Cause]:
    order = an_order(*lines)
    documents = (map_invoice(order, rules, number="N"), map_purchase_order(order, rules, number="N"))
    return {document.cause for document in documents if isinstance(document, Hold)}


class TestALineIsNoStock:
    @pytest.mark.parametrize(
        "line",
        [
            a_line("25", sku="", description="Artwork set-up"),
            a_line("25", sku="SETUP", is_stock=False),
            a_line("25", sku="FEE-RUSH"),
            a_line("25", sku="fee-rush", unit_cost=D(5)),
            a_line("3", sku="WRAP-GIFT"),
        ],
    )
    def test_by_word_by_list_or_without_a_sku(self, line):
        assert booked(TEE, line) == (["TEE", ""], ["TEE"])

    def test_not_where_the_order_says_that_it_is(self):
        assert booked(TEE, a_line("3", sku="FEE-BOX", is_stock=True, unit_cost=D(1)))[1] == ["TEE", "FEE-BOX"]

    def test_and_an_order_of_nothing_else_needs_no_purchase_order(self):
        assert booked(a_line("25", sku=""), a_line("3", sku="FEE-1")) == (["", ""], [])


class TestAKit:
    def test_is_the_priced_line_before_free_ones_whose_costs_the_order_states(self):
        assert booked(KIT, BRUSH, INK) == (["", "BRUSH", "INK"], ["BRUSH", "INK"])

    def test_stands_beside_other_goods_and_fees(self):
        assert booked(TEE, KIT, BRUSH, a_line("5", sku=""))[0] == ["TEE", "", "BRUSH", ""]

    def test_may_state_the_cost_of_its_parts_once_more(self):
        assert booked(replace(KIT, unit_cost=D("10.5")), BRUSH, INK)[1] == ["BRUSH", "INK"]

    def test_is_not_what_has_a_cost_of_its_own(self):
        assert booked(replace(KIT, unit_cost=D(20)), BRUSH, INK)[1] == ["KIT", "BRUSH", "INK"]

    @pytest.mark.parametrize(
        "lines", [(KIT, INK), (BRUSH, INK, KIT), (KIT, a_line("9", sku="X", unit_cost=D(1)), BRUSH)]
    )
    def test_that_is_in_doubt_is_asked_and_becomes_no_item(self, lines):
        assert held(*lines) == {Cause.COST_UNKNOWN}
        order = an_order(*lines)
        assert isinstance(map_invoice(order, TRACKED, number="N"), Hold)

    def test_in_doubt_is_cured_by_the_list_or_by_a_cost(self):
        listed = replace(TRACKED, not_stock=not_stock.read("KIT"))
        assert booked(KIT, INK, rules=listed) == (["", "INK"], ["INK"])
        costly = replace(TRACKED, unit_costs={"KIT": {"GBP": D(9)}})
        assert booked(KIT, INK, rules=costly)[1] == ["KIT", "INK"]

    @pytest.mark.parametrize("line", [a_line("3", sku="NEW"), a_line("0", sku="NEW")])
    def test_or_a_fee_is_never_made_an_item_unasked(self, line):
        assert held(TEE, line) == {Cause.COST_UNKNOWN}
        assert isinstance(map_invoice(an_order(TEE, replace(line, is_stock=True)), TRACKED, number="N"), Invoice)

    def test_is_not_what_stands_in_xero_as_goods(self):
        goods = replace(TRACKED, items={"KIT": ItemFacts(is_tracked=True)})
        assert isinstance(map_purchase_order(an_order(KIT, BRUSH, INK), goods, number="N"), Hold)


class TestGoodsThatCostNothing:
    leaflet = a_line("0", sku="LEAFLET", unit_cost=D(0))

    def test_are_asked_about(self):
        assert held(TEE, self.leaflet) == {Cause.COST_ZERO}

    def test_are_left_out_where_the_company_says_so(self):
        rules = replace(TRACKED, when_cost_is_zero=WhenCostIsZero.LEAVE_OUT)
        assert booked(TEE, self.leaflet, rules=rules) == (["TEE", "LEAFLET"], ["TEE"])
        assert booked(a_line("9", unit_cost=D(0)), rules=rules)[1] == []


class TestTheList:
    def test_knows_patterns_and_takes_brackets_as_they_are(self):
        listed = not_stock.read("A[1]*\n  b?c \n")
        assert [listed.names(sku) for sku in ("a[1]-x", "A1-x", "B1C", "B12C", "")] == [True, False, True, False, False]
