"""PURE: which files of a watched place are whole, and which are left alone for now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daybook.wire.asks import FileThere

UNFINISHED = (
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".filepart",
    ".crdownload",
    ".upload",
    ".uploading",
    ".swp",
    ".lock",
)
"""What ends the name of a file that is being written."""
FINISHED = (".complete", ".error", ".error.txt")
"""What ends the name of one that is done with, as some systems rename, and of the text beside it."""
SECONDS = 5
"""How long a file must have looked the same."""
HELD_SECONDS = {"stuck": 3600, "unread": 300}
"""After which one that could not be moved, or read, is looked at again."""
LONGEST_NAME = 200
STUCK, UNREAD = HELD_SECONDS


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be done with what lies there."""

    ready: Sequence[FileThere] = ()
    waiting: Mapping[str, list[Any]] = field(default_factory=dict)
    """To be remembered until the next look: `{name: [size, modified, since, "stuck", "unread" or ""]}`."""
    odd: Sequence[str] = ()
    """Names that no file of orders may have, as they can be shown."""


def choose(files: Iterable[FileThere], seen: Mapping[str, Sequence[Any]], *, marker: str, now: int) -> Chosen:
    """Return what can be taken: a file that looks as it did before, or whose marker is there. `now`: seconds since 1970."""
    there = list(files)
    names = {each.name for each in there}
    ready, waiting, odd = [], {}, []
    for each in sorted(there, key=lambda one: (one.modified or 0, one.name)):
        if not _may_be_orders(each, marker):
            continue
        if not is_plain(each.name):
            odd.append(each.name.encode("ascii", "replace").decode()[:60])
            continue
        size, modified, since, how = (*seen.get(each.name, ()), None, None, now, "")[:4]
        is_same = (size, modified) == (each.size, each.modified)
        since = since if is_same else now
        if is_same and now - since < HELD_SECONDS.get(how, 0):
            waiting[each.name] = [each.size, each.modified, since, how]
        elif f"{each.name}{marker}" in names if marker else is_same and now - since >= SECONDS:
            ready.append(each)
        else:
            waiting[each.name] = [each.size, each.modified, since, ""]
    return Chosen(ready, waiting, odd)


def is_plain(name: str) -> bool:
    """Tell whether a name is one in its folder and nothing else: no way out of it, nothing that cannot be shown."""
    return name.isprintable() and "\ufffd" not in name and not set("/\\") & set(name) and len(name) <= LONGEST_NAME


def _may_be_orders(file: FileThere, marker: str) -> bool:
    """Tell whether it may be a file of orders: no folder, nothing hidden, nothing unfinished or done with."""
    name = file.name.lower()
    endings = (*UNFINISHED, *FINISHED, *([marker.lower()] if marker else []))
    return file.size is not None and not name.startswith((".", "~")) and not name.endswith(endings)
