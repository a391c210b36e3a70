"""PURE: why a server could not be spoken with, in words for people: what is common said plainly, the rest as it was said."""

import socket
import ssl

from daybook.kit.translation import told

_LONGEST = 500


def of(error: Exception) -> str:
    """Return what happened; of an answer the server's own words."""
    if isinstance(error, TimeoutError) or str(error).endswith("timed out"):
        return told("No answer in time.")
    if isinstance(error, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(error):
        return told("what answers there does not begin with TLS: choose another kind of connection, or another port")
    if isinstance(error, socket.gaierror):
        return told("there is no server of this name")
    if isinstance(error, ConnectionRefusedError):
        return told("no server listens at this address and port")
    if isinstance(error, EOFError | ConnectionResetError | BrokenPipeError):
        return told("the server broke off the connection")
    kind, text = type(error), str(error)
    if text and kind.__module__ == "ftplib":
        return text[:_LONGEST]  # an answer: 550 No such directory.
    return f"{kind.__name__}: {text}"[:_LONGEST]
