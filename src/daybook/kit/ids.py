"""Names for rows that strangers may see: random, short, and safe in URLs, file names and references of documents."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: people read these aloud
BITS_TOO_MANY = 64
"""So many more than are needed, that what does not go up evenly is of no account."""


def public_id(length: int = 12) -> str:
    """Return a random identifier of `length` characters (12 give about 59 bits).

    The kernel is asked once: each time lets go of the interpreter, and where threads are many costs as much as a statement.
    """
    drawn, letters = secrets.randbits(5 * length + BITS_TOO_MANY), []
    for _ in range(length):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
