"""A worker that is killed (SIGKILL, no clean-up) at its n-th step over a watched place: at a statement, or at the file system.

Run as a program: reads `FEED_ID STEP` lines, lets a fork of itself look at that feed's place, and prints how the fork ended.
"""

import os
import sys

import django

from tests.integration.posting.doomed_worker import Doom


def work(feed_id: int, step: int) -> None:
    from django.db.backends.signals import connection_created

    from daybook.intake import collecting

    doom = Doom(step)
    connection_created.connect(
        lambda connection, **_: connection.execute_wrappers.append(doom.around_statement), weak=False
    )
    sys.addaudithook(lambda event, _: doom.approach() if event in {"os.rename", "os.mkdir", "os.scandir"} else None)
    collecting.look(feed_id)


def main() -> None:
    django.setup()
    import psycopg_pool  # noqa: F401

    from daybook.intake import collecting  # noqa: F401

    for line in sys.stdin:
        feed_id, step = map(int, line.split())
        child = os.fork()
        if child == 0:
            work(feed_id, step)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}", flush=True)


if __name__ == "__main__":
    main()
