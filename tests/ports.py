"""Ports for programs that tests start."""

import contextlib
import random
import socket


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens at.

    It is drawn, so that tests at the same time do not find the same one, and away from those that the kernel gives to
    clients (32768 and up), which may take it before the program does. Raises OSError where all drawn are taken.
    """
    chance = random.SystemRandom()
    for _ in range(200):
        port = chance.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    message = "no port is free"
    raise OSError(message)
