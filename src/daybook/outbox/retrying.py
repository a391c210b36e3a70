"""What is tried again, how long and how often: laws that posting and looking share."""

from datetime import timedelta

LEAVES_WITHIN = timedelta(seconds=60)
"""An attempt leaves, or leaves again, within this time of its commit, or not at all: a look later sees all there will be."""
MOST_TRIES = 8
"""Calls without a clear answer before a person has to look: nothing is tried again without end."""


def halved(documents: int) -> int:
    """Return how many may share the next calls, after one of so many of which nothing came."""
    return max(1, (documents + 1) // 2)
