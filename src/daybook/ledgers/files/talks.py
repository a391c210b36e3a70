"""PURE: how one order becomes one file, in two steps, and what a look at the folder means.

    step 1   write NAME.ATTEMPT.part, and have its size confirmed          the caller commits Confirmed
    step 2   rename it to NAME; never over another file                    the caller commits Posted

A file that was confirmed has one way on: its renaming, which can happen once. So a kill at any moment, an answer that is
lost and a reader that collects at once come to one file for one order:

    confirmed   NAME     NAME.ATTEMPT.part
    no          no       any                send: nothing of ours ever had the name
    no          there    any                hold: somebody else's file
    yes         no       there              rename
    yes         any      gone               posted: it was renamed (and collected, where NAME is gone too)
    yes         there    there              hold: somebody else's file; posted where both are one file, which an SFTP
                                            server leaves behind that died between linking and unlinking
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from posixpath import join

from daybook.documents.causes import Hold
from daybook.ledgers.files.names import part_name
from daybook.ledgers.files.reasons import FileCause
from daybook.wire.asks import FileTalk, FileThere, Gone, List, Listing, Put, Rename, Renamed, Stored

MOST_ROUNDS = 3
"""Of renaming and looking why not, before a person is asked: somebody else is changing the folder all the time."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What step 1 leaves: the file is there under its temporary name, whole. To be committed before step 2."""

    name: str
    part: str
    size: int
    """Bytes."""


class Step(StrEnum):
    """What a look says is next."""

    SEND = "send"
    RENAME = "rename"
    POSTED = "posted"
    """The file is there under its name."""
    COLLECTED = "collected"
    """It was there, and the accounting software has taken it."""


def next_step(name: str, confirmed: Confirmed | None, listing: Listing) -> Step | Hold:
    """Return what is next for the file `name`, by what was confirmed of it and what is in the folder now."""
    there = listing.named(name)
    if confirmed is None:
        return Step.SEND if there is None else Hold(FileCause.FILE_NAME_TAKEN, name)
    part = listing.named(confirmed.part)
    if part is None:
        return Step.COLLECTED if there is None else Step.POSTED
    if there is not None:
        return Step.POSTED if _is_one(there, part, confirmed) else Hold(FileCause.FILE_NAME_TAKEN, name)
    if part.size != confirmed.size:
        figures = f"It was written with {confirmed.size} bytes and has {part.size} now."
        return Hold(FileCause.PART_FILE_CHANGED, confirmed.part, figures)
    return Step.RENAME


def _is_one(there: FileThere, part: FileThere, confirmed: Confirmed) -> bool:
    """Tell whether both names are of the one file that was confirmed."""
    seen = {(each.size, each.modified) for each in (there, part)}
    return seen == {(confirmed.size, part.modified)} and part.modified is not None


def look(folder: str, sought: Sequence[tuple[str, Confirmed | None]]) -> FileTalk[list[Step | Hold]]:
    """Look once, and return what is next for each file, in the same order."""
    if not sought:
        return []
    listing = yield List(folder)
    if not isinstance(listing, Listing):
        raise TypeError(f"no listing: {listing}")
    return [next_step(name, confirmed, listing) for name, confirmed in sought]


def send(folder: str, name: str, attempt: str, content: bytes) -> FileTalk[Confirmed | Hold]:
    """Step 1, after a look that said SEND: write the file under its temporary name."""
    part = part_name(name, attempt)
    answer = yield Put(join(folder, part), content)
    match answer:
        case Stored(size) if size == len(content):
            return Confirmed(name, part, size)
        case Gone():
            return Hold(FileCause.PART_FILE_TAKEN, part)
        case _:
            return Hold(FileCause.PART_FILE_CHANGED, part)


def publish(folder: str, confirmed: Confirmed) -> FileTalk[Step | Hold]:
    """Step 2, after Confirmed was committed: give the file its name. Returns POSTED, COLLECTED, or why a person is asked."""
    for _ in range(MOST_ROUNDS):
        answer = yield Rename(join(folder, confirmed.part), join(folder, confirmed.name))
        if isinstance(answer, Renamed):
            return Step.POSTED
        (step,) = yield from look(folder, [(confirmed.name, confirmed)])
        if step is not Step.RENAME:
            return step
    return Hold(FileCause.FILE_NAME_TAKEN, confirmed.name)
