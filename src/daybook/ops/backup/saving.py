"""Database -> file. What the manifest counts and what pg_dump writes are one moment of the database: one snapshot."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psycopg
from procrastinate.contrib.django.utils import connector_params

from daybook.kit import clock
from daybook.ops.backup import file, programs
from daybook.ops.backup.manifest import Manifest
from daybook.ops.backup.programs import Programs
from daybook.ops.processes.stops import Exit, Stop
from daybook.secrets import known_keys

COUNTED = {
    "companies_company": "companies",
    "companies_person": "people",
    "connections_connection": "connections",
    "orders_order": "orders",
    "orders_delivery": "deliveries",
    "outbox_entry": "documents",
    "outbox_attempt": "calls",
    "history_event": "events",
}
"""The tables that count, and what a person calls their rows."""
OPTIONS = ("--format=custom", "--no-password", "--no-publications", "--no-subscriptions", "--no-tablespaces")
_LAST = """
    (SELECT position, seal FROM history_event WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1)
    UNION ALL (SELECT last, seal FROM history_removed ORDER BY last DESC LIMIT 1)
    ORDER BY position DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the database, kept for as long as its session lasts."""

    id: str
    session: psycopg.Connection[Any]

    @property
    def server(self) -> str:
        """Return the server's version, "18.4"."""
        return str(self.session.execute("SHOW server_version").fetchone()[0]).split(" ")[0]  # type: ignore[index]


def save(path: Path) -> Manifest:
    """Write the whole database into a new file. Raises Stop; then there is no file."""
    with file.written(path) as archive, snapshot() as moment:
        params = connector_params()
        tools = programs.find(at_least=major(moment.server), with_tls=params.get("sslmode") in programs.TLS)
        with file.dump_in(archive) as dump:
            _dump(tools, moment, programs.environ_of(params), dump)
        made = _manifest(moment, tools, dump)
        file.finish(archive, made)
    return made


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Keep one moment of the database for the length of a block."""
    with psycopg.connect(**connector_params()) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        session.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits for pg_dump
        row = session.execute("SELECT pg_export_snapshot()").fetchone()
        yield Snapshot(row[0] if row else "", session)


def major(version: str) -> int:
    """Return the first number of a version."""
    return int(version.split(".", maxsplit=1)[0])


def counted(session: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many rows the tables that count have, by what a person calls them."""
    tables = [f"SELECT '{words}', count(*) FROM {table}" for table, words in COUNTED.items()]  # noqa: S608  # ours
    return dict(session.execute(" UNION ALL ".join(tables)).fetchall())


def _dump(tools: Programs, moment: Snapshot, environ: dict[str, str], dump: file.Pieces) -> None:
    with tempfile.TemporaryFile() as said:
        options = (*OPTIONS, f"--snapshot={moment.id}")
        running = tools.start("pg_dump", *options, environ=environ, stdout=subprocess.PIPE, stderr=said)
        try:
            while piece := running.stdout.read(file.PIECE):  # type: ignore[union-attr]  # it is piped
                dump.write(piece)
        finally:
            running.stdout.close()  # type: ignore[union-attr]
            code = running.wait()
        if code:
            raise Stop(f"pg_dump failed: {last_words(said)}", Exit.ENVIRONMENT)


def last_words(said: Any) -> str:
    """Return what a program wrote to its file of errors: its first error, else the end of it, in one line."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    first = next((number for number, line in enumerate(lines) if "error:" in line.lower()), -3)
    return " / ".join(lines[first:][:3]) or "it said nothing"


def _manifest(moment: Snapshot, tools: Programs, dump: file.Pieces) -> Manifest:
    session = moment.session
    last = session.execute(_LAST).fetchone() or (0, "")
    applied = session.execute("SELECT app || '.' || name FROM django_migrations ORDER BY app, name").fetchall()
    return Manifest(
        made_at=clock.now(),
        version=metadata.version("daybook-oms"),
        migrations=[name for (name,) in applied],
        server=moment.server,
        pg_dump=tools.version,
        key_ids=known_keys.ids(),
        rows=counted(session),
        position=last[0],
        seal=last[1],
        dump_bytes=dump.bytes,
        dump_sha256=dump.sha256,
    )
