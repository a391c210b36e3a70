"""Small copies of large fonts: with the characters that this process has printed, so that a PDF need not go through 16 MB.

Cutting a font down costs as much as printing one PDF with all of it did. So a copy is made where a text has a character that
none has had yet, and serves all texts whose characters are known: of a language with thousands, soon nearly all.
"""

import threading
from pathlib import Path

from fontTools import subset

LARGE = 4 * 1024 * 1024
"""Bytes of a font that is worth it."""
MOST = 600
"""Characters in a copy: with more, making one costs more than it spares. Then it is begun anew."""
_KEPT = 8
"""Copies of one font that may still be read by other threads."""


class Slim:
    """The copies of one font file. For any thread."""

    def __init__(self, path: str, index: int, folder: Path) -> None:
        self._path, self._index, self._folder = path, index, folder
        self._lock = threading.Lock()
        self._has: frozenset[str] = frozenset()
        self._made: list[Path] = []

    def with_all(self, characters: frozenset[str]) -> str:
        """Return the path of a copy that has these characters, all of which the font has."""
        with self._lock:
            if not self._made or not characters <= self._has:
                both = self._has | characters
                self._has = both if len(both) <= MOST else characters
                self._made.append(self._cut())
                for old in self._made[:-_KEPT]:
                    old.unlink(missing_ok=True)
                self._made = self._made[-_KEPT:]
            return str(self._made[-1])

    def _cut(self) -> Path:
        options = subset.Options(notdef_outline=True, recommended_glyphs=True, font_number=self._index)
        with subset.load_font(self._path, options) as font:
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=[ord(each) for each in self._has])
            cutter.subset(font)
            number = int(self._made[-1].stem.rpartition("-")[2]) + 1 if self._made else 1
            path = self._folder / f"{Path(self._path).stem}-{self._index}-{number}.otf"
            font.save(path)
        return path
