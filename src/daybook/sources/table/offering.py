"""PURE: what is shown of a file before its columns are matched: its first rows, and the mapping that is offered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from daybook.sources.mapped import guessing, values
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.problems import NotAnOrderError
from daybook.sources.table import cells, reading, workbook

SHOWN = 8
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The top of a file, as a mapping reads it."""

    headings: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    sheets: Sequence[str] = ()
    is_workbook: bool = False


def offer(body: bytes) -> ColumnMapping:
    """Return the mapping that the file looks like. Raises NotAnOrderError where it is no table at all."""
    if reading.is_workbook(body):
        names = workbook.sheets(body)
        guess = ColumnMapping(sheet=names[0] if names else "")
    else:
        encoding = guessing.encoding(body)
        text = body[: guessing.SAMPLE].decode("utf-16" if encoding == "utf-16" else encoding, errors="replace")
        guess = ColumnMapping(encoding=encoding, delimiter=guessing.delimiter(text.removeprefix("\ufeff")))
    rows = reading.rows_of(body, guess)
    guess = replace(guess, header_row=guessing.header_row(_first(rows)))
    found = reading.headings(rows, guess.header_row)
    guess = replace(guess, columns=guessing.columns(found))
    return replace(guess, **guessing.habits(_by_heading(rows, found, guess.header_row), guess.columns))  # type: ignore[arg-type]


def sample(body: bytes, mapping: ColumnMapping) -> Sample:
    """Return the top of the file, as that mapping reads it. Raises NotAnOrderError."""
    rows = reading.rows_of(body, mapping)
    found = reading.headings(rows, mapping.header_row)
    below = ((number, row) for number, row in rows() if number > mapping.header_row and any(map(str.strip, row)))
    shown = [(number, [shown_as(cell) for cell in row]) for number, row in islice(below, SHOWN)]
    is_book = reading.is_workbook(body)
    return Sample(headings=found, rows=shown, sheets=workbook.sheets(body) if is_book else (), is_workbook=is_book)


def shown_as(cell: str) -> str:
    """Return a cell as a person sees it."""
    if cell[:1] == values.NO_VALUE:
        return "(formula without a value)"
    return cell.lstrip(values.NUMBER + values.MOMENT).encode("utf-8", "replace").decode().replace("\x00", "")


def _first(rows: cells.Rows) -> list[list[str]]:
    """Return the first rows, as far as the file can be read."""
    found: list[list[str]] = []
    try:
        found.extend(row for _, row in islice(rows(), _LOOKED_AT))
    except NotAnOrderError:
        if not found:
            raise
    return found


def _by_heading(rows: cells.Rows, headings: Sequence[str], header_row: int) -> list[dict[str, str]]:
    below = _first(rows)[header_row:]
    return [dict(zip(headings, map(shown_as, row), strict=False)) for row in below]
