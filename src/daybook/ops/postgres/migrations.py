"""Bringing the database's tables up to this version."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ADVISORY_LOCK = 0x0DA7_B00C
"""Any number, the same in all processes: migrations run one after another."""


def apply() -> int:
    """Run what has not run yet, alone, and return how many migrations that were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if waiting:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    return len(waiting)
