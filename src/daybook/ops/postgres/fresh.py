"""The tables of an empty database, made in one go: what its first migrations come to stands in `tables.sql`.

For each of two hundred migrations Django makes the classes of nearly all models anew, which takes ten seconds that
somebody waits for who starts Daybook for the first time. `make tables` writes the file, and tests hold it against the
migrations. It need not be of today: those that it does not hold run afterwards, as ever.
"""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

FILE = Path(__file__).with_name("tables.sql")
HOLDS = "-- holds "
"""Begins each line of the file that names a migration: its app and its name."""
_MAY = """
    SELECT to_regclass('django_migrations') IS NULL AND current_schema() = 'public'
        AND current_setting('server_version_num')::int >= 180000
        AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('public'))
"""
"""The file was written by the programs of PostgreSQL 18, and names the schema; what is not so, or has been
migrated, is left to Django. Where a role has a schema of its own there need be none called public."""


def held() -> list[tuple[str, str]]:
    """Return the migrations that the file holds, app and name, in the order in which they ran."""
    lines = FILE.read_text().splitlines()
    return [(app, name) for app, name in (line.removeprefix(HOLDS).split() for line in lines if line.startswith(HOLDS))]


def fill(cursor: Any) -> bool:
    """Make the file's tables where the database is empty and knows all that the file says; tell whether it did.

    It is one transaction. A database with other versions of the libraries, whose migrations the file does not know by
    name, is left as it is.
    """
    cursor.execute(_MAY)
    if not cursor.fetchone()[0]:
        return False
    migrations = held()
    if not set(migrations) <= set(MigrationLoader(connection).disk_migrations or {}):
        return False
    with transaction.atomic():
        cursor.execute("SET LOCAL check_function_bodies = off")  # they name tables that are made further below
        cursor.execute(FILE.read_text())
        cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", migrations)
    return True
