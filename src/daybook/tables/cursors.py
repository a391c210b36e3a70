"""A cursor for statements that are said again and again: PostgreSQL reads and plans each once a session.

Django's own puts the values into the statement's text, so that each is new to PostgreSQL. Here they go beside it. A plan
is made anew once a table was counted again, which `ops/postgres/statistics.py` sees to while tables grow.
"""

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

TIMES = 3
"""So often a statement is said before it is prepared."""


def prepared() -> Any:
    """Return a cursor, for a `with` block, that prepares what it executes often. Django's wrappers stand around it."""
    connection = connections[DEFAULT_DB_ALIAS]  # once: `django.db.connection` looks for its thread's at each dot
    connection.ensure_connection()
    session = connection.connection
    session.prepare_threshold = TIMES
    return connection._prepare_cursor(psycopg.Cursor(session))  # type: ignore[attr-defined]  # noqa: SLF001 - as `cursor()`
