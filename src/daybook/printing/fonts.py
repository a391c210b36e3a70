"""Which fonts write a text: those that come with Daybook's packages, then those of the machine; in any script or said not to.

FiraGO (Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Thai, Georgian) comes with `pymupdf-fonts`; Chinese, Japanese and
Korean with the system's Noto Sans CJK or with the package of the extra `cjk`; all else from the system's fonts.
"""

import atexit
import importlib.util
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from daybook.printing import slimming

SYSTEM = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
)
_BUNDLED_CJK = "cvttf_NotoSansCJK_Regular"
_ENDINGS = {".ttf", ".otf", ".ttc"}
_NEVER_SEEN = {"Cc", "Cf", "Zl", "Zp"}
"""Categories that no font needs to have: they are not drawn."""
_ALWAYS = frozenset(
    map(chr, (*range(0x20, 0x250), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070), *range(0x20A0, 0x20D0)))
)
"""Latin, punctuation and currencies."""
_LIKED = ("NotoSansCJK-Regular", "NotoSans", "DejaVuSans", "Noto", "Liberation", "")


@dataclass(frozen=True, slots=True)
class Face:
    """One font file."""

    path: str
    bold: str = ""
    """Of the same letters; "": there is none, and bold is written as the others."""
    index: int = 0
    """In a collection."""


class NoFontError(Exception):
    """No font of this machine has these characters."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = "".join(sorted(set(characters)))[:20]
        super().__init__(self.characters)


@contextmanager
def cut(text: str) -> Iterator[list[Face]]:
    """Have the fonts that write the text, as `choose` says, in copies that go with the block.

    They hold its characters alone, and those of Latin, in which labels and numbers are: what makes a PDF goes through all
    that a font has. Raises NoFontError.
    """
    faces, wanted = choose(text), _ALWAYS | set(text)
    with tempfile.TemporaryDirectory(prefix="daybook-fonts-", ignore_cleanup_errors=True) as folder:
        yield [_cut(face, wanted, Path(folder) / str(place)) for place, face in enumerate(faces)]


def choose(text: str) -> list[Face]:
    """Return the fonts that write the text, the one for Latin first. Raises NoFontError."""
    chosen = [first()]
    left = {each for each in text if unicodedata.category(each) not in _NEVER_SEEN} - _covered(chosen[0])
    for face in _others() if left else ():
        found = left & _covered(face)
        if found:
            chosen.append(face)
            left -= found
        if not left:
            break
    if left:
        raise NoFontError(left)
    return chosen


@cache
def first() -> Face:
    """Return the font for most texts, as files: what PDFs are made with reads no fonts out of Python modules."""
    import pymupdf_fonts  # noqa: PLC0415  # megabytes, for whoever prints

    folder = _folder()
    paths: list[str] = []
    for name in ("figo", "figbo"):
        path = folder / f"{name}.ttf"
        path.write_bytes(pymupdf_fonts.myfont(name))
        paths.append(str(path))
    return Face(paths[0], bold=paths[1])


@cache
def _folder() -> Path:
    """Return where this process puts font files; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="daybook-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _cut(face: Face, characters: frozenset[str], to: Path) -> Face:
    """Return copies of a face with these characters only; the face itself where one of its fonts cannot be cut."""
    regular, bold = to.with_suffix(".otf"), to.with_suffix(".bold.otf")
    try:
        slimming.cut(face.path, face.index, characters, regular)
        if face.bold:
            slimming.cut(face.bold, 0, characters, bold)
    except slimming.NotCutError:
        return face
    return Face(str(regular), bold=str(bold) if face.bold else "")


@cache
def _covered(face: Face) -> frozenset[str]:
    """Return the characters that a font has."""
    try:
        with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
            return frozenset(chr(each) for each in font.getBestCmap() or ())
    except Exception:  # noqa: BLE001 - whatever is wrong with a font of the machine, others may do
        return frozenset()


@cache
def _others() -> Sequence[Face]:
    """Return the other fonts of this machine, those first that are liked best."""
    paths = [path for root in SYSTEM if root.is_dir() for path in root.rglob("*") if path.suffix.lower() in _ENDINGS]
    regular = [path for path in paths if not _is_slanted_or_heavy(path.stem)]
    found = [
        Face(str(path)) for path in sorted(regular, key=lambda path: (_rank(path.stem), len(path.stem), path.stem))
    ]
    spec = importlib.util.find_spec(_BUNDLED_CJK)
    if spec is not None and spec.origin is not None:
        found += [Face(str(path)) for path in Path(spec.origin).parent.glob("*.otf")]
    return found


def _rank(stem: str) -> int:
    return next(place for place, name in enumerate(_LIKED) if stem.startswith(name))


def _is_slanted_or_heavy(stem: str) -> bool:
    words = ("bold", "italic", "oblique", "light", "thin", "black", "condensed", "mono", "medium", "narrow", "serif")
    return any(word in stem.lower() for word in words)
