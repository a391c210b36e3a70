"""PURE: the signature of a Kornit X push: HMAC-SHA256 over the raw body, hex or base64.

The vendor's pages do not say how the digest is written (docs/kornitx.md), so both forms are taken.
"""

import base64
import hashlib
import hmac
import re

HEADER = "X-CustomGateway-Hmac"


_FORM = re.compile(r"[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=")


def has_form(signature: str) -> bool:
    """Tell whether `signature` can be one at all, before anything is read or computed for it."""
    return _FORM.fullmatch(signature.strip()) is not None


def sign(key: str, body: bytes) -> str:
    """Return the signature of `body`, as hex."""
    return _digest(key, body).hex()


def is_valid(key: str, body: bytes, signature: str) -> bool:
    """Tell whether `signature` is that of `body` under `key`; takes the same time whatever is wrong with it."""
    digest = _digest(key, body)
    given = signature.strip().encode("utf-8", "replace")
    as_hex = hmac.compare_digest(given.lower(), digest.hex().encode())
    as_base64 = hmac.compare_digest(given, base64.b64encode(digest))
    return bool(key) and (as_hex or as_base64)


def _digest(key: str, body: bytes) -> bytes:
    return hmac.new(key.encode(), body, hashlib.sha256).digest()
