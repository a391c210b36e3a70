"""Makes the dumps of old installations that `test_upgrade.py` upgrades: `python -m tests.upgrade.make_dumps [COMMIT...]`.

For each commit: its tree is taken out of git into a temporary folder, its own code plays `old_play.py` against its own
local Xero and an empty PostgreSQL, and what came of it is written to `dumps/`:

    COMMIT.sql.gz      the database, as plain SQL
    COMMIT.xero.gz     what that local Xero holds
    COMMIT.json        keys, passwords and tokens in the clear; all of them made up

The old code runs on today's installed packages. A commit that needs others: name an interpreter that has them in
DUMPS_PYTHON. Dumps are made once, when a version is left; they are not remade for later changes.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from daybook.ops.postgres import pgprograms, postgres

COMMITS = ("eaed1b1", "b629de0")
DUMPS = Path(__file__).parent / "dumps"
REPOSITORY = Path(__file__).parents[2]
KEYS = "test:" + "A" * 43 + "="
"""What seals the secrets in the dumps; the tests' own."""
PG_DUMP_ONLY = re.compile(r"(?m)^(\\(un)?restrict .*|SET (transaction_timeout|default_table_access_method).*)\n")
"""Lines of a newer pg_dump that other readers of SQL, or other servers, do not know."""


def main(commits: list[str]) -> None:
    """Make the dumps of some commits, or of all."""
    for commit in commits or COMMITS:
        with tempfile.TemporaryDirectory(prefix="dbd-", dir="/tmp") as folder:  # sockets want short paths
            make(commit, Path(folder))
        print(f"{commit}: {sum(path.stat().st_size for path in DUMPS.glob(f'{commit}*')):,} bytes")


def make(commit: str, folder: Path) -> None:
    """Make one commit's dump. Raises CalledProcessError where its code does not play to the end."""
    tree, data = folder / "tree", folder / "data"
    tree.mkdir()
    archive = subprocess.run(["git", "archive", commit, "src"], cwd=REPOSITORY, check=True, capture_output=True)
    subprocess.run(["tar", "-x"], cwd=tree, input=archive.stdout, check=True)
    shutil.copy(Path(__file__).with_name("old_play.py"), tree)
    try:
        with postgres.running(data) as server:
            play(tree, server.url, folder)
            sql = dumped(server)
    finally:
        postgres.remove(data)
    (DUMPS / f"{commit}.sql.gz").write_bytes(packed(sql.encode()))
    (DUMPS / f"{commit}.xero.gz").write_bytes(packed((folder / "xero.json").read_bytes()))
    shutil.copy(folder / "known.json", DUMPS / f"{commit}.json")


def play(tree: Path, database_url: str, folder: Path) -> None:
    """Let the old code play on an empty database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAYBOOK_", "XERO_", "PYTHON"))}
    environ = kept | {
        "PYTHONPATH": str(tree / "src"),
        "DATABASE_URL": database_url,
        "DAYBOOK_SECRET_KEY": "of-the-tests-only",
        "DAYBOOK_ENCRYPTION_KEYS": KEYS,
        "DJANGO_SETTINGS_MODULE": "daybook.config.settings",
    }
    python = os.environ.get("DUMPS_PYTHON", sys.executable)
    program = "import django, pathlib, sys; django.setup(); import old_play; old_play.main(pathlib.Path(sys.argv[1]))"
    subprocess.run([python, "-c", program, str(folder)], env=environ, cwd=tree, check=True)


def dumped(server: postgres.Server) -> str:
    """Return the database as SQL that any client can run: inserts, no owner and no rights."""
    program = str(pgprograms.find().folder / "pg_dump")
    options = ["--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", f"--dbname={server.url}"]
    ended = subprocess.run([program, *options], check=True, capture_output=True, text=True)
    return PG_DUMP_ONLY.sub("", ended.stdout)


def packed(content: bytes) -> bytes:
    """Return `content` compressed, the same bytes for the same content."""
    return gzip.compress(content, mtime=0)


if __name__ == "__main__":
    main(sys.argv[1:])
