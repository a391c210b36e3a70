"""The seeds that nobody chose: drawn by the commit, so that each commit tries others and the same one replays."""

import hashlib
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def commit() -> str:
    """Return which commit this is, "" where there is no repository."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def drawn(what: str) -> int:
    """Return a number below a million, drawn by the commit for this purpose."""
    return int(hashlib.sha256(f"{what} {commit()}".encode()).hexdigest(), 16) % 1_000_000
