"""PURE: the rows of an XLSX workbook, bounded before a byte of it is unpacked.

A workbook is a ZIP archive of XML: what it would become is asked of its directory first, and XML with entities is
refused (openpyxl takes defusedxml where it is installed; `sheet_rows.py` reads what declares none). Numbers and moments are marked (`mapped/values.py`).
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from daybook.kit.money import plain
from daybook.sources.mapped.values import MOMENT, NO_VALUE, NUMBER
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.table import packing
from daybook.sources.table.cells import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, Rows

SIGNATURE = b"PK\x03\x04"
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"
_MEGABYTE = 1024 * 1024
_LARGEST_SHEET = 300 * _MEGABYTE
_LARGEST_TEXTS = 48 * _MEGABYTE
"""Of the texts that cells share: all of them are in memory at once."""
_LARGEST_OTHER = 16 * _MEGABYTE
_MOST_TIMES = 100
_MOST_PARTS = 2_000
_SHEETS = "xl/worksheets/"
_EXACT_INTEGERS = 10**15
"""Of more digits than 15 a spreadsheet program keeps no more than that: the last ones of an id are gone."""
_EMPTY_ROWS = 10_000
"""After so many in a row nothing follows: some programs give every row of the sheet a style."""


def sheets(body: bytes) -> list[str]:
    """Return the names of a workbook's sheets. Raises NotAnOrderError."""
    book = _opened(body, values=True)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def of_workbook(body: bytes, *, sheet: str = "") -> Rows:
    """Return the rows of one of its sheets, of the first one where none is named. Raises NotAnOrderError."""
    has_formulas = _check_size(body)

    def parsed() -> Iterator[Row]:
        book = _opened(body, values=True)
        formulas = _opened(body, values=False) if has_formulas else None
        try:
            yield from _rows(_sheet(book, sheet), _sheet(formulas, sheet) if formulas else None)
        except NotAnOrderError:
            raise
        except Exception as error:  # whatever a broken part makes openpyxl stumble over
            raise _broken(f"cannot be read as a workbook ({type(error).__name__})") from error
        finally:
            book.close()
            if formulas is not None:
                formulas.close()

    return packing.once(parsed)


def _rows(sheet: Any, formulas: Any) -> Iterator[Row]:
    """Yield the rows; where there are formulas, beside what each of them is."""
    from daybook.sources.table import sheet_rows  # noqa: PLC0415  # brings openpyxl

    beside = sheet_rows.of(formulas) if formulas is not None else None
    empty = 0
    for number, cells in enumerate(sheet_rows.of(sheet), start=1):
        if number > MOST_ROWS:
            raise _broken(f"has more than {MOST_ROWS:,} rows: split it and send the parts")
        written = next(beside, ()) if beside is not None else ()
        found = [_cell(cell, written[at] if at < len(written) else None) for at, cell in enumerate(cells)]
        while found and not found[-1]:
            found.pop()
        if len(found) > MOST_COLUMNS:
            raise _broken(f"has more than {MOST_COLUMNS} columns in row {number}")
        empty = 0 if found else empty + 1
        if empty > _EMPTY_ROWS:
            return
        yield number, found


def _cell(value: Any, written: Any) -> str:
    """Return a cell as text, with its mark where it is a number or a moment. `written`: where it may be a formula."""
    if value is None:
        return NO_VALUE if isinstance(written, str) and written.startswith("=") else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{NUMBER}{_number(value)}"
    if isinstance(value, datetime):
        whole = value.replace(microsecond=0) + timedelta(seconds=round(value.microsecond / 1_000_000))
        return f"{MOMENT}{whole.date().isoformat() if whole.time() == time.min else whole.isoformat()}"
    if isinstance(value, date):
        return f"{MOMENT}{value.isoformat()}"
    if len(text := str(value)) > LONGEST_CELL:
        raise _broken(f"has a cell of {len(text):,} characters")
    return text.strip(NUMBER + MOMENT + NO_VALUE)


def _number(value: float) -> str:
    """Return a number as it was typed: a workbook holds it as a binary fraction, of which people typed 15 digits."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    return plain(exact)


def is_cut_off(cell: str) -> bool:
    """Tell whether a workbook's number has so many digits that its last ones are lost."""
    return cell[:1] == NUMBER and cell[1:].lstrip("-").isdigit() and int(cell[1:].lstrip("-")) >= _EXACT_INTEGERS


def _opened(body: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415  # takes its time, and most processes read no workbook

    try:
        return load_workbook(io.BytesIO(body), read_only=True, data_only=values, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parts raise: KeyError, ValueError, defusedxml's own
        raise _broken(f"cannot be read as a workbook ({type(error).__name__})") from error


def _sheet(book: Any, name: str) -> Any:
    if name and name not in book.sheetnames:
        cure = f"Name it so again, or choose one of {', '.join(book.sheetnames)[:200]} in the mapping."
        raise NotAnOrderError((Problem("the file", f"The workbook has no sheet “{name[:60]}”.", cure),))
    sheet = book[name] if name else book.worksheets[0] if book.worksheets else None
    if sheet is None:
        raise _broken("holds no sheet")
    sheet.reset_dimensions()  # what the file says of its size may be wrong, or a bomb
    return sheet


def _check_size(body: bytes) -> bool:
    """Refuse what would unpack beyond reason; tell whether any sheet holds formulas. Raises NotAnOrderError."""
    if body.startswith(OLD_SIGNATURE):
        cure = "Save it as .xlsx without a password, or as CSV UTF-8."
        words = "This is a workbook of the old form (.xls), or one with a password."
        raise NotAnOrderError((Problem("the file", words, cure),))
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            return any(_holds_formulas(archive, each) for each in parts if each.filename.startswith(_SHEETS))
    except NotAnOrderError:
        raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _broken("is no whole workbook") from error
    except Exception as error:  # zlib and its like, by whatever name
        raise _broken(f"cannot be unpacked ({type(error).__name__})") from error


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    sheets = sum(each.file_size for each in parts if each.filename.startswith(_SHEETS))
    is_beyond = any(each.file_size > _largest(each.filename) or _is_blown_up(each) for each in parts)
    if len(parts) > _MOST_PARTS or is_beyond or sheets > _LARGEST_SHEET:
        raise _broken("would unpack to more than Daybook reads")


def _is_blown_up(part: zipfile.ZipInfo) -> bool:
    """Tell whether a part unpacks to far more than rows of orders do: those come to some 20 times, one letter to 1,000."""
    return part.file_size > _LARGEST_OTHER and part.file_size > _MOST_TIMES * max(part.compress_size, 1)


def _largest(name: str) -> int:
    if name.startswith(_SHEETS):
        return _LARGEST_SHEET
    if name.startswith("xl/media/"):
        return _LARGEST_SHEET  # never read
    return _LARGEST_TEXTS if name == "xl/sharedStrings.xml" else _LARGEST_OTHER


def _holds_formulas(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    before = b""
    with archive.open(part) as file:
        while piece := file.read(_MEGABYTE):
            both = before + piece
            if b"<f>" in both or b"<f " in both:
                return True
            before = piece[-4:]
    return False


def _broken(words: str) -> NotAnOrderError:
    cure = "Open it in your spreadsheet program and save it as .xlsx or as CSV UTF-8."
    return NotAnOrderError((Problem("the file", f"The workbook {words}. Nothing was taken.", cure),))
