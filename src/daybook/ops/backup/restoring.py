"""File -> database, whole or not at all: one transaction empties the database, brings everything back and tells it.

    the file is read through once (damaged? newer?) -> nobody else in -> empty, or to be replaced
    psql --single-transaction:  clear | what pg_restore writes | every company's history is told `restored`

What was posted after the backup stands in the ledgers, and the restored day book does not know of it. The next process
sees that the database is not where it was, and stops every connection (`connections/home.py`).
"""

import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import psycopg
from django.db.migrations.loader import MigrationLoader
from procrastinate.contrib.django.utils import connector_params

from daybook.history.kinds import Mover, Subject, What
from daybook.ops.backup import file, manifest, programs, saving
from daybook.ops.backup.manifest import Manifest
from daybook.ops.backup.programs import Programs
from daybook.ops.postgres import migrations, obstacles
from daybook.ops.processes import presence
from daybook.ops.processes.stops import Exit, Stop

OPTIONS = ("--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions", "--no-tablespaces", "--file=-")
CLEAR = """
DO $$ DECLARE drops text[]; statement text; BEGIN
    SELECT array_agg(name) INTO drops FROM (
        SELECT 'TABLE IF EXISTS ' || oid::regclass FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        UNION ALL
        SELECT 'ROUTINE IF EXISTS ' || oid::regprocedure FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
        UNION ALL
        SELECT 'TYPE IF EXISTS ' || pg_type.oid::regtype FROM pg_type LEFT JOIN pg_class ON pg_class.oid = typrelid
            WHERE typnamespace = current_schema()::regnamespace AND (typtype = 'e' OR relkind = 'c')
    ) there (name);
    FOREACH statement IN ARRAY coalesce(drops, '{}') LOOP EXECUTE 'DROP ' || statement || ' CASCADE'; END LOOP;
END $$;
"""
TELL = """
INSERT INTO history_event (company_id, at, subject_kind, subject_id, what, old_state, new_state, mover, cause, reason,
    after, salt, digest, seal)
SELECT id, now(), '{subject}', id, '{what}', '', '', '{mover}', '', '',
    jsonb_build_object('made_at', '{made_at}', 'backup', '{sha256}'), '', '', '' FROM companies_company;
"""
NEWER_LIMIT = b"\nSET transaction_timeout = 0;\n"
"""What pg_dump 17 and newer write, and no older server knows."""


def check(path: Path) -> Manifest:
    """Return what a backup says of itself, once its dump was read through. Raises Stop where it cannot be used."""
    with file.opened(path) as (archive, said):
        _refuse_newer(said)
        file.verify(archive, said)
    return said


def holds() -> dict[str, int]:
    """Return how many rows there are in the tables of the database that count; none where it is as good as new."""
    with psycopg.connect(**connector_params(), autocommit=True) as session:
        there = {
            name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        }
        if not there:
            return {}
        if not set(saving.COUNTED) <= there:
            return {"tables": len(there)}
        return {words: count for words, count in saving.counted(session).items() if count}


def restore(path: Path) -> Manifest:
    """Put what the backup holds in the place of all that the database holds. Raises Stop; then nothing was changed."""
    said = check(path)
    with migrations.one_at_a_time() as cursor, presence.alone(cursor) as others:
        if others:
            message = f"other processes of Daybook use the database: {others}. {obstacles.STOP_ALL}"
            raise Stop(message, Exit.ENVIRONMENT)
        with file.opened(path) as (archive, _):
            _carry(archive, said)
    _refuse_partial(said)
    return said


def _refuse_newer(said: Manifest) -> None:
    loader = MigrationLoader(None)
    applied = {(app, name) for app, _, name in (each.partition(".") for each in said.migrations)}
    if unknown := obstacles.unknown(loader, applied):
        message = (
            f"the backup was made by a newer version of Daybook ({said.version}; this one does not know "
            f"{obstacles.some(unknown)}): install that version to restore it"
        )
        raise Stop(message, Exit.ENVIRONMENT)


def _carry(archive: zipfile.ZipFile, said: Manifest) -> None:
    params = connector_params()
    with psycopg.connect(**params, autocommit=True) as session:
        server = session.info.server_version // 10_000
    tools = programs.find(
        at_least=max(server, saving.major(said.pg_dump)), with_tls=params.get("sslmode") in programs.TLS
    )
    told = TELL.format(
        subject=Subject.COMPANY, what=What.RESTORED, mover=Mover.COMMAND_LINE,
        made_at=said.made_at.isoformat(), sha256=said.dump_sha256,
    )  # fmt: skip
    with _Reading(tools, archive) as reading:
        _run(tools, programs.environ_of(params), reading, told)


class _Reading:
    """pg_restore, which writes the dump as SQL while a thread feeds it."""

    def __init__(self, tools: Programs, archive: zipfile.ZipFile) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed with it
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._said}
        self._process = tools.start("pg_restore", *OPTIONS, environ={}, **pipes)
        self._failed: list[Stop] = []
        self._feeding = threading.Thread(target=self._feed, args=(file.pieces_of(archive),))
        self._feeding.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdout.close()  # type: ignore[union-attr]  # it is piped
        self._feeding.join()
        self._process.wait()
        self._said.close()

    def pieces(self) -> Iterator[bytes]:
        """Yield the SQL. Raises Stop where the dump could not be read to its end."""
        while piece := self._process.stdout.read(file.PIECE):  # type: ignore[union-attr]
            yield piece
        self._feeding.join()
        if self._process.wait() or self._failed:
            words = self._failed[0].message if self._failed else saving.last_words(self._said)
            raise Stop(f"nothing was restored, nothing was changed: {words}", Exit.ENVIRONMENT)

    def _feed(self, pieces: Iterable[bytes]) -> None:
        try:
            with self._process.stdin as into:  # type: ignore[union-attr]
                for piece in pieces:
                    into.write(piece)
        except BrokenPipeError:
            return  # it ended before; its exit code says why
        except Stop as stop:
            self._failed.append(stop)


def _run(tools: Programs, environ: dict[str, str], reading: _Reading, told: str) -> None:
    """Have psql do all of it in one transaction, which only the last line commits."""
    options = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    with tempfile.TemporaryFile() as said:
        running = tools.start("psql", *options, environ=environ, stdin=subprocess.PIPE, stderr=said)
        try:
            _write_all(running.stdin, reading, told)
        finally:
            code = running.wait()
        if code:
            raise Stop(f"nothing was restored, nothing was changed: {saving.last_words(said)}", Exit.ENVIRONMENT)


def _write_all(into: Any, reading: _Reading, told: str) -> None:
    try:
        with into:
            into.write(f"BEGIN;\n{CLEAR}".encode())
            for number, piece in enumerate(reading.pieces()):
                into.write(piece if number else _for_any_server(piece))
            into.write(f"\nRESET search_path;\n{told}COMMIT;\n".encode())
    except BrokenPipeError:
        return  # psql has ended; its exit code and its words say why


def _for_any_server(head: bytes) -> bytes:
    return head.replace(NEWER_LIMIT, b"\n", 1)


def _refuse_partial(said: Manifest) -> None:
    with psycopg.connect(**connector_params(), autocommit=True) as session:
        stands = saving.counted(session)
    stands["events"] -= said.rows.get("companies", 0)  # told by the restore itself
    if differing := manifest.missing(said.rows, stands):
        raise Stop(f"not all came back: {'; '.join(differing)}", Exit.ENVIRONMENT)
