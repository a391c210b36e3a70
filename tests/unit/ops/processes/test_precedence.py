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
print(os.getpriority(os.PRIO_PROCESS, 0) - before, group.read_text().split()[-1] if group.is_file() else "")
"""


def said(*, leads_a_session: bool) -> list[str]:
    command = [sys.executable, "-c", SAYS]
    return subprocess.check_output(command, text=True, start_new_session=leads_a_session).split()


class TestAWorker:
    def test_gives_way_as_a_process_and_as_a_session(self) -> None:
        nicer, *session = said(leads_a_session=True)
        assert nicer == str(precedence.NICENESS)
        assert session == ([str(precedence.NICENESS)] if Path("/proc/self/autogroup").is_file() else [])

    def test_leaves_a_terminals_session_as_it_is(self) -> None:
        group = Path("/proc/self/autogroup")
        before = group.read_text() if group.is_file() else ""
        assert said(leads_a_session=False)[0] == str(precedence.NICENESS)
        assert (group.read_text() if group.is_file() else "") == before
