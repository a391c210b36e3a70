"""The number a document will have in the ledger: its only durable key there (xero-rules.md 4.2)."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from daybook.documents.causes import Cause, Hold

LONGEST = 255
"""Characters, of any ledger's number."""
_MOST = 10_000
"""Numbers of one document's followers."""
_UNSAFE_RUN = re.compile(r"[^A-Za-z0-9._-]+")
_ISSUE = re.compile(r"-R[1-9][0-9]*$")
_SAFE = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """What a ledger takes as the number of a kind's documents."""

    space: str
    """Within it a number is one document's only, in the whole installation."""
    longest: int = LONGEST
    """Characters."""
    alphabet: str = "[A-Za-z0-9._-]"
    """A pattern that every character fits."""
    suffix: str = ""
    """Behind the order's ref, where documents of other kinds take their numbers out of the same space."""


ANY = Numbering(space="")


def document_number(prefix: str, ref: str, issue: int = 1, numbering: Numbering = ANY) -> str | Hold:
    """Return `prefix + ref` in the characters `[A-Za-z0-9._-]`, with "-R2" behind it where the plain number is burnt.

    Accents are dropped and any other run of characters becomes one "-". Two refs may so come to the same number; the
    day book, where numbers are unique, then holds the second order. A number that is longer than the ledger takes, or
    not in its letters, is held and never cut, since two could become one.
    """
    stem = _safe(ref).strip("-")
    number = _safe(prefix).lstrip("-") + stem + numbering.suffix + (f"-R{issue}" if issue > 1 else "")
    is_taken = len(number) <= numbering.longest and re.fullmatch(f"(?:{numbering.alphabet})*", number)
    if not stem or not is_usable(number) or not is_taken:
        return Hold(Cause.REF_UNUSABLE, ref[:LONGEST])
    return number


def next_free(stem: str, suffix: str, is_taken: Callable[[str], bool], longest: int = LONGEST) -> str | Hold:
    """Return `stem + suffix` with the first count from 1 behind it that is not taken, as it is asked in capitals.

    Held where there is no stem, or the number is longer than `longest` characters or not in safe ones.
    """
    for number in (f"{stem}{suffix}{count}" for count in range(1, _MOST)):
        if not is_taken(number.upper()):
            is_fit = stem and len(number) <= longest and is_usable(number)
            return number if is_fit else Hold(Cause.REF_UNUSABLE, number[:LONGEST])
    return Hold(Cause.REF_UNUSABLE, stem)


def stem(number: str) -> str:
    """Return a number in capitals, without what tells a later document of the same order: "-R2"."""
    return _ISSUE.sub("", number.upper())


def is_usable(number: str) -> bool:
    """Tell whether the ledger and Daybook both take this as a document's number: 1 to 255 safe characters."""
    return _SAFE.fullmatch(number) is not None


def _safe(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _UNSAFE_RUN.sub("-", "".join(letters))
