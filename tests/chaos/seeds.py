"""The seeds that nobody chose: drawn by the commit, so that each commit tries others and the same one replays."""

import hashlib
import subprocess
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LATELY = 5
"""Commits back; of a merge the side that it was made on, so that all that it brought has changed with it."""


@cache
def commit(root: Path = ROOT) -> str:
    """Return which commit this is, "" where git says none: there is no repository, it is somebody else's, or no git."""
    return _said("rev-parse", "--short=12", "HEAD", root=root).strip()


@cache
def drawer(root: Path = ROOT) -> str:
    """Return the commit that draws tests, "" where git cannot tell what changed lately: in a clone of few commits."""
    knows = _said("rev-parse", "--quiet", "--verify", f"HEAD~{LATELY}", root=root).strip()
    return commit(root) if knows else ""


@cache
def changed() -> frozenset[str]:
    """Return the files that changed lately or are not committed yet; none where git does not know so many commits."""
    return frozenset(
        [
            *_said("diff", "--name-only", f"HEAD~{LATELY}").splitlines(),
            *_said("ls-files", "--others", "--exclude-standard").splitlines(),
        ]
    )


def touches(files: Iterable[str], places: Iterable[str]) -> bool:
    """Tell whether one of the files is at one of the places: files themselves, or patterns of such."""
    return any(fnmatchcase(file, place) for place in places for file in files)


def drawn(what: str) -> int:
    """Return a number below a million, drawn by the commit for this purpose."""
    return _number(what, commit())


def draws(by: str, what: str, *, one_in: int) -> bool:
    """Tell whether a commit draws this. One that has no name would draw the same for ever, and draws all instead."""
    return not by or _number(what, by) % one_in == 0


def _said(*asked: str, root: Path = ROOT) -> str:
    try:
        return subprocess.run(["git", "-C", str(root), *asked], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _number(what: str, by: str) -> int:
    return int(hashlib.sha256(f"{what} {by}".encode()).hexdigest(), 16) % 1_000_000
