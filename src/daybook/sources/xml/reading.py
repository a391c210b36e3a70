"""PURE: an XML file -> its orders, by simple paths that a person chose; bounded, and nothing outside it is asked.

    orders/order                from the root to an order, by local names: prefixes and namespaces do not matter
    items/item                  from an order to its lines
    shipping/price, @id         from an order, or from a line, to what is said of it

No document type, no entities, nothing fetched: what declares any is refused before it is read (defusedxml).
"""

import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from daybook.sources.canonical.parts import MOST_LINES
from daybook.sources.mapped import pieces
from daybook.sources.mapped.building import Part, Record
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import ColumnMapping, mapping_of
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Held, Placed, Refusal

DEEPEST = 60
MOST_PATHS = 500
MOST_ORDERS = 200_000
_LOOKED_AT = 20_000


def read_file(name: str, body: bytes, settings: Mapping[str, Any]) -> Held:
    """Return the orders of an XML file. Raises NotAnOrderError at once where it is no XML that we read."""
    del name
    return read(body, mapping_of(settings, is_xml=True))


def read(body: bytes, mapping: ColumnMapping) -> Held:
    """Return the orders of an XML file by that mapping. Raises NotAnOrderError at once."""
    total = sum(1 for _ in elements(body, mapping.orders_path))
    if not total:
        words = f"The file has nothing at {mapping.orders_path}. Nothing was taken."
        raise NotAnOrderError((Problem("the file", words, "Check the mapping's path to an order."),))
    return Held(_orders(body, mapping), total)


def _orders(body: bytes, mapping: ColumnMapping) -> Iterator[Placed]:
    for number, element in enumerate(elements(body, mapping.orders_path), start=1):
        place = f"order {number}"
        lines = list(at(element, mapping.lines_path)) if mapping.lines_path else [element]
        if len(lines) > MOST_LINES:
            words = f"The order has {len(lines):,} lines; at most {MOST_LINES:,} are one order."
            yield Placed(place, Refusal((Problem(place, words, "Check the mapping's paths."),)))
            continue
        said = Part(place, _cells(element, mapping.order_fields))
        parts = [
            Part(f"{place}, line {at}", _cells(each, mapping.line_fields)) for at, each in enumerate(lines, start=1)
        ]
        if not said.cells.get("id"):
            words = f"The order has no id at {mapping.columns['id']}."
            why = Problem(place, words, "Have it written, or choose another path.")
            yield Placed(place, pieces.refusal(Record([said], parts), [why]))
            continue
        yield Placed(place, pieces.build(Record([said], parts), mapping))


def elements(body: bytes, path: str) -> Iterator[Element]:
    """Yield every element at a path from the root, each emptied after it. Raises NotAnOrderError where this is no XML.

    The root may be left out of the path, and an order may be the root itself.
    """
    wanted = tuple(step for step in path.split("/") if step)
    count = 0
    for above, event, element in _walk(body):
        here = tuple(map(local, above))
        if event != "end" or here not in {wanted, (*here[:1], *wanted)}:
            continue
        count += 1
        if count > MOST_ORDERS:
            raise unreadable(f"The file holds more than {MOST_ORDERS:,} orders.")
        yield element
        element.clear()
        if len(above) > 1:
            above[-2].remove(element)


def top_of(body: bytes) -> Element:
    """Return the root with its first elements below it, for a person to look at. Raises NotAnOrderError."""
    root: Element | None = None
    for count, (above, _, _) in enumerate(_walk(body)):
        root = above[0]
        if count > _LOOKED_AT:
            break
    if root is None:
        raise unreadable("The file is empty.")
    return root


def _walk(body: bytes) -> Iterator[tuple[list[Element], str, Element]]:
    """Yield each start and end of an element, with the way down to it. Raises NotAnOrderError."""
    above: list[Element] = []
    try:
        for event, element in iterparse(io.BytesIO(body), ("start", "end"), forbid_dtd=True):
            if event == "start":
                above.append(element)
                if len(above) > DEEPEST:
                    raise unreadable(f"The elements are nested more than {DEEPEST} deep.")
            yield above, event, element
            if event == "end":
                above.pop()
    except ParseError as error:
        row, column = error.position
        raise unreadable(f"Line {row}, column {column}: this is not XML ({error.msg}).") from error
    except DefusedXmlException as error:
        raise unreadable("The file declares a document type or entities, which are never read.") from error
    except (ValueError, LookupError, RecursionError) as error:
        raise unreadable(f"The file cannot be read as XML ({error}).") from error


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def unreadable(words: str) -> NotAnOrderError:
    """Return the refusal of a file that is no XML of ours."""
    return NotAnOrderError((Problem("the file", f"{words} Nothing was taken.", "Have it written as plain XML."),))


def value(element: Element, path: str) -> str:
    """Return the text at a path below an element, the first that says one; "" where none does. `@id` is an attribute."""
    steps, _, attribute = path.partition("@")
    for found in at(element, steps.strip("/")):
        text = _attribute(found, attribute) if attribute else (found.text or "")
        if text.strip():
            return text.strip()
    return ""


def at(element: Element, path: str) -> Iterator[Element]:
    """Yield the elements at a path below an element; the element itself where the path is empty."""
    steps = [step for step in path.split("/") if step and step != "."]
    if not steps:
        yield element
        return
    for child in element:
        if local(child) == steps[0]:
            yield from at(child, "/".join(steps[1:]))


def _attribute(element: Element, name: str) -> str:
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _cells(element: Element, paths: Mapping[str, str]) -> dict[str, str]:
    assert all(name in FIELDS for name in paths)  # noqa: S101 - the mapping was checked
    return {name: text for name, path in paths.items() if (text := value(element, path))}


def paths_of(element: Element) -> list[tuple[str, str]]:
    """Return every path below an element that says something, with the first text there."""
    found: dict[str, str] = {}

    def walk(each: Element, path: str) -> None:
        for name, text in islice(each.attrib.items(), MOST_PATHS):
            found.setdefault(f"{path}@{name.rpartition('}')[2]}".lstrip("/"), text.strip())
        if not len(each) and path:
            found.setdefault(path.strip("/"), (each.text or "").strip())
        for child in each:
            if len(found) < MOST_PATHS:
                walk(child, f"{path}{local(child)}/")

    walk(element, "")
    return list(found.items())
