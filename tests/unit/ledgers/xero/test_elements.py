"""Xero's lists are read as they come: numbers as text, booleans as text, nothing as null or ""."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from daybook.ledgers.xero import elements
from daybook.wire.asks import Answer
from daybook.wire.errors import OutcomeUnknown, Unexpected


class TestAList:
    def test_keeps_exact_numbers(self):
        rows = elements.elements(Answer(200, {}, b'{"TaxRates":[{"EffectiveRate":12.3450}, null]}'), "TaxRates")
        assert rows == [{"EffectiveRate": Decimal("12.3450")}]

    def test_cut_in_half_is_no_answer(self):
        with pytest.raises(OutcomeUnknown):
            elements.elements(Answer(200, {}, b'{"Items":[{"Code"'), "Items")

    @pytest.mark.parametrize("body", [b"[]", b"{}", b'{"Items":null}'])
    def test_of_another_form_is_not_guessed_at(self, body):
        with pytest.raises(Unexpected):
            elements.elements(Answer(200, {}, body), "Items")


class TestAField:
    @pytest.mark.parametrize(("value", "expected"), [(" x ", "x"), (None, ""), ("", ""), (200, "200")])
    def test_of_text(self, value, expected):
        assert elements.text({"Code": value}, "Code") == expected

    def test_of_text_is_cut_where_our_column_ends(self):
        assert elements.text({"Name": "abcdef"}, "Name", longest=3) == "abc"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(True, True), ("true", True), ("False", False), (False, False), (None, False), ("", False)],
    )
    def test_of_yes_or_no(self, value, expected):
        assert elements.flag({"X": value}, "X") is expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(Decimal("1.50"), Decimal("1.50")), ("20.0000", Decimal(20)), (3, Decimal(3))],
    )
    def test_of_a_number(self, value, expected):
        assert elements.number({"X": value}, "X") == expected

    @pytest.mark.parametrize("value", [None, "", "n/a", True, "NaN", "Infinity"])
    def test_of_a_number_that_is_none(self, value):
        assert elements.number({"X": value}, "X") is None

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("/Date(1546214400000+0000)/", date(2018, 12, 31)),
            ("/Date(1546214400000+1300)/", date(2018, 12, 31)),
            ("/Date(1546214400000)/", date(2018, 12, 31)),
            ("2018-12-31T00:00:00", date(2018, 12, 31)),
            ("2018-12-31", date(2018, 12, 31)),
            ("2018-13-31", None),
            ("/Date(999999999999999)/", None),
            ("soon", None),
            (None, None),
        ],
    )
    def test_of_a_day_is_never_shifted(self, value, expected):
        assert elements.day({"X": value}, "X") == expected


class TestATimeZone:
    @pytest.mark.parametrize(
        ("xero", "iana"),
        [
            ("GMTSTANDARDTIME", "Europe/London"),
            ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
            ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
            ("WEUROPESTANDARDTIME", "Europe/Berlin"),
            ("CENTRALSTANDARDTIME(MEXICO)", "America/Mexico_City"),
            ("UTC", "Etc/UTC"),
            ("UTC+12", "Etc/GMT-12"),
            ("UTC02", "Etc/GMT+2"),
            ("KAMCHATKASTANDARDTIME", "Asia/Kamchatka"),
        ],
    )
    def test_is_found_under_its_iana_name(self, xero, iana):
        assert elements.iana_zone(xero) == iana
        assert ZoneInfo(iana)

    @pytest.mark.parametrize("name", ["", "MOONSTANDARDTIME"])
    def test_that_nobody_knows_is_empty(self, name):
        assert elements.iana_zone(name) == ""
