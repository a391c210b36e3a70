"""The key ring of this installation, as the settings name it."""

from django.conf import settings

from daybook.secrets.keyring import KeyRing


def keyring() -> KeyRing:
    """Return the installation's ring. Raises KeyRingError where DAYBOOK_ENCRYPTION_KEYS is unusable."""
    return KeyRing.parse(settings.ENCRYPTION_KEYS)


def seal(plaintext: str, *, context: str) -> bytes:
    """Return `plaintext` sealed and bound to `context`; the empty text stays empty (nothing to hide)."""
    return keyring().seal(plaintext, context=context) if plaintext else b""


def unseal(sealed: bytes | memoryview, *, context: str) -> str:
    """Return the plaintext of `sealed`, "" for the empty one. Raises CannotOpenError."""
    return keyring().open(bytes(sealed), context=context) if sealed else ""
