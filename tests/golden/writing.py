"""Files of what is right: JSON of one thing a line, so that a difference names it."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

WRITE = "DAYBOOK_GOLDEN_WRITE"
"""The variable that says which pages to write down instead of comparing: "documents", "orders" or both."""
_GAP = re.compile(r"[\s,]*")
_SHOWN = 60


@dataclass(frozen=True)
class Page:
    """Sections of values that are JSON already, kept as they were written to the last byte."""

    sections: Mapping[str, list[str] | dict[str, str]]

    def __str__(self) -> str:
        written = ",\n".join(f"{json.dumps(name)}: {_section(each)}" for name, each in self.sections.items())
        return f"{{\n{written}\n}}\n"


def _section(values: list[str] | dict[str, str]) -> str:
    if isinstance(values, dict):
        return _among("{", [f"{json.dumps(name, ensure_ascii=False)}: {text}" for name, text in values.items()], "}")
    return _among("[", values, "]")


def _among(opening: str, lines: list[str], closing: str) -> str:
    return "\n".join([opening, ",\n".join(lines), closing]) if lines else opening + closing


def elements(text: str) -> Iterator[str]:
    """Yield the elements of a JSON list as they are written; of anything else, itself."""
    text = text.strip()
    if not text.startswith("["):
        yield text
        return
    decoder, at = json.JSONDecoder(), _end_of_gap(text, 1)
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        yield text[at:end]
        at = _end_of_gap(text, end)


def _end_of_gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    assert found is not None
    return found.end()


def difference(file: Path, now: str) -> str:
    """Return how `now` differs from what `file` holds, line by line; empty where it does not."""
    before = file.read_text() if file.exists() else ""
    if before == now:
        return ""
    found = list(difflib.unified_diff(before.splitlines(), now.splitlines(), str(file), "now", lineterm="", n=0))
    more = [f"... and {len(found) - _SHOWN} more lines"] if len(found) > _SHOWN else []
    return "\n".join([*found[:_SHOWN], *more])
