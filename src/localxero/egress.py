"""What each app has read, in bytes per calendar month of UTC: Xero meters it and stops nothing (xero-rules.md 2.3).

The Organisation endpoint is free. Whether answers to writes count is not known: a switch.
"""

import re
import threading

from localxero.clock import Clock

FREE = re.compile(r"/api\.xro/2\.0/organisation(/.*)?", re.IGNORECASE)


class Egress:
    """A meter per app and month."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bytes: dict[tuple[str, str], int] = {}

    def count(self, app: str, path: str, size: int) -> None:
        """Count an answer."""
        if FREE.fullmatch(path):
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
