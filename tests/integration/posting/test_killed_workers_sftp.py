"""Real worker processes, killed (SIGKILL) again and again while they post to an SFTP server and to Xero at once.

A reader takes each file within milliseconds. Afterwards it has seen each order's file once, whole, and Xero holds each
order's invoice once.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection as database

from daybook.companies.models import Company
from daybook.connections import reaching, roster
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.ledgers.files.ledger import as_file
from daybook.ops.processes import waiting
from daybook.outbox.models import Attempt, Entry
from localxero.testing import Running, running
from tests.integration.posting.test_files import come, on_server
from tests.integration.posting.test_killed_worker import _url
from tests.sftp_server import SftpServer, sftp_server
from tests.world import beyond_the_laws, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(120), pytest.mark.drawn(3)]

SEED = 20
KILLS, ORDERS_EACH = 8, 4
SETTLED_WITHIN = 120
"""Seconds, on a busy machine; it takes ten."""
TIME_PASSES = "UPDATE outbox_attempt SET created_at = created_at - interval '10 minutes' WHERE result = 'pending'"


class Reader:
    """Takes every `*.xml` as soon as it is there, as accounting software that watches the folder does."""

    def __init__(self, root: Path) -> None:
        self.root, self.taken = root, list[tuple[str, bytes]]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stop.wait(0.002):
            for path in self.root.glob("*.xml"):
                self.taken.append((path.name, path.read_bytes()))
                path.unlink()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class Workers:
    """Two processes of `daybook worker` on the database of this test."""

    def __init__(self, xero: Running) -> None:
        self._environment = os.environ | {
            "DATABASE_URL": _url(_login()),
            "XERO_API_BASE": xero.url,
            "XERO_IDENTITY_BASE": xero.url,
            "XERO_LOGIN_BASE": xero.url,
            "DAYBOOK_LOOK_AFTER_SECONDS": "1",
            "DAYBOOK_CALL_TIMEOUT_SECONDS": "5",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        self._running = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        source = "import sys; from daybook.ops.cli import app; sys.argv[0] = 'daybook'; app.main()"
        options = ["worker", "--heartbeat", "1", "--stalled-after", "3"]
        return subprocess.Popen(
            [sys.executable, "-c", source, *options], env=self._environment, stderr=subprocess.DEVNULL
        )

    def kill(self, index: int) -> None:
        self._running[index].kill()
        self._running[index].wait()
        self._running[index] = self._start()

    def end(self) -> None:
        for each in self._running:
            each.kill()
            each.wait()


def _login() -> str:
    named = database.settings_dict
    return f"{named['USER']}:{named['PASSWORD']}@" if named["USER"] else ""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path) as served:
        yield served


@pytest.fixture
def xero() -> Iterator[Running]:
    with running() as served:
        yield served


@pytest.fixture
def workers(xero: Running) -> Iterator[Workers]:
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # of the test before
    started = Workers(xero)
    yield started
    started.end()


@pytest.fixture
def reader(server: SftpServer) -> Iterator[Reader]:
    started = Reader(server.root)
    yield started
    started.stop()


def put_files_too(company: Company, server: SftpServer) -> Connection:
    files = roster.add(company, ledger="files")
    server.authorized.append(reaching.save(files, on_server(server)).public_key.split()[1])
    reaching.trust(files, reaching.check(files).fingerprint)
    reaching.check(files)
    return files


def is_busy(since: datetime) -> bool:
    """Tell whether a worker has begun to send something since then; what dead ones left is none of it."""
    return Attempt.objects.filter(result="pending", created_at__gt=since).exists()


def test_reader_and_xero_have_each_order_once_however_often_workers_are_killed(xero, server, reader, workers):
    chance = random.Random(SEED)
    acme = connected(xero.xero)
    files = put_files_too(acme.company, server)
    refs: list[str] = []
    struck, since = 0, clock.now()
    for _ in range(KILLS):
        for _ in range(ORDERS_EACH):
            refs.append(f"K{len(refs)}")
            come(acme.company, id=refs[-1], number=refs[-1])
        struck += waiting.until(lambda: is_busy(since), seconds=20, every=0.001)  # noqa: B023 - called at once
        time.sleep(chance.choice([0, chance.uniform(0, 0.05), chance.uniform(0, 0.5)]))
        for index in chance.choice([[0], [1], [0, 1]]):
            workers.kill(index)
        since = clock.now()
    left = Attempt.objects.filter(result="pending").count()
    time.sleep(6)  # until no call of a living worker is one of those that time passes for
    beyond_the_laws(TIME_PASSES)
    open_ones = Entry.objects.exclude(state="posted")
    settled = waiting.until(lambda: not open_ones.exists(), seconds=SETTLED_WITHIN, every=0.2)
    print(
        f"{struck} of {KILLS} kills at work, {left} attempts left by the dead, {Attempt.objects.count()} in all for {len(refs)} orders"
    )
    assert settled, list(open_ones.values_list("number", "kind", "state", "cause", "subject"))
    assert waiting.until(lambda: not any(server.root.glob("*.xml")), seconds=10)
    assert struck > KILLS / 2
    assert left > 0
    assert {name: count for name, count in Counter(name for name, _ in reader.taken).items() if count != 1} == {}
    entries = Entry.objects.filter(kind=Kind.ORDER_FILE, organisation=files.organisation)
    expected = [as_file(each.number, stored.read(each.document, each.kind)) for each in entries]
    assert dict(reader.taken) == {each.name: each.content for each in expected}
    assert sorted(each.name for each in expected) == sorted(f"{ref}.xml" for ref in refs)
    assert sorted(invoice["InvoiceNumber"] for invoice in acme.invoices()) == sorted(refs)
