"""Reading orders out of a file: JSON lines, one JSON list, or one JSON object. Numbers stay exact."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from daybook.sources import json_text
from daybook.sources.problems import NotAnOrderError, Problem


class Placed(NamedTuple):
    """One order of a file, or what stands in its place."""

    place: str
    """Where it stands, for a person: `line 7`, `order 3 of the list`."""
    payload: Any
    problems: tuple[Problem, ...] = ()
    """Why it could not be read; then there is no payload."""


def read(path: Path) -> Iterator[Placed]:
    """Yield every order in `path`, and the problems of each line that cannot be read. Lines are read one by one."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        if _is_one_value(next((line for line in file if line.strip()), "")):
            file.seek(0)
            yield from _whole(file.read())
            return
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _parse(line, f"line {number}")


def _is_one_value(first_line: str) -> bool:
    """A list, or an object that goes on after its first line, rather than a line for each order."""
    return first_line.lstrip().startswith("[") or first_line.strip() == "{"


def _whole(text: str) -> Iterator[Placed]:
    whole = _parse(text, "the file")
    if not isinstance(whole.payload, list):
        yield whole
        return
    for number, payload in enumerate(whole.payload, start=1):
        yield Placed(f"order {number} of the list", payload)


def _parse(text: str, place: str) -> Placed:
    try:
        return Placed(place, json_text.parse(text))
    except NotAnOrderError as error:
        return Placed(place, None, error.problems)
