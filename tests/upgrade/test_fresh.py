"""An empty database gets the tables that the migrations would have made, and everything else is left to those."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from daybook.ops.postgres import fresh
from tests import database
from tests.upgrade import write_tables
from tests.upgrade.conftest import TABLES, Installation, empty_database

YOUNGER = 15
"""So many migrations may be missing in the file before it is worth writing anew; each takes a twentieth of a second."""


@pytest.fixture
def empty(tmp_path) -> Iterator[Installation]:
    with empty_database("none", tmp_path) as installation:
        yield installation


def read_again(url: str, folder: Path) -> str:
    """Return a database's tables as they are in a copy: PostgreSQL puts some conditions otherwise at the first copy."""
    with empty_database("copy", folder) as copy:
        copy.sql(f"SET check_function_bodies = off; {write_tables.tables(url)}")
        return write_tables.tables(copy.url)


class TestTheFile:
    def test_is_of_the_migrations_as_they_are(self):
        said = fresh.FILE.read_text().splitlines()[0]
        assert said.endswith(write_tables.digest(fresh.held())), "a migration was changed: make tables"

    def test_holds_all_but_a_few(self):
        ours = {key for key in MigrationLoader(None).disk_migrations if (write_tables.ROOM / key[0]).is_dir()}
        assert len(ours - set(fresh.held())) <= YOUNGER, "make tables"

    def test_has_the_check_of_a_foreign_key_find_its_row_by_a_key_before_there_are_statistics(self, empty):
        asked = "SELECT 1 FROM orders_order WHERE company_id = $1 AND id = $2"
        with psycopg.connect(empty.url) as session:
            session.execute("SET check_function_bodies = off")
            session.execute(fresh.FILE.read_text())
            session.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE checked(bigint, bigint) AS {asked}")
            plan = str(session.execute("EXPLAIN (FORMAT JSON) EXECUTE checked(1, 1)").fetchone())
        assert "orders_order_pkey" in plan

    @pytest.mark.drawn(guards=TABLES)
    @pytest.mark.long(15)
    def test_comes_to_what_the_migrations_come_to(self, db, empty, tmp_path):
        write_tables.migrate_alone(empty.url)
        filled = database.url_of(database.template())
        assert read_again(filled, tmp_path) == read_again(empty.url, tmp_path)
        assert set(write_tables.applied(filled)) == set(write_tables.applied(empty.url))


class TestADatabase:
    def test_that_is_empty_is_filled_by_the_command_that_migrates(self, empty):
        said = empty.daybook("migrate").stdout
        assert said.startswith("The database is up to date (")
        assert write_tables.applied(empty.url)[: len(fresh.held())] == fresh.held()
        assert "was up to date" in empty.daybook("migrate").stdout

    def test_that_holds_anything_is_left_to_the_migrations(self, db):
        with connection.cursor() as cursor:
            assert not fresh.fill(cursor)
        call_command("migrate", check_unapplied=True, verbosity=0)

    def test_without_the_schema_that_the_file_names_is_left_to_the_migrations(self, db):
        with connection.cursor() as cursor:
            cursor.execute("ALTER SCHEMA public RENAME TO others; CREATE SCHEMA ours; SET LOCAL search_path = ours")
            assert not fresh.fill(cursor)
