"""The names of order files: safe everywhere, and never one name for two orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.ledgers.files.names import LONGEST_STEM, file_name, part_name

NUMBERS = st.text(min_size=1, max_size=200) | st.from_regex(r"[A-Za-z0-9#_. -]{1,12}", fullmatch=True)
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}


class TestAPlainNumber:
    @pytest.mark.parametrize("number", ["WEB-100045", "5F0C11A2B3D44E90", "1005", "2026.11-7"])
    def test_is_the_name_as_it_stands(self, number):
        assert file_name(number) == f"{number}.xml"


class TestAnyOtherNumber:
    @pytest.mark.parametrize(
        ("number", "stem"),
        [
            ("#1001", "1001"),
            ("web-1", "web-1"),
            ("Ä/ö: 7?", "A-o-7"),
            ("../../etc/passwd", "etc-passwd"),
            ("-rf", "rf"),
            ("東京", "order"),
            ("CON", "order-CON"),
            ("con.1", "order-con.1"),
            ("X" * 200, "X" * LONGEST_STEM),
        ],
    )
    def test_keeps_what_is_safe_and_adds_a_digest_of_the_whole(self, number, stem):
        name = file_name(number)
        assert name.startswith(f"{stem}_")
        assert len(name) == len(stem) + len("_0123456789.xml")

    def test_differs_from_one_that_differs_in_case_only(self):
        assert file_name("ab1").casefold() != file_name("AB1").casefold()


class TestLaws:
    @given(NUMBERS)
    def test_every_name_is_safe_on_every_file_system(self, number):
        name = part_name(file_name(number), "k3h9x2mnpqrs")
        assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")
        assert name[0].isalnum()
        assert name.split(".")[0].upper() not in DEVICES
        assert len(name) < 143 - 20

    @given(NUMBERS, NUMBERS)
    def test_two_numbers_never_have_one_name(self, one, other):
        assert (file_name(one).casefold() == file_name(other).casefold()) == (one == other)

    @given(NUMBERS)
    def test_a_number_has_always_the_same_name(self, number):
        assert file_name(number) == file_name(number)


class TestThePartName:
    def test_is_derived_from_the_attempt_and_no_reader_of_xml_files_sees_it(self):
        assert part_name("WEB-100045.xml", "k3h9x2mnpqrs") == "WEB-100045.xml.k3h9x2mnpqrs.part"

    @pytest.mark.parametrize("attempt", ["", "../x", "A", "a" * 33])
    def test_takes_no_id_that_is_none(self, attempt):
        with pytest.raises(ValueError, match="no id of an attempt"):
            part_name("WEB-100045.xml", attempt)
