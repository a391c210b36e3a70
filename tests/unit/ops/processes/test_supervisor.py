import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from daybook.ops.processes import waiting
from daybook.ops.processes.supervisor import Child, GaveUpError, Supervisor


def child(source: str, name: str = "child") -> Child:
    return Child(name, [sys.executable, "-c", source], dict(os.environ))


class TestASupervisor:
    def test_starts_again_what_dies(self, tmp_path: Path) -> None:
        said: list[str] = []
        source = f"import os, pathlib; p = pathlib.Path({str(tmp_path)!r}) / str(os.getpid()); p.touch()"
        keeper = Supervisor([child(source)], said.append)
        with keeper.started():
            assert keeper.watch(lambda: len(list(tmp_path.iterdir())) >= 2)
        assert said[0] == "child ended with code 0; it starts again"

    def test_gives_up_on_what_dies_again_and_again(self) -> None:
        doomed = child("raise SystemExit(7)", "web")
        doomed.most_deaths = 2
        keeper = Supervisor([doomed], lambda _: None)
        with pytest.raises(GaveUpError, match="web ended again and again, at last with code 7"), keeper.started():
            keeper.watch()

    def test_stops_everything_when_asked_grandchildren_too(self, tmp_path: Path) -> None:
        stubborn = (
            "import pathlib, signal, subprocess, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
            "grandchild = subprocess.Popen([sys.executable, '-c', 'import signal, time; "
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)'])\n"
            f"pathlib.Path({str(tmp_path / 'grandchild')!r}).write_text(str(grandchild.pid))\n"
            "time.sleep(300)\n"
        )
        keeper = Supervisor([child(stubborn)], lambda _: None)
        file = tmp_path / "grandchild"
        with keeper.started():
            assert keeper.watch(lambda: file.is_file() and bool(file.read_text()))
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
            started = time.monotonic()
            assert not keeper.watch()
        assert time.monotonic() - started < 20

        def is_gone() -> bool:
            status = Path(f"/proc/{file.read_text()}/status")
            return not status.exists() or "State:\tZ" in status.read_text()

        assert waiting.until(is_gone, seconds=10)
