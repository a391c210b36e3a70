"""PURE: reading the dates that clients send."""

import re
from datetime import UTC, date, datetime

from localxero.wire.errors import UnreadableError

_MS_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{2,4})?\)/")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


def calendar_date(text: str | None, field: str) -> date | None:
    """Read YYYY-MM-DD, YYYY-MM-DDThh:mm:ss or /Date(ms)/; the calendar date counts, zones are not applied."""
    if not text:
        return None
    try:
        if found := _MS_DATE.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]) / 1000, UTC).date()
        if found := _ISO_DATE.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, OverflowError, OSError) as reason:
        raise UnreadableError(_bad_date(text, field)) from reason
    raise UnreadableError(_bad_date(text, field))


def _bad_date(text: str, field: str) -> str:
    return f"{field} {text!r} is not a date: send YYYY-MM-DD"
