"""How the messages of code are found (`tests/said_in_code.py`): those who write it mark few of them."""

import ast

import pytest

from tests import said_in_code


def _found(code: str) -> list[said_in_code.Message]:
    return list(said_in_code.of_code(ast.parse(code)))


class TestAMessage:
    @pytest.mark.parametrize(
        ("code", "found"),
        [
            ('gettext("Save")', ["Save"]),
            ('gettext("Save" if new else "Save again")', ["Save", "Save again"]),
            ('ngettext("{count} order", "{count} orders", n)', [("{count} order", "{count} orders")]),
            ('Held(cause, "", "Every line has the price 0.")', ["Every line has the price 0."]),
            ('drop(entry, reason="nothing is to be ordered")', ["nothing is to be ordered"]),
        ],
    )
    def test_is_what_a_function_or_a_table_is_given(self, code: str, found: list[said_in_code.Message]) -> None:
        assert _found(code) == found

    def test_is_found_where_a_name_is_given_its_text(self) -> None:
        code = 'def why():\n    words, cure = "It is empty.", "Fill it in."\n    return Problem(where, words, cure)'

        assert _found(code) == ["It is empty.", "Fill it in."]

    def test_is_found_in_a_table_that_is_asked(self) -> None:
        assert _found('_SAID = {1: "Once", 2: "Twice"}\ngettext(_SAID[number])') == ["Once", "Twice"]

    def test_is_no_name_that_programs_know(self) -> None:
        assert _found('Problem("lines.quantity", "Nobody has said how many.", "")') == ["Nobody has said how many."]


class TestASentenceWithFacts:
    def test_calls_each_after_what_stands_in_its_braces(self) -> None:
        code = 'told(f"It comes to {figure(totals.net)} net and {figure(totals.gross or ZERO)} gross.")'

        assert _found(code) == ["It comes to {net} net and {gross} gross."]

    def test_calls_two_by_two_names(self) -> None:
        assert _found('told(f"{a.name} is not {b.name}, says {a.name}.")') == ["{name} is not {name2}, says {name}."]

    def test_is_a_message_for_each_choice_between_phrases(self) -> None:
        code = """told(f"{count} {'file' if count == 1 else 'files'}")"""

        assert _found(code) == ["{count} file", "{count} files"]

    def test_is_found_with_the_phrase_that_stands_in_it(self) -> None:
        code = (
            'def why():\n    both = f"{net} without tax"\n    return Held(cause, "", f"It says {both}, which is odd.")'
        )

        assert _found(code) == ["It says {both}, which is odd.", "{net} without tax"]
