"""Keeps child processes running: starts them, restarts those that die, stops them all.

Each child leads a process group of its own, so that Ctrl-C reaches only the supervisor, which stops the children in
good order; whatever a dead child leaves of its group is ended with it.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from daybook.ops.processes import waiting

LOOK_SECONDS = 0.2
STOP_SECONDS = 75
"""Longer than a call to a ledger may take (60 s): a worker finishes its running job."""
HEALTHY_SECONDS = 60
"""A child that lived so long starts with a clean record."""
MOST_DEATHS = 6
LONGEST_PAUSE_SECONDS = 10.0


class GaveUpError(Exception):
    """A child died too often in a row."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended again and again, at last with code {code}")
        self.name, self.code = name, code


@dataclass(slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    output: Path | None = None
    """A file for what it says; None: it says it where we do."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_again_at: float = 0
    deaths: int = 0
    most_deaths: int = MOST_DEATHS
    """In a row; then it is given up."""
    keeps: tuple[int, ...] = ()
    """Descriptors of ours that stay open in it."""

    def start(self) -> None:
        """Start the process."""
        with contextlib.ExitStack() as stack:
            said = stack.enter_context(self.output.open("ab")) if self.output else None
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                pass_fds=self.keeps,
            )
        self.started_at = time.monotonic()

    def ended(self) -> int | None:
        """Return its exit code if it has ended, else None."""
        return self.process.poll() if self.process else None

    def note_death(self, code: int) -> None:
        """Plan the next start, later each time. Raises GaveUpError."""
        now = time.monotonic()
        self.signal_group(signal.SIGKILL)
        self.process = None
        self.deaths = 1 if now - self.started_at > HEALTHY_SECONDS else self.deaths + 1
        if self.deaths >= self.most_deaths:
            raise GaveUpError(self.name, code)
        self.start_again_at = now + min(LONGEST_PAUSE_SECONDS, 0.25 * 2**self.deaths)

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


@dataclass(slots=True)
class Supervisor:
    """The children of one command."""

    children: list[Child]
    say: Callable[[str], None]
    asked_to_stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def started(self) -> Iterator[None]:
        """Have all children running for the length of a block, and none afterwards."""
        with self._signals():
            try:
                for child in self.children:
                    child.start()
                yield
            finally:
                self._stop()

    def watch(self, done: Callable[[], bool] = lambda: False) -> bool:
        """Restart what dies until `done`, or until somebody asks to stop (then return False). Raises GaveUpError."""
        while not self.asked_to_stop.is_set():
            if done():
                return True
            for child in self.children:
                self._look_after(child)
            self.asked_to_stop.wait(LOOK_SECONDS)
        return False

    def _look_after(self, child: Child) -> None:
        code = child.ended()
        if code is not None:
            child.note_death(code)
            self.say(f"{child.name} ended with code {code}; it starts again")
        elif child.process is None and time.monotonic() >= child.start_again_at:
            child.start()

    def _stop(self) -> None:
        """End all children: asked at first, made to at last."""
        for child in self.children:
            if child.process and child.ended() is None:
                child.process.send_signal(signal.SIGTERM)
        waiting.until(self._all_ended, seconds=STOP_SECONDS)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process:
                child.process.wait()

    def _all_ended(self) -> bool:
        return all(child.process is None or child.ended() is not None for child in self.children)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask to stop; a second one makes the children stop at once."""

        def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # a signal handler's signature
            if self.asked_to_stop.is_set():
                for child in self.children:
                    child.signal_group(signal.SIGKILL)
            self.asked_to_stop.set()

        old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
