"""PURE: what is shown of an XML file before its paths are chosen, and the mapping that is offered."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from xml.etree.ElementTree import Element

from daybook.sources.mapped import guessing
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.xml import reading

SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The paths of a file's first order, each with its first text."""

    order_paths: list[tuple[str, str]]
    line_paths: list[tuple[str, str]]


def offer(body: bytes) -> ColumnMapping:
    """Return the mapping that the file looks like: an order is what repeats below the root. Raises NotAnOrderError."""
    root = reading.top_of(body)
    orders_path, order = _repeated(root, reading.local(root))
    lines_path = _lines_path(order)
    guess = ColumnMapping(orders_path=orders_path, lines_path=lines_path)
    found = sample(body, guess)
    of_order = guessing.columns([path for path, _ in found.order_paths])
    of_line = guessing.columns([path for path, _ in found.line_paths])
    columns = {name: path for name, path in of_order.items() if not FIELDS[name].is_of_line}
    columns |= {name: path for name, path in of_line.items() if FIELDS[name].is_of_line}
    guess = replace(guess, columns=columns)
    return replace(guess, **guessing.habits([dict(found.order_paths), dict(found.line_paths)], columns))  # type: ignore[arg-type]


def sample(body: bytes, mapping: ColumnMapping) -> Sample:
    """Return the paths that the mapping can name. Raises NotAnOrderError."""
    orders = islice(reading.elements(body, mapping.orders_path), 1)
    order = next(orders, None)
    if order is None:
        return Sample(order_paths=[], line_paths=[])
    below = [each for each in reading.paths_of(order) if not _is_line(each[0], mapping.lines_path)]
    lines = list(islice(reading.at(order, mapping.lines_path), 1)) if mapping.lines_path else []
    return Sample(order_paths=below, line_paths=reading.paths_of(lines[0]) if lines else below)


def _is_line(path: str, lines_path: str) -> bool:
    return bool(lines_path) and path.startswith(f"{lines_path}/")


def _repeated(root: Element, path: str) -> tuple[str, Element]:
    """Return the shallowest path at which elements repeat, or hold others; the root where nothing does."""
    counts = Counter(reading.local(each) for each in root if len(each))
    if not counts:
        return path, root
    name, _ = counts.most_common(1)[0]
    child = next(each for each in root if reading.local(each) == name)
    return f"{path}/{name}", child


def _lines_path(order: Element) -> str:
    """Return where the order's lines stand: the children, or grandchildren, of which each holds elements itself."""
    for child in order:
        inner = [reading.local(each) for each in child if len(each)]
        if inner and len(set(inner)) == 1:
            return f"{reading.local(child)}/{inner[0]}"
    counts = Counter(reading.local(each) for each in order if len(each))
    return next((name for name, count in counts.items() if count > 1), "")
