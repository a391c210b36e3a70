"""PURE: canonical orders in a file: JSON lines, one JSON list, or one JSON object. Numbers stay exact."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daybook.sources import json_text
from daybook.sources.canonical import schema
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.source import Held, ItemNotice, Placed, Read, Refusal

_NAMELESS = "file"
"""Where an order names no source: it becomes its feed's in any case."""


def read_file(name: str, body: bytes, settings: Mapping[str, Any]) -> Held:
    """Return the orders of a file of JSON. Raises NotAnOrderError at once where it is one JSON value and cannot be read."""
    del name, settings
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        cure = "Send one order a line, or a list of orders."
        raise NotAnOrderError((Problem("the file", "The file is empty.", cure),))
    first = start.split(b"\n", 1)[0].strip()
    if not (start.startswith(b"[") or first == b"{"):
        return Held(_lines(body), sum(1 for each in body.split(b"\n") if each.strip()))
    whole = _whole(body)
    orders = whole if isinstance(whole, list) else [whole]
    things = (_order(f"order {number}", given) for number, given in enumerate(orders, start=1))
    return Held(things, len(orders))


def _whole(body: bytes) -> Any:
    try:
        return json_text.parse(body)
    except NotAnOrderError as error:
        raise NotAnOrderError(_refusal("the file", error, b"").problems) from error


def _lines(body: bytes) -> Iterator[Placed]:
    at = 0
    number = 0
    while at < len(body):
        end = body.find(b"\n", at)
        line, at = (body[at:], len(body)) if end < 0 else (body[at:end], end + 1)
        number += 1
        if line.strip():
            yield _line(f"line {number}", line)


def _line(place: str, line: bytes) -> Placed:
    try:
        return _order(place, json_text.parse(line))
    except NotAnOrderError as error:
        return Placed(place, _refusal(place, error, line))


def reread(raw: bytes, settings: Mapping[str, Any]) -> Sequence[Read]:
    """Read again one order that was refused, perhaps corrected by a person."""
    del settings
    read = _line("", raw).read
    assert not isinstance(read, ItemNotice)  # noqa: S101 - a line holds an order, or what is none
    return [read]


def _order(place: str, given: Any) -> Placed:
    try:
        named = {"source": _NAMELESS, **given} if isinstance(given, dict) else given
        return Placed(place, schema.parse_order(named))
    except NotAnOrderError as error:
        ref = given.get("id") if isinstance(given, dict) else ""
        return Placed(place, _refusal(place, error, json_text.write(given).encode("utf-8", "replace"), ref))


def _refusal(place: str, error: NotAnOrderError, raw: bytes, ref: object = "") -> Refusal:
    problems = tuple(Problem(f"{place}, {each.field}".strip(", "), each.problem, each.cure) for each in error.problems)
    return Refusal(problems, raw=raw, ref=ref if isinstance(ref, str) else "")
