"""PURE: moments as senders write them: kept as text, resolved only when a day or an instant is needed (docs/orders.md).

2026-11-20                  a day: that calendar day everywhere
2026-11-20T00:00:00         midnight sharp without a zone: that calendar day too
2026-11-20T23:10            read in the zone of the sender's clock
2026-11-20T23:10:00+01:00   an instant
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FORM = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,12}))?)?"
    r" ?(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_YEARS = range(1990, 2101)
_FARTHEST_OFFSET = timedelta(hours=14)
_LONGEST = 60
_LAST_HOUR = 24
ISO = "Send it as ISO 8601, such as 2026-11-20T14:02:11Z, 2026-11-20T14:02 or 2026-11-20."


class NotAMomentError(ValueError):
    """The text is no moment; `problem` and `cure` say so to a person."""

    def __init__(self, problem: str, cure: str = ISO) -> None:
        super().__init__(problem)
        self.problem, self.cure = problem, cure


@dataclass(frozen=True, slots=True)
class Zones:
    """Whose clock a time without a zone was read from, and whose calendar days documents are dated by."""

    sender: tzinfo
    documents: tzinfo


def check(text: str) -> str:
    """Return the text of a moment, stripped and otherwise as it was sent. Raises NotAMomentError."""
    text = text.strip()
    read(text)
    return text


def read(text: str) -> date | datetime:
    """Return a day, or a time with or without a zone. Raises NotAMomentError."""
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise _unreadable(text)
    try:
        day = date.fromisoformat(found["day"])
    except ValueError as error:
        raise NotAMomentError(f"There is no day {found['day']}.", "Send year-month-day, such as 2026-11-20.") from error
    if day.year not in _YEARS:
        raise NotAMomentError(f"The year {day.year} is out of all reason.", "Check the year.")
    return day if found["hour"] is None else datetime.combine(day, _time(found), _offset(found["zone"]))


def day(text: str, zones: Zones) -> date:
    """Return the calendar day on which documents are dated. `text`: what `check` returned."""
    moment = read(text)
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        if moment.time() == time.min or zones.sender == zones.documents:
            return moment.date()
        moment = moment.replace(tzinfo=zones.sender)
    return moment.astimezone(zones.documents).date()


def instant(text: str, zone: tzinfo, *, latest: bool = False) -> datetime:
    """Return the instant, in UTC; a time without a zone is read in `zone`, and noon stands for a bare day.

    `latest`: where an hour comes twice, the second one is meant.
    """
    moment = read(text)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=int(latest))
    return moment.astimezone(UTC)


def is_bare_day(text: str) -> bool:
    """Tell whether the moment is a day without a time."""
    return not isinstance(read(text), datetime)


def latest(texts: Iterable[str], zone: tzinfo) -> str | None:
    """Return the last of several moments."""
    return max(texts, key=lambda text: instant(text, zone), default=None)


def _time(found: re.Match[str]) -> time:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour == _LAST_HOUR and not minute and not second:
        raise NotAMomentError("There is no hour 24.", "Send 00:00 of the next day, or the day alone.")
    try:
        return time(hour, minute, second, int((found["fraction"] or "0").ljust(6, "0")[:6]))
    except ValueError as error:
        raise NotAMomentError(
            "There is no such time of day.", "Send hours 00 to 23, minutes and seconds 00 to 59."
        ) from error


def _offset(zone: str | None) -> tzinfo | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > len("+00") else 0
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > _FARTHEST_OFFSET or minutes > 59:
        raise NotAMomentError(f"No place on earth is {zone} from UTC.", "Send an offset from -14:00 to +14:00, or Z.")
    return datetime.fromisoformat(f"2000-01-01T00:00:00{zone[0]}{hours:02}:{minutes:02}").tzinfo


def _unreadable(text: str) -> NotAMomentError:
    if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?", text):
        return NotAMomentError("A number names no moment: it could count seconds, milliseconds or days.")
    if re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
        return NotAMomentError(
            "Day and month could be taken for each other.", "Send year-month-day, such as 2026-11-20."
        )
    return NotAMomentError("This is not a date and time.")
