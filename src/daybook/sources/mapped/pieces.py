"""PURE: what a file says of one order, kept where it was refused: a person corrects it cell by cell, and it is read again.

    {"orders": [["row 5", {"id": "A3", "currency": "GBP"}]], "lines": [["row 5", {"lines.quantity": "two"}]]}

Cells stand by the field that they were matched with, as the file has them, marks of a workbook included (`values.py`).
A cell in which lines stand that cannot be told apart is kept whole, under "held".
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from daybook.sources.canonical.order import CanonicalOrder
from daybook.sources.mapped import building
from daybook.sources.mapped.building import Part, Record
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import ColumnMapping, mapping_of
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Read, Refusal

UNREADABLE = "\ufffd"
"""Stands for a byte that was not of the file's encoding."""
_NO_TEXT = dict.fromkeys([0, *range(0xD800, 0xE000)], UNREADABLE)
_STRANGE = Problem("", "This is not what was kept of a row.", "Correct its cells on its page in the inbox.")


class HeldCell(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A cell in which lines of the order stand."""

    row: str
    column: str
    cell: str
    said: dict[str, str]
    """What its row says of each of these lines, by field."""

    @property
    def place(self) -> str:
        """Return where it stands, for a person."""
        return f"{self.row}, column “{self.column}”"


class Kept(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A record, as it is kept."""

    orders: list[tuple[str, dict[str, str]]]
    lines: list[tuple[str, dict[str, str]]]
    held: list[HeldCell] = []


def build(record: Record, mapping: ColumnMapping) -> CanonicalOrder | Refusal:
    """Return the order that a record holds, or what is wrong with it and the record itself."""
    found = building.build(record, mapping)
    return refusal(record, found.problems) if isinstance(found, Refusal) else found


def refusal(record: Record, problems: Sequence[Problem], held: Sequence[HeldCell] = ()) -> Refusal:
    """Return the refusal of a record that a person may correct. `held`: cells whose lines are not among the record's."""
    return Refusal(tuple(problems), raw=write(record, held), ref=_ref(record))


def write(record: Record, held: Sequence[HeldCell] = ()) -> bytes:
    """Return a record as it is kept."""
    orders = [(each.place, _cells(each, of_line=False)) for each in record.orders]
    first, *later = orders
    lines = [(each.place, _cells(each, of_line=True)) for each in record.lines]
    cells = [HeldCell(each.row, each.column, each.cell.translate(_NO_TEXT), _told(each.said)) for each in held]
    return msgspec.json.encode(Kept([first, *(each for each in later if each[1])], lines, cells))


def load(raw: bytes) -> Kept | None:
    """Return what was kept; None: that is something else."""
    try:
        kept = msgspec.json.decode(raw, type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    said = [cells for _, cells in (*kept.orders, *kept.lines)] + [each.said for each in kept.held]
    is_ours = kept.orders and all(name in FIELDS for cells in said for name in cells)
    return kept if is_ours else None


def reread(raw: bytes, settings: Mapping[str, Any], *, is_xml: bool = False) -> Sequence[Read]:
    """Read again what was kept, perhaps corrected, by the feed's mapping as it is now."""
    kept = load(raw)
    if kept is None or kept.held:  # lines within cells are a matter of tables
        return [Refusal((_STRANGE,), raw=raw)]
    record = record_of(kept)
    try:
        mapping = mapping_of(settings, is_xml=is_xml)
    except NotAnOrderError as error:
        return [refusal(record, error.problems)]
    return [read(record, mapping)]


def read(record: Record, mapping: ColumnMapping) -> Read:
    """Return the order that a record which was kept holds, or why there is none still."""
    if wrong := [_torn(part, name, mapping) for part in (*record.orders, *record.lines) for name in _unreadable(part)]:
        return refusal(record, wrong)
    return build(record, mapping)


def record_of(kept: Kept) -> Record:
    """Return what was kept as it is read, but for what stands in held cells."""
    return Record([Part(*each) for each in kept.orders], [Part(*each) for each in kept.lines])


def reread_xml(raw: bytes, settings: Mapping[str, Any]) -> Sequence[Read]:
    """Read again what was kept of an order in XML."""
    return reread(raw, settings, is_xml=True)


def _cells(part: Part, *, of_line: bool) -> dict[str, str]:
    """Return the part's cells of the order, or of its line, in texts that every database keeps."""
    return _told({name: cell for name, cell in part.cells.items() if FIELDS[name].is_of_line is of_line})


def _told(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cell.translate(_NO_TEXT) for name, cell in cells.items()}


def _unreadable(part: Part) -> list[str]:
    return [name for name, cell in part.cells.items() if UNREADABLE in cell]


def _torn(part: Part, name: str, mapping: ColumnMapping) -> Problem:
    where = f"{part.place}, column “{mapping.columns.get(name, FIELDS[name].label)}”"
    return Problem(where, "The cell holds something that could not be read.", "Write its text anew.")


def _ref(record: Record) -> str:
    return next((each.cells["id"] for each in record.orders if each.cells.get("id")), "").lstrip("\x01\x02\x03")


def corrected(kept: Kept, typed: Mapping[tuple[str, int, str], str]) -> bytes:
    """Return what was kept with the cells that a person typed.

    `typed`: by "orders", "lines" or "held", place from 0, and field; of a held cell that is empty.
    """

    def changed(which: str, parts: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
        return [
            (
                place,
                {name: cell for name in FIELDS if (cell := typed.get((which, at, name), cells.get(name, "")))},
            )
            for at, (place, cells) in enumerate(parts)
        ]

    held = [
        msgspec.structs.replace(each, cell=typed.get(("held", at, ""), each.cell)) for at, each in enumerate(kept.held)
    ]
    return msgspec.json.encode(Kept(changed("orders", kept.orders), changed("lines", kept.lines), held))
