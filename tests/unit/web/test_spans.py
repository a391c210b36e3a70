"""What a person types to narrow a list: days, and amounts among other texts."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from daybook.web.reading.spans import FIRST, LAST, Span, amount_asked, days_asked


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", "12.50"),
        ("1,250.00", "1250.00"),
        ("1250,00", "1250.00"),
        ("1250", None),
        ("1,250", None),
        ("ORD-12.50", None),
        ("9" * 14 + ".00", None),
    ],
)
def test_an_amount_has_two_decimals(text, amount):
    assert amount_asked(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("from=2026-03-01&to=2026-03-31", Span(date(2026, 3, 1), date(2026, 3, 31))),
        ("from=2026-03-01&to=", Span(date(2026, 3, 1), LAST)),
        ("to=2026-03-31", Span(FIRST, date(2026, 3, 31))),
        ("from=0001-01-01&to=9999-12-31", Span(FIRST, LAST)),
        ("from=2026-02-30&to=soon", None),
        ("", None),
    ],
)
def test_days_are_those_that_there_are(asked, span):
    assert days_asked(QueryDict(asked)) == span
