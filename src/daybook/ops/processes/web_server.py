"""The web process: the door (`front.py`) with Django behind it, or several such processes on one socket."""

import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.utils.module_loading import import_string

from daybook.ops.processes import front, memory
from daybook.ops.processes.stops import Exit, Stop
from daybook.ops.processes.supervisor import Child, GaveUpError, Supervisor

APPLICATION = "daybook.config.wsgi.application"
BACKLOG = 1024


def serve(host: str, port: int, *, processes: int, data: Path) -> None:
    """Serve until SIGTERM or SIGINT; what has begun is answered first. Raises Stop."""
    refuse_taken_port(host, port)
    with _listening(host, port) as listening:
        if processes == 1:
            serve_at(listening)
        else:
            _share(listening, processes, data)


def serve_at(listening: socket.socket) -> None:
    """Serve at a socket that listens, until SIGTERM or SIGINT."""
    application: Callable[..., Any] = import_string(APPLICATION)
    memory.look_seldom()
    server = front.FrontDoor(application, listening)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    server.run()


def inherited(descriptor: int) -> socket.socket:
    """Return the socket that the parent listens at and handed down."""
    return socket.socket(fileno=descriptor)


def _share(listening: socket.socket, processes: int, data: Path) -> None:
    command = [sys.executable, "-m", "daybook", "--data", str(data), "web", f"--socket={listening.fileno()}"]
    children = [
        Child(
            f"web {number}",
            [*command, f"--parent={os.getpid()}"],
            dict(os.environ),
            keeps=(listening.fileno(),),
        )
        for number in range(1, processes + 1)
    ]
    supervisor = Supervisor(children, lambda text: click.echo(text, err=True))
    try:
        with supervisor.started():
            supervisor.watch()
    except GaveUpError as error:
        raise Stop(str(error), Exit.ENVIRONMENT) from error


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        message = f"cannot listen at {host}, port {port}: {error.strerror}"
        raise Stop(message, Exit.ENVIRONMENT) from error


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Stop if another program listens there: the ledger sends people back to exactly this port."""
    if not is_free(host, port):
        message = (
            f"port {port} is taken by another program. Stop that program, or choose another port with --port; "
            f"the redirect URI registered with the ledger must then name that port too"
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
