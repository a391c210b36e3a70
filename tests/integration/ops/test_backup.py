"""What was saved comes back whole, or nothing is changed."""

import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from daybook.companies.models import Company
from daybook.history import sealing
from daybook.history.kinds import What
from daybook.history.models import Event
from daybook.history.verifying import verify
from daybook.ops.backup import file, programs, restoring, saving
from daybook.ops.postgres import postgres
from daybook.ops.processes import presence
from daybook.ops.processes.stops import Stop
from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.integration.ops.cli.test_command_line import Shell, machine_of
from tests.integration.posting.test_drain import post, states
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


@pytest.fixture
def saved(acme: Cast, tmp_path: Path) -> Path:
    """A backup of the moment at which one document of Acme's was posted and one waited."""
    acme.ready_invoice("FIRST")
    post(acme)
    acme.ready_invoice("SECOND")
    sealing.seal_all()
    saving.save(tmp_path / "saved.zip")
    return tmp_path / "saved.zip"


def changed(path: Path, *, dump: bytes | None = None, **manifest: object) -> Path:
    """Another backup: the manifest says something else, or the dump is another one."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        said = json.loads(source.read(file.MANIFEST)) | manifest
        target.writestr(file.DUMP, source.read(file.DUMP) if dump is None else dump)
        target.writestr(file.MANIFEST, json.dumps(said))
    return other


class TestABackup:
    def test_brings_back_what_stood_and_tells_every_company(self, acme: Cast, saved: Path):
        first = Entry.objects.get(number="FIRST")
        post(acme)
        acme.ready_invoice("THIRD")
        Company.objects.create(name="Birch")

        said = restoring.restore(saved)

        assert sorted(Entry.objects.values_list("number", "state")) == [("FIRST", "posted"), ("SECOND", "ready")]
        assert Entry.objects.get(number="FIRST").their_id == first.their_id
        assert acme.connection.token_set.access_token
        told = Event.objects.get(what=What.RESTORED)
        assert (told.company_id, told.subject_kind, told.mover) == (acme.company.pk, "company", "command line")
        assert told.after["backup"] == said.dump_sha256
        assert verify().position == said.position
        sealing.seal_all()
        assert not verify().broken_at

    def test_comes_back_into_a_database_that_holds_nothing_without_being_asked(self, acme: Cast, saved: Path):
        assert restoring.holds()["documents"] == 2
        restoring.restore(saved)
        assert states(acme) == {"posted": 1, "ready": 1}

    def test_is_for_its_owner_alone_and_holds_no_key(self, saved: Path):
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        secret = settings.ENCRYPTION_KEYS.partition(":")[2].encode()
        assert secret not in saved.read_bytes()

    def test_overwrites_nothing(self, saved: Path):
        before = saved.read_bytes()
        with pytest.raises(Stop, match="is there already"):
            saving.save(saved)
        assert saved.read_bytes() == before
        assert [path.name for path in saved.parent.iterdir()] == [saved.name]

    def test_that_cannot_be_written_leaves_nothing(self, acme: Cast, tmp_path: Path):
        with pytest.raises(Stop, match=r"cannot be written to .*No such file"):
            saving.save(tmp_path / "nowhere" / "saved.zip")


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda path: changed(path, dump=b"PGDMP"), "is not the one that its manifest names"),
            (lambda path: changed(path, format=2, version="9.0"), r"newer version of Daybook \(9.0\)"),
            (lambda path: changed(path, migrations=["outbox.0999_newer"]), "newer version.*outbox.0999_newer"),
            (lambda path: changed(path, rows="many"), "manifest is damaged"),
            (lambda path: path.with_name("cut.zip"), "only the beginning of one"),
        ],
        ids=["another dump", "newer form", "newer tables", "odd manifest", "cut off"],
    )
    def test_is_refused_before_anything_is_touched(self, saved: Path, spoil: Callable[[Path], Path], says: str):
        saved.with_name("cut.zip").write_bytes(saved.read_bytes()[:-100])
        with pytest.raises(Stop, match=says):
            restoring.restore(spoil(saved))
        assert Entry.objects.count() == 2

    def test_by_postgresql_changes_nothing_either(self, acme: Cast, saved: Path):
        half = zipfile.ZipFile(saved).read(file.DUMP)
        half = half[: len(half) // 2]
        whole = file.Pieces()
        whole.write(half)
        path = changed(saved, dump=half, dump_bytes=whole.bytes, dump_sha256=whole.sha256)

        with pytest.raises(Stop, match="nothing was restored, nothing was changed"):
            restoring.restore(path)

        assert states(acme) == {"posted": 1, "ready": 1}
        assert not Event.objects.filter(what=What.RESTORED).exists()

    def test_is_a_database_that_others_work_on(self, saved: Path):
        with presence.held(), pytest.raises(Stop, match="other processes of Daybook use the database: 1"):
            restoring.restore(saved)


class TestThePrograms:
    def test_that_are_too_old_are_not_taken(self):
        assert programs.find(at_least=18, with_tls=False).major >= 18
        with pytest.raises(Stop, match="postgresql-client-99"):
            programs.find(at_least=99, with_tls=False)

    def test_are_given_the_password_where_no_list_of_processes_shows_it(self):
        params = {"dbname": "d", "password": "s3cret", "sslmode": "require", "connect_timeout": 5, "row_factory": None}
        assert programs.environ_of(params) == {
            "PGDATABASE": "d", "PGPASSWORD": "s3cret", "PGSSLMODE": "require", "PGCONNECT_TIMEOUT": "5",
        }  # fmt: skip


@pytest.fixture
def embedded() -> Iterator[Shell]:
    """A machine without DATABASE_URL."""
    home = Path(tempfile.mkdtemp(prefix="dbb-", dir="/tmp"))
    machine = Shell(home)
    yield machine
    postgres.remove(machine.data)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.long(9)
def test_a_backup_of_a_server_moves_to_the_embedded_database(
    embedded: Shell, tmp_path: Path, django_db_blocker
) -> None:
    for server in machine_of(tmp_path / "home", django_db_blocker, f"backup_{os.getpid()}"):
        server.run("company", "add", "Acme")
        for old in ("daybook-20250101T000000Z.zip", "daybook-20250102T000000Z.zip"):
            (tmp_path / old).touch()
        nowhere = server.run("backup", str(tmp_path / "not there"))
        assert (nowhere.returncode, "is no folder that is there" in nowhere.stderr) == (2, True)
        made = server.run("backup", str(tmp_path), "--keep", "2")
        assert (made.returncode, made.stderr) == (0, "")
        new, kept = sorted(tmp_path.glob("daybook-*.zip"), reverse=True)
        assert (kept.name, f"deleted {tmp_path / 'daybook-20250101T000000Z.zip'}" in made.stdout) == (
            "daybook-20250102T000000Z.zip",
            True,
        )
        refused = server.run("restore", str(new))
        assert (refused.returncode, "is not empty (1 companies" in refused.stderr) == (2, True)

    restored = embedded.run("restore", str(new))
    assert (restored.returncode, "daybook reconcile" in restored.stdout) == (0, True), restored.stderr
    assert "which are not at hand" in restored.stderr
    other_keys = embedded.run("status")
    assert (other_keys.returncode, "another installation's" in other_keys.stderr) == (3, True)
