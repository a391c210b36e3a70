"""PURE: how Xero writes instants, dates and errors in JSON."""

from collections.abc import Iterable
from datetime import date

from localkit.json_values import Json

ZERO_ID = "00000000-0000-0000-0000-000000000000"

_FIRST_DAY, _DAY_MS = date(1970, 1, 1).toordinal(), 86_400_000


def moment(milliseconds: int) -> str:
    """Write an instant as Xero does: /Date(1573755038314+0000)/."""
    return f"/Date({milliseconds}+0000)/"


def day(value: date) -> str:
    """Write a calendar date as midnight UTC in Xero's form."""
    return moment((value.toordinal() - _FIRST_DAY) * _DAY_MS)


def dated(name: str, value: date | None) -> Json:
    """Write a date twice, as DateString and Date; nothing when there is none."""
    if value is None:
        return {}
    return {f"{name}String": f"{value.isoformat()}T00:00:00", name: day(value)}


def without_zone(moment_told: str) -> str:
    """Leave the zone out, as a few live answers do: /Date(1573755038314)/."""
    return moment_told.replace("+0000", "")


def messages(texts: Iterable[str]) -> list[Json]:
    """Render error or warning texts as Xero's list of {"Message": ...}."""
    return [{"Message": text} for text in texts]
