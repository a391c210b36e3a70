"""`daybook` typed many times in an environment that stays: each command in a process of its own, forked where all is there.

A program of Python's takes a second to import Daybook, and most commands a tenth of that to do their work. This one
imports it once; what a command does to the process (settings, connections, its end) is its own all the same.

python -m tests.integration.ops.cli.typist
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence

import django

from daybook.ops.cli.app import daybook
from daybook.ops.processes import memory

TIMEOUT = 120
"""Seconds in which a command must end."""


class Typist:
    """The program, and what it is asked."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def type(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Return what the command said and how it ended; `text` is typed into it."""
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps([arguments, text]) + "\n")
        self._program.stdin.flush()
        code, said, complained = json.loads(self._program.stdout.readline())
        return subprocess.CompletedProcess(["daybook", *arguments], code, said, complained)

    def close(self) -> None:
        self._program.communicate()


def main() -> None:
    """Fork once for each line, and answer with one when that command has ended."""
    memory.look_seldom_while_starting()
    django.setup()
    for line in sys.stdin:
        arguments, text = json.loads(line)
        print(json.dumps(_typed(arguments, text)), flush=True)


def _typed(arguments: Sequence[str], text: str) -> tuple[int, str, str]:
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as said,
        tempfile.TemporaryFile("w+") as bad,
    ):
        given.write(text)
        given.seek(0)
        if not (child := os.fork()):
            for number, file in enumerate((given, said, bad)):
                os.dup2(file.fileno(), number)
            sys.stdin = os.fdopen(0)
            _end_as(arguments)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        bad.seek(0)
        return os.waitstatus_to_exitcode(status), said.read(), bad.read()


def _end_as(arguments: Sequence[str]) -> None:
    """Be that command, to this process's end."""
    signal.alarm(TIMEOUT)
    code: object = 0
    try:
        daybook(list(arguments), prog_name="daybook")
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001  # as Python ends a program
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else bool(code))


if __name__ == "__main__":
    main()
