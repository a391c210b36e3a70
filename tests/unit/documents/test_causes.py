"""One vocabulary of causes: every one is set somewhere, every one has words, and none is set as a bare text."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from daybook.documents.causes import Cause, LedgerCause
from daybook.documents.words import WORDS
from daybook.ledgers import registry

SRC = Path(__file__).parents[3] / "src/daybook"
OF_LEDGERS = {
    name: [each for each in LedgerCause.__subclasses__() if each.__module__.startswith(f"daybook.ledgers.{name}.")]
    for name in registry.LEDGERS
}
"""By ledger: the causes that it alone can say."""
OWN = [each for classes in OF_LEDGERS.values() for each in classes]
TABLES = ("documents/causes.py", "documents/words/", "reasons.py", "web/", "catalog/cures.py", "posting/settling.py")
"""Where causes are told, shown or looked up, and not set."""
EVERY = {each.value for each in [*Cause, *(one for own in OWN for one in own)]}
NAMED_AS = {"Cause", "C", "_C", *(each.__name__ for each in OWN)}
SETTERS = {"Hold", "Held", "FileHold", "NotYet", "Skip", "Change", "flag", "reject"}
FIELDS = {"cause", "attention"}


@cache
def modules() -> dict[str, ast.Module]:
    return {
        path.relative_to(SRC).as_posix(): ast.parse(path.read_text())
        for path in sorted(SRC.rglob("*.py"))
        if "migrations" not in path.parts
    }


def name_of(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


@cache
def set_somewhere() -> set[str]:
    """Return the names of the causes that some module names which is no table."""
    return {
        node.attr
        for name, tree in modules().items()
        if not any(table in name for table in TABLES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and name_of(node.value) in NAMED_AS
    }


def bare_texts(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a cause is set, or asked for, as a text of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                texts = node.args if called in SETTERS else []
                texts = [*texts[:3], *(each.value for each in node.keywords if each.arg in FIELDS)]
            case ast.Assign(targets=[ast.Attribute(attr=field)], value=value) if field in FIELDS:
                texts = [value]
            case ast.Compare(left=ast.Attribute(attr=field), comparators=texts) if field in FIELDS:
                pass
            case _:
                continue
        found = [inner for text in texts for inner in ast.walk(text)]
        yield from (each.lineno for each in found if isinstance(each, ast.Constant) and each.value in EVERY)


class TestEveryCause:
    @pytest.mark.parametrize("cause", [*Cause, *(each for own in OWN for each in own)])
    def test_is_set_somewhere(self, cause):
        assert cause.name in set_somewhere()

    @pytest.mark.parametrize("cause", Cause)
    def test_has_words(self, cause):
        assert cause in WORDS or any(cause in ledger.reasons for ledger in registry.LEDGERS.values())

    @pytest.mark.parametrize("name", registry.LEDGERS)
    def test_that_a_ledger_says_has_words_for_all_ledgers_or_its_own(self, name):
        words = {**WORDS, **registry.LEDGERS[name].reasons}
        mine = {path: tree for path, tree in modules().items() if path.startswith(f"ledgers/{name}")}
        named = {node.attr for tree in mine.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        said = {cause for cause in Cause if cause.name in named} | {cause for own in OF_LEDGERS[name] for cause in own}
        assert said - words.keys() == set()

    @pytest.mark.parametrize("own", OWN)
    def test_of_one_ledger_has_words_nowhere_else(self, own):
        assert set(own) & WORDS.keys() == set()

    def test_is_one_value_in_all_of_them(self):
        every = [each.value for own in (Cause, *OWN) for each in own]
        assert len(every) == len(set(every))
        assert max(map(len, every)) <= 40  # as long as the columns that keep them


class TestACause:
    def test_is_set_and_asked_for_by_its_name_only(self):
        assert {name: lines for name, tree in modules().items() if (lines := list(bare_texts(tree)))} == {}

    def test_would_be_seen_as_a_text(self):
        assert list(bare_texts(ast.parse('flag(entry, "posted_late", "")'))) == [1]
        assert list(bare_texts(ast.parse('hold = Hold(cause="no_lines")'))) == [1]
        assert list(bare_texts(ast.parse('entry.attention = "totals_differ"'))) == [1]
        assert list(bare_texts(ast.parse('if entry.cause != "posted_late": pass'))) == [1]
