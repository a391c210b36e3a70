"""Real processes on a durable PostgreSQL beside a local Xero without limits, and what CPU each has spent."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from daybook.ops.postgres import postgres
from daybook.ops.processes import waiting
from tests.chaos import world as trial
from tests.ports import free_port

CAST: list[dict[str, Any]] = [
    {"letter": "B", "name": "Bench", "country": "GB", "currency": "GBP", "is_tracked": False, "status": "AUTHORISED"}
    | {"organisation": "Birch & Bell Ltd", "sales": "200", "goodwill": "429", "clearing": {}}
    | {"taxes": {"0.2": "OUTPUT2", "0.05": "RROUTPUT", "0": "ZERORATEDOUTPUT"}}
]
"""As `tests/chaos/setting_up.py` takes them."""
CLIENTS = 8
PATIENCE = 900


@dataclass(slots=True)
class Running:
    """`daybook up` and a local Xero, a company connected to it, and whose process is whose."""

    web: str
    xero: str
    database: str
    company: dict[str, Any]
    processes: dict[str, psutil.Process]
    gone: dict[int, float] = field(default_factory=dict)
    """CPU seconds of each process as last seen; PostgreSQL's sessions come and go."""

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds of each program so far, its children included."""
        return {name: sum(_spent(each) for each in _family(process)) for name, process in self.processes.items()}

    def row(self, statement: str) -> tuple[Any, ...]:
        """Return the one row that the database answers."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement).fetchone() or ()  # type: ignore[call-overload,no-any-return]

    def documents_in_xero(self) -> int:
        """Return how many invoices stand in the books at the far side."""
        return len(trial.asked(f"{self.xero}/_local/books/{self.company['tenant']}")["Invoices"])

    def wait_until_posted(self, count: int) -> None:
        """Wait until so many documents are posted. Raises AssertionError where they are not after a quarter of an hour."""

        def are() -> bool:
            return bool(self.row("SELECT count(*) FROM outbox_entry WHERE state = 'posted'")[0] >= count)

        assert waiting.until(are, seconds=PATIENCE, every=0.05)


def send(running: Running, bodies: Sequence[bytes], clients: int = CLIENTS) -> None:
    """Send the bodies to the API, by so many clients that each keep one connection. Raises AssertionError."""
    left, lock, wrong = iter(bodies), threading.Lock(), list[str]()
    address = urlsplit(running.web)
    headers = {"Authorization": f"Bearer {running.company['key']}", "Content-Type": "application/json"}

    def following() -> bytes | None:
        with lock:
            return next(left, None)

    def client() -> None:
        with contextlib.closing(HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)) as connection:
            while (body := following()) is not None:
                connection.request("POST", "/api/v1/orders", body, headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status not in {200, 201, 202, 207}:
                    wrong.append(f"{answer.status} {said[:300]!r}")

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]


@contextlib.contextmanager
def running(*, organisations: Sequence[dict[str, Any]] = CAST) -> Iterator[Running]:
    """Have all of it for the length of a block; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="dbb-"))
    with contextlib.ExitStack() as last:
        last.callback(shutil.rmtree, folder, ignore_errors=True)
        last.callback(postgres.remove, folder / "data")
        (folder / "data").mkdir()
        server = last.enter_context(postgres.running(folder / "data"))
        xero = _program(last, folder, "xero", ["-m", "localxero", "serve", "--port=0", "--limits=off"], {})
        port = trial._answering(xero)
        environ = _environ(server.url, f"http://127.0.0.1:{port}")
        _run(environ, "-m", "daybook", "migrate")
        said = _run(environ, "-m", "tests.chaos.setting_up", json.dumps(list(organisations)))
        web = free_port()
        up = _program(last, folder, "up", ["-m", "daybook", "up", f"--port={web}"], environ)
        found = Running(
            f"http://127.0.0.1:{web}", environ["XERO"], server.url, json.loads(said.splitlines()[-1])[0], {}
        )
        assert waiting.until(lambda: _answers(found.web), seconds=90), up.last_words()
        found.processes = _by_name(up, xero, _postmaster(server))
        yield found


def _environ(database: str, xero: str) -> dict[str, str]:
    return {
        **trial.inherited(),
        **dict.fromkeys(("XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE", "XERO"), xero),
        "DATABASE_URL": database,
        "DAYBOOK_SECRET_KEY": "of-the-bench-only",
        "DAYBOOK_ENCRYPTION_KEYS": "bench:" + "A" * 43 + "=",
        "DJANGO_SETTINGS_MODULE": "daybook.config.settings",
        "PYTHONPATH": f"{trial.source()}:{trial.ROOT}",
        "PYTHONUNBUFFERED": "1",
    }


def _program(
    last: contextlib.ExitStack, folder: Path, name: str, arguments: list[str], environ: dict[str, str]
) -> trial.Program:
    environ = environ or {**trial.inherited(), "PYTHONPATH": f"{trial.source()}:{trial.ROOT}", "PYTHONUNBUFFERED": "1"}
    program = trial.Program(name, [sys.executable, *arguments], environ, folder / f"{name}.log")
    program.start()
    last.callback(_ended, program)
    return program


def _ended(program: trial.Program) -> None:
    """Children of `daybook up` end with it."""
    family = _family(psutil.Process(program.process.pid)) if program.process and program.is_alive() else []
    program.end()
    psutil.wait_procs(family, timeout=20)


def _run(environ: dict[str, str], *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, check=False, cwd=trial.ROOT
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(trial.asked(f"{url}/health"))
    return False


def _by_name(up: trial.Program, xero: trial.Program, postmaster: psutil.Process) -> dict[str, psutil.Process]:
    assert up.process is not None
    assert xero.process is not None
    children = psutil.Process(up.process.pid).children()
    named = {"web" if "web" in each.cmdline() else "worker": each for each in children}
    return {**named, "PostgreSQL": postmaster, "local Xero": psutil.Process(xero.process.pid)}


def _postmaster(server: postgres.Server) -> psutil.Process:
    return psutil.Process(int(server.folder.process_file.read_text().splitlines()[0]))


def _family(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def _spent(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
