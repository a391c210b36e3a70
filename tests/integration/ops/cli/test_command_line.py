"""The commands as a stranger types them, in processes of their own."""

import json
import os
import pty
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from daybook.ops.postgres import postgres
from daybook.ops.processes import waiting
from daybook.secrets import keyring
from tests.database import copied
from tests.integration.ops.cli import typist
from tests.integration.ops.cli.typist import Typist
from tests.ports import free_port

pytestmark = pytest.mark.drawn
COMMANDS = [
    [],
    ["up"],
    ["web"],
    ["worker"],
    ["migrate"],
    ["backup"],
    ["restore"],
    ["person"],
    ["person", "add"],
    ["person", "password"],
    ["company"],
    ["company", "add"],
    ["company", "list"],
    ["company", "configure"],
    ["apikey", "create"],
    ["connection"],
    ["connection", "folder"],
    ["connection", "check"],
    ["import"],
    ["preview"],
    ["status"],
    ["reconcile"],
    ["audit", "verify"],
    ["proof", "make"],
    ["proof", "verify"],
    ["probe"],
    ["secrets", "new-key"],
    ["secrets", "rotate"],
    ["demo"],
]


EVERY_HELP = """
import sys
from daybook.ops.cli.app import daybook
for words in sys.argv[1:]:
    daybook.main([*words.split(), "--help"], prog_name="daybook", standalone_mode=False)
"""
"""Asked in one process: each would start as long as a whole test of another kind takes."""


class Shell:
    """A user's machine: folders of their own, and nothing of Daybook's in the environment."""

    typist: Typist | None = None
    """Who types its commands where its environment stays as it is."""

    def __init__(self, home: Path) -> None:
        base = {name: value for name, value in os.environ.items() if not name.startswith(("DAYBOOK_", "DATABASE_URL"))}
        self.environ = {**base, "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
        self.keys = home / "config" / "daybook" / "keys.env"
        self.data = home / "data" / "daybook"

    def run(self, *arguments: str, text: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        if self.typist and not environ:
            return self.typist.type(*arguments, text=text)
        return self.python("-m", "daybook", *arguments, text=text, **environ)

    def python(self, *arguments: str, text: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**self.environ, **environ},
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=typist.TIMEOUT,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "daybook", *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def shell(data: Path) -> Iterator[Shell]:
    """A machine with an embedded database."""
    machine = Shell(data)
    yield machine
    postgres.remove(machine.data)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Shell]:
    """A machine whose database has its tables; on the server of the test run, under a name of its own."""
    yield from machine_of(tmp_path_factory.mktemp("home"), django_db_blocker, f"cli_{os.getpid()}")


@pytest.fixture
def installed_apart(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Shell]:
    """Another one, for a test that spoils it."""
    yield from machine_of(tmp_path, django_db_blocker, f"cli_apart_{os.getpid()}")


def machine_of(home: Path, django_db_blocker: DjangoDbBlocker, name: str) -> Iterator[Shell]:
    machine = Shell(home)
    with django_db_blocker.unblock(), copied(name) as url:
        machine.environ |= {
            "DATABASE_URL": url,
            "DAYBOOK_SECRET_KEY": "tests",
            "DAYBOOK_ENCRYPTION_KEYS": keyring.new_key(),
        }
        machine.typist = Typist(machine.environ)
        yield machine
        machine.typist.close()


class TestHelp:
    def test_is_there_without_a_database(self, tmp_path: Path) -> None:
        asked = [" ".join(command) for command in COMMANDS]
        ended = Shell(tmp_path).python("-c", EVERY_HELP, *asked, DATABASE_URL="postgresql:///nowhere")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert [each for each in asked if f"Usage: daybook {each}".strip() not in ended.stdout] == []
        assert ended.stdout.count("Usage: daybook") == len(asked)


class TestTheEnvironment:
    def test_missing_keys_beside_a_database_url_are_named(self, tmp_path: Path) -> None:
        ended = Shell(tmp_path).run("status", DATABASE_URL="postgresql:///nowhere")
        assert ended.returncode == 3
        assert "DAYBOOK_SECRET_KEY is not set" in ended.stderr
        assert "DAYBOOK_ENCRYPTION_KEYS is not set" in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_a_data_folder_that_cannot_be_made_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        ended = Shell(tmp_path).run("--data", str(tmp_path / "file" / "within"), "status")

        assert ended.returncode == 3
        assert "cannot be made: Not a directory" in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_a_database_that_does_not_answer_is_one_sentence(self, tmp_path: Path, installed: Shell) -> None:
        ended = installed.run("status", DATABASE_URL=f"postgresql://nobody@{str(tmp_path).replace('/', '%2F')}/x")
        assert ended.returncode == 3
        assert ended.stderr.startswith("Error: ")
        assert "Traceback" not in ended.stderr

    def test_variables_that_are_none_are_named_with_what_was_meant(self, installed: Shell) -> None:
        ended = installed.run("status", DAYBOOK_LOG_FORMT="json")
        assert "DAYBOOK_LOG_FORMT is no setting of Daybook and does nothing; did you mean DAYBOOK_LOG_FORMAT?" in (
            ended.stderr
        )

    def test_a_data_folder_that_is_not_there_is_asked_about_on_a_terminal(self, tmp_path: Path, shell: Shell) -> None:
        ours, theirs = pty.openpty()
        asked = subprocess.run(
            [sys.executable, "-m", "daybook", "--data", str(tmp_path / "mistyped"), "status"],
            env=shell.environ,
            stdin=theirs if os.write(ours, b"n\n") else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=typist.TIMEOUT,
        )
        os.close(ours)
        os.close(theirs)
        assert "is not there. Make a new, empty one?" in asked.stderr
        assert asked.returncode == 2
        assert not (tmp_path / "mistyped").exists()

    def test_old_tables_are_told_with_the_cure(self, installed: Shell) -> None:
        ended = installed.run("status", DATABASE_URL=installed.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres")
        assert ended.returncode == 3
        assert "run `daybook migrate` first" in ended.stderr

    @pytest.mark.long(9)
    def test_on_the_embedded_default_keys_are_made_once_and_private(self, shell: Shell) -> None:
        assert shell.run("migrate").returncode == 0
        made = shell.keys.read_text()
        assert stat.S_IMODE(shell.keys.stat().st_mode) == 0o600
        assert "DAYBOOK_SECRET_KEY=" in made
        assert "DAYBOOK_ENCRYPTION_KEYS=k" in made
        assert not list(shell.data.rglob("keys*"))

        status = shell.run("status")
        assert (status.returncode, status.stderr) == (0, "")
        assert "No companies yet" in status.stdout
        assert shell.keys.read_text() == made


class TestTheAudit:
    def test_says_that_the_history_is_whole_or_where_it_is_broken(self, installed_apart: Shell) -> None:
        installed = installed_apart
        public_id = installed.run("company", "add", "Audited").stdout.strip().rstrip(".").rpartition(" ")[2]
        assert installed.run("apikey", "create", public_id, "--name", "OMS").returncode == 0
        waiting = installed.run("audit", "verify", "--company", public_id)
        assert (waiting.returncode, waiting.stdout.partition(":")[0]) == (0, "Whole")
        assert "more are not sealed yet" in waiting.stdout

        with psycopg.connect(installed.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("UPDATE history_event SET position = id, seal = repeat('0', 64) WHERE position IS NULL")
        broken = installed.run("audit", "verify", "--head", f"1:{'f' * 64}")
        assert broken.returncode == 1
        assert broken.stdout.startswith("Broken at position 1: ")
        assert "Rewritten: position 1 has another seal" in broken.stdout


class TestPeopleAndCompanies:
    @pytest.mark.long(5)
    def test_from_nothing_to_a_key(self, installed: Shell) -> None:
        added = installed.run(
            "person", "add", "ann@example.com", "--operator", "--password-stdin", text="correct horse battery\n"
        )
        assert (added.returncode, added.stderr) == (0, "")
        company = installed.run("company", "add", "Acme", "--owner", "ann@example.com")
        assert company.returncode == 0
        public_id = company.stdout.strip().rstrip(".").rpartition(" ")[2]
        assert public_id in installed.run("company", "list").stdout

        key = installed.run("apikey", "create", public_id, "--name", "OMS")
        assert key.stdout.startswith("dbk_")
        assert "cannot be shown again" in key.stderr

        changed = installed.run(
            "person",
            "password",
            "ANN@example.com",
            "--password-stdin",
            "--forget-second-factor",
            text="another long one\n",
        )
        assert changed.returncode == 0

    def test_a_person_is_forgotten_and_the_history_stays_whole(self, installed: Shell) -> None:
        installed.run("person", "add", "rose@example.com", "--password-stdin", text="correct horse battery\n")
        installed.run("company", "add", "Cedar", "--owner", "rose@example.com")
        last = installed.run("person", "forget", "rose@example.com", "--yes")
        assert (last.returncode, "owner" in last.stderr) == (2, True)

        installed.run(
            "person",
            "add",
            "ivy@example.com",
            "--company",
            "Cedar",
            "--role",
            "owner",
            "--password-stdin",
            text="correct horse battery\n",
        )
        forgotten = installed.run("person", "forget", "ivy@example.com", "--yes")

        assert (forgotten.returncode, "1 event." in forgotten.stdout) == (0, True), forgotten.stderr
        assert installed.run("person", "forget", "ivy@example.com", "--yes").returncode == 2
        verified = installed.run("audit", "verify")
        assert (verified.returncode, "Whole" in verified.stdout) == (0, True)

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["person", "add", "eve", "--password-stdin"], "not an e-mail address"),
            (["person", "password", "nobody@example.com", "--password-stdin"], "nobody has the e-mail address"),
            (["company", "add", "Birch", "--owner", "nobody@example.com"], "nobody has the e-mail address"),
            (["apikey", "create", "Nowhere", "--name", "OMS"], "there is no company"),
            (["import", "/nowhere.json", "--company", "Acme"], "does not exist"),
            (["up", "--port", "99999"], "range"),
            (["import", __file__, "--company", "Acme", "--dry-run"], "--feed"),
            (["nonsense"], "No such command"),
        ],
    )
    def test_wrong_use_ends_with_2_and_says_why(self, installed: Shell, arguments: list[str], says: str) -> None:
        ended = installed.run(*arguments, text="correct horse battery\n")
        assert ended.returncode == 2
        assert says in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.fixture(scope="module")
def company(installed: Shell) -> str:
    return installed.run("company", "add", "Cedar").stdout.strip().rstrip(".").rpartition(" ")[2]


class TestConfiguring:
    def test_changes_and_shows_settings(self, installed: Shell, company: str, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("very secret\n")
        settings = ["process_method=tracked", "start_date=2026-04-01", "allow_backorders=yes", "tax.0.2=OUTPUT2"]
        changed = installed.run("company", "configure", company, *settings, f"kornitx_hmac_key=@{tmp_path / 'key'}")
        assert (changed.returncode, changed.stderr) == (0, "")
        assert installed.run("company", "configure", company, *settings).stdout.startswith("Nothing to change")

        shown = installed.run("company", "configure", company).stdout.splitlines()
        assert {*settings, "kornitx_hmac_key=(set)"} <= set(shown)

    def test_names_the_setting_that_is_wrong_and_changes_nothing(self, installed: Shell, company: str) -> None:
        ended = installed.run("company", "configure", company, "sales_account=999", "payment_terms_days=soon")
        assert ended.returncode == 2
        assert ended.stderr.startswith("Error: payment_terms_days: ")
        assert "sales_account=\n" in installed.run("company", "configure", company).stdout


class TestFeeds:
    def test_are_added_changed_closed_and_listed(self, installed: Shell, company: str) -> None:
        assert installed.run("feed", "add", company, "kornitx", "kornitx").returncode == 0
        refused = installed.run("feed", "add", company, "kornitx", "outlet")
        assert (refused.returncode, "number prefix" in refused.stderr) == (2, True)
        assert installed.run("feed", "add", company, "kornitx", "outlet", "--prefix", "OUT-").returncode == 0

        said = ["hmac_key=k", "statuses=Packed = dispatched; Paid = goes on", "post_when=received"]
        assert installed.run("feed", "configure", company, "outlet", *said).stdout == "Changed.\n"
        shown = installed.run("feed", "configure", company, "outlet").stdout.splitlines()
        assert {"number_prefix=OUT-", "hmac_key=(set)", "statuses=packed = dispatched; paid = goes on"} <= set(shown)
        assert installed.run("feed", "pause", company, "outlet").stdout == "Paused.\n"
        assert "paused" in installed.run("feed", "list", company).stdout
        assert "…" not in installed.run("feed", "list", company).stdout
        assert installed.run("feed", "pause", company, "outlet", "--resume").stdout == "Resumed.\n"
        assert "client id" in installed.run("feed", "test", company, "outlet").stderr
        assert "it lacks Export API: client id" in installed.run("feed", "pull", company, "outlet").stderr
        assert "no delivery 77" in installed.run("feed", "replay", company, "77").stderr
        assert installed.run("feed", "close", company, "outlet").returncode == 0
        assert "closed" in installed.run("feed", "list", company).stdout

    @pytest.mark.parametrize(
        "asked",
        [["configure", "nowhere"], ["configure", "kornitx", "nonsense=1"], ["add", "nothing", "x"], ["open", "no"]],
    )
    def test_say_what_is_wrong(self, installed: Shell, company: str, asked: list[str]) -> None:
        ended = installed.run("feed", asked[0], company, *asked[1:])
        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr


class TestImporting:
    def test_names_line_field_and_cure_of_what_it_refuses(self, installed: Shell, tmp_path: Path) -> None:
        installed.run("company", "add", "Elm")
        file = tmp_path / "orders.jsonl"
        file.write_text('{"source": "shop", "id": 1.5}\nnot json\n\n[]\n')
        ended = installed.run("import", str(file), "--company", "Elm")
        assert ended.returncode == 1
        assert "line 1, " in ended.stderr
        assert "line 2: This is not JSON" in ended.stderr
        assert "line 4" in ended.stderr
        assert "3 refused" in ended.stdout

    def test_of_an_empty_file_says_so(self, installed: Shell, tmp_path: Path) -> None:
        (tmp_path / "none.json").write_text("")
        installed.run("company", "add", "Fir")
        ended = installed.run("import", str(tmp_path / "none.json"), "--company", "Fir")
        assert (ended.returncode, ended.stdout) == (0, "The file holds no orders.\n")


class TestForgettingACustomer:
    def test_is_said_and_says_what_stays(self, installed: Shell, tmp_path: Path) -> None:
        installed.run("company", "add", "Gorse")
        order = {"source": "shop", "id": "1", "customer": {"id": "9", "name": "Zebedee"}, "lines": []}
        file = tmp_path / "orders.json"
        file.write_text(json.dumps(order | {"number": "G-1"}))
        installed.run("import", str(file), "--company", "Gorse")
        forgotten = installed.run("forget", "customer", "Gorse", "--order", "G-1", "--yes")
        assert forgotten.returncode == 0, forgotten.stderr
        assert "Forgotten in 1 orders" in forgotten.stdout
        assert "What stands in the ledger stays there" in forgotten.stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [([], "say whom: --id, --email or --order"), (["--email", "nobody@example.com"], "is of the customer nobody@")],
    )
    def test_of_nobody_ends_with_one_sentence(self, installed: Shell, arguments: list[str], says: str) -> None:
        name = f"Hazel{len(arguments)}"
        installed.run("company", "add", name)
        ended = installed.run("forget", "customer", name, *arguments, "--yes")
        assert (ended.returncode, says in ended.stderr) == (2, True), ended.stderr


class TestPreviewing:
    def test_shows_what_would_become_of_a_files_orders_and_takes_none_in(
        self, installed: Shell, company: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "orders.jsonl"
        line = {"sku": "MUG", "quantity": 2, "unit_price": 6.25, "tax_rate": 0.2}
        good = {"source": "shop", "id": "1", "number": "ORD-1", "dispatched": True, "currency": "GBP", "lines": [line]}
        file.write_text(f'{json.dumps(good)}\n{{"source": "shop"}}\n')
        ended = installed.run("preview", str(file), "--company", company)
        assert ended.returncode == 1
        assert "Order ORD-1 (shop, id 1), not stored" in ended.stdout
        assert "held. Nobody says when it was dispatched." in ended.stdout
        assert "line 2, id: " in ended.stderr

        ended = installed.run("preview", "ORD-1", "--company", company)
        assert (ended.returncode, "has no order 'ORD-1'" in ended.stderr) == (2, True)


class TestStatus:
    def test_as_json_has_every_company(self, installed: Shell) -> None:
        installed.run("company", "add", "Gorse")
        read = json.loads(installed.run("status", "--json").stdout)
        gorse = next(company for company in read["companies"] if company["name"] == "Gorse")
        assert gorse["connection"] == "not_connected"
        assert gorse["oldest_waiting_seconds"] is None


@pytest.mark.long(12)
class TestUp:
    def test_prints_a_set_up_link_serves_and_leaves_nothing_running(self, shell: Shell) -> None:
        port = free_port()
        running = shell.start("up", "--port", str(port))
        try:
            lines = iter(running.stdout or [])
            link = next(line for line in lines if "/setup/" in line).split()[-1]
            assert link.startswith(f"http://localhost:{port}/setup/")
            assert httpx2.get(f"http://localhost:{port}/accounts/login/", timeout=30).status_code == 200
            family = psutil.Process(running.pid).children(recursive=True)
            assert len(family) >= 2

            second = shell.run("up", "--port", str(free_port()))
            assert second.returncode == 3
            assert f"runs already on the data folder {shell.data}, at http://localhost:{port}." in second.stderr

            other = shell.data.parent / "other"
            taken = shell.run("--data", str(other), "up", "--port", str(port), "--processes", "1")
            assert taken.returncode == 3
            assert f"port {port} is taken" in taken.stderr
            assert f"the data folder {other} was not there" in taken.stderr

            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=60) == 0
            assert not psutil.wait_procs(family, timeout=10)[1]
        finally:
            running.kill()
            running.communicate()

    def test_restarts_a_child_that_dies_and_its_children_end_with_it(self, shell: Shell) -> None:
        port = free_port()
        running = shell.start("up", "--port", str(port), "--processes", "1")
        try:
            lines = iter(running.stdout or [])
            next(line for line in lines if "Ctrl-C" in line)
            web = next(
                child
                for child in psutil.Process(running.pid).children()
                if "web" in child.cmdline() and f"--port={port}" in child.cmdline()
            )
            web.kill()
            next(line for line in lines if "web ended" in line)

            def answers() -> bool:
                try:
                    return httpx2.get(f"http://localhost:{port}/accounts/login/", timeout=5).status_code == 200
                except httpx2.HTTPError:
                    return False

            assert waiting.until(answers, seconds=30, every=0.2)
            family = psutil.Process(running.pid).children(recursive=True)
            running.kill()
            assert not psutil.wait_procs(family, timeout=30)[1]
        finally:
            running.kill()
            running.communicate()
