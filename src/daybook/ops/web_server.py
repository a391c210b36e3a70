"""The web process: granian serves Django over WSGI, in threads."""

import errno
import multiprocessing
import socket
from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from daybook.ops import lifelines
from daybook.ops.stops import Exit, Stop

APPLICATION = "daybook.config.wsgi.application"
THREADS = 8
"""A page waits for the database most of its time; the pool of connections holds 48."""


def serve(host: str, port: int, *, processes: int) -> None:
    """Serve until SIGTERM or SIGINT; what has begun is answered first."""
    refuse_taken_port(host, port)
    multiprocessing.set_start_method("spawn", force=True)  # a fork would share sockets of the database with its parent
    Server(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        websockets=False,
    ).serve(target_loader=load, wrap_loader=False)


def load() -> Callable[..., Any]:
    """Return the application; granian calls this in each of its processes."""
    lifelines.end_with_starter()
    application: Callable[..., Any] = import_string(APPLICATION)
    return application


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Stop if another program listens there: Xero sends people back to exactly this port."""
    if not is_free(host, port):
        message = (
            f"port {port} is taken by another program. Stop that program, or choose another port with --port; "
            f"the redirect URI registered with Xero must then name that port too"
        )
        raise Stop(message, Exit.ENVIRONMENT)


def is_free(host: str, port: int) -> bool:
    """Return whether one may listen at `host` and, where that is loopback, at its other address too.

    Browsers take `localhost` for ::1 first: a stranger there would get our visitors.
    """
    return all(_may_listen(address, port) for address in (("127.0.0.1", "::1") if host == "127.0.0.1" else (host,)))


def _may_listen(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL} and family == socket.AF_INET6:
            return True  # this machine has no IPv6
        if error.errno == errno.EADDRINUSE:
            return False
        message = f"cannot listen at {address}, port {port}: {error.strerror}"
        raise Stop(message, Exit.ENVIRONMENT) from error
    return True


def free_port(host: str, first: int, *, tries: int = 100) -> int:
    """Return the first free port from `first` on. Raises Stop."""
    for port in range(first, first + tries):
        if is_free(host, port):
            return port
    message = f"no port from {first} to {first + tries - 1} is free"
    raise Stop(message, Exit.ENVIRONMENT)
