"""The messages that Daybook says to people, from its templates and its code, into the catalogue of each language.

`make messages` brings `locale/*/LC_MESSAGES/django.po` up to date and compiles it: new messages come in untranslated,
those that are said no more go. Translate in the .po file with any editor for gettext; then run it again.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from daybook.web.language import fragments
from daybook.web.language.templates import OURS
from tests.said_in_code import Message, said_in_code

LOCALES = Path(fragments.__file__).parent / "locale"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When every catalogue says that it was made: a file says the same, whenever it is written."""


def messages() -> dict[Message, None]:
    """Return all messages, in the order of templates and files."""
    found: dict[Message, None] = {}
    for path in sorted(OURS.rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            found |= dict.fromkeys(fragments.sentences(path.read_text(), by_line=path.suffix == ".txt"))
    return found | dict.fromkeys(said_in_code())


def path_of(language: str, suffix: str) -> Path:
    """Return where a language's catalogue stands: `po`, or compiled `mo`."""
    return LOCALES / language / f"LC_MESSAGES/django.{suffix}"


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it stands."""
    with path_of(language, "po").open("rb") as file:
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
        path_of(folder.name, "po").write_bytes(written(catalog))
        path_of(folder.name, "mo").write_bytes(compiled(catalog))
        lacking = sum(not message.string or not all(message.string) for message in catalog if message.id)
        print(f"{folder.name}: {len(catalog)} messages, {lacking} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
