"""PURE: by what a document that stands for a part of an order is known among those of its kind: the shop's own ids."""

import hashlib

LONGEST = 100
"""Of `outbox.models.Entry.key`."""
CANCELLED = "cancelled:"
"""Begins the keys of what was cancelled after posting: no refund's key begins so."""
_TAKEN = (CANCELLED, "id:")


def of(*ids: str) -> str:
    """Return the key of what these ids name together; one that is too long, or could be taken for another, is hashed."""
    key = "/".join(ids)
    is_plain = len(key) <= LONGEST and not key.startswith(_TAKEN) and not any("/" in each for each in ids[:-1])
    return key if is_plain else f"id:{hashlib.sha256(chr(0).join(ids).encode()).hexdigest()}"


def of_cancelled(number: int) -> str:
    """Return the key of what was cancelled after posting, told the `number`-th time."""
    return f"{CANCELLED}{number}"
