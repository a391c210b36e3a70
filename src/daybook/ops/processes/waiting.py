"""The one place where commands wait: always with a bound."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

EVERY_SECONDS = 0.05


def until(check: Callable[[], Found], *, seconds: float, every: float = EVERY_SECONDS) -> Found:
    """Return the first true answer of `check`, asked again and again; the last false one when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found or time.monotonic() >= deadline:
            return found
        time.sleep(every)
