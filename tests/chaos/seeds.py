"""The seeds that nobody chose: drawn by the commit, so that each commit tries others and the same one replays."""

import hashlib
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def commit() -> str:
    """Return which commit this is, "" where git says none: there is no repository, it is somebody else's, or no git."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def drawn(what: str) -> int:
    """Return a number below a million, drawn by the commit for this purpose."""
    return _number(what, commit())


def draws(by: str, what: str, *, one_in: int) -> bool:
    """Tell whether a commit draws this. One that has no name would draw the same for ever, and draws all instead."""
    return not by or _number(what, by) % one_in == 0


def _number(what: str, by: str) -> int:
    return int(hashlib.sha256(f"{what} {by}".encode()).hexdigest(), 16) % 1_000_000
