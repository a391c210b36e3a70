"""Where one embedded database lives.

DATA/                  the folder that `--data` names
    start.lock         held alone while PostgreSQL is started or stopped
    holders.lock       held together by every process that uses it
    home               root only: where the rest is, below /var/lib/daybook
HOME/                  DATA itself, unless root runs it
    config/            our three configuration files, written anew at each start
    server/            PostgreSQL's own: cluster/, socket/, postgres.log
    socket-folder      where the socket is, if the path above is too long for one
    data-folder        root only: which DATA this belongs to
"""

import contextlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from daybook.kit.ids import public_id
from daybook.ops.postgres import pgprograms
from daybook.ops.postgres.pgprograms import ROOT_HOME, Account

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 100
"""Unix allows 104 (macOS) to 108 (Linux), and PostgreSQL adds a lock file beside it."""


class CopiedFolderError(Exception):
    """The folder is a copy of one that is still there, and its database is the other's. The message is for people."""


@dataclass(frozen=True, slots=True)
class DatabaseFolder:
    """The paths of one embedded database."""

    data: Path
    home: Path
    account: Account | None

    @property
    def start_lock(self) -> Path:
        """Return the file held alone while starting or stopping."""
        return self.data / "start.lock"

    @property
    def holders_lock(self) -> Path:
        """Return the file that every using process holds."""
        return self.data / "holders.lock"

    @property
    def config(self) -> Path:
        """Return the folder of our configuration files."""
        return self.home / "config"

    @property
    def server(self) -> Path:
        """Return the folder that PostgreSQL's account owns."""
        return self.home / "server"

    @property
    def cluster(self) -> Path:
        """Return PostgreSQL's data directory."""
        return self.server / "cluster"

    @property
    def log(self) -> Path:
        """Return PostgreSQL's log."""
        return self.server / "postgres.log"

    @property
    def process_file(self) -> Path:
        """Return the file in which a running PostgreSQL keeps its process number."""
        return self.cluster / "postmaster.pid"

    def socket(self) -> Path:
        """Return the private folder of the socket, made where it is missing."""
        folder = self.server / "socket"
        if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_BYTES:
            return self._short_socket_folder()
        self.make_private(folder)
        return folder

    def make_private(self, folder: Path) -> None:
        """Make `folder`, 0700, for the account that runs PostgreSQL."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)
            folder.chmod(0o700)

    def _short_socket_folder(self) -> Path:
        record = self.home / "socket-folder"
        recorded = Path(record.read_text()) if record.is_file() else None
        owner = self.account.uid if self.account else os.geteuid()
        if recorded and _is_private(recorded, owner):
            return recorded
        made = Path(tempfile.mkdtemp(prefix="daybook-", dir=Path("/tmp") if self.account else _short_parent()))  # noqa: S108  # mkdtemp makes it private
        self.make_private(made)
        record.write_text(str(made))
        return made


def prepare(data: Path, account: Account | None) -> DatabaseFolder:
    """Make the folder and return its paths; call it under no lock, it may be called twice at once.

    Raises CopiedFolderError.
    """
    data = data.absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return DatabaseFolder(data, _home_of_root(data) if account else data, account)


def remove(folder: DatabaseFolder) -> None:
    """Delete the database for good; the server must have stopped."""
    record = folder.home / "socket-folder"
    if record.is_file():
        shutil.rmtree(record.read_text(), ignore_errors=True)
    for path in (folder.server, folder.config):
        shutil.rmtree(path, ignore_errors=True)
    for name in ("home", "socket-folder"):
        (folder.data / name).unlink(missing_ok=True)
    if folder.home != folder.data:
        shutil.rmtree(folder.home, ignore_errors=True)
        pgprograms.forget_unused()


def _home_of_root(data: Path) -> Path:
    """Root's databases lie below one folder made for them: PostgreSQL's account may not reach where root points."""
    record = data / "home"
    if not record.is_file():
        draft = data / f"home-{public_id()}"
        draft.write_text(str(ROOT_HOME / public_id()))
        try:
            os.link(draft, record)  # fails where another process was quicker
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    home = Path(record.read_text())
    while not home.is_dir():
        ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # the last one out took the folder away meanwhile
            home.mkdir(mode=0o711)
    _belong(home, data)
    return home


def _belong(home: Path, data: Path) -> None:
    """Keep whose database this is: a copy of root's folder names the same one, whose locks the copy does not see."""
    record = home / "data-folder"
    owner = Path(record.read_text()) if record.is_file() else None
    if owner and owner.is_dir() and not owner.samefile(data) and _home_in(owner) == home:
        message = (
            f"{data} is a copy of {owner}, and holds no database of its own: root's lie below {ROOT_HOME}, this one in "
            f"{home}. Use {owner}; or delete the file {data / 'home'} and restore a backup into {data}"
        )
        raise CopiedFolderError(message)
    if owner != data:
        draft = home / f"data-folder-{public_id()}"
        with contextlib.suppress(FileNotFoundError):  # the last one out took the folder away meanwhile
            draft.write_text(str(data))
            draft.replace(record)


def _home_in(data: Path) -> Path | None:
    record = data / "home"
    return Path(record.read_text()) if record.is_file() else None


def _short_parent() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = runtime and len(os.fsencode(runtime)) + len("/daybook-12345678/") + len(SOCKET_NAME) <= SOCKET_PATH_BYTES
    return Path(runtime) if fits and os.access(runtime, os.W_OK) else Path("/tmp")  # noqa: S108  # mkdtemp makes it private


def _is_private(folder: Path, owner: int) -> bool:
    """A folder below /tmp may be gone, or somebody else's by now."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == owner and not status.st_mode & 0o077
