"""PURE: texts that strangers wrote, as cells of a CSV file."""

import re

_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_BEGINS_SO = re.compile(rf'[\t\r\n]|[" ]*{_SIGNS}')
_BEGINS_BEHIND = re.compile(rf'([;\r\n][" \t]*)(?={_SIGNS})')
"""A program whose lists part at semicolons, as German ones do, begins a cell there, whatever the quotes say."""


def harmless(text: str) -> str:
    """Return a text of which no spreadsheet program takes any part for a formula (OWASP, CSV injection)."""
    told = _BEGINS_BEHIND.sub(r"\1'", text)
    return f"'{told}" if _BEGINS_SO.match(text) else told
