"""Tokens of one-time links: 256 random bits, known afterwards by their SHA-256 only."""

import hashlib
import secrets


def new() -> tuple[str, str]:
    """Return a fresh token for a link, and the hash that is stored."""
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """Return what is stored of `token`. It has 256 bits of its own, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
