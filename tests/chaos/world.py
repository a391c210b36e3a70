"""The processes of a trial: a PostgreSQL of its own, the local Xero, Daybook's web server and its workers.

Everything is what an operator starts: `daybook web`, `daybook worker`, `localxero serve`. Who dies is started again, as
systemd would.
"""

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import psycopg

from daybook.ops.postgres import pgfolder, pgprograms, postgres
from daybook.ops.processes import waiting
from tests.chaos.cast import CAST
from tests.chaos.proxy import Proxy, Strikes
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
ORGANISATIONS = {"GB": "Birch & Bell Ltd", "AU": "Southern Print Co Pty Ltd", "US": "Harbor & Pine Inc"}
CALL_TIMEOUT, LOOK_AFTER = 30, 60
"""In the trial's own seconds: a call without an answer is given up 150 after its commit, and looked for 60 later."""
QUICK = {"fsync": "off", "full_page_writes": "off", "jit": "off", "log_min_messages": "log"}
"""What a machine's crash would lose is not what is tried here: no process's death loses what PostgreSQL wrote."""
OURS = ("DATABASE_URL", "DAYBOOK_", "XERO_", "DJANGO_", "PYTEST_", "TEST_", "PYTHONDONTWRITEBYTECODE")
"""Left out of what the processes are told; compiling all of Daybook anew takes longer than its start."""
ENDS_WITHIN = 20
SIGNS_IN = 5
"""So often somebody signs in for one thing that they do."""
CUSTOMER = "Custom Gateway Orders"
JUST_NOW = "now() - interval '2 seconds'"


class WorldError(Exception):
    """A process of the trial does not come up, or the trial cannot go on."""


class SignedOutError(WorldError):
    """A token has ended, and nothing was done."""


@dataclass(slots=True)
class Program:
    """One process that is kept running, with a log of its own."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    paused_until: float = 0.0
    starts: int = 0

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                self.command, env=self.environ, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd=self.log.parent
            )

    def is_alive(self) -> bool:
        """Return whether it runs, or is stopped."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        if self.process is not None and self.is_alive():
            self.process.send_signal(number)

    def end(self) -> None:
        """End it for good, at once."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait(ENDS_WITHIN)

    def last_words(self, lines: int = 30) -> str:
        """Return the end of its log."""
        text = self.log.read_text(errors="replace") if self.log.is_file() else ""
        return "\n".join(text.splitlines()[-lines:])


@dataclass(slots=True)
class World:
    """All of them, in one folder that goes with them."""

    folder: Path
    factor: int
    workers_wanted: int
    tables_from: str = ""
    programs: dict[str, Program] = field(default_factory=dict)
    companies: list[dict[str, Any]] = field(default_factory=list)
    died: Counter[str] = field(default_factory=Counter)
    persons: list[threading.Thread] = field(default_factory=list)
    """Who stopped or withdrew something, and will let it go on (`persons.py`)."""
    breaches: list[str] = field(default_factory=list)
    """What happened that a person had forbidden, or that they could not do."""
    strikes: Strikes = field(init=False)
    proxy: Proxy = field(init=False)
    server: postgres.Server = field(init=False)
    xero_url: str = ""
    web_url: str = ""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    lock: threading.RLock = field(default_factory=threading.RLock)
    over: threading.Event = field(default_factory=threading.Event)
    keeper: threading.Thread | None = None

    def now(self) -> datetime:
        """Return the trial's own time."""
        return self.began + self.factor * (datetime.now(UTC) - self.began)

    def environ(self, ahead: float = 0.0) -> dict[str, str]:
        """Return the environment of a process of Daybook whose clock is `ahead` by so many of the trial's seconds."""
        since = self.began - timedelta(seconds=ahead / (self.factor - 1)) if ahead else self.began
        bases = ("XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE")
        return {
            **inherited(),
            **dict.fromkeys(bases, self.proxy.url),
            "DATABASE_URL": self.server.url,
            "DAYBOOK_SECRET_KEY": "of-the-trial-only",
            "DAYBOOK_ENCRYPTION_KEYS": "trial:" + "A" * 43 + "=",
            "DAYBOOK_CLOCK": f"{self.factor}@{since.isoformat()}",
            "DAYBOOK_CALL_TIMEOUT_SECONDS": str(CALL_TIMEOUT),
            "DAYBOOK_LOOK_AFTER_SECONDS": str(LOOK_AFTER),
            "DAYBOOK_PUBLIC_URL": self.web_url or "http://localhost:8000",
            "DAYBOOK_LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "daybook.config.settings",
            "PYTHONPATH": os.pathsep.join([str(source()), str(ROOT)]),
            "XERO": self.xero_url,
        }

    def workers(self) -> list[Program]:
        """Return the workers."""
        return [each for name, each in self.programs.items() if name.startswith("worker")]

    def kill(self, program: Program) -> None:
        """Kill it; it is started again by the keeper."""
        program.signal(signal.SIGKILL)

    def pause(self, program: Program, seconds: float) -> None:
        """Stop it for so many seconds of the trial's time; the keeper lets it go on."""
        with self.lock:
            program.paused_until = max(program.paused_until, time.monotonic() + seconds / self.factor)
        program.signal(signal.SIGSTOP)

    def caller(self, port: int) -> Program | None:
        """Return whose connection comes from this local port."""
        for program in list(self.programs.values()):
            with contextlib.suppress(psutil.Error):
                if program.process is not None and program.is_alive() and _has(program.process.pid, port):
                    return program
        return None

    def pass_time(self, seconds: float) -> None:
        """Let it be so many seconds later for all, as when a computer slept: Daybook's processes begin anew then."""
        with self.lock:
            self.xero("clock", {"advance_seconds": seconds})
            self.began -= timedelta(seconds=seconds / (self.factor - 1))
            for name, program in self.programs.items():
                if name != "xero":
                    program.end()
                    program.paused_until, program.environ = 0.0, self.environ()
                    program.start()

    def restart_database(self, mode: str) -> None:
        """Stop PostgreSQL (`fast`, or `immediate`, which is a crash that it recovers from) and start it again."""
        programs = pgprograms.find()
        folder = pgfolder.prepare(self.folder / "data", programs.account)
        config = {"PGDATA": str(folder.config)}
        programs.run("pg_ctl", "stop", f"--mode={mode}", "--wait", cwd=folder.server, environ=config, seconds=60)
        again = postgres.ensure_running(self.folder / "data", settings=QUICK)
        self.server.release()
        self.server = again

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what the trial's database answers; it may have to come back first."""
        for _ in range(50):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.server.url) as connection:
                return connection.execute(statement).fetchall()
            time.sleep(0.2)
        raise WorldError("the database does not come back")

    def is_at_work(self) -> bool:
        """Return whether some worker gives signs of life."""
        [(alive,)] = self.rows(f"SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > {JUST_NOW}")  # noqa: S608
        return bool(alive)

    def daybook(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of Daybook to its end."""
        return run([*daybook(), *arguments], self.environ())

    def xero(self, path: str, body: object = None, method: str = "") -> Any:
        """Steer or ask the local Xero."""
        return asked(f"{self.xero_url}/_local/{path}", body, method)

    def ask_as_a_person(self, tenant: str, path: str, body: object, method: str = "POST") -> Any:
        """Do something in an organisation's books, past the proxy, as somebody does who works in the ledger.

        The blow that ends tokens ends this one too: nothing was done then, and they sign in again.
        """
        url = f"{self.xero_url}/api.xro/2.0/{path}"
        for _ in range(SIGNS_IN):
            granted = self.xero("sign-in", {"tenant_ids": [tenant]})
            headers = {"Authorization": f"Bearer {granted['access_token']}", "xero-tenant-id": tenant}
            with contextlib.suppress(SignedOutError):
                return asked(url, body, method, {**headers, "Accept": "application/json"})
        raise SignedOutError(url)

    def write_by_hand(self, invoices: Iterable[tuple[str, str, str]]) -> None:
        """Let somebody at the ledger have written invoices to our customer: country, number, currency of each."""
        for country in ORGANISATIONS:
            wanted = [each for each in invoices if each[0] == country]
            tenant = next(each["tenant"] for each in self.companies if each["country"] == country)
            _write_by_hand(self, tenant, wanted, account="400" if country == "US" else "200")

    def keep(self) -> None:
        """Let go on who was stopped long enough, and start again who died, until it is over."""
        while not self.over.wait(0.05):
            with self.lock:
                for program in self.programs.values():
                    self._look_after(program)

    def _look_after(self, program: Program) -> None:
        if program.paused_until and time.monotonic() >= program.paused_until:
            program.paused_until = 0.0
            program.signal(signal.SIGCONT)
        if not program.is_alive():
            self.died[program.name.split()[0]] += 1
            program.paused_until = 0.0
            program.start()


def source() -> Path:
    """Return where Daybook's code is: this tree's, or a copy's with a fault in it."""
    return Path(os.environ.get("CHAOS_SOURCE") or ROOT / "src")


def inherited() -> dict[str, str]:
    """Return what a process of the trial is told of this one's environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def daybook() -> list[str]:
    """Return the command `daybook`."""
    return [sys.executable, "-m", "daybook"]


def run(command: list[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        command, env=dict(environ), capture_output=True, text=True, check=False, timeout=300, cwd=ROOT
    )


def asked(url: str, body: object = None, method: str = "", headers: Mapping[str, str] | None = None) -> Any:
    """Ask the local Xero."""
    sent = None if body is None else json.dumps(body).encode()
    request = Request(  # noqa: S310  # our own
        url, sent, {"Content-Type": "application/json", **(headers or {})}, method=method or None
    )
    try:
        with urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        failure = SignedOutError if error.code == 401 else WorldError
        raise failure(f"{url} answers {error.code}: {error.read()[:1000]!r}") from error


@contextlib.contextmanager
def made(
    *, factor: int, workers: int, tables_from: str = "", say: Callable[[str], None] = lambda _: None
) -> Iterator[World]:
    """Have a world for the length of a block; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="dbc-", dir=_place()))
    world = World(folder, factor, workers, tables_from)
    with contextlib.ExitStack() as last:
        last.callback(shutil.rmtree, folder, ignore_errors=True)
        last.callback(postgres.remove, folder / "data")
        _build(world, last, say)
        yield world


def _place() -> Path:
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it
    with contextlib.suppress(OSError):
        if shutil.disk_usage(memory).free > 4 * 1024**3:
            return memory
    return Path(tempfile.gettempdir())


def _build(world: World, last: contextlib.ExitStack, say: Callable[[str], None]) -> None:
    last.callback(_end, world)
    xero = _xero(world)
    (world.folder / "data").mkdir()
    world.server = postgres.ensure_running(world.folder / "data", settings=QUICK)
    last.callback(lambda: world.server.release())  # noqa: PLW0108  # the one that runs then
    say("PostgreSQL runs")
    port = _answering(xero)
    world.began = _agreed(world)
    world.strikes = Strikes(at_caller=lambda blow, caller: _strike(world, blow, caller), factor=world.factor)
    world.proxy = Proxy(port, world.strikes)
    last.callback(world.proxy.close)
    say("the local Xero runs")
    _migrate(world)
    say("the tables are there")
    _start(world)
    last.callback(_end, world)  # before the database that they use
    _set_up(world)
    say("the companies are connected")
    _wait_for_all(world)
    say("web server and workers run")


def _xero(world: World) -> Program:
    command = [sys.executable, "-m", "localxero", "serve", "--port=0", f"--speed={world.factor}", "--limits=live"]
    environ = {**inherited(), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    xero = Program("xero", command, environ, world.folder / "xero.log")
    xero.start()
    world.programs["xero"] = xero
    return xero


def _answering(xero: Program) -> int:
    """Return the port that the local Xero chose."""

    def port() -> int:
        said = xero.log.read_text() if xero.log.is_file() else ""
        return int(said.split("http://localhost:")[1].split()[0]) if "http://localhost:" in said else 0

    found = waiting.until(port, seconds=60)
    if not found:
        raise WorldError(f"the local Xero does not start: {xero.last_words()}")
    return found


def _agreed(world: World) -> datetime:
    """Return when Daybook's clock must have begun to run fast, so that it shows what Xero's shows."""
    port = _answering(world.programs["xero"])
    world.xero_url = f"http://127.0.0.1:{port}"
    shown = world.xero("clock")
    here = datetime.now(UTC)
    theirs = datetime.fromisoformat(shown["now"])
    return here - (theirs - here) / (world.factor - 1)


def _migrate(world: World) -> None:
    """Make the tables: copied from where they are made already, or by `daybook migrate`."""
    if world.tables_from:
        programs = pgprograms.find().folder
        dump = [str(programs / "pg_dump"), "--no-owner", world.tables_from]
        load = [str(programs / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", world.server.url]
        dumped = subprocess.run(dump, capture_output=True, check=True, timeout=120)
        subprocess.run(load, input=dumped.stdout, check=True, timeout=120)
        return
    ended = world.daybook("migrate")
    if ended.returncode:
        raise WorldError(ended.stderr)


def _set_up(world: World) -> None:
    cast = [{**dataclasses.asdict(role), "organisation": ORGANISATIONS[role.country]} for role in CAST]
    ended = run([sys.executable, "-m", "tests.chaos.setting_up", json.dumps(cast, default=str)], world.environ())
    if ended.returncode:
        raise WorldError(ended.stderr)
    world.companies = json.loads(ended.stdout.splitlines()[-1])


def _start(world: World) -> None:
    web_port = free_port()
    world.web_url = f"http://127.0.0.1:{web_port}"
    web = [*daybook(), "web", f"--port={web_port}", "--processes=1"]
    world.programs["web"] = Program("web", web, world.environ(), world.folder / "web.log")
    for number in range(world.workers_wanted):
        name = f"worker {number + 1}"
        command = [*daybook(), "worker", "--heartbeat=1", "--stalled-after=3"]
        world.programs[name] = Program(name, command, world.environ(), world.folder / f"worker{number + 1}.log")
    for program in world.programs.values():
        if program.process is None:
            program.start()
    world.keeper = threading.Thread(target=world.keep, daemon=True)
    world.keeper.start()


def _wait_for_all(world: World) -> None:
    if not waiting.until(lambda: _is_up(world) and world.is_at_work(), seconds=90):
        raise WorldError(f"not all of it comes up: {world.programs['web'].last_words()}")


def _is_up(world: World) -> bool:
    with contextlib.suppress(OSError):
        urlopen(f"{world.web_url}/health", timeout=5).close()  # noqa: S310  # our own
        return True
    return False


def _end(world: World) -> None:
    world.over.set()
    if world.keeper is not None:
        world.keeper.join()
    for program in world.programs.values():
        program.end()


def _strike(world: World, blow: Any, port: int) -> None:
    """Kill or stop whoever calls from this port; where that cannot be found out, the worker that the blow names."""
    program = world.caller(port) or world.workers()[blow.worker]
    if blow.kind.deed.value == "kill":
        world.kill(program)
    else:
        world.pause(program, blow.lasts)


def _has(pid: int, port: int) -> bool:
    return any(each.laddr and each.laddr.port == port for each in psutil.Process(pid).net_connections("tcp"))


def _write_by_hand(world: World, tenant: str, invoices: Sequence[tuple[str, str, str]], *, account: str) -> None:
    contacts = world.xero(f"books/{tenant}")["Contacts"]
    contact = next(each["ContactID"] for each in contacts if each["Name"] == CUSTOMER)
    goods = [{"Description": "By hand", "Quantity": 1, "UnitAmount": 1, "AccountCode": account}]
    made = [
        {"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"ContactID": contact}, "LineItems": goods}
        | {"CurrencyCode": currency}
        for _, number, currency in invoices
    ]
    if made:
        world.ask_as_a_person(tenant, "Invoices", {"Invoices": made}, "PUT")


def waits(condition: Callable[[], bool], seconds: float) -> bool:
    """Return whether it comes true in so many seconds of this machine."""
    return bool(waiting.until(condition, seconds=seconds, every=0.1))
