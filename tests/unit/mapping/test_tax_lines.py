"""Taxes that stand apart from their lines: whatever they are, the document comes to what the order says, to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice, Tracking
from daybook.documents.line_kinds import Liable
from daybook.kit.money import round2
from daybook.mapping.arithmetic import line_amount
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import LineTax, Sale, Shipping, StatedTotals
from daybook.mapping.posting_rules import Item, Rule, TaxShape, read_when
from daybook.mapping.purchase_orders import map_purchase_order
from daybook.mapping.rules import ItemFacts, MappingRules, ProcessMethod

from .shops import RULES, TAX_RATES, a_line, an_order

D = Decimal
US = Sale(country="US", channel="amazon")
STATE, CITY = "NY State", "NY City"


def ruled(shape: TaxShape, when: dict[str, list[str]] | None = None, **sets) -> MappingRules:
    said = {"liable": ["channel"]} if shape.is_kept_by_channel else {}
    rule = Rule(
        name="Rule 1",
        when=read_when(when or said),
        **({"tax_type": "NONE", "tax_shape": shape, "tax_account": "2200"} | sets),
    )
    return replace(RULES, posting_rules=(rule,), tax_rates=TAX_RATES | {"NONE": D(0)}, rounding_account="860")


def mapped(rules: MappingRules, *lines, **order) -> Invoice:
    found = map_invoice(an_order(*lines, **order), rules, number="A-1")
    assert isinstance(found, Invoice), found
    return found


def booked(invoice: Invoice) -> list[tuple[str, str, str, Decimal]]:
    return [(line.description, line.account_code, line.tax_type, line_amount(line)) for line in invoice.lines]


def taxed(number: str, price: str, *taxes: tuple[str, str], quantity: str = "1", liable: Liable = Liable.SELLER):
    rate = sum((D(rate) for _, rate in taxes), D(0))
    each = tuple(LineTax(name=name, rate=D(rate), liable=liable) for name, rate in taxes)
    line = a_line(number, rate=str(rate), taxes=each)
    return replace(line, unit_price=D(price), unit_price_inc_tax=None, quantity=D(quantity), description="Mug")


class TestSalesTax:
    def test_is_one_line_on_its_account_and_the_goods_bear_none(self):
        invoice = mapped(
            ruled(TaxShape.APART), taxed("1", "100", (STATE, "0.04"), (CITY, "0.045")), taxed("2", "10"), sale=US
        )
        assert booked(invoice) == [
            ("Mug", "200", "NONE", D("100.00")),
            ("Mug", "200", "NONE", D("10.00")),
            ("Tax", "2200", "NONE", D("8.50")),
        ]
        assert invoice.totals == (D("118.50"), D("0.00"), D("118.50"))
        assert invoice.lines[2].decided_by.account == "Rule 1"

    def test_is_a_line_for_each_tax_by_its_name(self):
        lines = (taxed("1", "100", (STATE, "0.04"), (CITY, "0.045")), taxed("2", "9.99", (STATE, "0.04")))
        invoice = mapped(ruled(TaxShape.APART_BY_NAME), *lines, sale=US)
        assert booked(invoice)[2:] == [(STATE, "2200", "NONE", D("4.40")), (CITY, "2200", "NONE", D("4.50"))]
        assert invoice.totals.gross == D("118.89")

    def test_of_the_carriage_too(self):
        shipping = Shipping(price=D(5), tax_rate=D("0.04"), taxes=(LineTax(name=STATE, rate=D("0.04")),))
        invoice = mapped(ruled(TaxShape.APART), taxed("1", "100", (STATE, "0.04")), shipping=shipping, sale=US)
        assert booked(invoice)[1:] == [("Shipping", "201", "NONE", D("5.00")), ("Tax", "2200", "NONE", D("4.20"))]

    def test_is_what_the_order_states_in_all_where_lines_round_otherwise(self):
        lines = [taxed(str(number), "0.99", (STATE, "0.0825")) for number in range(5)]  # 0.08 each, 0.41 together
        stated = StatedTotals(net=D("4.95"), tax=D("0.41"), gross=D("5.36"))
        invoice = mapped(ruled(TaxShape.APART), *lines, sale=US, stated=stated)
        assert booked(invoice)[-1] == ("Tax", "2200", "NONE", D("0.41"))
        assert invoice.totals == (D("5.36"), D("0.00"), D("5.36"))

    def test_beside_lines_that_bear_their_own(self):
        rules = ruled(TaxShape.APART, {"sku": ["US*"]})
        line = replace(taxed("1", "100", (STATE, "0.04")), sku="US-1")
        invoice = mapped(rules, line, a_line("2"), sale=US)
        assert {line.tax_type for line in invoice.lines} == {"NONE", "OUTPUT2"}
        assert booked(invoice)[-1] == ("Tax", "2200", "NONE", D("4.00"))

    def test_needs_a_tax_rate_of_nothing_for_the_lines(self):
        rules = ruled(TaxShape.APART, tax_type="OUTPUT2")
        found = map_invoice(an_order(taxed("1", "100", (STATE, "0.04")), sale=US), rules, number="A-1")
        assert isinstance(found, Hold)
        assert (found.cause, found.detail) == (
            Cause.LINE_TAX_DIFFERS,
            "Rule 1 books the tax apart from the line, so the line itself must bear none, and OUTPUT2 is 20 %.",
        )


class TestTaxThatTheChannelKeeps:
    LINE = taxed("1", "100", ("VAT", "0.2"), liable=Liable.CHANNEL)

    def test_is_shown_and_taken_off_again(self):
        invoice = mapped(ruled(TaxShape.WITHHELD), self.LINE, sale=US)
        assert booked(invoice) == [
            ("Mug", "200", "NONE", D("120.00")),
            ("Tax kept by amazon", "2200", "NONE", D("-20.00")),
        ]
        assert invoice.totals == (D("100.00"), D("0.00"), D("100.00"))

    def test_or_stands_nowhere(self):
        invoice = mapped(ruled(TaxShape.LEFT_OUT), self.LINE, sale=US)
        assert booked(invoice) == [("Mug", "200", "NONE", D("100.00"))]
        assert invoice.totals == (D("100.00"), D("0.00"), D("100.00"))

    @pytest.mark.parametrize("shape", [TaxShape.WITHHELD, TaxShape.LEFT_OUT])
    def test_never_takes_a_tax_of_our_own_with_it(self, shape):
        invoice = mapped(ruled(shape, {"liable": ["channel", "seller"]}), a_line("1"))
        assert [line.tax_type for line in invoice.lines] == ["OUTPUT2"]
        both = replace(
            self.LINE,
            taxes=(
                LineTax(name="VAT", rate=D("0.1"), liable=Liable.CHANNEL),
                LineTax(name="Own", rate=D("0.1")),
            ),
        )
        found = map_invoice(an_order(both), ruled(shape, {"liable": ["channel", "seller"]}), number="A-1")
        assert isinstance(found, Hold)
        assert found.cause is Cause.TAX_OWED_BY_OTHERS


rates = st.sampled_from(["0", "0.04", "0.0625", "0.08875", "0.2"])
cents = st.integers(1, 500_00).map(lambda amount: D(amount) / 100)


@st.composite
def orders(draw, liable: Liable):
    lines = []
    for number in range(draw(st.integers(1, 6))):
        taxes = tuple((name, draw(rates)) for name in draw(st.lists(st.sampled_from([STATE, CITY]), unique=True)))
        quantity = str(draw(st.integers(1, 7)))
        lines.append(taxed(str(number), str(draw(cents)), *taxes, quantity=quantity, liable=liable))
    return lines


def net_and_tax(lines) -> tuple[Decimal, Decimal]:
    nets = [round2(line.quantity * line.unit_price) for line in lines]
    taxes = [round2(net * line.tax_rate) for net, line in zip(nets, lines, strict=True)]
    return sum(nets, D(0)), sum(taxes, D(0))


@given(orders(Liable.SELLER), st.sampled_from([TaxShape.APART, TaxShape.APART_BY_NAME]))
def test_whatever_the_order_its_tax_stands_on_the_account_to_the_cent(lines, shape):
    invoice = mapped(ruled(shape), *lines, sale=US)
    net, tax = net_and_tax(lines)
    assert invoice.totals == (net + tax, D(0), net + tax)
    assert sum((line_amount(line) for line in invoice.lines if line.account_code == "2200"), D(0)) == tax


@given(orders(Liable.CHANNEL), st.sampled_from([TaxShape.WITHHELD, TaxShape.LEFT_OUT]))
def test_whatever_the_order_what_the_channel_keeps_is_no_part_of_the_document(lines, shape):
    rules = ruled(shape)
    rules = replace(rules, tax_types={**rules.tax_types, D(0): "ZERORATEDOUTPUT"})
    invoice = mapped(rules, *lines, sale=US)
    net, tax = net_and_tax(lines)
    assert invoice.totals == (net, D(0), net)
    kept = sum((line_amount(line) for line in invoice.lines if line.account_code == "2200"), D(0))
    assert kept == (-tax if shape is TaxShape.WITHHELD else 0)


class TestTrackingAndItems:
    NORTH = Tracking(category_id="r", option_id="1", category="Region", option="North")
    WEB = Tracking(category_id="c", option_id="2", category="Channel", option="Web")
    SHOP = Tracking(category_id="c", option_id="3", category="Channel", option="Shop")

    def test_each_category_is_decided_by_the_first_rule_that_names_one_of_it(self):
        rules = replace(
            RULES,
            posting_rules=(
                Rule(name="Rule 1", when=read_when({"country": ["US"]}), tracking=(self.WEB,)),
                Rule(name="Rule 2", tracking=(self.NORTH, self.SHOP)),
            ),
        )
        (line,) = mapped(rules, a_line("1"), sale=US).lines
        assert line.tracking == (self.WEB, self.NORTH)
        assert line.decided_by.tracking == "Rule 1; Rule 2"
        (line,) = mapped(rules, a_line("1")).lines
        assert line.tracking == (self.SHOP, self.NORTH)

    def test_a_rule_takes_goods_off_the_stock_on_the_invoice_and_on_the_purchase_order(self):
        tracked = replace(
            RULES,
            process_method=ProcessMethod.TRACKED,
            items={"MUG": ItemFacts(is_tracked=True, purchase_price=D(2)), "BIB": ItemFacts(is_tracked=True)},
            posting_rules=(
                Rule(name="Rule 1", when=read_when({"sku": ["M*"], "country": ["GB"]}), item=Item.STOCK),
                Rule(name="Rule 2", when=read_when({"sku": ["MUG"]}), item=Item.NONE),
            ),
        )
        (line,) = mapped(tracked, a_line("1"), sale=US).lines
        assert (line.item_code, line.decided_by.item) == ("", "Rule 2")
        found = map_purchase_order(an_order(a_line("1"), sale=US), tracked, number="A-1-P")
        assert isinstance(found, Hold) or not found.lines
        (line,) = mapped(tracked, a_line("1"), sale=Sale(country="GB")).lines
        assert (line.item_code, line.decided_by.item) == ("MUG", "Rule 1")
