r"""PURE: a proof as a file: written in one way only, and signed, so that any other byte shows.

    signed   "daybook proof 1\n" and the proof as JSON: keys sorted, no spaces, ASCII
    the file {"proof": ..., "signature": {"algorithm", "public_key", "value"}}, keys sorted, one space a level, a line's end

A file is read, written anew and must be the same to the byte; then its signature is checked. Ed25519: RFC 8032.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
LARGEST = 5_000_000
"""Bytes of a file: far more than any proof has."""
_MARK = b"daybook proof 1\n"

Says = Mapping[str, Any]
"""A proof as plain JSON values."""


class Outcome(StrEnum):
    """What checking a file found."""

    VALID = "valid"
    CHANGED = "changed"
    UNKNOWN_KEY = "unknown key"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was checked. What it says is told only where it is valid."""

    outcome: Outcome
    public_key: str = ""
    """Hex; "" where the file names none that could be one."""
    says: Says | None = None


def new_key() -> tuple[str, str]:
    """Return a new private key and its public one, hex."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw().hex(), private.public_key().public_bytes_raw().hex()


def signed(says: Says, private_key: str) -> bytes:
    """Return the file of a proof. `private_key`: hex."""
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_key))
    signature = {
        "algorithm": ALGORITHM,
        "public_key": private.public_key().public_bytes_raw().hex(),
        "value": private.sign(_to_sign(says)).hex(),
    }
    return _file({"proof": says, "signature": signature})


def digest(says: Says) -> str:
    """Return the SHA-256, hex, of what is signed."""
    return hashlib.sha256(_to_sign(says)).hexdigest()


def check(file: bytes, known_key: str = "") -> Checked:
    """Check a file. `known_key`: the public key, hex, that it must be signed with; "": whichever it names. Never raises."""
    read = _read(file)
    if read is None:
        return Checked(Outcome.CHANGED)
    says, public_key, value = read
    if known_key and public_key != known_key.strip().lower():
        return Checked(Outcome.UNKNOWN_KEY, public_key)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(value), _to_sign(says))
    except (InvalidSignature, ValueError):
        return Checked(Outcome.CHANGED, public_key)
    return Checked(Outcome.VALID, public_key, says)


def _read(file: bytes) -> tuple[Says, str, str] | None:
    """Return proof, public key and signature of a file that is written as we write it."""
    if len(file) > LARGEST:
        return None
    try:
        whole = json.loads(file)
        is_ours = _file(whole) == file
    except (ValueError, RecursionError):
        return None
    match whole:
        case {"proof": dict(says), "signature": {"algorithm": "Ed25519", "public_key": str(key), "value": str(value)}}:
            return (says, key, value) if is_ours and _has_no_more(whole) and _is_hex(key) and _is_hex(value) else None
    return None


def _has_no_more(whole: Mapping[str, Any]) -> bool:
    return len(whole) == 2 and len(whole["signature"]) == 3  # as the pattern names them


def _is_hex(text: str) -> bool:
    """Tell whether it is written as we write it: bytes can be written in several ways, and one must not pass for another."""
    try:
        return bytes.fromhex(text).hex() == text
    except ValueError:
        return False


def _to_sign(says: Says) -> bytes:
    return _MARK + json.dumps(says, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _file(whole: Mapping[str, Any]) -> bytes:
    return (json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=True) + "\n").encode("ascii")
