"""A process holds the database while it runs, and ends where the tables were changed under it all the same."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.utils import connector_params

from daybook.ops.postgres import migrations
from daybook.ops.processes import presence
from daybook.ops.processes.stops import Stop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@contextmanager
def somebody() -> Iterator[psycopg.Connection]:
    """Another session on the same database."""
    with psycopg.connect(**connector_params(), autocommit=True) as session:
        yield session


@contextmanager
def changed_tables() -> Iterator[None]:
    """As if a newer version had changed the tables, for the length of a block."""
    with somebody() as session:
        session.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('outbox', '0999_newer', now())")
        try:
            yield
        finally:
            session.execute("DELETE FROM django_migrations WHERE name = '0999_newer'")


def end_all_sessions(session: psycopg.Connection) -> None:
    """End those of this database alone: the server is shared with the tests of other workers."""
    session.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [presence.LOCK],
    )


class TestAProcessThatRuns:
    def test_is_counted_and_keeps_migrations_out(self):
        with presence.held(), presence.held(), connection.cursor() as cursor:
            assert presence.others(cursor) == 2
            with presence.alone(cursor) as others:
                assert others == 2

    def test_is_not_there_any_more_once_it_ended(self):
        with presence.held():
            pass
        with connection.cursor() as cursor, presence.alone(cursor) as others:
            assert others == 0

    def test_goes_on_after_the_database_was_started_again(self):
        with presence.held() as held, somebody() as session:
            held.note_version()
            end_all_sessions(session)
            assert [held.check(), held.check()] == ["", ""]
            assert presence.others(session.cursor()) == 1

    def test_ends_where_the_tables_are_changed_while_the_database_was_away(self):
        with presence.held() as held, somebody() as session:
            held.note_version()
            end_all_sessions(session)
            assert held.check() == ""
            with presence.alone(session.cursor()) as others:
                assert (others, held.check()) == (0, presence.BUSY)

    def test_ends_itself_in_good_order_where_the_tables_are_others(self):
        asked = threading.Event()
        before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
        try:
            with (
                pytest.raises(Stop, match="changed by another version"),
                presence.held() as held,
                presence.watched(held, every=0.02),
                changed_tables(),
            ):
                assert asked.wait(10)
        finally:
            signal.signal(signal.SIGTERM, before)


class TestAProcessThatStarts:
    def test_is_refused_while_the_tables_are_being_changed(self):
        with (
            somebody() as session,
            presence.alone(session.cursor()),
            pytest.raises(Stop, match="is changing"),
            presence.held(),
        ):
            raise AssertionError

    def test_is_refused_on_the_tables_of_a_newer_version(self):
        migrations.refuse_other_tables()
        with changed_tables(), pytest.raises(Stop, match="newer version of Daybook"):
            migrations.refuse_other_tables()
