import pytest

from daybook.documents.causes import Cause, Hold
from daybook.mapping.numbers import Numbering, document_number, is_usable


class TestADocumentNumber:
    @pytest.mark.parametrize(
        ("prefix", "ref", "number"),
        [
            ("", "5F0C11A2", "5F0C11A2"),
            ("OMS-", "10045", "OMS-10045"),
            ("OMS/", "#100/45 ", "OMS-100-45"),
            ("", "Café Zoë_1.2", "Cafe-Zoe_1.2"),
            ("", "A日本B", "A-B"),
        ],
    )
    def test_is_prefix_and_ref_in_safe_characters(self, prefix, ref, number):
        assert document_number(prefix, ref) == number

    def test_names_a_later_generation(self):
        assert document_number("OMS-", "7", 2) == "OMS-7-R2"
        assert document_number("OMS-", "7", 3) == "OMS-7-R3"

    @pytest.mark.parametrize("ref", ["", "   ", "///", "日本", "x" * 253])
    def test_cannot_be_made_of_an_empty_or_endless_ref(self, ref):
        number = document_number("OMS-", ref)
        assert isinstance(number, Hold)
        assert number.cause is Cause.REF_UNUSABLE

    def test_longer_than_the_ledger_takes_is_held_and_never_cut(self):
        eleven, twelve = Numbering(space="", longest=11), Numbering(space="", longest=12)
        assert document_number("OMS-", "1234567", 1, eleven) == "OMS-1234567"
        assert document_number("OMS-", "12345678", 1, eleven) == Hold(Cause.REF_UNUSABLE, "12345678")
        assert document_number("OMS-", "123456789", 2, twelve) == Hold(Cause.REF_UNUSABLE, "123456789")

    def test_in_other_letters_than_the_ledger_takes_is_held(self):
        digits = Numbering(space="", alphabet="[0-9]")
        assert document_number("", "1234", 1, digits) == "1234"
        assert document_number("A-", "1234", 1, digits) == Hold(Cause.REF_UNUSABLE, "1234")

    def test_tells_its_kind_where_kinds_share_their_numbers(self):
        assert document_number("OMS-", "7", 1, Numbering(space="", suffix="-PO")) == "OMS-7-PO"
        assert document_number("OMS-", "7", 2, Numbering(space="", suffix="-PO")) == "OMS-7-PO-R2"

    def test_is_usable_up_to_255_characters(self):
        assert is_usable("x" * 255)
        assert not is_usable("x" * 256)
        assert not is_usable("a b")
        assert not is_usable("a\n")
