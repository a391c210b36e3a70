"""What lists are narrowed by beside what rows say: days, from one to another, and amounts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.http import QueryDict
from django.utils import timezone

from daybook.tables.days import DAY, begin

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
AMOUNT = re.compile(r"\d{1,3}(?:,\d{3}){1,4}\.\d{2}|\d{1,13}[.,]\d{2}")


@dataclass(frozen=True, slots=True)
class Span:
    """Some days in a row, both ends with them."""

    first: date
    last: date

    def moments(self, field: str) -> dict[str, datetime]:
        """Return what a field must be to fall on them, in the zone of the page."""
        zone = timezone.get_current_timezone()
        return {f"{field}__gte": begin(self.first, zone), f"{field}__lt": begin(self.last + DAY, zone)}


def days_asked(asked: QueryDict) -> Span | None:
    """Return the days that `from` and `to` name, either alone too; None where they name none that there are."""
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    return None if first is None and last is None else Span(first or FIRST, last or LAST)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return min(max(day, FIRST), LAST)


def amount_asked(text: str) -> Decimal | None:
    """Return the amount that a text is, "1,250.00" or "12,50"; None where it has no two decimals: then it is a number."""
    if not AMOUNT.fullmatch(text):
        return None
    whole, decimals = text[:-3].replace(",", ""), text[-2:]
    return Decimal(f"{whole}.{decimals}")
