"""The worker that collects files is killed (SIGKILL) at its steps; afterwards each order is there once, and each file moved."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from daybook.feeds import opening, places, roster
from daybook.feeds.incoming import IncomingFile
from daybook.orders.models import Notice, Order, Revision
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.chaos.seeds import drawn
from tests.integration.files_in.conftest import GOOD, MAPPING, happened_before
from tests.integration.posting.test_killed_worker import _url
from tests.world import connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(90), pytest.mark.drawn(3)]
STRIDE = 20
"""Steps from one death to the next; where they begin is drawn by the commit, so that each of them has its turn."""
MOST_STEPS = 600


class Collector:
    """The doomed worker's program, steered over its standard input."""

    def __init__(self, root: Path) -> None:
        named = settings.DATABASES["default"]
        login = f"{named['USER']}:{named['PASSWORD']}@" if named["USER"] else ""
        paths = os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])
        environment = os.environ | {"DATABASE_URL": _url(login), "PYTHONPATH": paths, "DAYBOOK_FILES_ROOT": str(root)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.files_in.doomed_collector"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )

    def look(self, feed_id: int, *, killed_at: int) -> str:
        self._process.stdin.write(f"{feed_id} {killed_at}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate()


def test_each_order_is_there_once_however_often_the_worker_is_killed(folder, tmp_path, look):
    cast = connected(LocalXero(limits="off"))
    feed = opening.add(cast.company, "table", "sheet", "S-")
    roster.change_fields(feed, secrets={}, settings={"mapping": MAPPING.kept()})
    places.save(feed, places.tidied({"kind": "folder", "path": str(folder)}))
    collector, killed, files = Collector(tmp_path), 0, 0
    try:
        for step in range(1 + drawn("collector") % STRIDE, MOST_STEPS, STRIDE):
            content = GOOD.replace(b"A1", b"P%d" % step).replace(b"A2", b"Q%d" % step)
            (folder / f"orders{step}.csv").write_bytes(content)
            look(feed, times=1)
            happened_before(feed)
            ended = collector.look(feed.pk, killed_at=step)
            killed += ended == "killed"
            files += 1
            look(feed, times=3)
            assert (folder / f"done/orders{step}.csv").exists(), f"killed at step {step}"
            assert Order.objects.count() == Revision.objects.count() == Entry.objects.count() == 2 * files
            if ended != "killed":
                break
    finally:
        collector.close()
    assert ended == "ended 0"
    assert killed == files - 1 >= 3
    assert Notice.objects.count() == 0
    assert set(IncomingFile.objects.values_list("state", flat=True)) == {"taken"}
