"""Cells as numbers, rates, moments and flags: what a person said of a file's habits, and nothing guessed beside it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.sources.mapped import values
from daybook.sources.mapped.values import Dates, Habits, Rates, UnreadableError

POINT, COMMA = Habits(), Habits(decimal=",", dates=Dates.DAY_FIRST)
US = Habits(dates=Dates.MONTH_FIRST, rates=Rates.FRACTION)


@pytest.mark.parametrize(
    ("cell", "habits", "number"),
    [
        ("1,234.50", POINT, "1234.5"),
        ("1.234,50", COMMA, "1234.5"),
        ("1 234,50 €", COMMA, "1234.5"),
        ("1\u00a0234,50", COMMA, "1234.5"),
        ("1'234.50", POINT, "1234.5"),
        ("£12.50", POINT, "12.5"),
        ("GBP 12.50", POINT, "12.5"),
        ("12.50 GBP", POINT, "12.5"),
        ("-£3", POINT, "-3"),
        ("AU $3,000.00", POINT, "3000"),
        ("US $-4.50", POINT, "-4.5"),
        ("EUR 90,00", COMMA, "90"),
        ("(3.20)", POINT, "-3.2"),
        ("\u22123", POINT, "-3"),
        ("007", POINT, "7"),
        ('="1,50"', COMMA, "1.5"),
        (values.NUMBER + "1234.5", COMMA, "1234.5"),
        ("", POINT, ""),
    ],
)
def test_a_number_is_read_by_the_decimal_sign_that_was_chosen(cell, habits, number):
    assert values.number(cell, habits) == number


@pytest.mark.parametrize(
    ("cell", "habits"),
    [
        ("1,50", POINT),
        ("1.50", COMMA),
        ("12.5.0", POINT),
        ("1,23,456", POINT),
        ("=1+1", POINT),
        ("two", POINT),
        ("1e5", POINT),
    ],
)
def test_what_the_habit_does_not_fit_is_refused_with_a_cure(cell, habits):
    with pytest.raises(UnreadableError) as raised:
        values.number(cell, habits)
    assert raised.value.problem
    assert raised.value.cure


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_what_is_written_with_groups_is_read_as_the_same_number(amount):
    with_points = f"{amount:,.4f}"
    with_commas = with_points.replace(",", "_").replace(".", ",").replace("_", ".")
    assert Decimal(values.number(with_points, POINT)) == Decimal(values.number(with_commas, COMMA)) == amount


@pytest.mark.parametrize(
    ("cell", "habits", "rate"),
    [
        ("20", POINT, "0.2"),
        ("20 %", POINT, "0.2"),
        ("0.2", US, "0.2"),
        ("20%", US, "0.2"),
        ("7,5", COMMA, "0.075"),
        ("0", POINT, "0"),
    ],
)
def test_a_rate_is_a_fraction_whatever_is_written(cell, habits, rate):
    assert values.rate(cell, habits) == rate


@pytest.mark.parametrize(
    ("cell", "habits", "moment"),
    [
        ("2026-11-20", POINT, "2026-11-20"),
        ("2026-11-20 14:05:09 +0100", POINT, "2026-11-20 14:05:09 +0100"),
        ("20/11/2026", COMMA, "2026-11-20"),
        ("11/20/2026 2:05 PM", US, "2026-11-20T14:05"),
        ("11/20/26", US, "2026-11-20"),
        ("3.2.2026", COMMA, "2026-02-03"),
        ("20 Nov 2026", POINT, "2026-11-20"),
        ("November 20, 2026", POINT, "2026-11-20"),
        ("20-Nov-26", POINT, "2026-11-20"),
        ("Nov-20-26", POINT, "2026-11-20"),
        ("Nov-20-26 14:05", POINT, "2026-11-20T14:05"),
        ("2026/1/5", POINT, "2026-01-05"),
        ("0000-00-00 00:00:00", POINT, ""),
        (values.MOMENT + "2026-11-20", COMMA, "2026-11-20"),
    ],
)
def test_a_moment_is_read_by_the_order_that_was_chosen(cell, habits, moment):
    assert values.moment(cell, habits) == moment


@pytest.mark.parametrize(
    ("cell", "habits"),
    [
        ("20/11/2026", POINT),
        ("20/11/2026", US),
        ("31/02/2026", COMMA),
        ("soon", POINT),
        ("45981", POINT),
        (values.NUMBER + "45981", POINT),
    ],
)
def test_a_day_that_could_be_another_is_refused(cell, habits):
    with pytest.raises(UnreadableError):
        values.moment(cell, habits)
