"""PURE: what can be asked over a wire, and what comes back.

What stops a talk (no connection, no room, a refusal) is raised by the wires (`errors.py`). What a talk decides by (the
name is taken, the file is gone) is an answer.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete to the byte."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a new file of exactly this path, to the disk, and tell how large it is there. Answered: Stored, or why not."""

    path: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a file another name in one step, never over another file. Answered: Renamed, NameTaken or Gone."""

    path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class List:
    """Tell what is in a folder. Answered: Listing."""

    folder: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The file is there."""

    size: int
    """Bytes, as the other side counts them."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """The file has its new name."""


@dataclass(frozen=True, slots=True)
class NameTaken:
    """Something of that name is there; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The file is not there (any more)."""


@dataclass(frozen=True, slots=True)
class FileThere:
    """One name in a folder."""

    name: str
    size: int | None = None
    """Bytes; None where the other side does not say."""
    modified: int | None = None
    """Seconds since 1970; None where the other side does not say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All names in a folder."""

    files: tuple[FileThere, ...] = ()

    def named(self, name: str) -> FileThere | None:
        """Return the file of that name, else one that differs in case only: some file systems take them for the same."""
        alike = [each for each in self.files if each.name.casefold() == name.casefold()]
        return next((each for each in alike if each.name == name), alike[0] if alike else None)


Ask = Request | Put | Rename | List
FileAsk = Put | Rename | List
FileAnswer = Stored | Renamed | NameTaken | Gone | Listing

T = TypeVar("T")
FileTalk = Generator[FileAsk, FileAnswer, T]
"""PURE: yields what to ask, is sent the answer, returns what it found."""
