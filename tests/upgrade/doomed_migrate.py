"""`daybook migrate` that is killed (SIGKILL, no clean-up) before its n-th statement, or the n-th that begins so.

python -m tests.upgrade.doomed_migrate 180
python -m tests.upgrade.doomed_migrate 2 'UPDATE outbox_entry moved'
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created

from daybook.ops.cli.app import daybook


class Doom:
    """Counts statements and kills this process at the given one."""

    def __init__(self, statement: int, beginning: str) -> None:
        self._left, self._beginning = statement, beginning

    def around(self, execute: Callable[..., Any], sql: object, *arguments: Any) -> Any:
        if str(sql).lstrip().startswith(self._beginning):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *arguments)


def main() -> None:
    """Run the command under its doom."""
    doom = Doom(int(sys.argv[1]), "".join(sys.argv[2:]))

    def give(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(doom.around)

    connection_created.connect(give)
    daybook(["migrate"])


if __name__ == "__main__":
    main()
