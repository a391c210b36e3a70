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
class Get:
    """Give a file's bytes, all of one state of it. Answered: Content, TooLarge, Changed or Gone."""

    path: str
    most: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """Have a folder of that path. Answered: Made, also where it is there."""

    path: str


@dataclass(frozen=True, slots=True)
class Content:
    """The file's bytes."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The file is larger than was asked for; nothing of it was kept."""

    size: int


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody wrote to the file while it was read."""


@dataclass(frozen=True, slots=True)
class Made:
    """The folder is there."""


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


FileAsk = Put | Rename | List | Get | MakeFolder
Ask = Request | FileAsk
FileAnswer = Stored | Renamed | NameTaken | Gone | Listing | Content | TooLarge | Changed | Made

T = TypeVar("T")
FileTalk = Generator[FileAsk, FileAnswer, T]
"""PURE: yields what to ask, is sent the answer, returns what it found."""
