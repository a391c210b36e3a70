"""What stands in the way of changing the tables: asked in a transaction that cannot write, so that nothing is changed.

The database's own facts first (its version, our rights, who else uses it), then whether it is older than this version
at all, then the laws that rows must keep (`laws.py`). Any version's tables can be asked, also half of the way up.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader

from daybook.ops.postgres import beside, values
from daybook.ops.postgres.laws import LAWS, Law

OLDEST_POSTGRESQL = 140_000
EXAMPLES = 3
ALIVE_SECONDS = 30
"""A worker gives a sign of life every 10 seconds."""
RETIRED_APPS = frozenset[str]()
"""Apps of older versions whose tables are gone: that they once had migrations is no sign of a newer version."""
STOP_ALL = "Stop every `daybook up`, `daybook web` and `daybook worker` on this database, then do this again."


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way, for a person."""

    what: str
    cure: str


def find(*, others: int) -> list[Obstacle]:
    """Return all that stands in the way; changes nothing. `others`: how many other processes hold the database."""
    with _reading_only() as cursor:
        tables = _columns(cursor)
        found = [obstacle for check in CHECKS for obstacle in check(cursor, tables)]
        found += [obstacle for law in LAWS for obstacle in _broken(cursor, tables, law)]
    return [*_present(others), *found]


def find_of_adding() -> list[Obstacle]:
    """Return what stands in the way of changes that only add (`beside.py`): who else is there, and what rows say, does not."""
    with _reading_only() as cursor:
        tables = _columns(cursor)
        return [obstacle for check in CHECKS_OF_ADDING for obstacle in check(cursor, tables)]


@contextmanager
def _reading_only() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        yield cursor
        transaction.set_rollback(True)


def unknown_migrations(loader: MigrationLoader) -> list[str]:
    """Return the changes by a newer version that this one cannot run beside."""
    applied = set(loader.applied_migrations or {})
    return unknown(loader, (key for key in applied if not beside.is_said_of(key[1])))


def unknown(loader: MigrationLoader, applied: Iterable[tuple[str, str]]) -> list[str]:
    """Return which of these changes, each an app and a name, this version does not know."""
    known = set(loader.disk_migrations)
    replaced = {name for each in loader.disk_migrations.values() for name in each.replaces}
    others = {key for key in applied if key[0] not in RETIRED_APPS}
    return sorted(f"{app}.{name}" for app, name in others - known - replaced)


def newer() -> list[Obstacle]:
    """Return that a newer version changed the database, if one did."""
    unknown = unknown_migrations(MigrationLoader(connection))
    what = f"The database was changed by a newer version of Daybook ({some(unknown)})."
    return [Obstacle(what, "Install that version, or restore the backup that was made before it.")] if unknown else []


Tables = dict[str, set[str]]


def _columns(cursor: Any) -> Tables:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    tables: Tables = {}
    for table, column in cursor.fetchall():
        tables.setdefault(table, set()).add(column)
    return tables


def _present(others: int) -> Iterator[Obstacle]:
    if others:
        yield Obstacle(f"Other processes of Daybook use the database: {others}.", STOP_ALL)


def _server(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001  # all checks are asked alike
    cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    number, name = cursor.fetchone()
    if number < OLDEST_POSTGRESQL:
        yield Obstacle(f"The database is PostgreSQL {name}.", "Daybook needs 14 or newer: move the database to one.")
    cursor.execute("SELECT current_setting('server_encoding')")
    if (encoding := cursor.fetchone()[0]) != "UTF8":
        yield Obstacle(
            f"The database's encoding is {encoding}, in which not every text can be kept.",
            "Dump it (pg_dump), make one with ENCODING 'UTF8' TEMPLATE template0, and restore the dump there.",
        )
    cursor.execute("SELECT pg_is_in_recovery()")
    if cursor.fetchone()[0]:
        yield Obstacle("The database is a standby, which nobody may write to.", "Name the primary in DATABASE_URL.")
    cursor.execute("SELECT current_setting('default_transaction_read_only')::boolean")
    if cursor.fetchone()[0]:
        yield Obstacle(
            "The role or the database is set to only read (default_transaction_read_only).",
            "Take that setting away (ALTER ROLE ... or ALTER DATABASE ... RESET default_transaction_read_only).",
        )


def _rights(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    cursor.execute("SELECT current_user, has_schema_privilege(current_schema(), 'CREATE')")
    role, may_create = cursor.fetchone()
    if not may_create:
        yield Obstacle(
            f"The role {role} may make no tables.", f"As the database's owner: GRANT CREATE ON SCHEMA public TO {role};"
        )
    cursor.execute(
        "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = current_schema()"
        " AND NOT pg_has_role(tableowner, 'USAGE') ORDER BY tablename"
    )
    strange = cursor.fetchall()
    if strange:
        names, owners = some([table for table, _ in strange]), some(sorted({owner for _, owner in strange}))
        yield Obstacle(
            f"Tables belong to somebody else than {role} ({owners}): {names}.",
            "Name that role in DATABASE_URL, or give the tables to ours: REASSIGN OWNED BY ... TO ...;",
        )


def _strange_things(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    """What changes tables replaces functions and types too, which only their owner may; giving tables away leaves them."""
    cursor.execute("""
        SELECT 'function ' || proname, pg_get_userbyid(proowner) FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND NOT pg_has_role(proowner, 'USAGE')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
        UNION SELECT 'type ' || typname, pg_get_userbyid(typowner) FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e' AND NOT pg_has_role(typowner, 'USAGE')
        UNION SELECT 'sequence ' || relname, pg_get_userbyid(relowner) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' AND NOT pg_has_role(relowner, 'USAGE')
        ORDER BY 1
    """)
    strange = cursor.fetchall()
    if strange:
        names, owners = some([name for name, _ in strange]), some(sorted({owner for _, owner in strange}))
        yield Obstacle(
            f"What belongs to the tables belongs to somebody else ({owners}): {names}.",
            "As the database's owner: REASSIGN OWNED BY ... TO ...; or ALTER FUNCTION (TYPE, SEQUENCE) ... OWNER TO ...;",
        )


def _held(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    """A session that has read or written a table, and did not end that, would let the change of it wait for ever.

    Of sessions of other roles PostgreSQL may tell no more than whose they are.
    """
    cursor.execute("""
        SELECT DISTINCT coalesce(application_name, usename) || ' (process ' || session.pid || ' on the server)'
        FROM pg_locks JOIN pg_class ON pg_class.oid = relation JOIN pg_stat_activity session USING (pid)
        WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND relnamespace = current_schema()::regnamespace AND usesysid IS NOT NULL AND session.pid <> pg_backend_pid()
            AND coalesce(backend_type, 'client backend') = 'client backend'
            AND coalesce(application_name, 'of another role') NOT IN ('', 'daybook') ORDER BY 1
    """)
    holders = [name for (name,) in cursor.fetchall()]
    if holders:
        yield Obstacle(
            f"Sessions are in the middle of something with the tables: {some(holders)}.",
            "Wait until they are done (a backup?), or end them: SELECT pg_terminate_backend(PROCESS);",
        )


def _views(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    """Daybook has none; with a column goes, without a word, every view that reads it."""
    cursor.execute("""
        SELECT DISTINCT rule.ev_class::regclass::text FROM pg_rewrite rule
        JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = rule.oid AND refclassid = 'pg_class'::regclass
        JOIN pg_class read ON read.oid = refobjid
        WHERE read.relnamespace = current_schema()::regnamespace AND read.relkind = 'r' ORDER BY 1
    """)
    views = [name for (name,) in cursor.fetchall()]
    if views:
        yield Obstacle(
            f"Views that are not Daybook's read its tables, and would be lost with columns that go: {some(views)}.",
            "Keep how they are made (pg_dump --schema-only --table=NAME), drop them, and make them for the new tables.",
        )


def _older_processes(cursor: Any, tables: Tables) -> Iterator[Obstacle]:
    """Versions before this one hold no lock: a worker is known by its sign of life, a session by its having no name."""
    if "last_heartbeat" in tables.get("procrastinate_workers", ()):
        cursor.execute(
            "SELECT count(*), (extract(epoch FROM now() - max(last_heartbeat)))::int FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)", [ALIVE_SECONDS],
        )  # fmt: skip
        count, age = cursor.fetchone()
        if count:
            cure = f"{STOP_ALL} Where it was killed and not stopped, wait {ALIVE_SECONDS} seconds."
            yield Obstacle(f"Workers run: {count}; the last sign of life came {age} seconds ago.", cure)
    cursor.execute(
        "SELECT count(*), string_agg(DISTINCT coalesce(host(client_addr), 'this machine'), ', ') FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND application_name = ''"
        " AND pid <> pg_backend_pid()"
    )
    count, places = cursor.fetchone()
    if count:
        yield Obstacle(
            f"Sessions without a name use the database: {count}, from {places}. Those of an older Daybook have none.",
            STOP_ALL,
        )


def _values(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    cursor.execute(values.COLUMNS)
    rows = list[str]()
    for table, columns in groupby(cursor.fetchall(), key=lambda column: column[0]):
        cursor.execute(values.question(table, [column[1:] for column in columns]))
        rows += [text for (text,) in cursor.fetchall()]
    if rows:
        yield Obstacle(
            f"Moments or amounts are none that anybody can reckon with: {some(rows)}.",
            "Give those columns what is right, or NULL where they may have none; or restore a backup that has them right.",
        )


def _history(cursor: Any, tables: Tables) -> Iterator[Obstacle]:  # noqa: ARG001
    yield from newer()
    try:
        MigrationLoader(connection).check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        yield Obstacle(f"The database's history has a gap: {error}", "Restore a backup; something changed it by hand.")


def _broken(cursor: Any, tables: Tables, law: Law) -> Iterator[Obstacle]:
    if any(not set(columns.split()) <= tables.get(table, set()) for table, columns in law.needs.items()):
        return
    cursor.execute(law.broken)
    rows = [str(text) for (text,) in cursor.fetchall()]
    if rows:
        yield Obstacle(f"{law.says}: {some(rows)}.", law.cure)


def some(names: list[str]) -> str:
    """Return the first few of many names, and how many more there are."""
    rest = len(names) - EXAMPLES
    return "; ".join(names[:EXAMPLES]) + (f"; and {rest} more" if rest > 0 else "")


Check = Callable[[Any, Tables], Iterator[Obstacle]]
CHECKS_OF_ADDING: tuple[Check, ...] = (_server, _rights, _strange_things, _history)
CHECKS: tuple[Check, ...] = (*CHECKS_OF_ADDING, _held, _views, _older_processes, _values)
