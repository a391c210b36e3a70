"""A version that only adds to the tables is brought in process by process: nobody is stopped, nothing lost or doubled."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from daybook.altering import AddIndexBeside, AddTriggerBeside
from daybook.ops.postgres import beside
from daybook.ops.processes import waiting
from tests import database
from tests.bench.bench_house import an_order
from tests.chaos import world as trial
from tests.chaos.world import World
from tests.ports import free_port

ADDED = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "{last}")]
    operations = [migrations.AddField("entry", "rolled", models.CharField(max_length=9, db_default="no", default="no"))]
"""
FIELD = '    created_at = models.DateTimeField(default=clock.now)\n\n    class Meta:\n        verbose_name_plural = "entries"'
EACH = 20


class TestWhatOnlyAdds:
    @pytest.mark.parametrize(
        "operation",
        [
            migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddField("entry", "note", models.TextField(null=True)),
            migrations.AddField("entry", "note", models.TextField(db_default="")),
            AddIndexBeside("entry", models.Index(fields=["number"], name="entry_number")),
            AddTriggerBeside(
                "outbox_entry", "thing_noted", after="INSERT", each="FOR EACH STATEMENT", does="BEGIN RETURN NULL; END"
            ),
        ],
    )
    def test_may_be_done_beside_an_older_version(self, operation: migrations.operations.base.Operation) -> None:
        assert beside.faults(changed("0099_more_beside", operation)) == []
        assert beside.are_all([changed("0099_more_beside", operation)])
        assert not beside.are_all([changed("0099_more", operation)])

    @pytest.mark.parametrize(
        "operation",
        [
            migrations.AddField("entry", "note", models.TextField(default="")),
            migrations.RemoveField("entry", "note"),
            migrations.RunSQL("UPDATE outbox_entry SET number = ''"),
            migrations.AddIndex("entry", models.Index(fields=["number"], name="entry_number")),
            AddIndexConcurrently("entry", models.Index(fields=["number"], name="entry_number")),
            migrations.RenameField("entry", "number", "name"),
        ],
    )
    def test_is_told_from_what_may_not(self, operation: migrations.operations.base.Operation) -> None:
        assert beside.faults(changed("0099_more_beside", operation))
        assert not beside.are_all([changed("0099_more_beside", operation)])

    @pytest.mark.django_db
    def test_is_all_that_migrations_of_that_name_do(self) -> None:
        from django.db.migrations.loader import MigrationLoader

        named = [each for each in MigrationLoader(None).disk_migrations.values() if beside.is_said_of(each.name)]
        assert [fault for each in named for fault in beside.faults(each)] == []


def changed(name: str, operation: migrations.operations.base.Operation) -> migrations.Migration:
    made = migrations.Migration(name, "outbox")
    made.operations = [operation]
    return made


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Return the source of a version after this one: documents have one more column."""
    source = tmp_path / "newer"
    shutil.copytree(trial.ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    room = source / "daybook/outbox"
    last = max(path.stem for path in (room / "migrations").glob("0*.py"))
    (room / "migrations/0999_rolled_beside.py").write_text(ADDED.format(last=last))
    text = (room / "models.py").read_text()
    assert FIELD in text
    added = '    rolled = models.CharField(max_length=9, db_default="no", default="no")\n'
    (room / "models.py").write_text(text.replace(FIELD, added + FIELD))
    return source


@pytest.fixture
def world(django_db_setup: None) -> Iterator[World]:
    with trial.made(factor=10, workers=1, tables_from=database.url_of(database.template())) as made:
        yield made


@pytest.mark.drawn(3)
@pytest.mark.long(20)
def test_old_and_new_processes_work_side_by_side_and_nothing_is_lost_or_doubled(world: World, newer: Path) -> None:
    environ = {**world.environ(), "PYTHONPATH": os.pathsep.join([str(newer), str(trial.ROOT)])}
    send(world, world.web_url, first=1)
    sending = Thread(target=send, args=(world, world.web_url), kwargs={"first": 1 + EACH})
    sending.start()
    upgraded = subprocess.run(
        [*trial.daybook(), "migrate"], env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    sending.join()
    assert upgraded.returncode == 0, upgraded.stderr
    new_web = start_newer(world, environ)
    send(world, new_web, first=1 + 2 * EACH)
    send(world, world.web_url, first=1 + 3 * EACH)
    end_in_good_order(world, "web", "worker 1")
    send(world, new_web, first=1 + 4 * EACH)
    assert waiting.until(lambda: posted(world) == 5 * EACH, seconds=60, every=0.2), world.rows(STATES)
    assert numbers(world) == Counter(dict.fromkeys(world_numbers(world), 1))
    assert len(world_numbers(world)) == 5 * EACH
    assert {name: program.starts for name, program in world.programs.items()} == {
        "xero": 1, "web new": 1, "worker new": 1
    }  # fmt: skip


STATES = "SELECT state, cause, count(*) FROM outbox_entry GROUP BY 1, 2"


def send(world: World, url: str, *, first: int) -> None:
    """Send so many orders, one list, to one of the web servers. It raises where they are not taken."""
    orders = [an_order(serial) for serial in range(first, first + EACH)]
    headers = {"Authorization": f"Bearer {world.companies[0]['key']}", "Content-Type": "application/json"}
    request = Request(f"{url}/api/v1/orders", json.dumps(orders).encode(), headers)  # noqa: S310  # our own
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        assert json.load(answer)["accepted"] == EACH


def start_newer(world: World, environ: dict[str, str]) -> str:
    """Start a web server and a worker of the newer version beside those that run; return the server's address."""
    port = free_port()
    commands = {"web new": ["web", f"--port={port}", "--processes=1"], "worker new": ["worker", "--heartbeat=1"]}
    with world.lock:
        for name, command in commands.items():
            made = trial.Program(name, [*trial.daybook(), *command], environ, world.folder / f"{name}.log")
            made.start()
            world.programs[name] = made
    url = f"http://127.0.0.1:{port}"
    assert waiting.until(lambda: is_up(url), seconds=60), world.programs["web new"].last_words()
    return url


def end_in_good_order(world: World, *names: str) -> None:
    """Ask processes to end, as an operator does, and see that they do."""
    with world.lock:
        ending = [world.programs.pop(name) for name in names]
    for program in ending:
        assert program.process is not None
        program.process.terminate()
    assert [program.process.wait(30) for program in ending if program.process] == [0] * len(ending)


def is_up(url: str) -> bool:
    try:
        urlopen(f"{url}/health", timeout=5).close()  # noqa: S310  # our own
    except OSError:
        return False
    return True


def posted(world: World) -> int:
    return int(world.rows("SELECT count(*) FROM outbox_entry WHERE state = 'posted'")[0][0])


def world_numbers(world: World) -> list[str]:
    return [number for (number,) in world.rows("SELECT number FROM outbox_entry")]


def numbers(world: World) -> Counter[str]:
    """Return how many invoices carry each number, in the books of the company."""
    books = world.xero(f"books/{world.companies[0]['tenant']}")
    ours = set(world_numbers(world))
    return Counter(each["InvoiceNumber"] for each in books["Invoices"] if each["InvoiceNumber"] in ours)
