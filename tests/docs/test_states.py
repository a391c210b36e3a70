"""The page about states says what the table in the code says."""

import re

import pytest

from daybook.documents.words import OURS
from daybook.documents.words.orders import WAITING
from daybook.outbox.states import FINAL, MOVES, State

from . import reading

PAGE = reading.text_of("states.md")


class TestTheTableOfMoves:
    def test_is_the_code_s(self):
        rows = re.findall(r"^\| (\w+) \| (\w+) \| ([\w, ]+) \|", PAGE, re.MULTILINE)
        written = {(old, new): set(movers.split(", ")) for old, new, movers in rows if old != "from"}
        assert written == {
            (old.value, new.value): {mover.value for mover in movers} for (old, new), movers in MOVES.items()
        }


class TestTheDiagram:
    diagram = PAGE.split("```mermaid")[1].split("```")[0]

    def test_has_exactly_the_moves(self):
        drawn = re.findall(r"^ +(\w+) --> (\w+)$", self.diagram, re.MULTILINE)
        assert sorted(drawn) == sorted((old.value, new.value) for old, new in MOVES)

    def test_ends_in_the_final_states(self):
        assert set(re.findall(r"(\w+) --> \[\*\]", self.diagram)) == {state.value for state in FINAL}


class TestTerms:
    @pytest.mark.parametrize("term", [*State, *WAITING, *OURS])
    def test_are_explained(self, term: str):
        assert f"`{term.value}`" in PAGE + reading.text_of("glossary.md")
