"""PURE: a file of rows -> its orders, by the column mapping that a person made.

    bytes -> rows -> where does each order end? (one pass) -> each order as soon as its last row is there (another)

A file whose form is broken is refused whole, before anything of it is taken: a row that is shifted or has no order may
be a line of any other order. A cell that cannot be read refuses its own order only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from daybook.sources.canonical.parts import MOST_LINES
from daybook.sources.canonical.wording import MOST_PROBLEMS
from daybook.sources.mapped import pieces, values
from daybook.sources.mapped.building import Part, Record
from daybook.sources.mapped.fields import FIELDS, OF_LINES, Kind
from daybook.sources.mapped.mapping import ColumnMapping, mapping_of
from daybook.sources.mapped.pieces import HeldCell
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Held, Placed, Refusal
from daybook.sources.table import cells, inner_lines, within, workbook
from daybook.sources.table.cells import MOST_ROWS, Row, Rows

_HEADINGS_SHOWN = 30
_MOST_BELOW = 10


def read_file(name: str, body: bytes, settings: Mapping[str, Any]) -> Held:
    """Return the orders of a CSV or XLSX file. Raises NotAnOrderError at once where nothing of it can be believed."""
    del name  # what it is, its first bytes say
    mapping = mapping_of(settings)
    return read(rows_of(body, mapping), mapping, is_padded=is_workbook(body))


def is_workbook(body: bytes) -> bool:
    """Tell by its first bytes whether a file is a workbook, or would be one of the old form."""
    return body.startswith((workbook.SIGNATURE, workbook.OLD_SIGNATURE))


def rows_of(body: bytes, mapping: ColumnMapping) -> Rows:
    """Return the file's rows, be it a workbook or CSV."""
    if is_workbook(body):
        return workbook.of_workbook(body, sheet=mapping.sheet)
    return cells.of_csv(body, encoding=mapping.encoding, delimiter=mapping.delimiter)


def headings(rows: Rows, header_row: int) -> list[str]:
    """Return what the columns are called: by their headings, by letters where there are none; each name once."""
    if header_row == 0:
        widest = max((len(row) for _, row in islice(rows(), 20)), default=0)
        return [letters(at) for at in range(widest)]
    row = next((row for number, row in rows() if number == header_row), [])
    while row and not row[-1].strip():
        row = row[:-1]
    found: list[str] = []
    for at, cell in enumerate(row):
        name = values.text(cell)[:200].strip() or letters(at)
        twin = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({twin + 1})" if name in found else name)
    return found


def letters(at: int) -> str:
    """Return what a spreadsheet program calls a column, counted from 0: A, Z, AA."""
    name = ""
    while at >= 0:
        at, rest = divmod(at, 26)
        name, at = chr(ord("A") + rest) + name, at - 1
    return name


@dataclass(slots=True)
class _Span:
    """Where an order stands."""

    first: int
    last: int
    count: int = 1


def read(rows: Rows, mapping: ColumnMapping, *, is_padded: bool = False) -> Held:
    """Return each order, in the order of their last rows. Raises NotAnOrderError at once.

    `is_padded`: a row may be short, because its last cells are empty.
    """
    found = headings(rows, mapping.header_row)
    inner = inner_lines.fields(mapping)
    is_asked_within = any(mapping.columns[name] not in found for name in inner)
    outer = {name: column for name, column in mapping.columns.items() if name not in inner or column in found}
    asked = [*outer.values(), *filter(None, (mapping.lines_where, mapping.lines_in if is_asked_within else ""))]
    if missing := [column for column in asked if column not in found]:
        raise NotAnOrderError(tuple(_no_column(column, found, mapping) for column in missing))
    places = {name: found.index(column) for name, column in outer.items()}
    held_in = inner_lines.columns(found, mapping.lines_in) if inner else []
    table = _Table(rows, found, places, mapping, is_padded, inner, held_in)
    spans = table.spans()
    return Held(table.orders(spans), len(spans))


@dataclass
class _Table:
    rows: Rows
    headings: Sequence[str]
    places: Mapping[str, int]
    mapping: ColumnMapping
    is_padded: bool
    inner: Mapping[str, str]
    """Fields of a line that are read from a name within a cell, where the row has no cell of their own."""
    held_in: Sequence[int]
    """Where the cells stand that hold lines."""
    below: int = MOST_ROWS + 1
    """Where what stands below the table begins."""

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return len(self.headings)

    def keyed(self) -> Iterator[tuple[str, Row]]:
        """Yield the rows that hold something, each with its order's id: what the cell shows, or that of the row above."""
        at, above, is_first = self.places["id"], "", self.mapping.header_row > 0
        for number, row in self.rows():
            if number >= self.below:
                return
            if number <= self.mapping.header_row or not any(map(str.strip, row)):
                continue
            if is_first and self._explains(row):
                continue
            is_first = False
            cell = row[at] if at < len(row) else ""
            key = cell[1:] if cell[:1] in (values.NUMBER, values.MOMENT) else values.text(cell)
            if not key and self.mapping.fill_down:
                key = above
            above = key
            yield key, (number, row)

    def _explains(self, row: Sequence[str]) -> bool:
        """Tell whether a row below the headings says in words what the columns are: nothing in it is a number or a day."""
        counted = [row[at] for at in self.counted if at < len(row) and row[at].strip()]
        return len(counted) > 1 and not any(map(str.isdecimal, "".join(row)))

    @cached_property
    def counted(self) -> list[int]:
        """Return where numbers and days stand."""
        return [at for name, at in self.places.items() if FIELDS[name].kind in (Kind.NUMBER, Kind.MOMENT)]

    def spans(self) -> dict[str, _Span]:
        """Return where each order stands. Raises NotAnOrderError where the file's form is broken."""
        if not self.is_padded:
            self.below = _below(self.rows(), self.mapping.header_row, self.width)
        spans: dict[str, _Span] = {}
        wrong: list[Problem] = []
        for key, (number, row) in self.keyed():
            if problem := self._form(key, number, row):
                wrong.append(problem)
                if len(wrong) >= MOST_PROBLEMS:
                    break
            elif span := spans.get(key):
                span.last, span.count = number, span.count + 1
            else:
                spans[key] = _Span(number, number)
        if wrong:
            raise NotAnOrderError(tuple(wrong))
        if not spans:
            words = "The file holds no orders." if self.width else "The file is empty."
            raise NotAnOrderError((Problem("the file", words, "Send it with a row for each order, or each line."),))
        return spans

    def _form(self, key: str, number: int, row: Sequence[str]) -> Problem | None:
        """Return why a row could be a line of any order, or None."""
        place, column = f"row {number}", self.mapping.columns["id"]
        if len(row) > self.width and any(map(str.strip, row[self.width :])):
            words = f"The row has {len(row)} cells, and there are {self.width} columns. Nothing was taken."
            return Problem(place, words, "Look for a separator or a quotation mark inside a cell of this row.")
        if len(row) < self.width and not self.is_padded:
            words = f"The row has {len(row)} cells, and there are {self.width} columns. Nothing was taken."
            return Problem(place, words, "Look for a line break inside a cell, or a missing separator.")
        if not key:
            words = "The row belongs to no order: its id is empty. Nothing was taken."
            cure = "Fill it in, or delete the row (a line of totals?), or say in the mapping that it belongs to the order above."
            return Problem(f"{place}, column “{column}”", words, cure)
        if cells.is_unreadable(key):
            words = "The order's id holds bytes that are not of the file's encoding. Nothing was taken."
            return Problem(f"{place}, column “{column}”", words, "Choose the file's encoding in the mapping.")
        if workbook.is_cut_off(row[self.places["id"]]):
            words = "The order's id is a number of more than 15 digits: the spreadsheet program has lost the last ones."
            return Problem(f"{place}, column “{column}”", words, "Format the column as text before the ids come in.")
        return None

    def orders(self, spans: Mapping[str, _Span]) -> Iterator[Placed]:
        """Yield each order when its last row has been read."""
        open_rows: dict[str, list[Row]] = {}
        for key, (number, row) in self.keyed():
            span = spans[key]
            if span.count > MOST_LINES or (span.count > 1 and not self.mapping.several_rows):
                if number == span.last:
                    yield self._too_many(span)
                continue
            open_rows.setdefault(key, []).append((number, row))
            if number == span.last:
                yield self._order(key, open_rows.pop(key))

    def _order(self, key: str, rows: Sequence[Row]) -> Placed:
        first, last = rows[0][0], rows[-1][0]
        place = f"row {first}" if first == last else f"rows {first} to {last}"
        parts = [Part(f"row {number}", self._cells(row)) for number, row in rows]
        parts[0] = Part(parts[0].place, {**parts[0].cells, "id": key})
        later = [
            Part(each.place, {name: cell for name, cell in each.cells.items() if name != "id"}) for each in parts[1:]
        ]
        own = [part for part, (_, row) in zip(parts, rows, strict=True) if self._is_line(part, row)]
        held = [cell for part, (_, row) in zip(parts, rows, strict=True) for cell in self._held(part, row)]
        if wrong := list(islice(within.doubts(held, self.inner), MOST_PROBLEMS)):
            return Placed(place, within.refusal(Record([parts[0], *later], own), wrong, held))
        record = Record([parts[0], *later], [*own, *within.lines(held, self.inner)])
        if wrong := list(islice(self._unreadable(rows), MOST_PROBLEMS)):
            return Placed(place, pieces.refusal(record, wrong))
        return Placed(place, pieces.build(record, self.mapping))

    def _held(self, part: Part, row: Sequence[str]) -> Iterator[HeldCell]:
        """Yield the cells of a row in which lines stand."""
        if not self._has_lines_within(part):
            return
        said = {name: cell for name, cell in part.cells.items() if name in OF_LINES}
        for at in self.held_in:
            if at < len(row) and row[at].strip():
                yield HeldCell(part.place, self.headings[at], row[at], said)

    def _has_lines_within(self, part: Part) -> bool:
        """Tell whether the row's lines stand within cells: a column of its own that says the same of a line comes first."""
        return bool(self.held_in) and self.inner.keys().isdisjoint(part.cells)

    def _is_line(self, part: Part, row: Sequence[str]) -> bool:
        """Tell whether the row itself is a line."""
        if self._has_lines_within(part) or OF_LINES.isdisjoint(part.cells):
            return False
        if not self.mapping.lines_where:
            return True
        at = self.headings.index(self.mapping.lines_where)
        return at < len(row) and bool(row[at].strip())

    def _cells(self, row: Sequence[str]) -> dict[str, str]:
        return {name: row[at] for name, at in self.places.items() if at < len(row) and row[at].strip()}

    def _unreadable(self, rows: Iterable[Row]) -> Iterator[Problem]:
        for number, row in rows:
            if not cells.is_unreadable("".join(row)):
                continue
            for at in (*self.places.values(), *self.held_in):
                if at < len(row) and cells.is_unreadable(row[at]):
                    where = f"row {number}, column “{self.headings[at]}”"
                    words = f"The cell holds bytes that are not {self.mapping.encoding} text."
                    yield Problem(
                        where, words, "Save the file in one encoding (UTF-8), or choose another in the mapping."
                    )

    def _too_many(self, span: _Span) -> Placed:
        place = f"rows {span.first} to {span.last}"
        if span.count > MOST_LINES:
            words = f"The order has {span.count:,} rows; at most {MOST_LINES:,} are one order."
            return Placed(place, Refusal((Problem(place, words, "Check the column chosen for the order's id."),)))
        words = f"{span.count} rows have the same order id, and the mapping says that each row is an order of its own."
        cure = "Delete the wrong one, or say in the mapping that rows which share an id are one order's lines."
        return Placed(place, Refusal((Problem(place, words, cure),)))


def _below(rows: Iterable[Row], header_row: int, width: int) -> int:
    """Return where the words that some exports write below their table begin: "2 record(s) downloaded".

    Behind an empty row a few follow of at most half the columns: a file that broke off in a row has none before it. Where
    empty rows part orders, such a row may be one that broke off.
    """
    begun, count, is_after_empty, is_within = 0, 0, False, False
    for number, row in rows:
        if number <= header_row:
            continue
        if not any(map(str.strip, row)):
            is_after_empty = True
        elif len(row) * 2 > width:
            if is_within and is_after_empty:
                return MOST_ROWS + 1
            begun, count, is_after_empty, is_within = 0, 0, False, True
        elif is_after_empty:
            begun, count = begun or number, count + 1
    return begun if 0 < count <= _MOST_BELOW else MOST_ROWS + 1


def _no_column(column: str, found: Sequence[str], mapping: ColumnMapping) -> Problem:
    there = ", ".join(found[:_HEADINGS_SHOWN])[:500] or "none"
    where = f"row {mapping.header_row}" if mapping.header_row else "the file"
    cure = f"Call the column so again, or match it anew. The columns there are: {there}."
    return Problem(where, f"The mapping reads the column “{column}”, which is not there. Nothing was taken.", cure)
