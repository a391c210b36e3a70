"""PURE: the rows of an opened sheet, as openpyxl gives them and in a quarter of its time.

defusedxml parses in Python alone. A part that declares no document type in plain bytes is read by expat instead: there are
no entities without one. All else, and each cell of a seldom kind, is left to openpyxl.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._reader import ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from daybook.sources.table.cells import MOST_COLUMNS

_MEGABYTE = 1024 * 1024
_TEXT = f"{{{SHEET_MAIN_NS}}}t"
_INLINE = f"{{{SHEET_MAIN_NS}}}is"
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)""")
_PLAIN = {b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1"}
_LONGEST_DECLARATION = 300

Values = Sequence[Any]


def of(sheet: Any) -> Iterator[Values]:
    """Yield the values of each row from the first, () where one is missing; of MOST_COLUMNS and one more at most."""
    if not _is_plain(sheet):
        yield from sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
        return
    next_row = 1
    for number, cells in _parsed(sheet):
        if number < next_row:
            raise ValueError(f"row {number} stands behind row {next_row - 1}")  # left out, its line would be lost
        yield from (() for _ in range(next_row, number))
        yield cells
        next_row = number + 1


def _is_plain(sheet: Any) -> bool:
    """Tell whether the sheet's part declares neither a document type nor an encoding in which one could hide."""
    before = b""
    with sheet._get_source() as file:  # noqa: SLF001  # openpyxl says of no sheet where its part stands
        while piece := file.read(_MEGABYTE):
            if not before and not _is_ascii_alike(piece):
                return False
            both = before + piece
            if b"<!" in both or b"\0" in both:
                return False
            before = piece[-1:]
    return True


def _is_ascii_alike(first: bytes) -> bool:
    head = first[:_LONGEST_DECLARATION].removeprefix(b"\xef\xbb\xbf")
    said = _ENCODING.match(head)
    is_whole = not head.startswith(b"<?xml") or b"?>" in head  # of a longer one the encoding may stand behind its end
    return head[:1] == b"<" and is_whole and (said is None or said[1].lower() in _PLAIN)


def _parsed(sheet: Any) -> Iterator[tuple[int, Values]]:
    book = sheet.parent
    with sheet._get_source() as source:  # noqa: SLF001
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,  # noqa: SLF001
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for _, element in iterparse(source):  # noqa: S314  # `_is_plain`
            if element.tag == ROW_TAG:
                yield _row(parser, element)
                element.clear()


def _row(parser: Any, row: Element) -> tuple[int, Values]:
    number = row.get("r")
    parser.row_counter = int(float(number)) if number else parser.row_counter + 1
    parser.col_counter = 0
    cells: list[Any] = []
    for element in row:
        place = element.get("r")
        column = parser.col_counter + 1 if place is None else _column(place.rstrip("0123456789"))
        parser.col_counter = column
        if column > MOST_COLUMNS + 1:
            continue
        if column > len(cells):
            cells.extend([None] * (column - len(cells)))
        cells[column - 1] = _value(parser, element)
    return parser.row_counter, cells


def _value(parser: Any, element: Element) -> Any:
    """Return what a cell holds: most are a shared text, a text of their own, or a bare number."""
    kind = element.get("t", "n")
    if kind == "s" and parser.data_only:
        at = element.findtext(VALUE_TAG)
        return parser.shared_strings[int(at)] if at else None
    inline = element.find(_INLINE) if kind == "inlineStr" else None
    if inline is not None and len(inline) == 1 and inline[0].tag == _TEXT:
        return inline[0].text
    return parser.parse_cell(element)["value"]


@cache
def _column(letters: str) -> int:
    return int(column_index_from_string(letters))
