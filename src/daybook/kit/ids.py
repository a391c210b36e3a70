"""Names for rows that strangers may see: random, short, and safe in URLs, file names and references of documents."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: people read these aloud


def public_id(length: int = 12) -> str:
    """Return a random identifier of `length` characters (12 give about 59 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
