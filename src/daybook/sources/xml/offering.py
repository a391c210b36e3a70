"""PURE: what is shown of an XML file before its paths are chosen, and the mapping that is offered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from xml.etree.ElementTree import Element

from daybook.sources.mapped import guessing
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.mapped.matching import Matching, Sample, Top
from daybook.sources.source import Held
from daybook.sources.xml import reading

_OF_A_LINE = 2
"""So many fields of a line say that it is one."""
_DEEPEST, _MOST = 4, 50
"""Levels that are looked at below an element, and names on each."""
_MOST_PLACES = 500
"""That are looked at in all: a file of thousands of names is no order."""


def offer(body: bytes) -> ColumnMapping:
    """Return the mapping that the file looks like: an order is what repeats below the root. Raises NotAnOrderError."""
    root = reading.top_of(body)
    orders_path, order = _orders_at(root)
    lines_path = _lines_path(order)
    guess = ColumnMapping(orders_path=orders_path, lines_path=lines_path)
    found = _paths(body, guess)
    columns = guessing.columns([path for path, _ in found[0]], of="order")
    columns |= guessing.columns([path for path, _ in found[1]], of="line")
    guess = replace(guess, columns=columns)
    return replace(guess, **guessing.habits([dict(found[0]), dict(found[1])], columns))  # type: ignore[arg-type]


def sample(body: bytes, mapping: ColumnMapping) -> Sample:
    """Return the paths that the mapping can name, each with its first text."""
    of_order, of_line = ([(path, _seen(path, text)) for path, text in each] for each in _paths(body, mapping))
    return Sample(of_order=of_order, of_line=of_line)


def _seen(path: str, text: str) -> str:
    return f"{path} ({text[:30]})" if text else path


def _paths(body: bytes, mapping: ColumnMapping) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the paths below the first order, and below its first line."""
    order = next(iter(islice(reading.elements(body, mapping.orders_path), 1)), None)
    if order is None:
        return [], []
    below = [each for each in reading.paths_of(order) if not _is_line(each[0], mapping.lines_path)]
    lines = list(islice(reading.at(order, mapping.lines_path), 1)) if mapping.lines_path else []
    return below, reading.paths_of(lines[0]) if lines else below


def top(body: bytes, mapping: ColumnMapping, most: int) -> Top:
    """Return the first orders."""
    held = reading.read(body, mapping)
    return Top(held=Held(islice(held.things, most), held.total), is_cut=lambda: (held.total or 0) > most)


def _is_line(path: str, lines_path: str) -> bool:
    return bool(lines_path) and path.startswith(f"{lines_path}/")


def _orders_at(root: Element) -> tuple[str, Element]:
    """Return the path of what looks most like an order: what says an id and most else itself; else what repeats."""
    below = [(reading.local(root), root), *islice(_below(root, f"{reading.local(root)}/"), _MOST_PLACES)]
    said = [(guessing.columns(_own(each), of="order"), path, each) for path, each in below]
    orders = [each for each in said if "id" in each[0]]
    if not orders:
        return _repeated(root, reading.local(root))
    _, path, order = max(orders, key=lambda each: len(each[0]))
    return path, order


def _repeated(root: Element, path: str) -> tuple[str, Element]:
    """Return the shallowest path at which elements repeat, or hold others; the root where nothing does."""
    counts = Counter(reading.local(each) for each in root if len(each))
    if not counts:
        return path, root
    name, _ = counts.most_common(1)[0]
    child = next(each for each in root if reading.local(each) == name)
    return f"{path}/{name}", child


def _lines_path(order: Element) -> str:
    """Return where the order's lines stand: what says most of a line itself.

    Where nothing says two things of one: of the grandchildren of which each holds elements itself those that say most of
    a line by what they hold; else the children that repeat.
    """
    said = [
        (len(guessing.columns(_own(each), of="line")), path) for path, each in islice(_below(order, ""), _MOST_PLACES)
    ]
    most, path = max(said, key=lambda each: each[0], default=(0, ""))
    if most >= _OF_A_LINE:
        return path
    grand = [
        (_said_below(inner[0]), f"{reading.local(child)}/{reading.local(inner[0])}")
        for child in order
        if (inner := [each for each in child if len(each)]) and len({reading.local(each) for each in inner}) == 1
    ]
    counts = Counter(reading.local(each) for each in order if len(each))
    _, path = max(grand, key=lambda each: each[0], default=(0, ""))
    return path or next((name for name, count in counts.items() if count > 1), "")


def _said_below(element: Element) -> int:
    """Return how much an element says of a line, whatever it is wrapped in."""
    return len(guessing.columns([path for path, _ in reading.paths_of(element)], of="line"))


def _below(element: Element, path: str, depth: int = _DEEPEST) -> Iterator[tuple[str, Element]]:
    """Yield the first element of each name below an element that says something, with its path; the shallowest first."""
    first = {reading.local(each): each for each in reversed(element) if len(each) or each.attrib}
    named = [(f"{path}{name}", first[name]) for name in dict.fromkeys(map(reading.local, element)) if name in first]
    yield from named[:_MOST]
    if depth > 1:
        for below, each in named[:_MOST]:
            yield from _below(each, f"{below}/", depth - 1)


def _own(element: Element) -> list[str]:
    """Return the paths of what an element says itself, in attributes and in elements that hold nothing else."""
    return [path for path, _ in reading.paths_of(element) if "/" not in path]


MATCHING = Matching(
    offer=offer,
    sample=sample,
    habits=lambda _body: ("orders_path", "lines_path", "decimal", "dates", "rates"),
    top=top,
    has_paths=True,
)
