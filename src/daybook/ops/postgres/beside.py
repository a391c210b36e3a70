"""PURE: which changes of tables processes of an older version may run beside, so that an upgrade stops nobody.

Such a change only adds: a table, a column that may be empty or that PostgreSQL fills by itself, an index that is built
without keeping writers out, a trigger that notes in a new table what is written. What an older version reads and writes stays as it was, however much older it is. It says so
in its name, for that is all that an older version sees of it.
"""

from collections.abc import Iterable

from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.operations.base import Operation

from daybook.altering import AddIndexBeside, AddTriggerBeside

SUFFIX = "_beside"
"""Ends the name of a migration that older versions may run beside; a test holds each of that name to it."""


def is_said_of(name: str) -> bool:
    """Return whether a migration says so of itself, by its name."""
    return name.endswith(SUFFIX)


def are_all(migrations: Iterable[Migration]) -> bool:
    """Return whether each of the migrations says so, and is so."""
    return all(is_said_of(each.name) and not faults(each) for each in migrations)


def faults(migration: Migration) -> list[str]:
    """Return what in a migration could break an older version that runs beside, as its operations describe themselves."""
    return [each.describe() for each in migration.operations if not _only_adds(each)]


def _only_adds(operation: Operation) -> bool:
    match operation:
        case CreateModel() | AddIndexBeside() | AddTriggerBeside():
            return True
        case AddField(field=field):
            return bool(field.null or field.has_db_default() or field.many_to_many)
    return False
