"""Any sequence of part refunds stays within the sale, and what is credited whole comes to 0, to the cent, line by line."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.documents.causes import Cause, Held
from daybook.documents.document import AmountType, Line, of_carriage, of_line
from daybook.kit.money import ZERO, round_to
from daybook.mapping import remainder, splitting
from daybook.mapping.arithmetic import line_amount, line_tax
from daybook.mapping.refunds import GivenBack, OfLine, Other, Said

RATES = {"OUTPUT2": Decimal("0.2"), "RROUTPUT": Decimal("0.05"), "ZERO": Decimal(0)}
D = Decimal


def line(place: int, *, carriage: bool = False, basis: AmountType = AmountType.EXCLUSIVE, **fields) -> Line:
    given = {"description": f"Thing {place}", "quantity": D(1), "unit_amount": D("10"), "tax_type": "OUTPUT2"} | fields
    made = Line(**given, of=of_carriage(1) if carriage else of_line(place))
    tax = line_tax(made, rate=RATES[made.tax_type], amount_type=basis)
    return Line(**given, of=made.of, tax=tax)


@st.composite
def sales(draw: st.DrawFn) -> tuple[AmountType, list[Line]]:
    basis = draw(st.sampled_from(list(AmountType)))
    lines = []
    for place in range(1, draw(st.integers(1, 4)) + 1):
        cents, quantity = draw(st.integers(1, 50_000)), D(draw(st.sampled_from(["1", "2", "3", "7", "0.5", "12"])))
        tax_type = draw(st.sampled_from(list(RATES)))
        unit, amount = D(cents) / 1000, None
        fields: dict[str, object] = {"unit_amount": unit}
        if draw(st.booleans()):
            amount = round(unit * quantity, 2)
            fields = {"unit_amount": None, "line_amount": amount}
        elif draw(st.booleans()):
            fields |= {"discount_amount": round(unit * quantity * D("0.3"), 2)}
        made = line(place, basis=basis, quantity=quantity, tax_type=tax_type, **fields)
        if draw(st.booleans()) and made.tax and line_amount(made) > D("1"):
            moved = made.tax + D("0.01")
            made = line(place, basis=basis, quantity=quantity, tax_type=tax_type, tax_amount=moved, **fields)
        lines.append(made)
    if draw(st.booleans()):
        lines.append(line(9, basis=basis, carriage=True, unit_amount=D(draw(st.integers(1, 2000))) / 100))
    return basis, lines


@st.composite
def refunds(draw: st.DrawFn, lines: list[Line], number: int) -> GivenBack:
    found, others = [], []
    for each in lines:
        if not each.of.startswith("line:") or not draw(st.booleans()):
            continue
        if draw(st.booleans()):
            share = draw(st.sampled_from([D(1), D("0.5")])) * each.quantity
            found.append(OfLine(parts=(each.of,), name="x", quantity=share, is_returned=draw(st.booleans())))
        else:
            gross = D(draw(st.integers(0, 30_000))) / 100
            found.append(OfLine(parts=(each.of,), name="x", quantity=ZERO, said=Said(gross=gross)))
    if draw(st.booleans()):
        others.append(Other(reason="sorry", said=Said(gross=D(draw(st.integers(1, 500))) / 100)))
    carriage = Said(gross=D(draw(st.integers(0, 2500))) / 100) if draw(st.booleans()) else Said()
    return GivenBack(id=str(number), lines=tuple(found), carriage=carriage, others=tuple(others))


def within(sale, left) -> None:
    for had, has in zip(sale, left, strict=True):
        assert 0 <= has.net <= had.net
        assert 0 <= has.tax <= had.tax


class TestAnySequenceOfRefunds:
    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_stays_within_the_sale_and_the_last_takes_what_is_left(self, data):
        basis, lines = data.draw(sales())
        sale = left = remainder.whole(lines, basis, "GBP")
        so_far, causes = dict.fromkeys(RATES, (ZERO, ZERO)), set()
        for number in range(data.draw(st.integers(0, 5))):
            back = data.draw(refunds(lines, number))
            try:
                pieces = splitting.credit(sale, left, back)
            except Held as held:
                causes.add(held.hold.cause)
                continue
            left = remainder.less(left, pieces)
            within(sale, left)
            for piece in pieces:
                if piece.place is not None:
                    net, tax = so_far[lines[piece.place].tax_type]
                    so_far[lines[piece.place].tax_type] = (net + piece.net, tax + piece.tax)
        rest = sum((each.gross for each in left), ZERO)
        if rest:
            pieces = splitting.credit(sale, left, GivenBack(id="all", money=rest))
            left = remainder.less(left, pieces)
            for piece in pieces:
                net, tax = so_far[lines[piece.place].tax_type]
                so_far[lines[piece.place].tax_type] = (net + piece.net, tax + piece.tax)
        assert all(each.is_gone for each in left)
        assert causes <= {Cause.REFUND_UNCLEAR, Cause.REFUND_WITHOUT_AMOUNTS}
        for tax_type, (net, tax) in so_far.items():
            mine = [each for each in sale if each.line.tax_type == tax_type]
            assert (net, tax) == (sum((e.net for e in mine), ZERO), sum((e.tax for e in mine), ZERO))

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_one_unit_after_the_other_comes_to_the_line(self, data):
        basis, lines = data.draw(sales())
        sale = left = remainder.whole(lines[:1], basis, "GBP")
        quantity = lines[0].quantity
        step = D(1) if quantity % 1 == 0 else quantity
        while left[0].quantity:
            back = GivenBack(id="r", lines=(OfLine(parts=(lines[0].of,), name="x", quantity=step),))
            left = remainder.less(left, splitting.credit(sale, left, back))
            within(sale, left)
        assert left[0].is_gone


class TestOneRefund:
    def sale(self, *lines: Line):
        return remainder.whole(lines, AmountType.EXCLUSIVE, "GBP")

    def test_of_one_of_three_at_an_odd_cent_leaves_the_cent_to_the_last(self):
        sale = left = self.sale(line(1, quantity=D(3), unit_amount=None, line_amount=D("10.00")))
        nets = []
        for _ in range(3):
            (piece,) = splitting.credit(
                sale, left, GivenBack(id="r", lines=(OfLine(parts=("line:1",), name="x", quantity=D(1)),))
            )
            left, nets = remainder.less(left, [piece]), [*nets, (piece.net, piece.tax)]
        assert nets == [(D("3.33"), D("0.67")), (D("3.33"), D("0.67")), (D("3.34"), D("0.66"))]

    @pytest.mark.parametrize(
        ("currency", "amount", "parts"),
        [
            ("JPY", "1000", [("333", "33"), ("333", "33"), ("334", "34")]),
            ("KWD", "10.00", [("3.33", "0.33"), ("3.33", "0.33"), ("3.34", "0.34")]),
        ],
        ids=["yen have no hundredths", "of dinars ledgers keep hundredths"],
    )
    def test_is_split_in_the_currencys_own_unit_or_the_ledgers(self, currency, amount, parts):
        sold = line(1, quantity=D(3), unit_amount=None, line_amount=D(amount))
        sold = replace(sold, tax=round_to(D(amount) / 10, D(1) if currency == "JPY" else D("0.01")))
        sale = left = remainder.whole([sold], AmountType.EXCLUSIVE, currency)
        found = []
        for _ in range(3):
            (piece,) = splitting.credit(
                sale, left, GivenBack(id="r", lines=(OfLine(parts=("line:1",), name="x", quantity=D(1)),))
            )
            left, found = remainder.less(left, [piece]), [*found, (piece.net, piece.tax)]
        assert found == [(D(net), D(tax)) for net, tax in parts]

    def test_of_yen_whose_money_differs_by_a_yen_a_line_is_that_of_a_quantity_rounded(self):
        sale = remainder.whole([line(1, quantity=D(3), unit_amount=D("999"))], AmountType.EXCLUSIVE, "JPY")
        back = GivenBack(id="r", lines=(OfLine(parts=("line:1",), name="x", quantity=D(1)),), money=D(1198))
        (piece,) = splitting.credit(sale, sale, back)
        assert (piece.net, piece.tax) == (D(998), D(200))

    def test_beyond_the_sale_has_its_own_piece(self):
        sale = self.sale(line(1))
        pieces = splitting.credit(sale, sale, GivenBack(id="r", money=D("15.00")))
        assert [(piece.place, piece.gross) for piece in pieces] == [(0, D("12.00")), (None, D("3.00"))]

    def test_of_more_than_was_sold_is_held_with_the_figures(self):
        sale = self.sale(line(1, quantity=D(3)))
        with pytest.raises(Held) as held:
            splitting.credit(
                sale, sale, GivenBack(id="r", lines=(OfLine(parts=("line:1",), name="Mug", quantity=D(5)),))
            )
        assert held.value.hold.detail == "It gives back 5 x Mug; 3 were sold, 3 are left."

    def test_whose_money_is_not_its_lines_is_held_with_both_figures(self):
        sale = self.sale(line(1, quantity=D(3)))
        back = GivenBack(id="r", money=D("20"), lines=(OfLine(parts=("line:1",), name="Mug", quantity=D(1)),))
        with pytest.raises(Held) as held:
            splitting.credit(sale, sale, back)
        assert held.value.hold.cause is Cause.REFUND_DOES_NOT_ADD_UP
        assert "come to 12.00, the money given back to 20.00. They differ by 8.00." in held.value.hold.detail

    def test_a_cent_of_rounding_goes_with_the_money(self):
        sale = self.sale(line(1, quantity=D(3), unit_amount=None, line_amount=D("10.00")))
        back = GivenBack(id="r", money=D("4.01"), lines=(OfLine(parts=("line:1",), name="Mug", quantity=D(1)),))
        (piece,) = splitting.credit(sale, sale, back)
        assert piece.gross == D("4.01")

    def test_that_says_nothing_is_held(self):
        with pytest.raises(Held) as held:
            splitting.credit(self.sale(line(1)), self.sale(line(1)), GivenBack(id="r"))
        assert held.value.hold.cause is Cause.REFUND_WITHOUT_AMOUNTS

    def test_a_discount_line_is_given_back_below_nothing(self):
        sale = self.sale(line(1), line(2, unit_amount=D("-2")))
        pieces = splitting.credit(sale, sale, GivenBack(id="r", money=D("9.60")))
        assert [piece.gross for piece in pieces] == [D("12.00"), D("-2.40")]
