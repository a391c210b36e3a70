"""Numbers and days in the manner of who reads: 1,234.50 and 2 Mar 2026, in German 1.234,50 and 02.03.2026."""

from datetime import date, datetime

from django.utils.dateformat import format as written
from django.utils.formats import get_format
from django.utils.translation import gettext

_OTHER_WAY = str.maketrans(",.", ".,")


def figure(text: str) -> str:
    """Return a number that is written the English way, with commas between thousands, in the manner of who reads."""
    if get_format("DECIMAL_SEPARATOR") != ",":
        return text
    return text.translate(_OTHER_WAY)


def day(value: date | datetime) -> str:
    """Return a day."""
    return written(value, gettext("j M Y"))
