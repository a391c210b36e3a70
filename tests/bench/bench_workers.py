"""How much more several workers post than one, where Xero takes its time: documents a second over ten organisations.

    DAYBOOK_BENCH_WORKERS=1,2,4 make bench ARGS='-k workers'

Real worker processes on one database, each with so many jobs at once, and a ledger that answers after a delay: a local
Xero behind it takes the documents of all organisations into the books of one. Prints; judges nothing.
"""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psutil
import pytest
from django.db import connection

from daybook.companies.models import Company
from daybook.connections.models import Connection, TokenSet
from daybook.feeds.models import Feed
from daybook.kit import clock
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests import outside
from tests.bench import filling
from tests.bench.conftest import Note
from tests.bench.seeding import seeded
from tests.database import url_of

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = [int(count) for count in os.environ.get("DAYBOOK_BENCH_WORKERS", "1,2").split(",")]
JOBS = int(os.environ.get("DAYBOOK_BENCH_JOBS", "2"))
DELAY_MS = int(os.environ.get("DAYBOOK_BENCH_DELAY_MS", "300"))
ORGANISATIONS, EACH = 10, 500
SOON = 180


class Slow:
    """A ledger that answers after a while; whoever asks is the one organisation that there is."""

    def __init__(self, xero: LocalXero) -> None:
        tenant = xero.tenant_id("GB")
        token = xero.sign_in(tenant)["access_token"]
        self._xero, self._shown = xero, {"HTTP_XERO_TENANT_ID": tenant, "HTTP_AUTHORIZATION": f"Bearer {token}"}

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        time.sleep(DELAY_MS / 1000)
        return self._xero({**environ, **self._shown}, start_response)


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads, request_queue_size = True, 100


@contextmanager
def serving(application: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, Threaded, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def working(count: int, ledger: str) -> Iterator[list[psutil.Process]]:
    bases = {f"XERO_{name}_BASE": ledger for name in ("API", "IDENTITY", "LOGIN", "LINK")}
    environ = os.environ | bases | {"DATABASE_URL": url_of(connection.settings_dict["NAME"])}
    command = [sys.executable, "-m", "daybook", "worker", "--jobs", str(JOBS)]
    started = [
        subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    yield [psutil.Process(each.pid) for each in started]
    for each in started:
        each.terminate()
    for each in started:
        each.wait(60)


def reseal() -> None:
    """What is sealed is sealed for its row: copies of rows open nothing."""
    for each in Connection.objects.all():
        each.client_secret = "secret"
        each.save(update_fields=["client_secret_sealed"])
    for tokens in TokenSet.objects.all():
        tokens.seal_tokens(access_token=f"access {tokens.pk}", refresh_token=f"refresh {tokens.pk}")
        tokens.fingerprint = hashlib.sha256(tokens.access_token.encode()).hexdigest()
        tokens.expires_at = clock.now() + timedelta(hours=1)
        tokens.save()
    Feed.objects.update(secrets={})


@pytest.mark.parametrize("workers", WORKERS)
def test_workers_over_ten_organisations(workers: int, note: Note) -> None:
    cast = seeded(EACH, is_posted=False).cast
    filling.several(filling.OF_COMPANIES, ORGANISATIONS - 1, of=f"= {cast.company.pk}")
    reseal()
    outside.make_due(cast)
    Entry.objects.update(state_since=clock.now().replace(year=2025))
    waiting, companies = Entry.objects.filter(state="ready").count(), Company.objects.count()
    with serving(Slow(LocalXero(limits="off"))) as ledger, working(workers, ledger) as processes:
        posted = Entry.objects.filter(state="posted")
        begun, first = None, 0
        ends = time.monotonic() + SOON
        while posted.count() < waiting and time.monotonic() < ends:
            if begun is None and (first := posted.count()):
                begun = time.monotonic()  # starting a process is not what is measured
            time.sleep(0.1)
        took = time.monotonic() - (begun or time.monotonic())
        memory = max(each.memory_info().rss for each in processes) / 1e6
    note(f"Ten organisations, calls of {DELAY_MS} ms, workers: {workers}", (posted.count() - first) / took, "/s")
    note(f"The biggest worker's memory, workers: {workers}", memory, "MB", "<= 300")
    print(
        f"\n{workers} workers of {JOBS} jobs, {companies} organisations, calls of {DELAY_MS} ms: {posted.count():,} of "
        f"{waiting:,} documents posted, {(posted.count() - first) / took:.0f} a second; the biggest worker had {memory:.0f} MB"
    )
