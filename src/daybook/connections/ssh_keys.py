"""A connection's own key pair for a server: made here, the private half sealed at once and never shown."""

from daybook.secrets import vault
from daybook.wire.ssh_keys import KeyPair, new_key_pair


def made_for(connection_id: int) -> tuple[bytes, str]:
    """Return a fresh pair for a connection: the private key sealed for its row, and the public key's line to show."""
    pair = new_key_pair(comment=f"daybook-{connection_id}")
    return vault.seal(pair.private, context=_context(connection_id)), pair.public


def opened(sealed: bytes | memoryview, public: str, connection_id: int) -> KeyPair:
    """Return a connection's pair for a session. Raises CannotOpenError."""
    return KeyPair(private=vault.unseal(sealed, context=_context(connection_id)), public=public)


def _context(connection_id: int) -> str:
    return f"connection:{connection_id}:ssh_private_key"
