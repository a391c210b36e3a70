"""Nothing that people read names a ledger outside its folder: the ledger's title fills it in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).parents[2] / "src/daybook"
TEMPLATES = SRC / "web/templates"
MAY = {
    "ledgers/xero/": "its own folder",
    "ledgers/registry.py": "the row that plugs it in",
    "config/": "the environment's names",
    "ops/demo/": "starts a simulator of it",
    "ops/postgres/laws.py": "columns of databases of before",
    "documents/causes.py": "values that are stored and stand in the REST API",
    "api/": "field names and words of the published API",
    "sources/canonical/": "words of the published API",
    "intake/": "words of documents under way",
    "mapping/": "what its arithmetic does, stored with documents",
    "reconciliation/compare.py": "findings of `daybook reconcile`, which scripts read",
    "outbox/models.py": "choices that stand in migrations",
    "ops/cli/": "the command line's words",
    "ops/processes/web_server.py": "the address that is registered there",
    "web/words.py": "a form of documents, as it is stored",
}
TEMPLATES_MAY = {
    "daybook/connection/connect.html": {"developer.xero.com": "where an app is made"},
    "daybook/documents/body.html": {"xero-tenant-id": "a call as it was sent", "Xero-Correlation-Id": "its header"},
}
NAME = re.compile("xero", re.IGNORECASE)


def texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    )


def is_named_in(path: Path) -> bool:
    return any(NAME.search(text) for text in texts(ast.parse(path.read_text())))


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
