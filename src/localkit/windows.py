"""PURE: fixed windows of time in which calls are counted."""

import hashlib
import math
from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    """A window that goes on by itself: so many seconds, shifted, and how much is used of it."""

    length: int
    offset: int
    index: int = -1
    used: int = 0

    def at(self, seconds: float) -> "Window":
        """Be the window in which this moment lies, with nothing used where it is a new one."""
        index = int((seconds + self.offset) // self.length)
        if index != self.index:
            self.index, self.used = index, 0
        return self

    def ends_in(self, seconds: float) -> int:
        """Return how many whole seconds there are to its end, at least one."""
        return max(1, math.ceil((self.index + 1) * self.length - self.offset - seconds))


def offset_of(whose: str, length: int) -> int:
    """Say by how many seconds the windows of somebody are shifted: each has a moment of its own, always the same."""
    return int.from_bytes(hashlib.sha256(whose.encode()).digest()[:4]) % length
