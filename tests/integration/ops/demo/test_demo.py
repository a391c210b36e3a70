"""The README's demo, as a newcomer starts it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from daybook.ops.demo import stage
from daybook.ops.processes import locks


@pytest.fixture
def environ(data: Path) -> dict[str, str]:
    """A real installation's variables, which the demo must not use."""
    return {**os.environ, "DATABASE_URL": "postgresql:///of-the-real-one", "XDG_DATA_HOME": str(data)}


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """Somebody else at the demo's first port, unless somebody is there anyway, or another test's demo has chosen it."""
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError, locks.LockBusyError), locks.exclusive(stage.lock_of(8000), seconds=0):
            stranger.bind(("127.0.0.1", 8000))
            stranger.listen()
        yield stranger


@pytest.mark.long(30)
def test_once_agrees_to_the_cent_and_leaves_nothing(environ: dict[str, str], data: Path, taken: socket.socket) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "daybook", "demo", "--once"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Orders, day book and Xero agree: difference 0.00" in ended.stdout
    assert ended.stdout.count("agrees") >= 14
    assert not (data / "daybook").exists()
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(data) in " ".join(one.info["cmdline"] or [])]


@pytest.mark.drawn
@pytest.mark.long(30)
def test_serves_both_sides_until_ctrl_c(environ: dict[str, str], data: Path) -> None:
    demo = subprocess.Popen([sys.executable, "-m", "daybook", "demo"], env=environ, stdout=subprocess.PIPE, text=True)
    try:
        addresses: dict[str, str] = {}
        said: list[str] = []
        for line in demo.stdout or []:
            said.append(line)
            words = line.split()
            if "http://localhost" in line:
                addresses[words[0]] = next(word for word in words if word.startswith("http"))
            if "Ctrl-C" in line:
                break
        assert "Daybook" in addresses, "".join(said)
        assert httpx2.get(f"{addresses['Daybook']}/accounts/login/", timeout=30).status_code == 200
        assert httpx2.get(addresses["Local"], timeout=30).status_code == 200
        family = psutil.Process(demo.pid).children(recursive=True)

        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=100) == 0
        assert not psutil.wait_procs(family, timeout=10)[1]
        assert not (data / "daybook").exists()
    finally:
        demo.kill()
        demo.communicate()


def test_what_a_killed_demo_left_is_deleted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    (stage.demos() / "left" / "data").mkdir(parents=True)
    assert stage.forget_old() == 1
    assert not list(stage.demos().iterdir())
