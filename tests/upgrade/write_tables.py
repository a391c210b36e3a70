"""`make tables`: write down what the migrations make of an empty database (`daybook/ops/postgres/fresh.py`)."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psycopg

import daybook
from daybook.ops.postgres import fresh, pgprograms, postgres

ROOM = Path(daybook.__file__).parent
SAYS_NOTHING = re.compile(r"--|\\(un)?restrict |SET |SELECT pg_catalog\.set_config\(|$")
"""How a line of pg_dump's begins that says nothing about tables."""
KEY = re.compile(r"ALTER TABLE ONLY [^\n]*\n    ADD CONSTRAINT [^\n]* (?:PRIMARY KEY|UNIQUE) [^;]*;\n")
INDEXES_END = re.compile(r"(?s)(.*\nCREATE (?:UNIQUE )?INDEX [^\n]*\n)")
MIGRATING = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
"""
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "daybook.config.settings",
    "DAYBOOK_SECRET_KEY": "nobody-uses-it",
    "DAYBOOK_ENCRYPTION_KEYS": "none:" + "A" * 43 + "=",
}


def migrate_alone(url: str) -> None:
    """Fill an empty database by the migrations, one after the other."""
    subprocess.run([sys.executable, "-c", MIGRATING], env={**SETTINGS, **os.environ, "DATABASE_URL": url}, check=True)


def tables(url: str) -> str:
    """Return the statements that make the tables of a database; alike databases have the same."""
    program = pgprograms.find().folder / "pg_dump"
    options = ["--schema-only", "--no-owner", "--no-privileges", "--no-comments"]
    dumped = subprocess.run([str(program), *options, url], capture_output=True, text=True, check=True).stdout
    return "".join(f"{line}\n" for line in dumped.splitlines() if not SAYS_NOTHING.match(line))


def keys_last(statements: str) -> str:
    """Return the statements with primary and unique keys made after all other indexes.

    Of a table without statistics PostgreSQL takes several indexes to cost the same, and uses the one made last. Where that
    begins with the company, the check of a foreign key goes through all of its rows, until the table is analysed.
    """
    keys, rest = KEY.findall(statements), KEY.sub("", statements)
    return INDEXES_END.sub(lambda found: found[1] + "".join(keys), rest, count=1)


def applied(url: str) -> list[tuple[str, str]]:
    """Return app and name of the migrations that a database has, in their order."""
    with psycopg.connect(url) as session:
        return session.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()


def digest(migrations: Iterable[tuple[str, str]]) -> str:
    """Return what changes when somebody changes one of these migrations; those of libraries are left out."""
    files = sorted(ROOM / app / "migrations" / f"{name}.py" for app, name in migrations)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with postgres.running(Path(folder), settings={"fsync": "off"}) as server:
            migrate_alone(server.url)
            migrations, statements = applied(server.url), tables(server.url)
        postgres.remove(Path(folder))
    head = [f"-- of migrations with the digest {digest(migrations)}", *(f"{fresh.HOLDS}{a} {n}" for a, n in migrations)]
    fresh.FILE.write_text("\n".join([*head, keys_last(statements)]))


if __name__ == "__main__":
    main()
