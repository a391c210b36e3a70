"""Nothing outside its own folder names a ledger or a source: their titles fill the words in.

Read are whole files, so identifiers, comments and docstrings too. The name of the page that cites a vendor's rules may
stand anywhere as a source. Migrations tell how tables were once called, and are left out.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from daybook.ledgers import registry
from daybook.sources.registry import SOURCES

SRC = Path(__file__).parents[2] / "src/daybook"
ENDINGS = {".py", ".html", ".js", ".css", ".txt", ".svg", ".json", ".toml"}
CITED = re.compile(r"\b(?:xero-rules|kornitx)\.md\b")
ORDINARY = frozenset({"canonical", "files", "mail", "table", "xml"})
"""Names of ledgers and sources that are words of the language too: nothing can be told from them."""
OF_LEDGERS, OF_SOURCES = registry.LEDGERS.keys() - ORDINARY, SOURCES.keys() - ORDINARY - {"kornitx"}
NAMES = {"kornit": re.compile("kornit", re.IGNORECASE)} | {
    name: re.compile(rf"(?<![a-z]){name}(?![a-z])" if name != "xero" else name, re.IGNORECASE)
    for name in sorted(OF_LEDGERS | OF_SOURCES)
}
"""Every ledger and source of the two tables."""

Places = Mapping[str, tuple[str, ...]]
ROW = "the row that plugs it in"
WHOLE: dict[str, Mapping[str, str]] = {
    **{name: {f"ledgers/{name}": "its own folder", "ledgers/registry.py": ROW} for name in OF_LEDGERS},
    **{name: {f"sources/{name}": "its own folder", "sources/registry.py": ROW} for name in OF_SOURCES},
    "kornit": {
        "sources/kornitx/": "its own folder",
        "sources/registry.py": ROW,
        "ops/demo/": "sends samples of its pushes",
    },
}
WHOLE["xero"] = {**WHOLE["xero"], "ops/demo/": "starts a simulator of it"}
"""Folders and modules that may name it wherever they like, and why."""
PARTS: Mapping[str, Places] = {
    "xero": {
        # values that are stored and stand in the REST API
        "documents/causes.py": ('"xero_warned"', '"voided_in_xero"', '"edited_in_xero"'),
        # a field of the REST API
        "api/answers.py": ("xero_id",),
        # stored with documents of before
        "mapping/forms.py": ("\"Xero's tax\"",),
        # columns of databases of before
        "ops/postgres/laws.py": ("xero_id",),
        # where an app is made, and a call as it was sent
        "web/templates/daybook/connection/connect.html": ("developer.xero.com",),
        "web/templates/daybook/wizard/steps/connect.html": ("developer.xero.com",),
        "web/templates/daybook/wizard/sketches/new_app.html": ("developer.xero.com",),
    },
}  # fmt: skip
"""Elsewhere: exactly these pieces of text."""


def files() -> dict[str, str]:
    found = (path for path in SRC.rglob("*") if path.suffix in ENDINGS and "migrations" not in path.parts)
    return {path.relative_to(SRC).as_posix(): CITED.sub("", path.read_text()) for path in found}


def left(text: str, pieces: tuple[str, ...]) -> str:
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, "")
    return text


@pytest.mark.parametrize("name", NAMES)
class TestNobodyNames:
    def test_it_but_those_that_may(self, name):
        naming = {
            path: [line.strip() for line in rest.splitlines() if NAMES[name].search(line)]
            for path, text in files().items()
            if not path.startswith(tuple(WHOLE[name]))
            and NAMES[name].search(rest := left(text, PARTS.get(name, {}).get(path, ())))
        }
        assert naming == {}

    def test_it_in_the_name_of_a_file(self, name):
        named = {path for path in files() if NAMES[name].search(path) and not path.startswith(tuple(WHOLE[name]))}
        assert named == set()

    def test_it_without_need_where_it_may(self, name):
        texts = files()
        naming = {path for path, text in texts.items() if NAMES[name].search(path + text)}
        needless = {may for may in WHOLE[name] if not any(path.startswith(may) for path in naming)}
        unused = {
            (path, piece)
            for path, pieces in PARTS.get(name, {}).items()
            for piece in pieces
            if piece not in texts[path]
        }
        assert (needless, unused) == (set(), set())
