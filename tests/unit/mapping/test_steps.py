"""The sender's step judges, the ledger's computes: yen, dinars, kroner, and totals rounded for payment."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Invoice
from daybook.kit.money import round_to
from daybook.mapping import cash_steps
from daybook.mapping.invoices import map_invoice
from daybook.mapping.orders import StatedTotals
from daybook.mapping.totals import order_totals

from .shops import RULES, TAX_RATES, TAX_TYPES, a_line, an_order

D = Decimal
WIDE = replace(
    RULES,
    currencies=frozenset({"GBP", "EUR", "JPY", "CHF", "DKK", "SEK", "KWD", "NZD", "AUD"}),
    tax_types={**TAX_TYPES, D("0.1"): "TEN", D("0.081"): "SWISS", D("0.25"): "NORDIC"},
    tax_rates={**TAX_RATES, "TEN": D("0.1"), "SWISS": D("0.081"), "NORDIC": D("0.25")},
)


def stating(net: str | None = None, tax: str | None = None, gross: str | None = None) -> StatedTotals:
    net_amount, tax_amount, gross_amount = (None if amount is None else D(amount) for amount in (net, tax, gross))
    return StatedTotals(net=net_amount, tax=tax_amount, gross=gross_amount)


def mapped(order) -> Invoice:
    invoice = map_invoice(order, WIDE, number="N")
    assert isinstance(invoice, Invoice), invoice
    return invoice


def held(order) -> Hold:
    hold = map_invoice(order, WIDE, number="N")
    assert isinstance(hold, Hold), hold
    return hold


class TestYen:
    CUT = (
        a_line("303", "333", rate="0.1", tax_amount=D(30)),
        a_line("1137", "1250", rate="0.1", tax_amount=D(113)),
    )

    def test_cut_to_the_yen_below_stand_as_the_tax_of_their_lines(self):
        invoice = mapped(an_order(*self.CUT, currency="JPY", stated=stating("1440", "143", "1583")))
        assert invoice.totals == (1440, 143, 1583)
        assert [line.tax_amount for line in invoice.lines] == [30, 113]

    def test_without_totals_come_out_whole(self):
        lines = (a_line(None, "333", rate="0.1"), a_line(None, "1250", rate="0.1"))
        assert mapped(an_order(*lines, currency="JPY")).totals == (1439, 144, 1583)

    def test_taken_out_of_the_total_move_the_tax_by_a_yen(self):
        lines = (a_line(None, "333", rate="0.1"), a_line(None, "1250", rate="0.1"))
        invoice = mapped(an_order(*lines, currency="JPY", stated=stating("1440", "143", "1583")))
        assert invoice.totals == (1440, 143, 1583)
        assert sum(line.tax_amount for line in invoice.lines) == 143
        assert all(line.tax_amount % 1 == 0 for line in invoice.lines)

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(
        lines=st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 9)), min_size=1, max_size=5), cut=st.booleans()
    )
    def test_are_met_whatever_the_shop_does_with_the_part_of_a_yen(self, lines, cut):
        def tax_of(amount: int) -> Decimal:
            return D(amount // 10) if cut else round_to(D(amount) / 10, D(1))

        net = sum(price * count for price, count in lines)
        taxes = [tax_of(price * count) for price, count in lines]
        order_lines = [
            a_line(str(price), quantity=str(count), rate="0.1", tax_amount=tax)
            for (price, count), tax in zip(lines, taxes, strict=True)
        ]
        stated = stating(str(net), str(sum(taxes)), str(net + sum(taxes)))
        invoice = mapped(an_order(*order_lines, currency="JPY", stated=stated))
        assert invoice.totals == (net, sum(taxes), net + sum(taxes))


class TestDinars:
    def test_that_xero_cannot_keep_are_held_with_both_figures(self):
        order = an_order(a_line("1.234", rate="0"), currency="KWD")
        assert order_totals(order).gross == D("1.234")
        assert held(order) == Hold(
            Cause.AMOUNT_TOO_FINE,
            "KWD",
            "It comes to 1.234 KWD gross; Xero keeps two decimals and would make it 1.23.",
        )

    def test_are_worked_out_to_the_thousandth(self):
        assert order_totals(an_order(a_line("1.250", rate="0.05"), currency="KWD")) == (
            D("1.25"),
            D("0.063"),
            D("1.313"),
        )


class TestAStepOfTheCompanys:
    def test_judges_whole_kroner(self):
        line = a_line("787", "984", rate="0.25", tax_amount=D(197))  # 196.75
        order = an_order(line, currency="DKK", stated=stating("787", "197", "984"))
        assert order_totals(order) != (787, 197, 984)
        assert mapped(replace(order, cash_step=D(1))).totals == (787, 197, 984)

    def test_judges_five_rappen(self):
        line = a_line("11.30", "12.20", rate="0.081", tax_amount=D("0.90"))  # 0.9153
        order = an_order(line, currency="CHF", cash_step=D("0.05"), stated=stating("11.30", "0.90", "12.20"))
        assert mapped(order).totals == (D("11.30"), D("0.90"), D("12.20"))

    def test_is_written_by_a_person(self):
        assert cash_steps.read("CHF 0.05, dkk=1") == {"CHF": D("0.05"), "DKK": 1}
        assert cash_steps.written({"DKK": D(1), "CHF": D("0.05")}) == "CHF 0.05, DKK 1"
        assert cash_steps.read(" ") == {}

    @pytest.mark.parametrize("text", ["CHF", "0.05", "CHF 0", "CHF -1", "CHF 0.05 1", "CHF 5000"])
    def test_that_is_none_is_refused(self, text):
        with pytest.raises(ValueError, match="is not a currency and a step"):
            cash_steps.read(text)


class TestARoundedTotal:
    @pytest.mark.parametrize(
        "stated",
        [
            stating("11.31", "0.92", "12.25"),
            stating("11.33", "0.92", "12.25"),
            stating(None, "0.92", "12.25"),
            stating("11.31", None, "12.25"),
            stating(gross="12.25"),
        ],
        ids=["all", "net with it", "no net", "no tax", "gross only"],
    )
    @pytest.mark.parametrize(("count", "price"), [("1", "12.23"), ("3", "4.0767")])
    def test_becomes_a_line_without_tax(self, stated, count, price):
        line = a_line(None, price, quantity=count, rate="0.081")
        invoice = mapped(an_order(line, currency="CHF", stated=stated))
        assert invoice.totals == (D("11.33"), D("0.92"), D("12.25"))
        last = invoice.lines[-1]
        assert (last.account_code, last.tax_type, last.unit_amount) == ("860", "NONE", D("0.02"))
        assert invoice.lines[0].unit_amount in (line.unit_price_inc_tax, None)

    def test_of_kroner_may_be_half_of_one_away(self):
        order = an_order(a_line(None, "122.60", rate="0.25"), currency="SEK", stated=stating(gross="123.00"))
        assert mapped(order).lines[-1].unit_amount == D("0.40")

    def test_never_changes_a_unit_price(self):
        order = an_order(a_line("4.16", quantity="10"), currency="AUD", stated=stating(gross="49.90"))
        invoice = mapped(order)
        assert [line.unit_amount for line in invoice.lines] == [D("4.16"), D("-0.02")]

    @pytest.mark.parametrize(
        ("currency", "gross"),
        [("GBP", "12.25"), ("CHF", "12.26"), ("CHF", "12.30"), ("CHF", "13.00"), ("NZD", "12.25")],
        ids=["no cash step", "no multiple", "too far", "much too far", "another step"],
    )
    def test_that_no_cash_step_explains_is_no_rounding(self, currency, gross):
        line = a_line("11.31", "12.23", rate="0.081")
        hold = held(an_order(line, currency=currency, stated=stating("11.31", "0.92", gross)))
        assert hold.cause is Cause.TOTALS_CONTRADICT
        assert f"11.31 net + 0.92 tax = {gross} gross. They differ by {D(gross) - D('12.23')}." in hold.detail
        assert "as the order's rounding" in hold.detail

    @pytest.mark.parametrize(
        "stated",
        [stating(), stating("11.31", "0.92", "12.25"), stating("11.33", "0.92", "12.25"), stating(gross="12.25")],
    )
    def test_that_the_order_names_is_taken_at_its_word(self, stated):
        order = an_order(a_line("11.31", "12.23", rate="0.081"), currency="GBP", rounding=D("0.02"), stated=stated)
        assert mapped(order).totals == (D("11.33"), D("0.92"), D("12.25"))

    def test_that_was_rounded_down_is_taken_off(self):
        order = an_order(a_line("11.31", "12.23", rate="0.081"), rounding=D("-0.03"))
        assert mapped(order).totals == (D("11.28"), D("0.92"), D("12.20"))

    def test_that_is_too_much_is_none(self):
        hold = held(an_order(a_line("10"), rounding=D("-3")))
        assert hold.cause is Cause.TOTALS_CONTRADICT
        assert "-3.00 is more than rounding a total makes, which is at most 1.00" in hold.detail

    def test_needs_the_account_for_it(self):
        order = an_order(a_line("10"), rounding=D("0.02"))
        hold = map_invoice(order, replace(RULES, rounding_account=""), number="N")
        assert (hold.cause, "names no account for roundings" in hold.detail) == (Cause.TOTALS_CANNOT_BE_MET, True)


class TestTotalsFinerThanCents:
    def test_are_added_up_before_they_are_rounded(self):
        order = an_order(a_line("1.99", quantity="0.5"), stated=stating("0.995", "0.199", "1.194"))
        assert mapped(order).totals == (D("1.00"), D("0.19"), D("1.19"))

    def test_are_shown_as_they_were_sent(self):
        hold = held(an_order(a_line("1.99", quantity="0.5"), stated=stating("0.995", "0.199", "1.294")))
        assert "0.995 net + 0.199 tax = 1.294 gross. They differ by 0.10." in hold.detail

    def test_that_were_not_sent_are_not_shown(self):
        hold = held(an_order(a_line("50"), stated=stating(gross="54")))
        assert hold.detail.startswith(
            "The order says 54.00 gross, but its lines come to 50.00 net + 10.00 tax = 60.00 gross. "
            "The totals are 6.00 less with tax."
        )


class TestTheRateOfExchange:
    def test_goes_with_a_foreign_invoice(self):
        order = an_order(a_line("100", rate="0"), currency="EUR", exchange_rate=D("1.15"))
        assert mapped(order).currency_rate == D("1.15")
        assert mapped(replace(order, exchange_rate=None)).currency_rate is None

    def test_is_none_in_the_base_currency(self):
        assert mapped(an_order(a_line("100", rate="0"), exchange_rate=D("1.15"))).currency_rate is None
