"""PURE: the days that a person typed into a form."""

from localxero.wire import calendar_date


def day_in(text: str, field: str) -> str | None:
    """Read a day as YYYY-MM-DD; None where nothing was typed. Raises wire.UnreadableError."""
    found = calendar_date(text.strip() or None, field)
    return found.isoformat() if found else None
