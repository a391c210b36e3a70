import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.ops.postgres import postgres
from tests.integration.ops.ops_processes import Holder


@pytest.fixture
def data() -> Iterator[Path]:
    """A short folder of an embedded database, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dbo-", dir="/tmp"))
    yield folder
    postgres.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def holders() -> Iterator[list[Holder]]:
    """Holders to be ended, whatever happens."""
    started: list[Holder] = []
    yield started
    for holder in started:
        if holder.process.poll() is None:
            holder.kill()
