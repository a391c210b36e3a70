"""PostgreSQL's own programs for a backup: of the embedded PostgreSQL's wheel, or of this system.

A program must not be older than the server, nor than the one that wrote a dump. The wheel's speak no TLS.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daybook.ops.postgres import pgprograms
from daybook.ops.processes.stops import Exit, Stop

NAMES = ("pg_dump", "pg_restore", "psql")
OF_DEBIAN = Path("/usr/lib/postgresql")
TLS = frozenset({"require", "verify-ca", "verify-full"})
_ENVIRON = {"dbname": "PGDATABASE", "application_name": "PGAPPNAME", "connect_timeout": "PGCONNECT_TIMEOUT"}
_OURS_ALONE = frozenset({"client_encoding", "prepare_threshold", "autocommit", "row_factory"})
"""What psycopg knows and PostgreSQL's programs do not, or set themselves."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with all of NAMES, of one version."""

    folder: Path
    major: int
    version: str

    def start(self, name: str, *options: str, environ: Mapping[str, str], **streams: Any) -> subprocess.Popen[bytes]:
        """Start one of them."""
        everything = {"PATH": os.defpath, "LC_ALL": "C", **environ}
        return subprocess.Popen([str(self.folder / name), *options], env=everything, **streams)


def find(*, at_least: int, with_tls: bool) -> Programs:
    """Return the oldest programs that are new enough: what they write, most servers understand. Raises Stop."""
    fitting = [each for each in _installed(with_tls=with_tls) if each.major >= at_least]
    if not fitting:
        why = "and speak TLS; Daybook's own do not" if with_tls else "or newer"
        message = (
            f"pg_dump, pg_restore and psql of PostgreSQL {at_least} are needed, {why}: install them "
            f"(on Debian and Ubuntu the package postgresql-client-{at_least})"
        )
        raise Stop(message, Exit.ENVIRONMENT)
    return min(fitting, key=lambda each: each.major)


def environ_of(params: Mapping[str, Any]) -> dict[str, str]:
    """Return connection parameters as environment variables: a password must not stand in a list of processes."""
    return {
        _ENVIRON.get(name, "PG" + name.replace("_", "").upper()): str(value)
        for name, value in params.items()
        if name not in _OURS_ALONE and value is not None
    }


def _installed(*, with_tls: bool) -> Iterator[Programs]:
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    folders += sorted(OF_DEBIAN.glob("*/bin"))
    if not with_tls:
        folders.append(_of_the_wheel())
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in NAMES) and (found := _version(folder / "pg_dump")):
            yield Programs(folder, int(found.split(".")[0]), found)


def _of_the_wheel() -> Path:
    try:
        return pgprograms.find().folder
    except pgprograms.ProgramsMissingError:
        return Path("/nowhere")


def _version(program: Path) -> str:
    """Return "18.4" of a program that runs, else ""."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\) (\d+(?:\.\d+)*)", said)
    return found[1] if found else ""
