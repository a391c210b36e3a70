"""The number a document will have in the ledger: its only durable key there (xero-rules.md 4.2)."""

import re
import unicodedata

from daybook.documents.causes import Cause, Hold

LONGEST = 255
"""Characters, of any ledger's number."""
_UNSAFE_RUN = re.compile(r"[^A-Za-z0-9._-]+")
_SAFE = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")


def document_number(prefix: str, ref: str, issue: int = 1, *, longest: int = LONGEST) -> str | Hold:
    """Return `prefix + ref` in the characters `[A-Za-z0-9._-]`, with "-R2" behind it where the plain number is burnt.

    Accents are dropped and any other run of characters becomes one "-". Two refs may so come to the same number; the
    day book, where numbers are unique, then holds the second order. `longest`: characters that the ledger takes; a
    longer number is held and never cut, since two could become one.
    """
    stem = _safe(ref).strip("-")
    number = _safe(prefix).lstrip("-") + stem + (f"-R{issue}" if issue > 1 else "")
    if not stem or not is_usable(number) or len(number) > longest:
        return Hold(Cause.REF_UNUSABLE, ref[:LONGEST])
    return number


def is_usable(number: str) -> bool:
    """Tell whether the ledger and Daybook both take this as a document's number: 1 to 255 safe characters."""
    return _SAFE.fullmatch(number) is not None


def _safe(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _UNSAFE_RUN.sub("-", "".join(letters))
