"""Lists as files for a spreadsheet: CSV, written while it is read, and XLSX. No text in them is taken for a formula."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile
from typing import cast

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, gettext, override

from daybook.kit.cells import harmless

Value = str | Decimal | date | datetime | None
Row = Sequence[Value]
MOST = {"csv": 100_000, "xlsx": 20_000}
"""By form: rows in a file; a workbook is written as a whole before any of it is sent."""
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LONGEST = 32_767
"""Characters that a cell of a workbook may have."""


def headings(*called: str) -> tuple[str, ...]:
    """Return the headings of columns as they are, to be said in the language of who asks for the file."""
    return called


def answer(form: str, name: str, head: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """Return the rows as a file of that form (a key of `MOST`) and name, to be kept by nobody on the way."""
    response = _WRITERS[form]([gettext(each) for each in head], _said_in(get_language() or "", rows))
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)  # the guards take any answer; only its type says otherwise


def _said_in(language: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, each asked for in this language: a file is written after its page's language is let go."""
    them = iter(rows)
    while True:
        with override(language):
            row = next(them, None)
        if row is None:
            return
        yield row


class Echo:
    """What the CSV writer writes to: hands each row on."""

    def write(self, row: str) -> str:
        """Return the row."""
        return row


def _csv(head: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines(head, rows), content_type=TYPES["csv"])


def _lines(head: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([_as_text(value) for value in row])


def _as_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
    return harmless(value)


def _xlsx(head: Sequence[str], rows: Iterable[Row]) -> FileResponse:
    from openpyxl import Workbook  # noqa: PLC0415  # takes its time, and most processes write no workbook
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Daybook")

    def cell(value: Value) -> object:
        """Text is said to be text: its first character makes it no formula."""
        if not isinstance(value, str):
            return value.replace(tzinfo=None) if isinstance(value, datetime) else value
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST])
        made.data_type = "s"
        return made

    for row in chain([head], rows):
        sheet.append([cell(value) for value in row])
    kept = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(kept)
    kept.seek(0)
    return FileResponse(kept, content_type=TYPES["xlsx"])


_WRITERS: Mapping[str, Callable[[Sequence[str], Iterable[Row]], StreamingHttpResponse]] = {"csv": _csv, "xlsx": _xlsx}
