"""A trial that is short enough for every commit: one seed that stays, and one that the commit draws.

The long one is `make chaos`. Both are `python -m tests.chaos`; what it prints at its end is printed here too.
"""

import os
import subprocess
import sys

import pytest

from tests import database
from tests.chaos import seeds, short


@pytest.mark.long(130)
@pytest.mark.usefixtures("django_db_setup")  # which makes the tables that are copied
def test_every_order_stands_in_the_books_once_to_the_cent_whatever_dies_and_whenever():
    command = [sys.executable, "-m", "tests.chaos", *short.arguments(short.STAYS, seeds.drawn("short trial"))]
    ended = subprocess.run(
        [*command, f"--tables-from={database.url_of(database.template())}"],
        cwd=seeds.ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(seeds.ROOT / "src"), str(seeds.ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    print(ended.stdout)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}\n{ended.stderr}"
    assert "The promise was kept." in ended.stdout
