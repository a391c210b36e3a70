"""What happened, request by request: who asked, what was answered, what was booked, which rule or fault spoke."""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from localxero.json_values import Json

CAPACITY = 10_000


@dataclass(slots=True)
class Booking:
    """One thing a request changed in the books."""

    kind: str
    id: str
    number: str
    status: str


@dataclass(slots=True)
class Entry:
    """One request."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    idempotency_key: str | None = None
    app: str | None = None
    tenant_id: str | None = None
    status: int | None = None
    replayed: bool = False
    booked: list[Booking] = field(default_factory=list)
    rules: list[Json] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    fault_ids: list[int] = field(default_factory=list)
    cut: str = ""
    note: str = ""
    bytes_in: int = 0
    bytes_out: int = 0

    def spoke(self, rule: str, message: str) -> None:
        """Note which rule refused the whole request, and why."""
        self.rules.append({"element": None, "rule": rule, "message": message})


class Journal:
    """The last requests, oldest first; bounded."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._numbers = itertools.count(1)

    def open(self, at: datetime, method: str, path: str, query: str) -> Entry:
        """Begin the entry of a request; it is filled in while the request is answered."""
        with self._lock:
            entry = Entry(next(self._numbers), at, method, path, query)
            self._entries.append(entry)
        return entry

    def entries(self, matching: Callable[[Entry], bool] = lambda _: True) -> list[Entry]:
        """Return the entries, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if matching(entry)]

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        with self._lock:
            self._entries.clear()


def exported(entry: Entry) -> Json:
    """Turn an entry into JSON."""
    return {**asdict(entry), "what": what_happened(entry)}


CUTS = {
    "before": "connection reset before anything was looked at",
    "after": "connection reset after the answer was ready",
    "truncated": "the answer was cut in half",
    "gateway": "a gateway answered 504 in place of it",
}


def what_happened(entry: Entry) -> str:
    """Say in a few words what became of a request."""
    parts = []
    if entry.replayed:
        parts.append("replayed under its key: nothing done")
    elif entry.booked:
        parts.append(f"{len(entry.booked)} booked")
    if entry.cut:
        parts.append(CUTS[entry.cut])
    elif entry.status is None:
        parts.append("not answered yet")
    elif entry.status >= 400:
        parts.append(f"refused with {entry.status}")
    return "; ".join(parts) or "answered"
