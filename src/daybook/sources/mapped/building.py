"""PURE: what stands in the cells of one order -> the canonical order, or what is wrong in which cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from daybook.kit.money import plain
from daybook.sources.canonical import schema
from daybook.sources.canonical.order import CanonicalOrder
from daybook.sources.mapped import values
from daybook.sources.mapped.fields import FIELDS, OF_LINES, Kind
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.mapped.values import UnreadableError
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Refusal

NAMELESS = "file"
"""Stands for the feed's name until the order is taken in as one of that feed's."""
_CARRIED = {"lines.carriage": "price", "lines.carriage_inc_tax": "price_inc_tax"}
"""Field of a line -> of the order's carriage, which is what its lines' come to."""
_WHOLE = {"lines.total": "unit_price", "lines.total_inc_tax": "unit_price_inc_tax"}
_APART = frozenset({*_WHOLE, *_CARRIED})
"""What is said of a line and stands on it otherwise, or not at all."""
_PRICE_PLACES = Decimal("1e-8")
_LONGEST = 60
_SAME = "Write the same on all rows of an order, or on its first only."
_SAME_CARRIAGE = f"{_SAME} Where each row has a carriage of its own, match it with “Carriage of the line”."


@dataclass(frozen=True, slots=True)
class Part:
    """Cells that stand together, and where."""

    place: str
    """For a person: "row 17"."""
    cells: Mapping[str, str]
    """By field; what is not said is not there."""


@dataclass(frozen=True, slots=True)
class Record:
    """All that a file says of one order."""

    orders: Sequence[Part]
    """What is said of the order, once or several times."""
    lines: Sequence[Part]


def build(record: Record, mapping: ColumnMapping) -> CanonicalOrder | Refusal:
    """Return the order that a record holds, or what is wrong with it, each with its place and column."""
    problems: list[Problem] = []
    order = _said_once(record.orders, mapping, problems)
    lines = [_read(each, mapping, problems, of_line=True) for each in record.lines]
    canonical = _shape(order, lines, record, mapping, problems)
    if problems:
        return Refusal(tuple(problems))
    try:
        return schema.parse_order(canonical)
    except NotAnOrderError as error:
        return Refusal(tuple(_at_its_place(each, record, mapping) for each in error.problems))


def _said_once(parts: Sequence[Part], mapping: ColumnMapping, problems: list[Problem]) -> dict[str, Any]:
    """Return what the parts say of the order; where two say different things of one field, neither can be believed."""
    said: dict[str, Any] = {}
    places: dict[str, str] = {}
    seen: dict[str, str] = {}
    for part in parts:
        new = {name: cell for name, cell in part.cells.items() if seen.get(name) != cell}
        for name, value in _read(Part(part.place, new), mapping, problems, of_line=False).items():
            if name in said and said[name] != value and name in places:
                where = f"{part.place}, column “{_column(name, mapping)}”"
                words = f"This is another value than that of {places[name]} for the same order."
                problems.append(Problem(where, words, _SAME_CARRIAGE if name.startswith("shipping.") else _SAME))
            said.setdefault(name, value)
            places.setdefault(name, part.place)
        seen = new if not seen else {**new, **seen}
    for name, text in mapping.constants.items():
        if name not in OF_LINES and name not in said:
            said |= _value(name, text, mapping, "for all orders", problems)
    return said


def _read(part: Part, mapping: ColumnMapping, problems: list[Problem], *, of_line: bool) -> dict[str, Any]:
    """Return what one part says, by field, in the canonical form of each value."""
    said: dict[str, Any] = {}
    for name, cell in part.cells.items():
        if (name in OF_LINES) is of_line:
            said |= _value(name, cell, mapping, part.place, problems)
    if of_line:
        for name, text in mapping.constants.items():
            if name in OF_LINES and name not in said:
                said |= _value(name, text, mapping, "for all lines", problems)
    return said


def _value(name: str, cell: str, mapping: ColumnMapping, place: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the field's value where the cell says one."""
    try:
        value = _as_kind(FIELDS[name].kind, _without_mark(cell) if name.endswith(".postcode") else cell, mapping)
    except UnreadableError as error:
        problems.append(Problem(f"{place}, column “{_column(name, mapping)}”", error.problem, error.cure))
        return {}
    return {} if value in {"", None} else {name: value}


def _without_mark(cell: str) -> str:
    """Return a postcode without the apostrophe by which shops keep a spreadsheet program from taking it for a number."""
    return cell.strip().removeprefix("'")


def _as_kind(kind: Kind, cell: str, mapping: ColumnMapping) -> Any:
    match kind:
        case Kind.NUMBER:
            return values.number(cell, mapping.habits)
        case Kind.RATE:
            return values.rate(cell, mapping.habits)
        case Kind.MOMENT:
            return values.moment(cell, mapping.habits)
        case Kind.FLAG:
            return values.flag(cell, mapping.habits)
        case Kind.TEXT:
            return values.text(cell)


def _shape(
    order: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    record: Record,
    mapping: ColumnMapping,
    problems: list[Problem],
) -> dict[str, Any]:
    """Return the canonical order's plain values."""
    shaped: dict[str, Any] = {"source": NAMELESS, "lines": []}
    addresses: dict[str, dict[int, str]] = {}
    for name, value in order.items():
        outer, _, inner = name.partition(".")
        if inner.startswith("line") and outer.endswith("_address"):
            addresses.setdefault(outer, {})[int(inner.removeprefix("line"))] = value
        elif inner:
            shaped.setdefault(outer, {})[inner] = value
        else:
            shaped[name] = value
    for outer, found in addresses.items():
        shaped.setdefault(outer, {})["lines"] = [found.get(at, "") for at in range(1, max(found) + 1)]
    if shaped.get("dispatched_at"):
        shaped.setdefault("dispatched", True)
    _full_names(shaped)
    _countries(shaped)
    _carriage(shaped, lines)
    shaped["lines"] = [_line(each, part, mapping, problems) for each, part in zip(lines, record.lines, strict=True)]
    return shaped


def _full_names(shaped: dict[str, Any]) -> None:
    """Put last names that have columns of their own behind the first ones."""
    for which in ("customer", "shipping_address", "billing_address"):
        said = shaped.get(which, {})
        if last := said.pop("last_name", ""):
            said["name"] = f"{said.get('name', '')} {last}".strip()


def _countries(shaped: dict[str, Any]) -> None:
    """A column of countries holds names or codes: what is no code of two letters is a name."""
    for which in ("shipping_address", "billing_address"):
        address = shaped.get(which, {})
        code = address.get("country_code", "")
        if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
            address.setdefault("country", address.pop("country_code"))


def _carriage(shaped: dict[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
    for name, price in _CARRIED.items():
        if parts := [Decimal(each[name]) for each in lines if name in each]:
            shaped.setdefault("shipping", {}).setdefault(price, plain(sum(parts, Decimal(0))))


def _line(said: Mapping[str, Any], part: Part, mapping: ColumnMapping, problems: list[Problem]) -> dict[str, Any]:
    line = {name.removeprefix("lines."): value for name, value in said.items() if name not in _APART}
    for name, price in _WHOLE.items():
        if name not in said or price in line:
            continue
        quantity = Decimal(said.get("lines.quantity") or 0)
        if not quantity:
            where = f"{part.place}, column “{_column('lines.quantity', mapping)}”"
            problems.append(Problem(where, "A line's whole price is of no use without a quantity.", "Say how many."))
            continue
        line[price] = plain((Decimal(said[name]) / quantity).quantize(_PRICE_PLACES))
    return line


def _column(name: str, mapping: ColumnMapping) -> str:
    return mapping.columns.get(name) or FIELDS[name].label


def _at_its_place(problem: Problem, record: Record, mapping: ColumnMapping) -> Problem:
    """Return the problem with row and column in the place of the canonical path."""
    head, _, rest = problem.field.partition(".")
    if head.startswith("lines["):
        at = int(head.removeprefix("lines[").removesuffix("]"))
        place, name = record.lines[at].place, f"lines.{rest}"
    else:
        place, name = record.orders[0].place if record.orders else "the order", problem.field
    names = _names(name, mapping)
    cure = problem.cure if names else f"{problem.cure} Match a column with it in the mapping."
    return Problem(f"{place}, {names or name[:_LONGEST]}", problem.problem, cure)


def _names(name: str, mapping: ColumnMapping) -> str:
    """Return the column that a canonical field is read from; empty: none is."""
    columns = next((column for field, column in _same(name, mapping)), "")
    return f"column “{columns}”" if columns else ""


def _same(name: str, mapping: ColumnMapping) -> Iterator[tuple[str, str]]:
    whole = {f"lines.{price}": field for field, price in _WHOLE.items()}
    bare = name.partition("[")[0]
    for field, column in mapping.columns.items():
        if field in {name, whole.get(name)} or (bare.endswith("_address.lines") and field.startswith(bare[:-1])):
            yield field, column
