"""A worker that is killed (SIGKILL, no clean-up) at its n-th step: before or after any database statement or HTTP call.

Run as a program: reads `CONNECTION_ID STEP` lines, lets a fork of itself drain that connection, and prints how the fork
ended. Nothing of Daybook is changed for it: the steps are counted by Django's execute wrappers and by a transport.
"""

import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from typing import Any

import django
import httpx2

UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The local Xero speaks plain HTTP; reading the machine's certificates takes longer than a whole drain."""


class Doom:
    """Counts steps over all threads and kills this process at the given one."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._lock = threading.Lock()

    def approach(self) -> None:
        with self._lock:
            self._step -= 1
            if self._step == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.approach()
        done = execute(sql, params, many, context)
        self.approach()
        return done


class DoomedTransport(httpx2.HTTPTransport):
    def __init__(self, doom: Doom) -> None:
        super().__init__(verify=UNUSED)
        self._doom = doom

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._doom.approach()
        answer = super().handle_request(request)
        answer.read()
        self._doom.approach()
        return answer


def work(connection_id: int, step: int) -> None:
    from django.db.backends.signals import connection_created

    from daybook.posting import drain
    from daybook.wire.http import HttpClient

    doom = Doom(step)
    connection_created.connect(
        lambda connection, **_: connection.execute_wrappers.append(doom.around_statement), weak=False
    )
    drain.drain(connection_id, HttpClient(10, DoomedTransport(doom)))


def warm_up() -> None:
    """Import all that a drain imports, once: a fork starts with it."""
    import psycopg_pool  # noqa: F401

    from daybook.posting import drain  # noqa: F401
    from daybook.wire.http import HttpClient  # noqa: F401


def main() -> None:
    django.setup()
    warm_up()
    for line in sys.stdin:
        connection_id, step = map(int, line.split())
        child = os.fork()
        if child == 0:
            work(connection_id, step)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}", flush=True)


if __name__ == "__main__":
    main()
