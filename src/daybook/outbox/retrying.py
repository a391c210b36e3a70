"""What is tried again, how long and how often: laws that posting and looking share."""

from datetime import timedelta

from django.db import InterfaceError, OperationalError

LEAVES_WITHIN = timedelta(seconds=60)
"""An attempt leaves, or leaves again, within this time of its commit, or not at all: a look later sees all there will be."""
MOST_TRIES = 8
"""Calls without a clear answer before a person has to look: nothing is tried again without end."""
DATABASE_AWAY = (OperationalError, InterfaceError)
"""Nobody's defect, and not one organisation's trouble: whoever meets it stops, and the sweep starts again."""
