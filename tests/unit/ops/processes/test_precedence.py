import subprocess
import sys
from pathlib import Path

from daybook.ops.processes import precedence

SAYS = """
import os
from pathlib import Path
from daybook.ops.processes import precedence
before = os.getpriority(os.PRIO_PROCESS, 0)
precedence.give_way()
group = Path("/proc/self/autogroup")
print(os.getpriority(os.PRIO_PROCESS, 0) - before, *(group.read_text().split()[-1:] if group.is_file() else []))
"""


def said(*, leads_a_session: bool) -> list[str]:
    command = [sys.executable, "-c", SAYS]
    return subprocess.check_output(command, text=True, start_new_session=leads_a_session).split()


def grouped() -> str:
    group = Path("/proc/self/autogroup")
    return group.read_text() if group.is_file() else ""


class TestAWorker:
    def test_gives_way_as_a_process_and_as_a_session(self) -> None:
        nicer, *session = said(leads_a_session=True)
        assert nicer == str(precedence.NICENESS)
        # a kernel without autogroup has no such file; where control groups take its place, the file is empty
        assert session in ([str(precedence.NICENESS)], [])
        assert session or not grouped()

    def test_leaves_a_terminals_session_as_it_is(self) -> None:
        before = grouped()
        assert said(leads_a_session=False)[0] == str(precedence.NICENESS)
        assert grouped() == before
