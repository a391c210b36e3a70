"""Triggers are made while others write the tables, in whichever order: nobody is stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from daybook.altering import AddTriggerBeside

NOTHING_OF = "UPDATE {} SET id = id WHERE FALSE"
"""Takes the lock of those who write the table."""


def making() -> list[tuple[str, str]]:
    """Return the migrations that make triggers."""
    found = MigrationLoader(None).disk_migrations.items()
    return [key for key, each in found if any(isinstance(one, AddTriggerBeside) for one in each.operations)]


@contextmanager
def writing(first: str, then: str) -> Iterator[list[Exception]]:
    """Write two tables in a transaction that has the lock of the first before the block begins; yield what went wrong."""
    has_begun, wrong = Event(), list[Exception]()

    def write() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(NOTHING_OF.format(first))
                has_begun.set()
                cursor.execute("SELECT pg_sleep(0.5)")
                cursor.execute(NOTHING_OF.format(then))
        except Exception as error:  # noqa: BLE001  # it is told of
            wrong.append(error)
        finally:
            connection.close()

    writer = Thread(target=write)
    writer.start()
    has_begun.wait(timeout=10)
    yield wrong
    writer.join(timeout=30)
    assert not writer.is_alive()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", making(), ids=".".join)
def test_who_writes_the_tables_the_other_way_round_is_not_stopped(key: tuple[str, str]) -> None:
    migration = MigrationLoader(None).disk_migrations[key]
    triggers = [each for each in migration.operations if isinstance(each, AddTriggerBeside)]
    with (
        writing(triggers[-1].table, triggers[0].table) as wrong,
        connection.schema_editor(atomic=migration.atomic) as editor,
    ):
        for each in triggers:
            each.database_forwards(key[0], editor, None, None)
    assert wrong == []


@pytest.mark.django_db
def test_a_trigger_is_made_in_no_transaction() -> None:
    trigger = AddTriggerBeside("orders_order", "x", after="INSERT", each="FOR EACH ROW", does="BEGIN RETURN NULL; END")
    with connection.schema_editor(atomic=True) as editor, pytest.raises(NotSupportedError):
        trigger.database_forwards("orders", editor, None, None)
