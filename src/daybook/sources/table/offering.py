"""PURE: what is shown of a file before its columns are matched: its first rows, and the mapping that is offered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from daybook.sources.mapped import encodings, guessing, values
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.mapped.matching import Matching, Sample, Top
from daybook.sources.problems import NotAnOrderError
from daybook.sources.table import cells, inner_lines, reading, workbook

SHOWN = 8
_LOOKED_AT = 200


_HABITS = ("decimal", "dates", "rates", "header_row", "several_rows", "fill_down", "lines_where", "lines_in")


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
    below = _by_heading(rows, found, guess.header_row)
    guess = replace(guess, columns=guessing.columns(found, below))
    guess = replace(guess, **guessing.habits(below, guess.columns))  # type: ignore[arg-type]
    return _with_inner_lines(guess, found, below)


def _with_inner_lines(
    guess: ColumnMapping, headings: Sequence[str], rows: Sequence[Mapping[str, str]]
) -> ColumnMapping:
    """Return the guess with the column in whose cells all lines stand, where no column says how many of anything."""
    if "lines.quantity" in guess.columns:
        return guess
    column, names = inner_lines.guess(headings, rows)
    outer = {name: each for name, each in guess.columns.items() if not FIELDS[name].is_of_line}
    inner = guessing.columns([inner_lines.named(column, name) for name in names], of="line")
    return replace(guess, columns={**outer, **inner}, lines_in=column) if column else guess


def sample(body: bytes, mapping: ColumnMapping) -> Sample:
    """Return the top of the file, as that mapping reads it; columns of the mapping that are missing are named so."""
    rows = reading.rows_of(body, mapping)
    found = reading.headings(rows, mapping.header_row)
    below = ((number, row) for number, row in rows() if number > mapping.header_row and any(map(str.strip, row)))
    shown = [(number, [shown_as(cell) for cell in row]) for number, row in islice(below, SHOWN)]
    inner = _inner_names(rows, found, mapping)
    missing = sorted(set(mapping.columns.values()) - {*found, *inner})
    named = [*((each, each) for each in found), *((each, f"{each} (not in this file)") for each in missing)]
    read_as, is_doubtful = ("", False) if reading.is_workbook(body) else encodings.in_words(body, mapping.encoding)
    of_line = [*((each, each) for each in inner), *named]
    return Sample(of_order=named, of_line=of_line, headings=found, rows=shown, read_as=read_as, is_doubtful=is_doubtful)


def _inner_names(rows: cells.Rows, headings: Sequence[str], mapping: ColumnMapping) -> list[str]:
    """Return what a person may choose of the lines that stand in one cell."""
    places = inner_lines.columns(headings, mapping.lines_in)
    held = [row[at].strip() for row in _first(rows)[mapping.header_row :] for at in places if at < len(row)]
    names = inner_lines.names_of(mapping.lines_in, [cell for cell in held if cell]) if places else []
    return [inner_lines.named(mapping.lines_in, name) for name in names]


def habits(body: bytes) -> Sequence[str]:
    """Return what a person is asked of: a workbook has no encoding, and text no sheets."""
    return (*_HABITS, "sheet") if reading.is_workbook(body) else (*_HABITS, "encoding", "delimiter")


def top(body: bytes, mapping: ColumnMapping, most: int) -> Top:
    """Return the orders of the first rows."""
    rows, is_cut = reading.rows_of(body, mapping), [False]

    def first() -> Iterator[cells.Row]:
        for number, row in rows():
            if number > most:
                is_cut[0] = True
                return
            yield number, row

    held = reading.read(first, mapping, is_padded=reading.is_workbook(body))
    return Top(held=held, is_cut=lambda: is_cut[0])


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
    below = (row for row in _first(rows)[header_row:] if any(map(str.strip, row)))
    return [dict(zip(headings, map(shown_as, row), strict=False)) for row in below]


MATCHING = Matching(offer=offer, sample=sample, habits=habits, top=top)
