"""What each app has read, in bytes per calendar month of UTC. It is metered and stops nothing."""

import re
import threading

from localkit.clock import Clock


class Egress:
    """A meter per app and month."""

    def __init__(self, clock: Clock, *, free: re.Pattern[str]) -> None:
        """Count with this clock; paths that are `free` as a whole count for nothing."""
        self._clock = clock
        self._free = free
        self._lock = threading.Lock()
        self._bytes: dict[tuple[str, str], int] = {}

    def count(self, app: str, path: str, size: int) -> None:
        """Count an answer."""
        if self._free.fullmatch(path):
            return
        key = (app, f"{self._clock.now():%Y-%m}")
        with self._lock:
            self._bytes[key] = self._bytes.get(key, 0) + size

    def usage(self) -> list[dict[str, object]]:
        """Tell what each app has read, month by month."""
        with self._lock:
            return [{"app": app, "month": month, "bytes": size} for (app, month), size in self._bytes.items()]

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._bytes.clear()
