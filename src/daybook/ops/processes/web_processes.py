"""How many web processes make sense here."""

import os

MOST = 8
"""Each may hold a dozen connections to the database; whoever wants more says so."""


def that_make_sense() -> int:
    """Return one for each core that this process may use, up to `MOST`: a Python process uses one at a time."""
    return min(MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
