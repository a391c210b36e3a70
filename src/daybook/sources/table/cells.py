"""PURE: the rows of a CSV file, and what is wrong with its form. Nothing of a file is believed whose form is broken."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from daybook.sources.mapped import encodings
from daybook.sources.problems import NotAnOrderError, Problem

Row = tuple[int, list[str]]
"""Its number as a spreadsheet program counts, from 1, and its cells."""
Rows = Callable[[], Iterator[Row]]
"""Each call begins anew. Raises NotAnOrderError at a row whose form is broken."""

MOST_ROWS = 500_000
MOST_COLUMNS = 500
LONGEST_CELL = 131_072
"""What Python's csv takes; longer is a quote that was opened and never closed."""
_UNREADABLE = re.compile(r"[\x00\udc80-\udcff]")


def of_csv(body: bytes, *, encoding: str, delimiter: str) -> Rows:
    """Return the rows of a CSV file. Bytes that are not of the encoding stand as lone surrogates in their cells.

    `encoding`: as the mapping says; what is UTF-8, or says that it is UTF-16, is read so.
    """
    encoding = encodings.of(body, encoding)

    def rows() -> Iterator[Row]:
        number = 1
        reader = csv.reader(_text(body, encoding), delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                if number > MOST_ROWS:
                    raise _broken(f"more than {MOST_ROWS:,} rows", "Split the file and send the parts.")
                if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                    raise _wide(number, len(cells))
                yield number, cells[:MOST_COLUMNS]
        except csv.Error as error:
            raise _torn(number + 1 if reader.line_num > 1 else 1, str(error)) from error
        except UnicodeError as error:
            raise _broken(f"not {encoding} text", "Choose the file's encoding in the mapping.") from error

    return rows


def is_unreadable(cell: str) -> bool:
    """Tell whether a cell holds bytes that are not of the file's encoding, or a NUL character."""
    return _UNREADABLE.search(cell) is not None


def _text(body: bytes, encoding: str) -> io.TextIOWrapper:
    is_16 = encoding == "utf-16"
    if is_16 and not body.startswith(encodings.BYTE_ORDER_MARKS):
        encoding = "utf-16-le"
    chosen = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(
        io.BytesIO(body), encoding=chosen, errors="strict" if is_16 else "surrogateescape", newline=""
    )


def _torn(row: int, words: str) -> NotAnOrderError:
    """Return the refusal of a file whose quotes went wrong: all that follows could be shifted."""
    if "field larger" in words:
        words = "a quotation mark is opened there, or before, and never closed"
    cure = (
        "Look for a quotation mark inside a cell of that row or the rows before: it must stand twice. Then send anew."
    )
    return NotAnOrderError((Problem(f"row {row}", f"From here the file is no CSV: {words}. Nothing was taken.", cure),))


def _wide(row: int, count: int) -> NotAnOrderError:
    words = f"The row has {count:,} columns; at most {MOST_COLUMNS} are read. Nothing was taken."
    return NotAnOrderError((Problem(f"row {row}", words, "Check the file, and the mapping's separator."),))


def _broken(words: str, cure: str) -> NotAnOrderError:
    return NotAnOrderError((Problem("the file", f"This is {words}. Nothing was taken.", cure),))
