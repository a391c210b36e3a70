"""A trial that is short enough for every commit: one seed that stays, and one that the commit draws.

The long one is `make chaos`. Both are `python -m tests.chaos`; what it prints at its end is printed here too.
"""

import os
import subprocess
import sys

import pytest

from tests import database
from tests.chaos import seeds

STAYS = 4548
SHORT = (
    "--orders=90",
    "--largest=3",
    "--blows=18",
    "--deaths=3",
    "--seconds=5",
    "--meets=1.5",
    "--speed=25",
    "--workers=2",
)
PATIENCE = ("--patience=180",)
"""It takes 15 s; a machine may have more to do."""


@pytest.mark.long(60)
@pytest.mark.usefixtures("django_db_setup")  # which makes the tables that are copied
def test_every_order_stands_in_the_books_once_to_the_cent_whatever_dies_and_whenever():
    drawn = seeds.drawn("short trial")
    command = [sys.executable, "-m", "tests.chaos", f"--seed={STAYS}", f"--seed={drawn}", *SHORT, *PATIENCE]
    ended = subprocess.run(
        [*command, f"--tables-from={database.url_of(database.template())}"],
        cwd=seeds.ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(seeds.ROOT / "src"), str(seeds.ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    print(ended.stdout)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}\n{ended.stderr}"
    assert "The promise was kept." in ended.stdout
