"""The databases of a test run: migrated once, copied for every worker, and emptied without touching empty tables.

Migrating takes seconds of work and a copy takes none, so the first who needs a database migrates a template. The role
of `DATABASE_URL` may do as little as create databases; only what is quicker for a superuser is left out then.
"""

import os
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection, transaction
from django.test import TransactionTestCase

from daybook.ops.postgres import migrations

MADE_ONCE = 0x0DA7_7E57
"""The advisory lock under which one worker makes the template and the others wait. Any number."""
KEPT = frozenset({"django_content_type", "auth_permission"})
"""Written by the migrations and by nobody else. Django's own clearing empties them, only to fill them again."""

_djangos_own_clearing = TransactionTestCase._fixture_teardown


def begin_run() -> None:
    """Name the template in the process that starts the run; its workers inherit the name."""
    os.environ.setdefault("TEST_TEMPLATE_DATABASE", f"daybook_template_{os.getpid()}")
    TransactionTestCase._fixture_teardown = _clear


def end_run() -> None:
    """Drop the template, in the process that started the run."""
    name = os.environ["TEST_TEMPLATE_DATABASE"]
    if name == f"daybook_template_{os.getpid()}":
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


def url_of(name: str) -> str:
    """The URL of another database on the server of the tests."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit((*parts[:2], f"/{name}", *parts[3:]))


@contextmanager
def copied(name: str):
    """A migrated database of this name for the length of a block, where a process gets one of its own: its URL."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template()}"')
    yield url_of(name)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def template() -> str:
    """The name of the template, which is migrated if nobody has done so."""
    name = os.environ["TEST_TEMPLATE_DATABASE"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [MADE_ONCE])  # until the connection is closed
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            draft = f"{name}_draft"
            admin.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{draft}"')
            _migrate(draft)
            admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _migrate(name: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name
    try:
        with connection.cursor() as cursor:
            migrations.bring_up(cursor)
    finally:
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = before


def _clear(case: TransactionTestCase) -> None:
    """Delete the rows of a test that committed: as Django does, but TRUNCATE costs as much for an empty table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if may := cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")  # rows go in any order, unasked
            tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
            tables |= {
                "procrastinate_events",
                "procrastinate_jobs",
                "procrastinate_periodic_defers",
            }  # which Django does not manage
            cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in sorted(tables)))  # noqa: S608  # Django's names
    if not may:
        with transaction.atomic(), connection.cursor() as cursor:  # the tables' owner may do that, and says so
            cursor.execute("ALTER TABLE history_event DISABLE TRIGGER history_event_is_not_emptied")
            _djangos_own_clearing(case)
            cursor.execute("ALTER TABLE history_event ENABLE TRIGGER history_event_is_not_emptied")
