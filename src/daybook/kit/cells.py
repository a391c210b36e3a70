"""PURE: texts that strangers wrote, as cells of a CSV file."""

import re

_BEGINS_A_CELL = re.compile("""(^|[;\n])([" ]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])""")
"""A program whose lists part at semicolons, as German ones do, begins a cell behind each of ours, whatever the quotes say."""


def harmless(text: str) -> str:
    """Return a text of which no spreadsheet program takes any part for a formula (OWASP, CSV injection)."""
    told = _BEGINS_A_CELL.sub(r"\1\2'", text)
    return f"'{told}" if told.startswith(("\t", "\r", "\n")) else told
