"""A company's own template is run here, in a process of its own that is small, mute, and ended after seconds.

A template is a program of a stranger's. Jinja's sandbox keeps it from Python; what no sandbox keeps it from (a loop that
does not end, a number of a million digits, a text of gigabytes) the system does: time, memory and the length of what it
says are bounded, it has no files to write and nothing in its environment. A template that is stopped has said nothing.
"""

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from daybook.kit import clock

SECONDS = 10.0
"""For all texts of one run, the start of the process with it."""
CPU_SECONDS = 5
"""Of one run, the start of the process with it."""
CPU_OF_EACH = 2.0
"""Seconds of one text where there are others, which it may not use up; alone it has nearly all of the run's. Several
that are stopped end the run, since the template is at fault and not what it is given."""
CPU_TO_SAY_SO = 0.25
"""Seconds that are left to a text that is stopped alone, before the run is ended from without."""
MOST_STOPPED = 2
MEMORY = 512 * 1024 * 1024
LARGEST = 20_000_000
"""Characters of one text."""
MOST_ROUNDS = 200_000
"""Of one `range`; loops inside of loops end with the time."""
LONGEST_TEMPLATE = 50_000


@dataclass(frozen=True, slots=True)
class Failed:
    """A template that did not come to its end; of what it said nothing is kept."""

    words: str
    """What is wrong and in which line, as Jinja says it."""
    is_too_much: bool = False
    """It was stopped."""


def run(template: str, contexts: Sequence[str], *, whole: float = math.inf) -> list[str | Failed]:
    """Return the text for each of the contexts (`ledgers/files/formats.py: for_template`), or why there is none.

    `whole`: seconds for all of it, where a person waits for it; a busy machine may need SECONDS more than once.
    """
    until = time.monotonic() + clock.lasting(whole)
    if len(template) > LONGEST_TEMPLATE:
        return [Failed(f"it is longer than {LONGEST_TEMPLATE:,} characters", is_too_much=True)] * len(contexts)
    made = _run(template, contexts, until)
    if not isinstance(made, Failed):
        return made
    return [made] if len(contexts) == 1 else _one_by_one(template, contexts, until)


def _one_by_one(template: str, contexts: Sequence[str], until: float) -> list[str | Failed]:
    """Return the texts of a run that was ended from without: one context may have spoilt it for the others."""
    said: list[str | Failed] = []
    stopped: list[Failed] = []
    for context in contexts:
        made = _run(template, [context], until) if len(stopped) < MOST_STOPPED else stopped[-1]
        if isinstance(made, Failed):
            stopped.append(made)
        said += [made] if isinstance(made, Failed) else made
    return said


def _run(template: str, contexts: Sequence[str], until: float) -> list[str | Failed] | Failed:
    said = json.dumps({"template": template, "contexts": list(contexts)})
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-I", "-c", _START, *_paths()],
            input=said.encode(),
            capture_output=True,
            timeout=max(min(clock.lasting(SECONDS), until - time.monotonic()), 0),
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Failed("it ran for too long", is_too_much=True)
    if ended.returncode:
        return Failed("it ran for too long, or wanted too much memory", is_too_much=True)
    return [_one(each) for each in json.loads(ended.stdout)]


def _one(said: dict[str, str]) -> str | Failed:
    if "text" in said:
        return said["text"]
    return Failed(said["failed"], is_too_much=said.get("too_much") == "yes")


_START = "import sys; sys.path[:0] = sys.argv[1:]; from daybook.wire import template_child; template_child.main()"


def _paths() -> list[str]:
    """Return where the child finds what it imports: it is started without any environment."""
    return [each for each in sys.path if each]
