"""Why a server could not be spoken with, as people read it."""

import ftplib
import socket
import ssl

import pytest

from daybook.wire import said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError("timed out"), "No answer in time."),
        (ssl.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "does not begin with TLS"),
        (socket.gaierror(-2, "Name or service not known"), "no server of this name"),
        (ConnectionRefusedError(111, "Connection refused"), "no server listens"),
        (ConnectionResetError(104, "Connection reset by peer"), "broke off the connection"),
        (EOFError(), "broke off the connection"),
        (ftplib.error_perm("550 No such directory."), "550 No such directory."),  # noqa: S321 - nothing is sent
        (OSError("odd"), "OSError: odd"),
    ],
)
def test_a_failure_is_said_plainly(error: Exception, words: str) -> None:
    assert words in said.of(error)
    assert "error_perm" not in said.of(error)
