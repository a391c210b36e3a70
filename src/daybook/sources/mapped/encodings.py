"""PURE: in which encoding a CSV file is read, and what a person is told of that. What is UTF-8 is read as UTF-8."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from daybook.kit.translation import gettext
from daybook.sources.mapped.mapping import ENCODINGS

BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""Of UTF-16."""
_PIECE = 1 << 20
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Lines:
    """Those lines of a file that hold more than ASCII."""

    good: int
    """So many are UTF-8."""
    bad: int
    first_bad: int
    """The number of the first one that is not, from 1; 0: there is none."""
    first_bad_bytes: bytes


def of(body: bytes, said: str) -> str:
    """Return the encoding that a file is read in. `said`: of the mapping; it counts where the bytes do not tell."""
    if body.startswith(BYTE_ORDER_MARKS):
        return "utf-16"
    return "utf-8" if said != "utf-8" and b"\x00" not in body and is_utf_8(body) else said


def is_utf_8(body: bytes) -> bool:
    """Tell whether all of a file is UTF-8; text of another encoding with a letter beyond ASCII practically never is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _PIECE):
            decoder.decode(body[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines(body: bytes) -> Lines:
    """Return how many of a file's lines are UTF-8, of those in which it shows."""
    good, bad, first, bare = 0, 0, 0, b""
    for number, line in _beyond_ascii(body):
        if is_utf_8(line):
            good += 1
        else:
            first, bare = (first, bare) if bad else (number, line)
            bad += 1
    return Lines(good, bad, first, bare)


def in_words(body: bytes, said: str) -> tuple[str, bool]:
    """Return how a file is read by a mapping, for a person, "" where it makes no difference; and whether they must look."""
    if body.isascii():
        return "", False
    read_as = of(body, said)
    if read_as == "utf-16" or (read_as == "utf-8" and is_utf_8(body)):
        there = gettext(ENCODINGS[read_as])
        if read_as == said:
            return gettext("It is read as {encoding}.").format(encoding=there), False
        words = gettext("It is read as {encoding}, though the mapping says {said}: it can be nothing else.")
        return words.format(encoding=there, said=gettext(ENCODINGS[said])), False
    number, line = next(_beyond_ascii(body))
    if read_as == "utf-8":
        found = lines(body)
        number, line = found.first_bad, found.first_bad_bytes
        words = gettext(
            "It is read as UTF-8, but {count} of its lines are not that, the first in line {number}, “{line}”. "
            "Orders with such cells are not taken in: save the file in one encoding, or choose another below."
        )
        return words.format(count=found.bad, number=number, line=_shown(line, read_as)), True
    words = gettext(
        "It is read as {encoding}. Its bytes do not say so: look at line {number}, “{line}”. "
        "Where its letters are wrong, choose another encoding below."
    )
    return words.format(encoding=gettext(ENCODINGS[read_as]), number=number, line=_shown(line, read_as)), True


def _shown(line: bytes, read_as: str) -> str:
    return line.decode(read_as, "replace").strip()[:_SHOWN]


def _beyond_ascii(body: bytes) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(io.BytesIO(body), start=1) if not line.isascii())
