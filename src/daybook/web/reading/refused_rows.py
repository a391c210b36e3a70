"""Rows of a file that were refused: their cells as a person corrects them, and those of a whole file as a file."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from daybook.feeds.incoming import FilePiece, IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import replaying
from daybook.intake.deliveries import Door
from daybook.kit.translation import gettext, gettext_noop, retold
from daybook.orders.models import Delivery
from daybook.sources.mapped import pieces, values
from daybook.sources.mapped.fields import FIELDS, OF_LINES
from daybook.sources.mapped.mapping import SETTING, ColumnMapping
from daybook.sources.mapped.pieces import HeldCell, Kept
from daybook.sources.table import reading as tables
from daybook.sources.table.cells import MOST_COLUMNS
from daybook.web import words

MOST = 50_000
"""Orders in one download."""
WHY = gettext_noop("Not taken in because")
"""The heading of the column that says so; a feed reads past it."""
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,]+$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell on the page."""

    input: str
    label: str
    column: str
    text: str
    is_wrong: bool
    is_long: bool = False
    """It may hold several lines of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Cells that stand together."""

    title: str
    place: str
    cells: tuple[Cell, ...]


def open_of(file: IncomingFile) -> QuerySet[Delivery]:
    """Return what of the file is refused still, in its order."""
    mine = Delivery.objects.filter(company_id=file.company_id, result=Delivery.Result.REFUSED, settled_at=None)
    return mine.filter(request=file.public_id).order_by("position", "id")


def file_of(delivery: Delivery) -> IncomingFile | None:
    """Return the file that a delivery came in."""
    if delivery.door != Door.FILE:
        return None
    return IncomingFile.objects.filter(company_id=delivery.company_id, public_id=delivery.request).first()


def has_bytes(file: IncomingFile) -> bool:
    """Tell whether the file itself is kept still."""
    return FilePiece.objects.filter(company_id=file.company_id, file=file).exists()


def parts_of(delivery: Delivery, typed: Mapping[str, str] | None = None) -> list[Part]:
    """Return the cells of a refused row, empty ones too; none where it is no row of matched columns. `typed`: instead."""
    mapping = _mapping(delivery.feed)
    kept = _kept(delivery) if mapping is not None else None
    if mapping is None or kept is None:
        return []
    wrong = " ".join(each["field"] for each in delivery.problems or [])
    parts = []
    for which, at, (place, cells) in _each(kept):
        matched = mapping.order_fields if which == "orders" else mapping.line_fields
        fields = [name for name in FIELDS if name in matched]
        shown = fields if at == 0 or which == "lines" else [name for name in fields if name in cells]
        title = gettext("Line {number}").format(number=at + 1) if which == "lines" else gettext("The order")
        parts.append(
            Part(
                title=title,
                place=place,
                cells=tuple(_cell(which, at, name, place, cells, mapping, wrong) for name in shown),
            )
        )
    parts += [_held(at, each, wrong) for at, each in enumerate(kept.held)]
    if typed is None:
        return parts
    return [
        Part(title=part.title, place=part.place, cells=tuple(_typed(each, typed) for each in part.cells))
        for part in parts
    ]


def corrected(delivery: Delivery, posted: Mapping[str, str]) -> bytes | None:
    """Return what a person made of the row; None: nothing was changed. What was left as it was shown stays as it came."""
    kept = _kept(delivery)
    if kept is None:
        return None
    typed = {}
    for which, at, (_, cells) in _each(kept):
        for name in FIELDS:
            text = posted.get(_input(which, at, name))
            if text is not None and text != _shown(cells.get(name, "")):
                typed[(which, at, name)] = text.replace("\0", "")
    for at, each in enumerate(kept.held):
        text = posted.get(_input("held", at, ""))
        if text is not None and _lined(text) != _lined(each.cell):
            typed[("held", at, "")] = _lined(text).replace("\0", "")
    return pieces.corrected(kept, typed) if typed else None


def as_file(file: IncomingFile) -> tuple[str, bytes]:
    """Return name and bytes of a file with what was not taken in: the feed reads it as it read the first one."""
    stem = file.name.rpartition(".")[0] or file.name
    mapping = _mapping(file.feed)
    rows = list(open_of(file)[:MOST])
    if mapping is None or file.feed.row.matching is None or file.feed.row.matching.has_paths or not _columns(mapping):
        lines = [replaying.piece_of(each).replace(b"\n", b" ").replace(b"\r", b" ") for each in rows]
        return f"{stem}-refused.jsonl", b"".join(line + b"\n" for line in lines if line)
    return f"{stem}-refused.csv", _as_csv(rows, mapping)


def _as_csv(rows: list[Delivery], mapping: ColumnMapping) -> bytes:
    kept = [_kept(row) for row in rows]
    within = [each.column for one in kept if one is not None for each in one.held]
    columns = list(dict.fromkeys([*_columns(mapping), *([mapping.lines_in, *within] if within else [])]))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mapping.delimiter)
    if mapping.header_row:
        writer.writerows([] for _ in range(mapping.header_row - 1))
        writer.writerow([*columns, gettext(WHY)])
    for row, record in zip(rows, kept, strict=True):
        why = " ".join(f"{each['field']}: {retold(each['problem'])}" for each in row.problems or [])
        for at, (cells, held) in enumerate(_rows(record) if record is not None else ()):
            said = {
                mapping.columns[name]: _written(cell, mapping)
                for name, cell in cells.items()
                if name in mapping.columns
            }
            said |= {column: _written(cell, mapping) for column, cell in held.items()}
            if not OF_LINES.isdisjoint(cells):
                said.setdefault(mapping.lines_where, "x")
            reason = [why if at == 0 else ""] if mapping.header_row else []
            writer.writerow([*(said.get(column, "") for column in columns), *reason])
    return text.getvalue().encode("utf-8-sig", "replace")  # as which it is read whatever the mapping says


def _columns(mapping: ColumnMapping) -> list[str]:
    """Return the columns in the order of the fields; where they have no headings, each in its own place.

    Empty where one of these is called by no letters, as what stands within a cell is: it has no place in a row.
    """
    matched = [mapping.columns[name] for name in FIELDS if name in mapping.columns]
    named = list(dict.fromkeys([*matched, *filter(None, [mapping.lines_where])]))
    if mapping.header_row:
        return named
    letters = [tables.letters(at) for at in range(MOST_COLUMNS)]
    if not set(named) <= set(letters):
        return []
    return letters[: 1 + max(map(letters.index, named))]


def _rows(kept: Kept) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield the rows as they stood in the file: cells by field, and those in which lines stand by their column.

    What was said of the order and of its line at one place is one row.
    """
    found: dict[str, dict[str, str]] = {}
    for place, cells in (*kept.orders, *kept.lines, *((each.row, each.said) for each in kept.held)):
        found.setdefault(place, {}).update(cells)
    order_id = next((cells["id"] for _, cells in kept.orders if "id" in cells), "")
    for place, cells in found.items():
        yield {**cells, "id": order_id}, {each.column: each.cell for each in kept.held if each.row == place}


def _each(kept: Kept) -> Iterator[tuple[str, int, tuple[str, dict[str, str]]]]:
    for which, parts in (("orders", kept.orders), ("lines", kept.lines)):
        for at, part in enumerate(parts):
            yield which, at, part


def _kept(delivery: Delivery) -> Kept | None:
    raw = bytes(delivery.raw)
    return pieces.load(raw) if delivery.door == Door.FILE and raw else None


def _mapping(feed: Feed | None) -> ColumnMapping | None:
    if feed is None or feed.row.matching is None:
        return None
    try:
        return ColumnMapping.load(feed.settings.get(SETTING))
    except (ValueError, TypeError):
        return None


def _input(which: str, at: int, name: str) -> str:
    return f"{which}:{at}:{name}"


def _cell(
    which: str, at: int, name: str, place: str, cells: Mapping[str, str], mapping: ColumnMapping, wrong: str
) -> Cell:
    column = mapping.columns[name]
    return Cell(
        input=_input(which, at, name),
        label=words.field(FIELDS[name].label),
        column=column,
        text=_shown(cells.get(name, "")),
        is_wrong=f"{place}, column “{column}”" in wrong,
    )


def _held(at: int, held: HeldCell, wrong: str) -> Part:
    cell = Cell(
        input=_input("held", at, ""),
        label=gettext("All lines in one cell"),
        column=held.column,
        text=_lined(held.cell),
        is_wrong=held.place in wrong,
        is_long=True,
    )
    return Part(title=gettext("Its lines"), place=held.row, cells=(cell,))


def _typed(cell: Cell, typed: Mapping[str, str]) -> Cell:
    return replace(cell, text=typed.get(cell.input, cell.text))


def _lined(text: str) -> str:
    """Return a text of several lines as it is compared: browsers send line ends of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _shown(cell: str) -> str:
    """Return a cell as a person sees it, on one line as an input has it."""
    return " ".join(cell.lstrip(values.NUMBER + values.MOMENT + values.NO_VALUE).split("\n")).replace("\r", "")


def _written(cell: str, mapping: ColumnMapping) -> str:
    """Return a cell as the feed reads it in a CSV, and as no spreadsheet program takes it for a formula."""
    if cell[:1] == values.NO_VALUE:
        return "(formula without a value)"
    if cell[:1] == values.NUMBER:
        return cell[1:].replace(".", mapping.decimal)
    text = cell.removeprefix(values.MOMENT)
    if not _FORMULA.match(text):
        return text
    return f"'{text}" if '"' in text else f'="{text}"'
