"""PURE: an order whose lines stand within its cells: read from there, or kept with those cells until a person corrects them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from daybook.sources.canonical.parts import MOST_LINES
from daybook.sources.mapped import pieces
from daybook.sources.mapped.building import Part, Record
from daybook.sources.mapped.mapping import ColumnMapping, mapping_of
from daybook.sources.mapped.pieces import HeldCell, Kept
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Read, Refusal
from daybook.sources.table import inner_lines

LARGEST = 256 * 1024
"""Characters of an order's cells that a person corrects; of more the file itself is what is kept."""
_CURE = (
    "Have the shop write a row for each line, or correct the cell: take the signs that part lines and fields out of "
    "names and texts. Each line says once: {names}."
)
_GONE = "The columns matched now read no lines within cells, and this row was kept with such a cell."


def doubts(held: Iterable[HeldCell], inner: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the cells whose lines are not believed. Each may hold thousands: no more are read than are one order.

    `inner`: field of a line -> the name within the cell that it is read from.
    """
    count = 0
    for each in held:
        found = inner_lines.read(each.cell, inner.values())
        count += len(found or ())
        if found is None:
            words = "The lines in this cell cannot be told apart for certain."
            yield Problem(each.place, words, _CURE.format(names=", ".join(inner.values())[:200]))
        elif count > MOST_LINES:
            words = f"The order has more than {MOST_LINES:,} lines, which is the most that are one order."
            yield Problem(each.place, words, "Check the column chosen for the order's id.")
            return


def lines(held: Iterable[HeldCell], inner: Mapping[str, str]) -> Iterator[Part]:
    """Yield the lines of cells that are not in doubt, with what their row says of each."""
    row, number = "", 0
    for each in held:
        for line in inner_lines.read(each.cell, inner.values()) or ():
            row, number = each.row, number + 1 if row == each.row else 1
            cells = {name: line[called] for name, called in inner.items() if line[called]}
            yield Part(f"{row}, line {number}", {**each.said, **cells})


def refusal(record: Record, problems: Sequence[Problem], held: Sequence[HeldCell]) -> Refusal:
    """Return the refusal of an order with such cells, which are kept with it where a person can correct them."""
    if sum(len(each.cell) for each in held) > LARGEST:
        return Refusal(tuple(problems), ref=record.orders[0].cells.get("id", ""))  # without them it would lack lines
    return pieces.refusal(record, problems, held)


def reread(raw: bytes, settings: Mapping[str, Any]) -> Sequence[Read]:
    """Read again what was kept of an order, perhaps corrected, by the feed's mapping as it is now."""
    kept = pieces.load(raw)
    if kept is None or not kept.held:
        return pieces.reread(raw, settings)
    try:
        return [_read(kept, mapping_of(settings))]
    except NotAnOrderError as error:
        return [refusal(pieces.record_of(kept), error.problems, kept.held)]


def _read(kept: Kept, mapping: ColumnMapping) -> Read:
    record, inner = pieces.record_of(kept), inner_lines.fields(mapping)
    if not inner:
        cure = "Match the columns within cells again, or have the order sent anew."
        return refusal(record, [Problem(kept.held[0].place, _GONE, cure)], kept.held)
    if wrong := [*doubts(kept.held, inner), *_torn(kept.held)]:
        return refusal(record, wrong, kept.held)
    return pieces.read(Record(record.orders, [*record.lines, *lines(kept.held, inner)]), mapping)


def _torn(held: Iterable[HeldCell]) -> Iterator[Problem]:
    for each in held:
        if pieces.UNREADABLE in each.cell:
            yield Problem(each.place, "The cell holds something that could not be read.", "Write its text anew.")
