"""Whichever way Xero rounds a half below nothing, the document comes to the same."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.document import AmountType, Line
from daybook.kit.money import CENT
from daybook.mapping.arithmetic import document_totals
from daybook.mapping.negative_halves import stated

RATES = {"STANDARD": Decimal("0.2"), "REDUCED": Decimal("0.05"), "NONE": Decimal(0)}
LINES = st.builds(
    lambda quantity, price, tax_type: Line(
        description="x", quantity=quantity, unit_amount=price, account_code="200", tax_type=tax_type
    ),
    st.sampled_from([Decimal(1), Decimal(3), Decimal("2.5")]),
    st.one_of(st.decimals(-3, 3, places=2), st.decimals(-3, 3, places=4)),
    st.sampled_from(list(RATES)),
)


def rounded(value, way):
    return value.quantize(CENT, way if value < 0 else ROUND_HALF_UP)


def sums(lines, amount_type, way):
    """Xero's arithmetic with negative halves rounded one way or the other."""
    amount = tax = Decimal(0)
    for line in lines:
        exact = line.line_amount if line.unit_amount is None else line.quantity * line.unit_amount
        own, rate = rounded(exact, way), RATES[line.tax_type]
        on_it = own - own / (1 + rate) if amount_type is AmountType.INCLUSIVE else own * rate
        amount += own
        tax += rounded(on_it, way) if line.tax_amount is None else line.tax_amount
    return amount, tax


@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from([AmountType.EXCLUSIVE, AmountType.INCLUSIVE]))
def test_the_document_comes_to_the_same_both_ways(lines, amount_type):
    told = stated(lines, amount_type=amount_type, rates=RATES)
    assert sums(told, amount_type, ROUND_HALF_UP) == sums(told, amount_type, ROUND_HALF_DOWN)
    assert document_totals(told, amount_type, RATES) == document_totals(lines, amount_type, RATES)


def test_what_is_no_half_below_nothing_stays_as_it_is():
    lines = [
        Line(description="x", quantity=Decimal(1), unit_amount=price, account_code="200", tax_type="REDUCED")
        for price in (Decimal("1.10"), Decimal("-1.00"), Decimal("-0.04"))
    ]
    assert stated(lines, amount_type=AmountType.EXCLUSIVE, rates=RATES) == tuple(lines)


def test_a_discount_of_one_pound_ten_at_five_percent_has_its_tax_told():
    line = Line(
        description="x", quantity=Decimal(1), unit_amount=Decimal("-0.10"), account_code="200", tax_type="REDUCED"
    )
    (told,) = stated([line], amount_type=AmountType.EXCLUSIVE, rates=RATES)
    assert told.tax_amount == Decimal("-0.01")
