"""Who goes first where the cores do not do for all: whoever waits for an answer, before what is done behind the pages."""

import os
from contextlib import suppress
from pathlib import Path

NICENESS = 5
"""A third of the weight of a process that does not give way. By less, an OMS that pushes fast waits for seconds."""
_OF_THE_SESSION = Path("/proc/self/autogroup")
"""Linux shares the cores out among sessions first, unless they are in groups of their own (sched(7), autogroup)."""


def give_way() -> None:
    """Let other processes of this machine go first from now on; where they do not want the cores, nothing changes.

    The worker does: what it posts late is posted all the same, and in fuller calls, which cost less.
    """
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():  # else it is the terminal's session, with all that runs in it
        with suppress(OSError):
            _OF_THE_SESSION.write_text(str(NICENESS))
