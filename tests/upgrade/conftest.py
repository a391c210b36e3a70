"""Old installations, brought up to today: each in a database of its own on the server of the test run."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from daybook.kit.ids import public_id
from tests.upgrade import before
from tests.upgrade.inventory import Inventory
from tests.upgrade.make_dumps import COMMITS, DUMPS, KEYS

NEWS = ["connections: Cedar is new", "connections: Dunn is new"]
"""Every company has a connection since, which says nothing yet where nobody connected it."""
REPOSITORY = Path(__file__).parents[2]
TABLES = (
    "src/daybook/*/migrations/*",
    "src/daybook/ops/postgres/*",
    "src/daybook/altering.py",
    "src/daybook/moving.py",
    "tests/upgrade/*",
    "constraints.txt",
)
"""Where an upgrade, and the tables that it leads to, come from."""


@dataclass
class Installation:
    """One old installation, as its commit's dump has it, and today's commands on it."""

    commit: str
    url: str
    folder: Path
    """For what its processes need and say."""

    @property
    def name(self) -> str:
        """The database's."""
        return self.url.rpartition("/")[2]

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAYBOOK_", "XERO_"))}
        return kept | {
            "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
            "DATABASE_URL": self.url,
            "DAYBOOK_SECRET_KEY": "of-the-tests-only",
            "DAYBOOK_ENCRYPTION_KEYS": KEYS,
            "DJANGO_SETTINGS_MODULE": "daybook.config.settings",
        }

    @cached_property
    def known(self) -> dict[str, Any]:
        """What nobody can read from the database: keys, passwords and tokens in the clear."""
        return json.loads((DUMPS / f"{self.commit}.json").read_text())

    def load(self) -> None:
        """Fill the empty database with the dump."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(gzip.decompress((DUMPS / f"{self.commit}.sql.gz").read_bytes()))

    def before(self) -> Inventory:
        return before.read(self.commit, self.url)

    def after(self) -> Inventory:
        return json.loads(self.run("-m", "tests.upgrade.after").stdout)

    def daybook(self, *arguments: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "daybook", *arguments, succeeds=succeeds)

    def run(self, *arguments: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program of today's. Raises AssertionError where it fails and should not."""
        ended = subprocess.run(
            [sys.executable, *arguments], env=self.environ, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert not (succeeds and ended.returncode), ended.stdout + ended.stderr
        return ended

    def sql(self, statement: str) -> Any:
        """Do something to the tables behind everybody's back; return the first value it gives, if any."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return (cursor.fetchone() or [None])[0] if cursor.description else None


@contextmanager
def empty_database(commit: str, folder: Path, options: str = "") -> Iterator[Installation]:
    """Make a database, and drop it afterwards. `options`: of CREATE DATABASE."""
    server, name = os.environ["DATABASE_URL"], f"old_{commit}_{public_id()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        yield Installation(commit, urlsplit(server)._replace(path=f"/{name}").geturl(), folder)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module", params=COMMITS)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The database of an old installation, still empty; the tests of a module share it."""
    with empty_database(request.param, tmp_path_factory.mktemp(request.param)) as installation:
        yield installation
