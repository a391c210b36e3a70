"""Processes that the tests start and kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from daybook.ops.processes import waiting


class Holder:
    """Another process that holds the server of a data folder."""

    def __init__(self, data: Path) -> None:
        source = (
            "import sys, pathlib\n"
            "from daybook.ops.postgres import postgres\n"
            "with postgres.running(pathlib.Path(sys.argv[1])) as server:\n"
            "    print(server.url, flush=True)\n"
            "    sys.stdin.readline()\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", source, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def url(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


def kill_and_wait(number: int) -> None:
    os.kill(number, signal.SIGKILL)
    assert waiting.until(lambda: not is_running(number), seconds=10)


def is_running(number: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return False
