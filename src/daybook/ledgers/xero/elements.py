"""PURE: one element of Xero's lists, read leniently.

Numbers come as JSON numbers or text, booleans as "true", and missing, null and "" all mean nothing (xero-rules.md 6).
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tzlocal.windows_tz import win_tz

from daybook.ledgers.xero import protocol
from daybook.wire.asks import Answer
from daybook.wire.errors import Unexpected

Element = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?")
_NOT_IN_ZONE_NAMES = re.compile(r"[^A-Z0-9+]")


def elements(answer: Answer, key: str) -> list[Element]:
    """Return the elements below `key`. Raises OutcomeUnknown for half an answer, Unexpected for one of another form."""
    body = protocol.read_json(answer)
    rows = body.get(key) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Unexpected(f"the answer holds no list of {key}", answer.status)
    return [row for row in rows if isinstance(row, dict)]


def text(element: Element, key: str, *, longest: int = 255) -> str:
    """Return a text without outer spaces, cut to `longest` characters; "" where there is none."""
    value = element.get(key)
    return "" if value is None else str(value).strip()[:longest]


def flag(element: Element, key: str, *, missing: bool = False) -> bool:
    """Return a boolean; `missing` where there is none."""
    value = element.get(key)
    if value is None or value == "":
        return missing
    return str(value).lower() == "true"


def number(element: Element, key: str) -> Decimal | None:
    """Return a finite number exactly, None where there is none."""
    value = element.get(key)
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def part(element: Element, key: str) -> Element:
    """Return a nested element, an empty one where there is none."""
    value = element.get(key)
    return value if isinstance(value, dict) else {}


def day(element: Element, key: str) -> date | None:
    """Return a calendar date: `/Date(ms)/` is midnight UTC and is never shifted by a zone (xero-rules.md 6)."""
    value = text(element, key)
    try:
        if match := _MS_DATE.fullmatch(value):
            return (_EPOCH + timedelta(milliseconds=int(match[1]))).date()
        if match := _ISO_DATE.fullmatch(value):
            return date.fromisoformat(match[1])
    except (ValueError, OverflowError):
        return None
    return None


def moment(element: Element, key: str) -> datetime | None:
    """Return a moment in UTC: `/Date(ms+0000)/` (xero-rules.md 6); None where there is none that can be read."""
    match = _MS_DATE.fullmatch(text(element, key))
    try:
        return _EPOCH + timedelta(milliseconds=int(match[1])) if match else None
    except OverflowError:
        return None


def iana_zone(name: str) -> str:
    """Return the IANA name of a time zone as Xero spells it (NEWZEALANDSTANDARDTIME), "" where it is unknown.

    Xero takes Windows' names, without spaces and punctuation, in upper case (its OpenAPI file, schema TimeZone).
    """
    return _ZONES.get(_zone_key(name), "")


def _zone_key(name: str) -> str:
    return _NOT_IN_ZONE_NAMES.sub("", name.upper())


_ZONES = {_zone_key(windows): iana for windows, iana in win_tz.items()} | {
    # Xero still lists these two, which Windows has given up
    "KAMCHATKASTANDARDTIME": "Asia/Kamchatka",
    "MIDATLANTICSTANDARDTIME": "Atlantic/South_Georgia",
}
