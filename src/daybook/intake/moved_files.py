"""PURE: what a file is called once it is done with, and the text that stands beside a bad one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

DONE, ERROR = "done", "error"


class Ended(Protocol):
    """A file that is done with."""

    name: str
    public_id: str
    accepted: int
    unchanged: int
    refused: int
    ignored: int
    problems: list[dict[str, str]]


class Place(Protocol):
    """What is said of the place."""

    @property
    def afterwards(self) -> str:
        """`move` into folders, or `rename` where it is."""


def folder(place: Place, *, is_bad: bool) -> str:
    """Return the folder below the place that the file goes to; "" where it stays in its own."""
    if place.afterwards == "rename":
        return ""
    return ERROR if is_bad else DONE


def names(place: Place, file: Ended, now: datetime) -> Iterator[str]:
    """Yield what the file may be called, the nicest first; the last one nobody else has."""
    if place.afterwards == "rename":
        ending = "error" if _is_bad(file) else "complete"
        yield f"{file.name}.{now:%Y%m%d%H%M%S}.{ending}"
        yield f"{file.name}.{now:%Y%m%d%H%M%S}-{file.public_id}.{ending}"
    else:
        yield file.name
        yield stamped(file.name, now, file)


def stamped(name: str, now: datetime, file: Ended) -> str:
    """Return the name with the time and the file's own id before its ending."""
    stem, dot, ending = name.rpartition(".")
    stamp = f"{now:%Y%m%d%H%M%S}-{file.public_id}"
    return f"{stem}.{stamp}.{ending}" if dot and stem else f"{name}.{stamp}"


def explanation(file: Ended) -> str:
    """Return the text beside a bad file: what was taken in, what was not, and the cure of each."""
    taken = file.accepted + file.unchanged
    lines = [file.name, "=" * len(file.name), ""]
    if file.refused:
        lines.append(f"{file.refused} of {file.refused + taken + file.ignored} orders or messages were not taken in.")
        lines.append("What was taken in stays taken in: mend the file and put all of it in again.")
    else:
        lines.append("Nothing of this file was taken in. Mend it and put it in again.")
    lines.append("")
    lines += [f"{each['field']}: {each['problem']} {each['cure']}" for each in file.problems]
    if file.refused > len(file.problems):
        lines.append(f"... and more: {len(file.problems)} are shown.")
    return "\n".join(lines) + "\n"


def _is_bad(file: Ended) -> bool:
    return bool(file.refused or (not file.accepted + file.unchanged + file.ignored and file.problems))
