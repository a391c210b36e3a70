"""PURE: identifiers that look random and come out the same at every run."""

import hashlib


def seeded_id(*parts: str) -> str:
    """Make a UUID, version 4 by its form, from words: the same words, the same UUID. Written by hand, for speed."""
    digits = hashlib.sha256("/".join(parts).encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
