"""The demo's folder, ports and processes. Each demo is new: its database and keys go when it ends."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from daybook.kit.ids import public_id
from daybook.ops.postgres import postgres
from daybook.ops.processes import locks
from daybook.ops.processes.everything import children
from daybook.ops.processes.installation import Installation
from daybook.ops.processes.supervisor import Child
from daybook.ops.processes.web_server import free_port

HOST = "127.0.0.1"
LOCK = "running.lock"
OURS = ("DATABASE_URL", "DAYBOOK_", "XERO_")
"""Variables of a real installation: a demo must not touch its database, nor the real Xero."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one demo takes place."""

    folder: Path
    web_port: int
    xero_port: int
    smtp_port: int
    mails_port: int
    """Of the page with the mails that were caught."""

    @property
    def web_url(self) -> str:
        """Return where Daybook's pages are."""
        return f"http://localhost:{self.web_port}"

    @property
    def xero_url(self) -> str:
        """Return where the local Xero is."""
        return f"http://localhost:{self.xero_port}"

    @property
    def mails_url(self) -> str:
        """Return where the mails are shown that would have gone out."""
        return f"http://localhost:{self.mails_port}"

    @property
    def files(self) -> Path:
        """Return the folder into which order files may be put, and below which one is watched for files of orders."""
        return self.folder / "files"

    @property
    def watched(self) -> Path:
        """Return the folder from which files of orders are collected."""
        return self.files / "in"

    @property
    def sample(self) -> Path:
        """Return a spreadsheet that lies ready to be dropped there."""
        return self.files / "orders.csv"

    @property
    def installation(self) -> Installation:
        """Return the demo's own installation."""
        return Installation(self.folder / "data", self.folder / "keys.env")

    @property
    def log(self) -> Path:
        """Return the file of what the processes say."""
        return self.folder / "demo.log"

    def last_words(self, lines: int = 40) -> str:
        """Return the end of the log, for when something went wrong."""
        said = self.log.read_text(errors="replace").splitlines() if self.log.is_file() else []
        return "\n".join(said[-lines:])

    def environ(self) -> dict[str, str]:
        """Return the environment of the demo's processes."""
        base = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {
            **base,
            "DAYBOOK_PUBLIC_URL": self.web_url,
            "DAYBOOK_FILES_ROOT": str(self.files),
            "DAYBOOK_FEEDS_REACH_NEIGHBOURS": "yes",
            "DAYBOOK_FILES_REACH_NEIGHBOURS": "yes",
            "DAYBOOK_SMTP_HOST": HOST,
            "DAYBOOK_SMTP_PORT": str(self.smtp_port),
            "DAYBOOK_SMTP_TLS": "none",
            "DAYBOOK_MAIL_FROM": "daybook@example.com",
            **dict.fromkeys(
                ("XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE"), self.xero_url
            ),
        }

    def processes(self) -> list[Child]:
        """Return the local Xero, the web process and the worker."""
        redirect_uri = f"{self.web_url}/xero/callback"
        lifeline = [sys.executable, "-m", "daybook.ops.processes.lifelines", str(os.getpid())]
        command = [*lifeline, "localxero", "serve"]
        options = [f"--host={HOST}", f"--port={self.xero_port}", f"--redirect-uri={redirect_uri}"]
        environ = {**self.environ(), **self.installation.keys()}
        catcher = [*lifeline, "daybook.ops.demo.catcher", str(self.smtp_port), str(self.mails_port)]
        processes = [
            Child("local Xero", [*command, *options], environ),
            Child("mail catcher", catcher, environ),
            *children(self.installation, environ, host=HOST, port=self.web_port),
        ]
        for process in processes:
            process.output = self.log
        return processes


def demos() -> Path:
    """Return the folder of all demos of this user."""
    return platformdirs.user_data_path("daybook") / "demos"


@contextmanager
def set_up() -> Iterator[Stage]:
    """Have a new stage for the length of a block, and this process's environment on it."""
    forget_old()
    folder = demos() / public_id()
    folder.mkdir(parents=True)
    before = dict(os.environ)
    with locks.exclusive(folder / LOCK, seconds=1), _ports(8000, 8090, 1025, 8025) as ports:
        stage = Stage(folder, *ports)
        stage.watched.mkdir(parents=True)
        _replace_environ(stage.environ())
        try:
            yield stage
        finally:
            _replace_environ(before)
            _delete(folder)
            _forget_empty()


def lock_of(port: int) -> Path:
    """Return the file that a demo holds while the port is its own."""
    return Path(tempfile.gettempdir()) / f"daybook-demo-{os.getuid()}-{port}.lock"


@contextmanager
def _ports(*first: int) -> Iterator[list[int]]:
    """Have a port of our own for each."""
    with contextlib.ExitStack() as held:
        yield [held.enter_context(_own_port(each)) for each in first]


@contextmanager
def _own_port(first: int) -> Iterator[int]:
    """Have the first free port from `first` on that no other demo has chosen and not opened yet."""
    with contextlib.ExitStack() as held:
        port = first
        while True:
            port = free_port(HOST, port)
            try:
                held.enter_context(locks.exclusive(lock_of(port), seconds=0))
            except locks.LockBusyError:
                port += 1
            else:
                break
        yield port


def forget_old() -> int:
    """Delete what killed demos left, but nothing of a running one; return how many."""
    forgotten = 0
    for folder in sorted(demos().glob("*")):
        try:
            with locks.exclusive(folder / LOCK, seconds=0):
                _delete(folder)
        except (locks.LockBusyError, postgres.PostgresError):  # another demo runs there
            continue
        forgotten += 1
    return forgotten


def _delete(folder: Path) -> None:
    postgres.remove(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


def _forget_empty() -> None:
    """Take away the folders made for demos where nothing else is in them."""
    with contextlib.suppress(OSError):
        demos().rmdir()
        demos().parent.rmdir()


def _replace_environ(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
