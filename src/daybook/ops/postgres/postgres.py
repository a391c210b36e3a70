"""The embedded database: a real PostgreSQL, shared by all processes that name the same data folder.

    ensure_running   start lock -> hold -> answers? -> else start, recovering after a crash -> release the start lock
    release          start lock -> am I the last holder? -> then stop

Every user of the server holds a shared lock on one file. The kernel drops it when a process dies, so a killed process
never keeps the server alive, and the last one out stops it. Whether the server runs is found out by connecting: a
process number may belong to somebody else by now.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import errors

from daybook.kit.ids import public_id
from daybook.ops.postgres import pgfolder, pgprograms
from daybook.ops.processes import locks, waiting

ROLE = DATABASE = "daybook"
RECOVERY_SECONDS = 120
START_LOCK_SECONDS = 300
STOP_SECONDS = 60
LOG_BYTES = 10_000_000
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "on",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # the statement of a row that is refused holds its values, and its detail the key's: passwords' hashes, people, orders
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


_UNUSABLE = (pgprograms.ProgramsMissingError, pgfolder.CopiedFolderError, locks.LockBusyError, OSError)


class PostgresError(Exception):
    """The embedded database cannot be started or stopped; the message says what PostgreSQL said."""


@dataclass(slots=True)
class Server:
    """A running PostgreSQL, held by this process until `release`."""

    url: str
    folder: pgfolder.DatabaseFolder
    _programs: pgprograms.Programs
    _holder: locks.SharedLock | None = field(repr=False)

    def release(self) -> None:
        """Let go of the server; the last holder stops it. A second call does nothing."""
        holder, self._holder = self._holder, None
        if holder is None:
            return
        with locks.exclusive(self.folder.start_lock, seconds=START_LOCK_SECONDS):
            try:
                if holder.is_only_holder():
                    _stop(self.folder, self._programs)
            finally:
                holder.close()


def ensure_running(data: Path, *, settings: Mapping[str, str] | None = None) -> Server:
    """Return the server of `data`, started if it was not running. Raises PostgresError.

    `settings` go over ours, for a server that this call starts.
    """
    try:
        programs = pgprograms.find()
        folder = pgfolder.prepare(data, programs.account)
        with locks.exclusive(folder.start_lock, seconds=START_LOCK_SECONDS):
            holder = locks.SharedLock(folder.holders_lock)
            try:
                url = _answering_url(folder, programs, {**SETTINGS, **(settings or {})})
            except BaseException:
                holder.close()
                raise
    except (*_UNUSABLE, psycopg.Error) as error:
        message = f"the embedded PostgreSQL in {data} cannot be used: {error}"
        raise PostgresError(message) from error
    return Server(url, folder, programs, holder)


@contextmanager
def running(data: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Hold the server of `data` for the length of a block."""
    server = ensure_running(data, settings=settings)
    try:
        yield server
    finally:
        server.release()


def remove(data: Path) -> None:
    """Delete the database of `data` for good. Raises PostgresError while another process uses it."""
    try:
        programs = pgprograms.find()
        folder = pgfolder.prepare(data, programs.account)
        with locks.exclusive(folder.start_lock, seconds=START_LOCK_SECONDS):
            holder = locks.SharedLock(folder.holders_lock)
            try:
                if not holder.is_only_holder():
                    message = f"the database in {data} is in use; stop Daybook first"
                    raise PostgresError(message)
                if _server_process_lives(folder):
                    _stop(folder, programs)
                pgfolder.remove(folder)
            finally:
                holder.close()
    except _UNUSABLE as error:
        message = f"the embedded PostgreSQL in {data} cannot be deleted: {error}"
        raise PostgresError(message) from error


def _answering_url(folder: pgfolder.DatabaseFolder, programs: pgprograms.Programs, settings: Mapping[str, str]) -> str:
    folder.make_private(folder.server)
    socket = folder.socket()
    if not _answers(socket):
        _initialise(folder, programs)
        _configure(folder, socket, settings)
        _start(folder, programs, socket)
    _create_database(socket)
    return _url(socket, DATABASE)


def _url(socket: Path, database: str) -> str:
    return f"postgresql://{ROLE}@{quote(str(socket), safe='')}/{database}"


def _answers(socket: Path) -> bool:
    try:
        psycopg.connect(_url(socket, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(socket: Path) -> None:
    with psycopg.connect(_url(socket, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            try:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
            except errors.DuplicateDatabase:  # another process was quicker
                return


def _initialise(folder: pgfolder.DatabaseFolder, programs: pgprograms.Programs) -> None:
    """Make the cluster whole or not at all: a killed initdb leaves only a draft."""
    if folder.cluster.is_dir():
        return
    for leftover in folder.server.glob("draft-*"):
        shutil.rmtree(leftover)
    draft = folder.server / f"draft-{public_id()}"
    ended = programs.run(
        "initdb",
        f"--pgdata={draft}",
        f"--username={ROLE}",
        "--auth=peer",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        cwd=folder.server,
        environ={},
        seconds=RECOVERY_SECONDS,
    )
    if ended.returncode:
        message = f"PostgreSQL could not make its data folder {folder.cluster}: {ended.stderr.strip()}"
        raise PostgresError(message)
    draft.rename(folder.cluster)


def _configure(folder: pgfolder.DatabaseFolder, socket: Path, settings: Mapping[str, str]) -> None:
    """Write our configuration. Peer authentication: the kernel says who connects, and only we may."""
    folder.config.mkdir(mode=0o755, exist_ok=True)
    folder.config.chmod(0o755)
    lines = {
        **settings,
        "data_directory": str(folder.cluster),
        "unix_socket_directories": f'"{socket}"',
        "unix_socket_permissions": "0700",
    }
    me = pwd.getpwuid(os.geteuid()).pw_name
    for name, text in {
        "postgresql.conf": "".join(f"{key} = {_quoted(value)}\n" for key, value in lines.items()),
        "pg_hba.conf": "local all all peer map=daybook\n",
        "pg_ident.conf": f'daybook "{me}" {ROLE}\n',
    }.items():
        path = folder.config / name
        path.write_text(text)
        path.chmod(0o644)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _start(folder: pgfolder.DatabaseFolder, programs: pgprograms.Programs, socket: Path) -> None:
    """Start PostgreSQL, or wait for the one that is starting. After a crash its children may linger for a moment."""
    if folder.log.is_file() and folder.log.stat().st_size > LOG_BYTES:
        folder.log.unlink()

    refusals: list[str] = []

    def is_up() -> bool:
        if not _server_process_lives(folder):
            ended = _start_once(folder, programs, socket)
            if ended.returncode and not _any_process_lives(folder):
                refusals.append(_last_words(folder, ended.stderr))
            if len(refusals) > 1:  # the first may come from a child that ended just now
                message = f"PostgreSQL does not start: {refusals[-1]}"
                raise PostgresError(message)
        return _answers(socket)

    if not waiting.until(is_up, seconds=RECOVERY_SECONDS, every=0.2):
        message = f"PostgreSQL does not start within {RECOVERY_SECONDS} s: {_last_words(folder, '')}"
        raise PostgresError(message)


def _start_once(
    folder: pgfolder.DatabaseFolder, programs: pgprograms.Programs, socket: Path
) -> subprocess.CompletedProcess[str]:
    _disown_foreign_process(folder)
    (socket / f"{pgfolder.SOCKET_NAME}.lock").unlink(missing_ok=True)  # it names the same number
    return programs.run(
        "pg_ctl",
        "start",
        "--wait",
        f"--timeout={RECOVERY_SECONDS}",
        f"--log={folder.log.name}",
        cwd=folder.server,
        environ={"PGDATA": str(folder.config)},
        seconds=RECOVERY_SECONDS + 10,
    )


def _recorded_process(folder: pgfolder.DatabaseFolder) -> int | None:
    try:
        return int(folder.process_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _server_process_lives(folder: pgfolder.DatabaseFolder) -> bool:
    """Return whether the recorded process is the PostgreSQL of this very cluster: it works inside its folder."""
    number = _recorded_process(folder)
    try:
        process = psutil.Process(number) if number else None
        return process is not None and process.status() != psutil.STATUS_ZOMBIE and _works_in(process, folder.cluster)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _any_process_lives(folder: pgfolder.DatabaseFolder) -> bool:
    """Return whether a child of a killed server still works: the next start must wait for its end."""
    for process in psutil.process_iter(["name"]):
        try:
            if process.status() != psutil.STATUS_ZOMBIE and _works_in(process, folder.cluster):
                return True
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return False


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    return process.name() == "postgres" and Path(process.cwd()) == cluster.resolve()


def _disown_foreign_process(folder: pgfolder.DatabaseFolder) -> None:
    """Put our number in place of a stranger's or a zombie's: PostgreSQL knows that its starter is no server.

    Deleting the file instead would also lose its shared memory key, by which PostgreSQL notices children of a killed
    server that still write.
    """
    number = _recorded_process(folder)
    if number is None or not psutil.pid_exists(number):
        return
    _, *rest = folder.process_file.read_text().splitlines(keepends=True)
    folder.process_file.write_text("".join([f"{os.getpid()}\n", *rest]))


def _last_words(folder: pgfolder.DatabaseFolder, said: str) -> str:
    logged = folder.log.read_text(errors="replace").splitlines()[-5:] if folder.log.is_file() else []
    return " / ".join([*said.strip().splitlines(), *logged, f"(its log: {folder.log})"])


def _stop(folder: pgfolder.DatabaseFolder, programs: pgprograms.Programs) -> None:
    ended = programs.run(
        "pg_ctl",
        "stop",
        "--mode=fast",
        "--wait",
        f"--timeout={STOP_SECONDS}",
        cwd=folder.server,
        environ={"PGDATA": str(folder.config)},
        seconds=STOP_SECONDS + 10,
    )
    if ended.returncode and _server_process_lives(folder):
        message = f"PostgreSQL in {folder.home} does not stop: {ended.stderr.strip()}"
        raise PostgresError(message)
