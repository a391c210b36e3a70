"""Mapped documents as JSON for the day book, and back: exact, amounts as text."""

from typing import Any

import msgspec

from daybook.documents.kinds import SPECS, Paper

UNREADABLE = "The document was written in a form that this version of Daybook does not know."
"""For a person, of what `read` cannot read."""


def dump(document: Paper) -> dict[str, Any]:
    """Return `document` as plain JSON values; decimals become text, so nothing is lost."""
    plain: dict[str, Any] = msgspec.to_builtins(document, enc_hook=None)
    return plain


def load(plain: object, kind: str) -> Paper:
    """Return the document that `dump` wrote. Raises msgspec.ValidationError on anything else, KeyError for an unknown kind."""
    paper: Paper = msgspec.convert(plain, type=SPECS[kind].type, strict=False)
    return paper


def read(plain: object, kind: str) -> Paper | None:
    """Return the document that `dump` wrote, None where there is none or it is in no form that this version knows."""
    try:
        return load(plain, kind)
    except (KeyError, msgspec.ValidationError):
        return None
