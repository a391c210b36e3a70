"""Numbers and days in the manner of who reads: 1,234.50 and 2 Mar 2026, in German 1.234,50 and 02.03.2026."""

from datetime import date, datetime

from django.utils.dateformat import format as written
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext

_OTHER_WAY = str.maketrans(",.", ".,")


def figure(text: str) -> str:
    """Return a number that is written the English way, with commas between thousands, in the manner of who reads."""
    return text.translate(_OTHER_WAY) if has_decimal_comma() else text


def has_decimal_comma() -> bool:
    """Tell whether who reads writes 7,5 for 7.5."""
    return bool(get_format("DECIMAL_SEPARATOR") == ",")


def within(noun: str) -> str:
    """Return a noun as it stands within a sentence: German writes it with a capital letter there, too."""
    return noun if (get_language() or "").startswith("de") else noun.lower()


def day(value: date | datetime) -> str:
    """Return a day."""
    return written(value, gettext("j M Y"))


def long_day(value: date | datetime) -> str:
    """Return a day with its month's whole name."""
    return written(value, gettext("j F Y"))
