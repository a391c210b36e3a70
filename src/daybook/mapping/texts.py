"""PURE: texts as they may go to Xero. What cannot be written there would sink the whole call it travels in."""

import re

_LINE_END = re.compile(r"\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]+")
"""Control characters other than tab and newline, and what is no character at all."""


def writable(text: str) -> str:
    """Return the text with each run of characters that nobody can read replaced by a space, every line end a newline."""
    return _UNWRITABLE.sub(" ", _LINE_END.sub("\n", text))


def is_writable(text: str) -> bool:
    """Tell whether the text may go as it is: a code that were changed would name something else."""
    return _UNWRITABLE.search(text) is None
