"""Makes the fonts of the pages from Unfold's: of Inter the letters of Europe's languages, of the symbols those in use.

make fonts                                              after an icon was added, or Unfold was moved on

Whole, the five files are 747 kB, most of it letters and icons that no page has. What a customer's name needs beyond
these letters (Greek, Cyrillic, Chinese) the browser takes from its system's fonts, letter by letter.
"""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
import unfold
from fontTools import subset
from fontTools.ttLib import TTFont

import daybook.web

WEB = Path(daybook.web.__file__).parent
MADE = WEB / "static/daybook/fonts"
GIVEN = Path(unfold.__file__).parent / "static/unfold/fonts"
SYMBOLS = "material-symbols/Material-Symbols-Outlined.woff2"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
LATIN = (range(0x20, 0x7F), range(0xA0, 0x180), range(0x218, 0x21C), (0x1E9E,))
"""Basic Latin, Latin-1, Latin Extended-A, Romanian's commas below, and the capital ß."""
SIGNS_OF_TEXT = (range(0x2010, 0x2045), range(0x20A0, 0x20C1), (0x2116, 0x2122, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265))
"""Dashes, quotation marks and dots; currencies; numero and trademark, minus and comparisons."""
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum"]
NAMED = re.compile(r"material-symbols-outlined[^>]*>\s*([^<\s][^<]*?)\s*<")
TABLES = {"{{ row.icon }}", "{{ item.icon }}"}
"""Icons in templates that a table of ours names."""
IN_STYLES = re.compile(r"""content: ?"([a-z]+(?:_[a-z]+)*)\"""")
"""Icons that Unfold's style sheet draws itself, such as the tick of a box."""
THEMES = re.compile(r"const THEMES = \{(.*?)\}")


def icons() -> set[str]:
    """Return the names of all icons that pages show. Raises ValueError where a template takes one from a table not known here."""
    from daybook.web import pages
    from daybook.web.wizard.pages import ICONS

    written = {name for text in _templates() for name in NAMED.findall(text)}
    unknown = {name for name in written - TABLES if not re.fullmatch(r"\w+", name)}
    if unknown:
        message = f"say in tests/fonts.py which icons these are: {unknown}"
        raise ValueError(message)
    found = THEMES.search((WEB / "static/daybook/theme.js").read_text())
    themes = re.findall(r'"(\w+)"', found[1]) if found else []
    menu = [icon for _, items in (*pages.PAGES, pages.TOUR) for _, _, icon, _ in items]
    drawn = IN_STYLES.findall((GIVEN.parent / "css/styles.css").read_text())
    return {*(written - TABLES), *themes, *menu, *ICONS.values(), *drawn}


def letters() -> set[int]:
    """Return the code points kept of Inter: those of the languages, and whatever else our templates hold."""
    kept = {point for points in (*LATIN, *SIGNS_OF_TEXT) for point in points}
    return kept | {ord(letter) for text in _templates() for letter in text if not letter.isspace()}


def ligatures(font: TTFont) -> dict[str, str]:
    """Return by each icon's name its glyph: the font makes a ligature of the name's letters."""
    letter_of = {glyph: chr(point) for point, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, those in getattr(getattr(table, "ExtSubTable", table), "ligatures", {}).items():
                found |= {"".join(letter_of[each] for each in (first, *one.Component)): one.LigGlyph for one in those}
    return found


def _templates() -> Iterator[str]:
    return (path.read_text() for path in sorted((WEB / "templates").rglob("*.html")))


def _inter(weight: str) -> bytes:
    font = TTFont(GIVEN / f"inter/Inter-{weight}.woff2", recalcTimestamp=False)
    return _cut(font, subset.Options(layout_features=FEATURES), unicodes=letters())


def _symbols() -> bytes:
    font = TTFont(GIVEN / SYMBOLS, recalcTimestamp=False)
    known, names = ligatures(font), icons()
    spelt = {font.getBestCmap()[ord(letter)] for name in names for letter in name}
    # not their closure: those letters spell three thousand other icons
    kept = {*spelt, *(known[name] for name in names)}
    return _cut(font, subset.Options(layout_features=["*"], layout_closure=False), glyphs=kept)


def _cut(font: TTFont, options: subset.Options, **kept: set[str] | set[int]) -> bytes:
    options.name_IDs = ["*"]  # who made it, and its licence
    cutter = subset.Subsetter(options)
    cutter.populate(**kept)
    cutter.subset(font)
    font.flavor = "woff2"
    font["head"].modified = font["head"].created  # made anew it is the same
    written = BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue()


def _face(family: str, weight: int, name: str, font: bytes, display: str) -> str:
    version = hashlib.sha256(font).hexdigest()[:8]
    return (
        f'@font-face {{ font-family: "{family}"; font-style: normal; font-weight: {weight}; font-display: {display};'
        f' src: url({name}?{version}) format("woff2"); }}\n'
    )


def make(folder: Path) -> None:
    """Write the fonts and the style sheet that names them."""
    faces = []
    for weight, name in WEIGHTS.items():
        font = _inter(name)
        (folder / f"inter-{weight}.woff2").write_bytes(font)
        faces.append(_face("Inter", weight, f"inter-{weight}.woff2", font, "swap"))
    font = _symbols()
    (folder / "symbols.woff2").write_bytes(font)
    faces.append(_face("Material Symbols Outlined", 400, "symbols.woff2", font, "block"))
    (folder / "styles.css").write_text("".join(faces))


if __name__ == "__main__":
    django.setup()
    make(MADE)
