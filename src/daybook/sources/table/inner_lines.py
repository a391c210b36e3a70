"""PURE: the lines of an order that all stand in one cell, as shops that write a row an order put them there.

    Product ID: 77, Product Qty: 2, Product Name: Mug|Product ID: 78, Product Qty: 1, Product Name: Poster
    id:501|name:Mug|quantity:2|total:15.00;id:502|name:Poster|quantity:1|total:7.50
    [{"sku": "MUG-1", "quantity": 2, "price": "7.50"}]

Nobody says which signs part lines and fields, and a customer's own words may hold any of them: a cell is believed where
there is but one way to read what is wanted of it, with each wanted name once a line. Else it is not read at all.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

from daybook.sources.mapped import guessing
from daybook.sources.mapped.mapping import ColumnMapping

BETWEEN = " → "
"""Stands between the column's heading and the name within its cell: both are chosen as one column."""
_NAME = r"[A-Za-z][A-Za-z0-9_ ]{0,39}"
_FIRST = re.compile(rf"\s*({_NAME}):")
_SIGNS = ("|", ",", ";", "\n")
_BEHIND = {sign: rf"{re.escape(sign)}\s*" for sign in _SIGNS} | {"\n": r"\n[^\S\n]*"}
"""A sign, and what is empty behind it; of many empty lines the last alone, so that none is looked at for each before it."""
_BEHIND_ANY = "|".join((r"^\s*", *_BEHIND.values()))
_NUMBERED = re.compile(r"(.*\D)\d+")
_LONGEST = 20_000
"""Of a cell that is looked at for a guess."""
_MOST_LOOKED_AT = 2_000_000
"""Characters of all such cells together: a second or two, while a person waits for the page."""

Line = Mapping[str, str]


def columns(headings: Sequence[str], column: str) -> list[int]:
    """Return where lines stand: in the column, or in all of a numbered family (line_item_1, line_item_2)."""
    if column not in headings:
        return []
    if (family := _NUMBERED.fullmatch(column)) is None:
        return [headings.index(column)]
    alike = re.compile(rf"{re.escape(family[1])}\d+")
    return [at for at, heading in enumerate(headings) if alike.fullmatch(heading)]


def named(column: str, name: str) -> str:
    """Return what a name within the column's cells is called as a column."""
    return f"{column}{BETWEEN}{name}"


def fields(mapping: ColumnMapping) -> dict[str, str]:
    """Return the fields that are read from a name within the cells where lines stand, each with that name."""
    before = named(mapping.lines_in, "")
    chosen = {name: column for name, column in mapping.line_fields.items() if mapping.lines_in}
    return {name: column.removeprefix(before) for name, column in chosen.items() if column.startswith(before)}


def read(cell: str, names: Collection[str]) -> list[Line] | None:
    """Return the lines of a cell, each with what it says of the names; None where that is in doubt."""
    if not cell.strip():
        return []
    if cell.lstrip()[:1] in {"[", "{"}:
        return _of_json(cell, names)
    found: list[list[Line]] = []
    counts = {len(re.findall(rf"(?:{_BEHIND_ANY}){re.escape(name)}:", cell)) for name in names}
    for lines in _ways(cell):
        if counts == {len(lines)} and all(_is_sound(line, names) for line in lines):
            said: list[Line] = [{name: value for name, value in line if name in names} for line in lines]
            if said not in found:
                found.append(said)
    return found[0] if len(found) == 1 else None


def guess(headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[str, list[str]]:
    """Return the first column whose cells hold lines that say how many, and the names in them; "": there is none.

    `rows`: the first cells by heading.
    """
    looked_at = 0
    for heading in headings:
        cells = [cell for row in rows if (cell := row.get(heading, "").strip())]
        if not cells or not all(map(_may_hold_lines, cells)):
            continue
        looked_at += sum(map(len, cells))
        if looked_at > _MOST_LOOKED_AT:
            break
        if names := names_of(heading, cells):
            return heading, names
    return "", []


def _may_hold_lines(cell: str) -> bool:
    return len(cell) <= _LONGEST and (cell[0] in "[{" or _FIRST.match(cell) is not None)


def names_of(column: str, cells: Sequence[str]) -> list[str]:
    """Return the names that the cells of a column give to what they say of a line; none where they hold no lines, or too much.

    Where fewer are in doubt than are not, those in doubt name nothing: each refuses its own order.
    """
    if sum(map(len, cells)) > _MOST_LOOKED_AT:
        return []
    names = dict.fromkeys(name for cell in cells for name in _names(cell))
    many = guessing.columns([named(column, name) for name in names], of="line").get("lines.quantity")
    if many is None:
        return []
    sure = [cell for cell in cells if read(cell, [many.partition(BETWEEN)[2]]) is not None]
    if len(sure) * 2 <= len(cells):
        return []
    return list(dict.fromkeys(name for cell in sure for name in _names(cell)))


def _names(cell: str) -> Iterator[str]:
    if cell[:1] in {"[", "{"}:
        yield from dict.fromkeys(name for line in _loaded(cell) or () for name in line)
        return
    for lines in _ways(cell):
        for line in lines:
            yield from (name for name, _ in line)


def _ways(cell: str) -> Iterator[list[list[tuple[str, str]]]]:
    """Yield each way to part a cell into lines, and these into names with what they say."""
    first = _FIRST.match(cell)
    if first is None:
        return
    for field, line in product(_SIGNS, _SIGNS):
        if field != line and re.search(rf"{_BEHIND[field]}{_NAME}:", cell):
            begins = re.split(rf"{_BEHIND[line]}(?={re.escape(first[1])}:)", cell)
            yield [_fields(each, field) for each in begins]


def _fields(line: str, sign: str) -> list[tuple[str, str]]:
    parts = re.split(rf"(?:^|{_BEHIND[sign]})({_NAME}):", line.strip())
    return [(parts[at].strip(), parts[at + 1].strip()) for at in range(1, len(parts) - 1, 2)]


def _is_sound(line: Sequence[tuple[str, str]], names: Collection[str]) -> bool:
    said = [name for name, _ in line if name in names]
    return len(set(said)) == len(said) == len(names)


def _of_json(cell: str, names: Collection[str]) -> list[Line] | None:
    lines = _loaded(cell)
    if lines is None or any(not set(names) <= set(line) for line in lines):
        return None
    return [{name: line[name] for name in names} for line in lines]


def _loaded(cell: str) -> list[Line] | None:
    try:
        found = json.loads(cell, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    lines = [found] if isinstance(found, dict) else found
    if not isinstance(lines, list) or not all(isinstance(each, dict) for each in lines):
        return None
    return [{name: value for name, value in each.items() if isinstance(value, str)} for each in lines]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object's values, None as an empty text. Raises ValueError where one name stands twice."""
    found = {name: "" if value is None else value for name, value in pairs}
    if len(found) != len(pairs):
        raise ValueError
    return found
