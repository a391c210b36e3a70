"""Nothing outside its own folder names a ledger or a source: their titles fill the words in.

Read are whole files, so identifiers, comments and docstrings too. The name of the page that cites a vendor's rules may
stand anywhere as a source. Migrations tell how tables were once called, and are left out.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src/daybook"
ENDINGS = {".py", ".html", ".js", ".css", ".txt", ".svg", ".json", ".toml"}
CITED = re.compile(r"\b(?:xero-rules|kornitx)\.md\b")
NAMES = {"xero": re.compile("xero", re.IGNORECASE), "kornit": re.compile("kornit", re.IGNORECASE)}

Places = Mapping[str, tuple[str, ...]]
WHOLE: Mapping[str, Mapping[str, str]] = {
    "xero": {
        "ledgers/xero/": "its own folder",
        "ops/demo/": "starts a simulator of it",
    },
    "kornit": {"sources/kornitx/": "its own folder", "ops/demo/": "sends samples of its pushes"},
}
"""Folders and modules that may name it wherever they like, and why."""
PARTS: Mapping[str, Places] = {
    "xero": {
        # the row that plugs it in
        "ledgers/registry.py": ("from daybook.ledgers.xero.ledger import XERO", "(XERO, FILES)", "USUAL = XERO.name"),
        # names in the environment, and the addresses that stand there unless it says others
        "config/environment.py": (
            "XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE",
            "xero_api_base", "xero_identity_base", "xero_login_base", "xero_link_base",
            "https://api.xero.com", "https://identity.xero.com", "https://login.xero.com", "https://go.xero.com",
        ),
        "config/settings.py": (
            "XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE",
            "xero_api_base", "xero_identity_base", "xero_login_base", "xero_link_base",
        ),
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
    },
    "kornit": {
        # the row that plugs it in
        "sources/registry.py": ("from daybook.sources.kornitx.source import KORNITX", "(CANONICAL, KORNITX)"),
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
            and NAMES[name].search(rest := left(text, PARTS[name].get(path, ())))
        }
        assert naming == {}

    def test_it_in_the_name_of_a_file(self, name):
        named = {path for path in files() if NAMES[name].search(path) and not path.startswith(tuple(WHOLE[name]))}
        assert named == set()

    def test_it_without_need_where_it_may(self, name):
        texts = files()
        naming = {path for path, text in texts.items() if NAMES[name].search(path + text)}
        needless = {may for may in WHOLE[name] if not any(path.startswith(may) for path in naming)}
        unused = {(path, piece) for path, pieces in PARTS[name].items() for piece in pieces if piece not in texts[path]}
        assert (needless, unused) == (set(), set())
