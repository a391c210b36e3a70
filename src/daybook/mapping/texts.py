"""PURE: texts as people read them, and as they may go to a ledger: what cannot be written there would sink the whole call."""

import html
import re

_LINE_END = re.compile(r"\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]+")
"""Control characters other than tab and newline, and what is no character at all."""

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NO_BREAK_SPACE = "\u00a0"


def without_entities(text: str) -> str:
    """Return the text with HTML's entities undone: "Salt &amp; pepper" is "Salt & pepper".

    Twice, because shops are known to escape what was escaped already. What merely holds an ampersand (AT&T, R&D;) stays.
    """
    if "&" not in text:
        return text
    return _ENTITY.sub(_meant, _ENTITY.sub(_meant, text))


def _meant(entity: re.Match[str]) -> str:
    """Return what an entity stands for, a plain space for one that must not break; itself where HTML has no such one."""
    return html.unescape(entity[0]).replace(_NO_BREAK_SPACE, " ")


def writable(text: str) -> str:
    """Return the text with each run of characters that nobody can read replaced by a space, every line end a newline."""
    return _UNWRITABLE.sub(" ", _LINE_END.sub("\n", text))


def is_writable(text: str) -> bool:
    """Tell whether the text may go as it is: a code that were changed would name something else."""
    return _UNWRITABLE.search(text) is None
