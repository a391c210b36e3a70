"""The worker that writes order files is killed (SIGKILL) at its steps; afterwards each order came out once."""

from datetime import timedelta

import pytest

from daybook.companies.models import Company
from daybook.connections import reaching, roster
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.resolve import resolve
from daybook.wire.http import HttpClient
from tests.integration.posting.test_files import PATIENCE, come
from tests.integration.posting.test_killed_worker import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60), pytest.mark.drawn(3)]
STRIDE = 7
MOST_STEPS = 400


@pytest.fixture
def folder(tmp_path, settings, monkeypatch):
    settings.FILES_ROOT = str(tmp_path)
    monkeypatch.setenv("DAYBOOK_FILES_ROOT", str(tmp_path))
    return tmp_path


def test_each_order_comes_out_once_however_often_its_worker_is_killed(folder):
    company = Company.objects.create(name="Acme")
    connection = roster.add(company, ledger="files")
    reaching.save(connection, FileAccess(place="folder", path=str(folder)))
    reaching.check(connection)
    worker, collected, killed = Worker("http://127.0.0.1:9"), [], 0

    def collect() -> None:
        for path in folder.glob("*.xml"):
            collected.append(path.name)
            path.unlink()

    try:
        for step in range(1, MOST_STEPS, STRIDE):
            come(company, id=f"K{step}", number=f"K{step}")
            ended = worker.drain(connection.pk, killed_at=step)
            killed += ended == "killed"
            collect()
            Connection.objects.update(paused_until=None)
            resolve(HttpClient(10), now=clock.now() + timedelta(hours=1), patience=PATIENCE)
            Connection.objects.update(paused_until=None)
            resolve(HttpClient(10), now=clock.now() + timedelta(hours=2), patience=PATIENCE)
            drain.drain(connection.pk, HttpClient(10))
            collect()
            assert collected.count(f"K{step}.xml") == 1, f"killed at step {step}"
            if ended != "killed":
                break
    finally:
        worker.close()
    assert killed > 5
    assert set(Entry.objects.values_list("state", flat=True)) == {"posted"}
    assert len(collected) == len(set(collected)) == Entry.objects.count()
