"""Nothing names a ledger outside its folder, neither code nor words: the ledger's title fills it in."""

import re
from pathlib import Path

SRC = Path(__file__).parents[2] / "src/daybook"
TEMPLATES = SRC / "web/templates"
MAY = {
    "ledgers/xero/": "its own folder",
    "ledgers/registry.py": "the row that plugs it in",
    "__init__.py": "what the product is",
    "config/": "the environment's names",
    "ops/demo/": "starts a simulator of it",
    "ops/cli/app.py": "what the product is",
    "ops/cli/commands/demo.py": "the demo's simulator",
    "ops/postgres/laws.py": "columns of databases of before",
    "documents/causes.py": "values that are stored and stand in the REST API",
    "api/answers.py": "a field of the REST API",
}
"""Where the word may stand, and why: whatever holds for any ledger says so, in code, comments and words alike."""
TEMPLATES_MAY = {"daybook/connection/connect.html": {"developer.xero.com": "where an app is made"}}
RULEBOOK = "xero-rules.md"
"""The page that rules are cited from."""
NAME = re.compile("xero", re.IGNORECASE)


def is_named_in(path: Path) -> bool:
    return bool(NAME.search(path.read_text().replace(RULEBOOK, "")))


def named_in_code() -> set[str]:
    modules = (path for path in SRC.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(SRC).as_posix() for path in modules if is_named_in(path)}


def test_no_module_but_those_that_may():
    assert {name for name in named_in_code() if not name.startswith(tuple(MAY))} == set()


def test_nothing_may_that_has_no_need_to():
    named = named_in_code() | {"ledgers/registry.py"}
    assert {may for may in MAY if not any(name.startswith(may) for name in named)} == set()


def test_no_template_but_in_what_is_xeros_own():
    left = {}
    for path in TEMPLATES.rglob("*.html"):
        name, text = path.relative_to(TEMPLATES).as_posix(), path.read_text()
        for own in TEMPLATES_MAY.get(name, {}):
            assert own in text
            text = text.replace(own, "")
        if NAME.search(text):
            left[name] = NAME.findall(text)
    assert left == {}
