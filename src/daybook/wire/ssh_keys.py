"""Our key pairs for SSH, and the keys that servers show: made, read and named by their fingerprints.

asyncssh is imported where it is used: it takes a sixth of the time in which a process starts, and most never use it.
"""
# ruff: noqa: PLC0415

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daybook.wire.errors import NotSent, Refused

if TYPE_CHECKING:
    import asyncssh

HOST_KEY_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""What a server may prove itself with, best first. No certificates: a person confirms one key. No SHA-1."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair of ours in OpenSSH's forms."""

    private: str = field(repr=False)
    """To be sealed at once, and never shown."""
    public: str
    """One line, for the server's `authorized_keys`."""


def new_key_pair(comment: str = "daybook") -> KeyPair:
    """Return a fresh ed25519 pair; `comment` ends the public key's line."""
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519", comment=comment)
    return KeyPair(private=key.export_private_key().decode(), public=key.export_public_key().decode().strip())


def fingerprint(public_key: str) -> str:
    """Return what people compare: "SHA256:" and 43 characters, as `ssh-keygen -l` writes it. Raises ValueError."""
    return read_public_key(public_key).get_fingerprint()


def read_public_key(line: str) -> "asyncssh.SSHKey":
    """Return the key in one line of OpenSSH's form. Raises ValueError."""
    import asyncssh

    try:
        return asyncssh.import_public_key(line.strip())
    except asyncssh.KeyImportError as error:
        raise ValueError(f"This is no public key: {error}") from error


def fetch_host_key(host: str, port: int, *, seconds: float) -> str:
    """Return the public key that a server shows, in one line, for a person to confirm. Nothing is shown to the server.

    Raises NotSent where nobody answers within `seconds`, Refused where whoever answers speaks no SSH that we speak.
    """
    import asyncssh

    try:
        with ThreadPoolExecutor(1) as thread:  # the caller's may run an event loop already
            key = thread.submit(asyncio.run, _shown_by(host, port, seconds)).result()
    except (asyncssh.KeyExchangeFailed, asyncssh.ProtocolError, asyncssh.ProtocolNotSupported) as error:
        raise Refused(str(error)) from None
    except (asyncssh.Error, OSError, UnicodeError, OverflowError) as error:
        raise NotSent(f"{type(error).__name__}: {error}") from None
    if key is None:
        raise Refused("The server shows no key.")
    return key.export_public_key().decode().strip()


async def _shown_by(host: str, port: int, seconds: float) -> "asyncssh.SSHKey | None":
    import asyncssh

    async with asyncio.timeout(seconds):
        return await asyncssh.get_server_host_key(host, port, server_host_key_algs=HOST_KEY_KINDS, config=None)
