"""Keys under which a request is answered once: replayed byte for byte for a while, refused for another request.

A concurrent repeat waits for the first to end. Errors are stored too.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from localkit.answers import Answer
from localkit.clock import Clock


class KeyTooLongError(Exception):
    """The key has too many characters."""


class KeyReusedError(Exception):
    """The key was used with a different request."""


@dataclass(slots=True)
class _Kept:
    fingerprint: str
    expires: float
    answer: Answer | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Keys:
    """The keys of the last minutes and the answers given under them."""

    def __init__(self, clock: Clock, *, lifetime: float, longest: int) -> None:
        """Keep keys of up to `longest` characters for `lifetime` seconds."""
        self._clock = clock
        self._lifetime, self._longest = lifetime, longest
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], _Kept] = {}

    def once(self, scope: str, key: str, fingerprint: str, act: Callable[[], Answer]) -> tuple[Answer, bool]:
        """Act at most once per key; return the answer and whether it is a replay.

        If the first call ends without an answer (its `act` raised), the key is free again and one of those who
        waited takes its turn.
        """
        if len(key) > self._longest:
            raise KeyTooLongError
        while True:
            kept, is_first = self._take(scope, key, fingerprint)
            if is_first:
                return self._act(scope, key, kept, act), False
            kept.done.wait()
            if kept.answer is not None:
                return kept.answer, True

    def _take(self, scope: str, key: str, fingerprint: str) -> tuple[_Kept, bool]:
        with self._lock:
            now = self._clock.seconds()
            kept = self._kept.get((scope, key))
            if kept and (kept.expires > now or not kept.done.is_set()):
                if kept.fingerprint != fingerprint:
                    raise KeyReusedError
                return kept, False
            self._forget_expired(now)
            kept = self._kept[scope, key] = _Kept(fingerprint, now + self._lifetime)
            return kept, True

    def _act(self, scope: str, key: str, kept: _Kept, act: Callable[[], Answer]) -> Answer:
        try:
            kept.answer = act()
        finally:
            if kept.answer is None:
                with self._lock:
                    self._kept.pop((scope, key), None)
            kept.done.set()
        return kept.answer

    def _forget_expired(self, now: float) -> None:
        """Drop what has expired, from the oldest on: entries are kept in the order they came."""
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest].expires > now or not self._kept[oldest].done.is_set():
                return
            del self._kept[oldest]

    def clear(self) -> None:
        """Forget every key."""
        with self._lock:
            self._kept.clear()
