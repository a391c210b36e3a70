"""Reading orders out of a file: JSON lines, one JSON list, or one JSON object. Numbers stay exact."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, NoReturn


class Placed(NamedTuple):
    """One order of a file, or what stands in its place."""

    place: str
    """Where it stands, for a person: `line 7`, `order 3 of the list`."""
    payload: Any
    fault: str = ""
    """Why it could not be read; then there is no payload."""


def read(path: Path) -> Iterator[Placed]:
    """Yield every order in `path`, and a fault for each line that cannot be read."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline()
        while first and not first.strip():
            first = file.readline()
        file.seek(0)
        if first.lstrip().startswith("[") or (first.strip() and _parse(first, "line 1").fault):
            yield from _whole(file.read())
            return
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _parse(line, f"line {number}")


def _whole(text: str) -> Iterator[Placed]:
    """A list, or an object over many lines; where it is neither, each line is taken on its own."""
    whole = _parse(text, "the file")
    if isinstance(whole.payload, list):
        for number, payload in enumerate(whole.payload, start=1):
            yield Placed(f"order {number} of the list", payload)
    elif not whole.fault or text.lstrip().startswith("["):
        yield whole
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield _parse(line, f"line {number}")


def _parse(text: str, place: str) -> Placed:
    try:
        return Placed(place, json.loads(text, parse_float=Decimal, parse_constant=_refuse))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, " if error.lineno > 1 else ""
        return Placed(place, None, f"this is not JSON ({where}column {error.colno}: {error.msg})")
    except (ValueError, RecursionError) as error:
        return Placed(place, None, f"this is not JSON ({error})")


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is no number in JSON"
    raise ValueError(message)
