from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import AmountType, Invoice
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import Shipping, StatedTotals
from daybook.mapping.rules import ItemFacts, MappingRules, ProcessMethod, WhenTaxDiffers

from .shops import RULES, a_line, an_order

D = Decimal
TRACKED = replace(RULES, process_method=ProcessMethod.TRACKED)
KEEPING_GROSS = replace(RULES, when_tax_differs=WhenTaxDiffers.KEEP_GROSS)
SHIPPING = Shipping(price=D("3.5"), price_inc_tax=D("4.2"), tax_rate=D("0.2"))
THE_SAMPLE = an_order(
    a_line("6.25", "7.50", quantity="2"), a_line("8.00", "8.00", rate="0", sku="BIB"), shipping=SHIPPING
)


def mapped(order, rules: MappingRules = RULES, *, number: str = "OMS-1") -> Invoice:
    invoice = map_invoice(order, rules, number=number)
    assert isinstance(invoice, Invoice), invoice
    return invoice


def held(order, rules: MappingRules = RULES, *, number: str = "OMS-1") -> tuple[Cause, str]:
    hold = map_invoice(order, rules, number=number)
    assert isinstance(hold, Hold), hold
    return hold.cause, hold.subject


def stating(net: str, tax: str, gross: str) -> StatedTotals:
    return StatedTotals(net=D(net), tax=D(tax), gross=D(gross))


class TestTheSample:
    def test_comes_to_its_totals_on_plain_lines(self):
        invoice = mapped(THE_SAMPLE)
        assert invoice.totals == (D("24.00"), D("3.20"), D("27.20"))
        assert invoice.form == "exclusive lines"
        assert [(line.quantity, line.unit_amount, line.tax_type) for line in invoice.lines] == [
            (2, D("6.25"), "OUTPUT2"),
            (1, D("8.00"), "ZERORATEDOUTPUT"),
            (1, D("3.5"), "OUTPUT2"),
        ]

    def test_books_goods_and_shipping_on_their_accounts(self):
        assert [line.account_code for line in mapped(THE_SAMPLE).lines] == ["200", "200", "201"]

    def test_names_no_items_untracked(self):
        assert {line.item_code for line in mapped(THE_SAMPLE).lines} == {""}

    def test_names_the_items_tracked(self):
        rules = replace(TRACKED, items={sku: ItemFacts(is_tracked=True) for sku in ("MUG", "BIB")})
        assert [line.item_code for line in mapped(THE_SAMPLE, rules).lines] == ["MUG", "BIB", ""]


class TestTheHead:
    def test_is_made_of_order_and_rules(self):
        order = replace(THE_SAMPLE, external_ref="WEB-1", source_url="http://localhost/o/1")
        invoice = mapped(order, replace(RULES, document_status="AUTHORISED", payment_terms_days=14))
        assert invoice.number == "OMS-1"
        assert invoice.contact_id == "customer"
        assert (invoice.date, invoice.due_date) == (date(2026, 11, 2), date(2026, 11, 16))
        assert (invoice.currency, invoice.status) == ("GBP", "AUTHORISED")
        assert invoice.reference == "WEB-1 [db:mark]"
        assert invoice.url == "http://localhost/o/1"


class TestALine:
    @pytest.mark.parametrize(
        ("description", "sku", "expected"),
        [("Mug", "M", "Mug"), (" ", "M", "M"), ("", "", "Item"), ("x" * 5000, "M", "x" * 4000)],
    )
    def test_is_described_by_what_is_given(self, description, sku, expected):
        (line,) = mapped(an_order(a_line("5", description=description, sku=sku))).lines
        assert line.description == expected

    def test_stays_apart_from_another_of_the_same_sku(self):
        assert len(mapped(an_order(a_line("5"), a_line("5"))).lines) == 2

    def test_of_price_zero_stays(self):
        invoice = mapped(an_order(a_line("5"), a_line("0", "0", rate=None)))
        assert [line.unit_amount for line in invoice.lines] == [5, 0]

    def test_that_was_cancelled_is_left_out(self):
        assert len(mapped(an_order(a_line("5"), a_line("5", quantity="0"))).lines) == 1

    def test_keeps_its_discount(self):
        (line,) = mapped(an_order(a_line("10", quantity="2", discount=D("3.50")))).lines
        assert (line.unit_amount, line.discount_amount, line.line_amount) == (10, D("3.50"), None)

    @pytest.mark.parametrize("discount", ["-1.00", "25.00"])
    def test_with_a_discount_xero_does_not_know_goes_by_its_amount(self, discount):
        order = an_order(a_line("10", quantity="2", discount=D(discount)), a_line("50"))
        line = mapped(order).lines[0]
        assert (line.unit_amount, line.discount_amount, line.line_amount) == (None, None, 20 - D(discount))

    def test_of_returned_goods_has_its_sign_on_the_price(self):
        invoice = mapped(an_order(a_line("10"), a_line("4", quantity="-2")))
        assert [(line.quantity, line.unit_amount) for line in invoice.lines] == [(1, 10), (2, -4)]
        assert invoice.totals.gross == D("2.40")


class TestTheForm:
    def test_is_inclusive_where_prices_are(self):
        invoice = mapped(an_order(a_line(None, "4.99"), a_line(None, "0.99")))
        assert invoice.amount_type is AmountType.INCLUSIVE
        assert (invoice.form, invoice.totals) == ("inclusive lines", (D("4.98"), D("1.00"), D("5.98")))

    def test_is_inclusive_where_that_alone_gives_the_totals_without_tricks(self):
        order = an_order(a_line("4.16", "4.99", quantity="10"), stated=stating("41.58", "8.32", "49.90"))
        assert mapped(order).form == "inclusive lines"

    def test_keeps_four_decimals(self):
        (line,) = mapped(an_order(a_line("1.2345", quantity="100"))).lines
        assert line.unit_amount == D("1.2345")

    def test_goes_by_the_amount_where_a_price_has_more(self):
        invoice = mapped(an_order(a_line("1.23456", quantity="100")))
        (line,) = invoice.lines
        assert (line.quantity, line.unit_amount, line.line_amount) == (100, None, D("123.46"))
        assert line.description == "Mug (100 at 1.23456)"
        assert invoice.form == "exclusive lines, line amounts"

    def test_takes_a_quantity_of_more_decimals_as_one(self):
        (line,) = mapped(an_order(a_line("10", quantity="1.23456"))).lines
        assert (line.quantity, line.line_amount) == (1, D("12.35"))
        assert line.description == "Mug (1.23456 at 10)"

    def test_gives_a_rounded_price_its_decimals_back(self):
        order = an_order(a_line("4.16", quantity="10"), stated=stating("41.58", "8.32", "49.90"))
        invoice = mapped(order)
        assert invoice.form == "exclusive lines, finer prices"
        assert invoice.lines[0].unit_amount == D("4.158")
        assert invoice.totals == (D("41.58"), D("8.32"), D("49.90"))

    def test_moves_the_tax_of_the_largest_line_by_a_cent(self):
        lines = [a_line("0.10"), a_line("0.30"), a_line("0.20"), a_line("0.12")]  # 0.02 + 0.06 + 0.04 + 0.02
        invoice = mapped(an_order(*lines, stated=stating("0.72", "0.15", "0.87")))
        assert invoice.form == "exclusive lines, tax moved by cents"
        assert [line.tax_amount for line in invoice.lines] == [None, D("0.07"), None, None]

    def test_moves_the_tax_of_the_rate_that_rounding_robbed(self):
        robbed = [a_line("1.11", rate="0.05"), a_line("1.11", rate="0.05")]  # 0.0555 -> 0.06 each; together 0.11
        invoice = mapped(an_order(a_line("99.00"), *robbed, stated=stating("101.22", "19.91", "121.13")))
        assert [line.tax_amount for line in invoice.lines] == [None, D("0.05"), None]

    def test_never_moves_a_tax_below_zero_or_on_no_rate(self):
        lines = [a_line("0.02"), a_line("5.00", rate="0")]
        assert held(an_order(*lines, stated=stating("5.02", "-0.01", "5.01"))) == (Cause.TOTALS_CANNOT_BE_MET, "")

    def test_takes_the_tax_as_the_order_rounds_it_for_each_unit(self):
        invoice = mapped(an_order(a_line("4.16", "4.99", quantity="10")))
        assert invoice.form == "exclusive lines, tax as the order rounds it"
        assert invoice.lines[0].tax_amount == D("8.30")
        assert invoice.totals == (D("41.60"), D("8.30"), D("49.90"))

    def test_closes_a_gap_of_cents_with_a_rounding_line(self):
        lines = [a_line("0.333", quantity="1.5"), a_line("0.333", quantity="1.5")]  # 0.4995 -> 0.50 each
        invoice = mapped(an_order(*lines, stated=stating("1.01", "0.20", "1.21")))
        assert invoice.form == "exclusive lines, 4-decimal prices, rounding line"
        assert invoice.lines[-1].unit_amount == D("0.01")
        assert (invoice.lines[-1].account_code, invoice.lines[-1].tax_type) == ("860", "NONE")
        assert invoice.lines[-1].description == "Rounding"

    def test_has_no_rounding_line_without_the_account(self):
        lines = [a_line("0.333", quantity="1.5"), a_line("0.333", quantity="1.5")]
        order = an_order(*lines, stated=stating("1.01", "0.20", "1.21"))
        assert held(order, replace(RULES, rounding_account="")) == (Cause.TOTALS_CANNOT_BE_MET, "")


class TestTotalsThatCannotBeMet:
    ORDER = an_order(a_line("10.00", quantity="10"), a_line("1.00"), stated=stating("101.00", "20.25", "121.25"))

    def test_hold_the_order_with_the_figures(self):
        hold = map_invoice(self.ORDER, RULES, number="N")
        assert hold == Hold(
            Cause.TOTALS_CANNOT_BE_MET,
            "",
            "The order comes to 101.00 net + 20.25 tax = 121.25 gross; "
            "Xero would make it 101.00 net + 20.20 tax = 121.20 gross.",
        )

    def test_keep_the_gross_where_the_company_says_so(self):
        invoice = mapped(self.ORDER, KEEPING_GROSS)
        assert invoice.totals.gross == D("121.25")
        assert invoice.form == "inclusive lines, prices worked out, rounding line, Xero's tax"

    def test_keep_it_on_plain_inclusive_lines_where_they_have_it(self):
        order = an_order(a_line(None, "121.20", quantity="10"), stated=stating("1010.05", "201.95", "1212.00"))
        invoice = mapped(order, KEEPING_GROSS)
        assert invoice.form == "inclusive lines, Xero's tax"
        assert invoice.totals == (D("1010.00"), D("202.00"), D("1212.00"))

    def test_are_held_all_the_same_where_even_the_gross_is_out_of_reach(self):
        order = an_order(*[a_line("1.001")] * 10, stated=stating("10.08", "2.02", "12.10"))
        assert held(order, KEEPING_GROSS) == (Cause.TOTALS_CANNOT_BE_MET, "")

    def test_are_those_of_a_tax_type_whose_rate_has_changed(self):
        rules = replace(RULES, tax_rates={**RULES.tax_rates, "OUTPUT2": D("0.25")})
        assert held(THE_SAMPLE, rules) == (Cause.TOTALS_CANNOT_BE_MET, "")
        assert held(THE_SAMPLE, replace(rules, when_tax_differs=WhenTaxDiffers.KEEP_GROSS)) == (
            Cause.TOTALS_CANNOT_BE_MET,
            "",
        )
        bulk = an_order(a_line("1.00", "1.20", quantity="100"))
        assert held(bulk, rules) == (Cause.TOTALS_CANNOT_BE_MET, "")


class TestAHold:
    @pytest.mark.parametrize("field", ["customer_contact_id", "sales_account", "shipping_account"])
    def test_names_the_empty_setting(self, field):
        assert held(THE_SAMPLE, replace(RULES, **{field: ""})) == (Cause.SETTINGS_INCOMPLETE, field)

    def test_asks_for_the_shipping_account_only_where_there_is_shipping(self):
        assert mapped(an_order(a_line("5")), replace(RULES, shipping_account=""))

    def test_asks_for_inventory_accounts_only_tracked(self):
        bare = {"cogs_account": "", "inventory_account": ""}
        assert mapped(THE_SAMPLE, replace(RULES, **bare))
        assert held(THE_SAMPLE, replace(TRACKED, **bare)) == (Cause.SETTINGS_INCOMPLETE, "cogs_account")

    @pytest.mark.parametrize(
        ("lines", "cause", "subject"),
        [
            ((), Cause.NO_LINES, ""),
            ((a_line("5", quantity="0"),), Cause.NO_LINES, ""),
            ((a_line(None), a_line(None)), Cause.NO_PRICES, ""),
            ((a_line("NaN"),), Cause.NO_PRICES, ""),
            ((a_line("5"), a_line(None, sku="BIB")), Cause.NO_PRICES, "BIB"),
            ((a_line("5"), a_line(None, sku="", id="77")), Cause.NO_PRICES, "77"),
            ((a_line("0", "0"),), Cause.NO_PRICES, ""),
            ((a_line("5", rate=None),), Cause.TAX_RATE_UNKNOWN, "MUG"),
            ((a_line("5", rate="0.19"),), Cause.TAX_RATE_NOT_MAPPED, "0.19"),
            ((a_line("-5"),), Cause.NEGATIVE_TOTAL, ""),
            ((a_line("1E+10"),), Cause.AMOUNT_TOO_LARGE, "MUG"),
            ((a_line("1E+30"),), Cause.AMOUNT_TOO_LARGE, "MUG"),
            ((a_line("9E+9", quantity="9E+9"),), Cause.AMOUNT_TOO_LARGE, "MUG"),
            ((a_line("5", quantity="NaN"),), Cause.AMOUNT_TOO_LARGE, "MUG"),
            ((a_line("9E+9"), a_line("9E+9")), Cause.AMOUNT_TOO_LARGE, ""),
        ],
    )
    def test_names_what_is_wrong_with_the_lines(self, lines, cause, subject):
        assert held(an_order(*lines)) == (cause, subject)

    def test_spares_an_order_that_says_itself_it_is_worth_nothing(self):
        assert mapped(an_order(a_line("0", "0"), stated=stating("0", "0", "0"))).totals == (0, 0, 0)

    def test_names_a_rate_whose_tax_type_has_left_the_organisation(self):
        rules = replace(RULES, tax_types={D("0.2"): "GONE", D(0): "NONE"})
        assert held(THE_SAMPLE, rules) == (Cause.TAX_RATE_NOT_MAPPED, "0.2")

    def test_names_a_currency_that_is_not_enabled(self):
        assert held(replace(THE_SAMPLE, currency="USD")) == (Cause.CURRENCY_NOT_ENABLED, "USD")

    @pytest.mark.parametrize("day", [2, 3])
    def test_names_the_date_in_a_locked_period(self, day):
        rules = replace(RULES, lock_date=date(2026, 11, day))
        assert held(THE_SAMPLE, rules) == (Cause.PERIOD_LOCKED, "2026-11-02")

    def test_lets_the_first_open_day_through(self):
        assert mapped(THE_SAMPLE, replace(RULES, lock_date=date(2026, 11, 1)))

    @pytest.mark.parametrize("number", ["", "a b", "x" * 256])
    def test_refuses_an_unusable_number(self, number):
        assert held(THE_SAMPLE, number=number) == (Cause.REF_UNUSABLE, "A-1")


class TestATrackedInvoice:
    @pytest.mark.parametrize(
        ("sku", "cause", "subject"),
        [
            ("x" * 31, Cause.SKU_TOO_LONG, "x" * 31),
            ("PLAIN", Cause.ITEM_NOT_TRACKED, "PLAIN"),
        ],
    )
    def test_needs_a_tracked_item_on_each_line(self, sku, cause, subject):
        rules = replace(TRACKED, items={"PLAIN": ItemFacts(is_tracked=False), "MUG": ItemFacts(is_tracked=True)})
        assert held(an_order(a_line("5", sku=sku)), rules) == (cause, subject)
        assert mapped(an_order(a_line("5")), rules).lines[0].item_code == "MUG"
