"""Locks on files: the kernel drops them when their process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daybook.ops.processes import waiting


class LockBusyError(Exception):
    """Somebody else held the lock for longer than one waits."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is locked by another process")
        self.path = path


class SharedLock:
    """One of many holders of a file; the last one can tell that it is the last."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_only_holder(self) -> bool:
        """Return whether nobody else holds the file. Afterwards the lock is exclusive or gone: close it next."""
        return _try_flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # a forked child may hold a copy of the descriptor
        os.close(self._descriptor)


@contextmanager
def exclusive(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold `path` alone. Raises LockBusyError after `seconds` of waiting."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not waiting.until(lambda: _try_flock(descriptor, fcntl.LOCK_EX), seconds=seconds):
            raise LockBusyError(path)
        yield
    finally:
        os.close(descriptor)


def _try_flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
