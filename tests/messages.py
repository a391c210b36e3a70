"""The messages that Daybook says to people, from its templates and its code, into the catalogue of each language.

`make messages` brings `locale/*/LC_MESSAGES/django.po` up to date and compiles it: new messages come in untranslated,
those that are said no more go. Translate in the .po file with any editor for gettext; then run it again.
"""

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from daybook.web.language import fragments
from daybook.web.language.templates import OURS

SOURCES = Path(fragments.__file__).parents[2]
LOCALES = Path(fragments.__file__).parent / "locale"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When every catalogue says that it was made: a file says the same, whenever it is written."""
ASKED = frozenset({"gettext", "gettext_lazy", "gettext_noop", "_", "told"})
"""Functions whose only text is a message."""
TABLES = {
    "E": (0, 1, 2, 4, "nameless"),
    "Explanation": (0, 1, 2, 4, "nameless"),
}
"""What tables of words are made of: which arguments are messages, by place or name. They are asked for where they are
shown."""
Message = str | tuple[str, str]
"""A pair: the forms for one and for several."""


def messages() -> dict[Message, None]:
    """Return all messages, in the order of templates and files."""
    found: dict[Message, None] = {}
    for path in sorted(OURS.rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            found |= dict.fromkeys(fragments.sentences(path.read_text(), by_line=path.suffix == ".txt"))
    for path in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in path.parts:
            found |= dict.fromkeys(_of_code(ast.parse(path.read_text())))
    return found


def _of_code(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ASKED and node.args:
            yield from _texts(node.args[0])
        elif name == "ngettext":
            one, several = _texts(node.args[0]), _texts(node.args[1])
            yield from zip(one, several, strict=True)
        elif name in TABLES:
            wanted = TABLES[name]
            given: dict[object, ast.expr] = dict(enumerate(node.args))
            given |= {keyword.arg: keyword.value for keyword in node.keywords}
            for each in wanted:
                if each in given:
                    yield from _texts(given[each])


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the text of a literal; of a choice (`a if x else b`) both."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it stands."""
    with (LOCALES / language / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


def brought_up(known: Catalog) -> Catalog:
    """Return a catalogue of all messages that are said today, with the translations that are known."""
    fresh = Catalog(
        locale=known.locale,
        project="Daybook",
        version="",
        fuzzy=False,
        header_comment="#",
        creation_date=EPOCH,
        revision_date=EPOCH,
        msgid_bugs_address="",
        last_translator="",
        language_team="",
    )
    translated = {message.id: message.string for message in known if message.id}
    for message in messages():
        fresh.add(message, translated.get(message, ()) or "")
    return fresh


def written(catalog: Catalog) -> bytes:
    """Return the text of the .po file."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=False, no_location=True)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return the compiled file, which is what Django reads."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> int:
    """Write all catalogues, and say what lacks a translation."""
    for folder in sorted(LOCALES.iterdir()):
        catalog = brought_up(catalogue(folder.name))
        (folder / "LC_MESSAGES/django.po").write_bytes(written(catalog))
        (folder / "LC_MESSAGES/django.mo").write_bytes(compiled(catalog))
        lacking = sum(not message.string or not all(message.string) for message in catalog if message.id)
        print(f"{folder.name}: {len(catalog)} messages, {lacking} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
