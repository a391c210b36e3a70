import json
from decimal import Decimal
from pathlib import Path

import pytest

from daybook.documents.document import AmountType, Line
from daybook.kit.money import decimals, plain, round2, round4
from daybook.mapping.arithmetic import document_totals, line_amount, line_tax, tax_on

D = Decimal
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "xero_arithmetic.json").read_text())
RATES = {tax_type: D(rate) for tax_type, rate in VECTORS["rates"].items()}


def a_document_line(unit: str | None, *, quantity: str = "1", tax_type: str = "OUTPUT2", **more) -> Line:
    return Line(
        description="x",
        quantity=D(quantity),
        unit_amount=None if unit is None else D(unit),
        tax_type=tax_type,
        **more,
    )


def vector_line(vector: dict[str, str]) -> Line:
    whole = D(vector["quantity"]) * D(vector["unit_amount"])
    discount = whole * D(vector["discount_rate"]) if "discount_rate" in vector else None
    return a_document_line(
        vector["unit_amount"], quantity=vector["quantity"], tax_type=vector["tax_type"], discount_amount=discount
    )


class TestRounding:
    @pytest.mark.parametrize("vector", VECTORS["roundings"], ids=lambda vector: vector["amount"])
    def test_goes_half_up_at_the_cent(self, vector):
        assert round2(D(vector["amount"])) == D(vector["rounded"])

    def test_goes_away_from_zero_below_it(self):
        assert round2(D("-2.165")) == D("-2.17")

    def test_keeps_four_decimals_of_a_price(self):
        assert round4(D("1.23455")) == D("1.2346")


class TestDecimals:
    @pytest.mark.parametrize(("number", "count"), [("6.250", 2), ("100", 0), ("1E+2", 0), ("0.0001", 4)])
    def test_are_counted_without_zeros_at_the_end(self, number, count):
        assert decimals(D(number)) == count

    @pytest.mark.parametrize(("number", "text"), [("0.20", "0.2"), ("1E+2", "100"), ("0", "0"), ("7", "7")])
    def test_are_written_as_people_do(self, number, text):
        assert plain(D(number)) == text


class TestVectors:
    @pytest.mark.parametrize("vector", VECTORS["documents"], ids=lambda vector: vector["from"][0])
    def test_come_out_as_xero_says(self, vector):
        amount_type = AmountType(vector["amount_type"])
        lines = [vector_line(line) for line in vector["lines"]]
        for line, said in zip(lines, vector["lines"], strict=True):
            assert line_amount(line) == D(said["line_amount"])
            assert line_tax(line, rate=RATES[line.tax_type], amount_type=amount_type) == D(said["tax_amount"])
        assert document_totals(lines, amount_type, RATES) == (D(vector["net"]), D(vector["tax"]), D(vector["gross"]))


class TestALine:
    def test_is_rounded_once_after_its_discount(self):
        line = a_document_line("1.115", quantity="3", discount_amount=D("0.34"))
        assert line_amount(line) == D("3.01")  # 3.345 - 0.34 = 3.005

    def test_without_a_unit_amount_carries_its_own(self):
        assert line_amount(a_document_line(None, quantity="7", line_amount=D("10.00"))) == D("10.00")

    def test_with_a_tax_amount_keeps_it(self):
        line = a_document_line("10", tax_amount=D("1.51"))
        assert line_tax(line, rate=D("0.15"), amount_type=AmountType.EXCLUSIVE) == D("1.51")


class TestTax:
    def test_is_taken_on_the_rounded_line(self):
        assert tax_on(D("0.13"), rate=D("0.2"), amount_type=AmountType.EXCLUSIVE) == D("0.03")

    def test_is_summed_over_lines_not_worked_out_on_the_total(self):
        lines = [a_document_line("0.10"), a_document_line("0.10"), a_document_line("0.10")]
        assert document_totals(lines, AmountType.EXCLUSIVE, RATES).tax == D("0.06")  # 0.015 each; on 0.30: 0.05

    def test_of_no_lines_is_nothing(self):
        assert document_totals([], AmountType.EXCLUSIVE, RATES) == (0, 0, 0)
