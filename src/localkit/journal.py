"""What happened, request by request: who asked, what was answered, what was booked, which rule or fault spoke."""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from localkit.json_values import Json

# What a request changed of a record: each field, as it was and as it is.
Changes = dict[str, tuple[Any, Any]]
CAPACITY = 10_000
BODIES, LONGEST_BODY = 500, 20_000


@dataclass(slots=True)
class Booking:
    """One thing a request changed in the books."""

    kind: str
    id: str
    number: str
    status: str
    changes: Changes = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """One request; `asked` and `answered` are its bodies, as far as they are text and are kept."""

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
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    fault_ids: list[int] = field(default_factory=list)
    cut: str = ""
    note: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    asked: str = ""
    answered: str = ""

    def spoke(self, rule: str, message: str) -> None:
        """Note which rule refused the whole request, and why."""
        self.rules.append({"element": None, "rule": rule, "message": message})


class Journal:
    """The last requests, oldest first; bounded."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._with_bodies: deque[Entry] = deque()
        self._numbers = itertools.count(1)

    def open(self, at: datetime, method: str, path: str, query: str) -> Entry:
        """Begin the entry of a request; it is filled in while the request is answered."""
        with self._lock:
            entry = Entry(next(self._numbers), at, method, path, query)
            self._entries.append(entry)
        return entry

    def keep_bodies(self, entry: Entry, asked: bytes, answered: bytes) -> None:
        """Keep what was asked and answered, for the last requests only and not beyond a length."""
        with self._lock:
            entry.asked, entry.answered = _text(asked), _text(answered)
            self._with_bodies.append(entry)
            if len(self._with_bodies) > BODIES:
                oldest = self._with_bodies.popleft()
                oldest.asked = oldest.answered = ""

    def entry(self, number: int) -> Entry | None:
        """Find a request by its number."""
        return next(iter(self.entries(lambda each: each.number == number)), None)

    def entries(self, matching: Callable[[Entry], bool] = lambda _: True) -> list[Entry]:
        """Return the entries, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if matching(entry)]

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        with self._lock:
            self._entries.clear()
            self._with_bodies.clear()


def exported(entry: Entry, *, bodies: bool = False) -> Json:
    """Turn an entry into JSON."""
    whole = {**asdict(entry), "what": what_happened(entry)}
    return whole if bodies else {name: value for name, value in whole.items() if name not in {"asked", "answered"}}


def _text(body: bytes) -> str:
    """Take a body for the journal: cut where it is long, left out where it is no text."""
    try:
        text = body[:LONGEST_BODY].decode()
    except UnicodeDecodeError as reason:
        if reason.start < min(len(body), LONGEST_BODY) - 4:  # no text; a character cut in half at the end may be
            return f"({len(body)} bytes)"
        text = body[: reason.start].decode()
    return f"{text}... ({len(body)} bytes)" if len(body) > LONGEST_BODY else text


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
    if entry.refused:
        parts.append(f"{entry.refused} refused")
    if entry.cut:
        parts.append(CUTS[entry.cut])
    elif entry.status is None:
        parts.append("not answered yet")
    elif entry.status >= 400:
        parts.append(f"answered {entry.status}" if entry.refused else f"refused with {entry.status}")
    return "; ".join(parts) or "answered"
