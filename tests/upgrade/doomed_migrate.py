"""`daybook migrate` that is killed (SIGKILL, no clean-up) before its n-th statement: the number is the argument."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created

from daybook.ops.cli import daybook


class Doom:
    """Counts statements and kills this process at the given one."""

    def __init__(self, statement: int) -> None:
        self._left = statement

    def around(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


def main() -> None:
    """Run the command under its doom."""
    doom = Doom(int(sys.argv[1]))

    def give(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(doom.around)

    connection_created.connect(give)
    daybook(["migrate"])


if __name__ == "__main__":
    main()
