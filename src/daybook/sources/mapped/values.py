"""PURE: the texts of cells as numbers, rates, moments and flags, by what a person said of the file's habits.

Nothing is guessed here: what the habits do not fit is refused, with the cure. Raises UnreadableError everywhere.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from daybook.kit.money import plain
from daybook.kit.translation import told
from daybook.sources.canonical import moments

NUMBER, MOMENT, NO_VALUE = "\x01", "\x02", "\x03"
"""What stands before the text of a cell that a workbook holds as a number or a moment: no habit has a say in it. And a
formula whose value the workbook does not hold. Control characters that XML cannot hold, and that no one strips as blank."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CURRENCY = r"(?:[A-Z]{3}|(?:[A-Z]{1,2}\s?)?[£$€¥₹])"
"""GBP, £, or with the country's letters before it: AU $, US$."""
_AMOUNT = re.compile(rf"(?:{_CURRENCY}\s?)?(?P<number>[-+]?\s?(?:{_CURRENCY})?[\d.,'\s]*\d[.,]?)(?:\s?{_CURRENCY})?")
_GROUPED = {
    ".": re.compile(r"[-+]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(?:\.\d*)?"),
    ",": re.compile(r"[-+]?\d{1,3}(?:([.' ])\d{3})(?:\1\d{3})*(?:,\d*)?"),
}
_BARE = {".": re.compile(r"[-+]?\d{1,20}(?:\.\d*)?"), ",": re.compile(r"[-+]?\d{1,20}(?:,\d*)?")}
_FIRST_YEAR = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_LAST_YEAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_DAY_NAME = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2}(?!\d))")
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.?[ -](\d{1,2}),?[ -](\d{4}|\d{2}(?!\d))")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2}(?:\.\d{1,9})?)?(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_YES = {"yes", "y", "true", "t", "1", "x", "on", "ja", "oui", "si", "sí"}
_NO = {"no", "n", "false", "f", "0", "", "off", "nein", "non", "-"}
_LONGEST = 60
_SHORTEST_DAY = len("1/1/26")


class Dates(StrEnum):
    """In which order days are written."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Rates(StrEnum):
    """How tax rates are written."""

    PERCENT = "percent"
    FRACTION = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a file writes what can be written in several ways."""

    decimal: str = "."
    """A point or a comma."""
    dates: Dates = Dates.YEAR_FIRST
    rates: Rates = Rates.PERCENT


class UnreadableError(Exception):
    """A cell's text is not what it must be; `problem` and `cure` say so to a person."""

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.problem, self.cure = problem, cure


def text(cell: str) -> str:
    """Return a cell as text: of a workbook's number or moment what it shows; `="00123"` as the 00123 it stands for."""
    if cell[:1] in (NUMBER, MOMENT, NO_VALUE):
        _check_value(cell)
        return cell[1:]
    stripped = cell.strip()
    if stripped.startswith('="') and stripped.endswith('"') and len(stripped) > len('=""'):
        return stripped[2:-1]
    return stripped


def number(cell: str, habits: Habits) -> str:
    """Return a number as a plain decimal text; "" where there is none."""
    if cell[:1] == NUMBER:
        return cell[1:]
    given = text(cell).replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").replace("\u2019", "'")
    if not given:
        return ""
    if _BARE[habits.decimal].fullmatch(given):  # as nearly all are: most of what a large file costs is here
        return plain(Decimal(given.replace(habits.decimal, ".")))
    _check_number(given)
    is_taken_off = given.startswith("(") and given.endswith(")")
    found = _AMOUNT.fullmatch(given[1:-1].strip() if is_taken_off else given)
    digits = re.sub(rf"{_CURRENCY}", "", found["number"]).strip() if found else given
    digits = re.sub(r"^([-+])\s", r"\1", digits)
    if _BARE[habits.decimal].fullmatch(digits):
        bare = digits.replace(habits.decimal, ".")
    elif _GROUPED[habits.decimal].fullmatch(digits):
        bare = re.sub(rf"[^\d+{re.escape(habits.decimal)}-]", "", digits).replace(habits.decimal, ".")
    else:
        raise _no_number(given, habits)
    return plain(-Decimal(bare) if is_taken_off else Decimal(bare))


def rate(cell: str, habits: Habits) -> str:
    """Return a rate as a fraction; "" where there is none. A percent sign counts whatever the habit."""
    given = text(cell)
    has_sign = given.endswith("%")
    bare = number(cell if cell[:1] == NUMBER else given.removesuffix("%").strip(), habits)
    if not bare:
        return ""
    is_percent = has_sign or habits.rates is Rates.PERCENT
    return plain(Decimal(bare) / 100 if is_percent else Decimal(bare))


def moment(cell: str, habits: Habits) -> str:
    """Return a day or a time in ISO 8601; "" where there is none: zeros are none, as PHP writes them."""
    if cell[:1] == MOMENT:
        return cell[1:]
    given = text(cell)
    if not given or given.startswith(("0000", "-0001")):
        return ""
    if cell[:1] == NUMBER:
        raise UnreadableError("The workbook holds a bare number here, not a date.", "Format the column as a date.")
    try:
        return moments.check(given)
    except moments.NotAMomentError:
        day, clock = _day(given, habits.dates)
    iso = f"{day.isoformat()}{_time(clock, given)}"
    try:
        return moments.check(iso)
    except moments.NotAMomentError as error:
        raise UnreadableError(f"“{given[:_LONGEST]}”: {error.problem}", error.cure) from error


def flag(cell: str, habits: Habits) -> bool | None:
    """Return a yes or a no; None where nothing is said. A day says yes: it is when that came to be."""
    if cell[:1] == MOMENT or (len(cell) >= _SHORTEST_DAY and cell.strip()[:1].isdigit()):
        return bool(moment(cell, habits)) or None
    given = text(cell).lower()
    if not given:
        return None
    if given in _YES | _NO:
        return given in _YES
    raise UnreadableError(f"“{given[:_LONGEST]}” is neither yes nor no.", "Write yes or no, or 1 or 0.")


def _check_value(cell: str) -> None:
    if cell[:1] == NO_VALUE:
        cure = "Open the workbook in your spreadsheet program and save it once more, or paste the values in."
        raise UnreadableError("This cell is a formula, and the workbook does not hold its value.", cure)


def _check_number(given: str) -> None:
    if given.startswith("="):
        cure = "Write the amount itself; in a spreadsheet program, paste the values in place of the formulas."
        raise UnreadableError(f"“{given[:_LONGEST]}” is a formula, not a number.", cure)


def _no_number(given: str, habits: Habits) -> UnreadableError:
    other = "," if habits.decimal == "." else "."
    if _BARE[other].fullmatch(given):
        text = given[:_LONGEST]
        if other == ",":
            words = f"“{text}” has a decimal comma, and the mapping says that this file writes a point."
        else:
            words = f"“{text}” has a decimal point, and the mapping says that this file writes a comma."
        return UnreadableError(words, "Change the mapping's decimal sign, or the cell.")
    return UnreadableError(f"“{given[:_LONGEST]}” is not a number.", "Write it like 12.50, or as the mapping says.")


def _day(given: str, order: Dates) -> tuple[date, str]:
    """Return the day that a text begins with, and what follows it."""
    try:
        if found := _FIRST_YEAR.match(given):
            return date(int(found[1]), int(found[2]), int(found[3])), given[found.end() :]
        if found := _LAST_YEAR.match(given):
            if order is Dates.YEAR_FIRST:
                words = f"“{given[:_LONGEST]}”: day and month could be taken for each other."
                raise UnreadableError(words, "Say in the mapping whether the day or the month comes first.")
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            day, month = (first, second) if order is Dates.DAY_FIRST else (second, first)
            return date(_full(year), month, day), given[found.end() :]
        if found := _DAY_NAME.match(given):
            return date(_full(int(found[3])), _month(found[2], given), int(found[1])), given[found.end() :]
        if found := _NAME_DAY.match(given):
            return date(_full(int(found[3])), _month(found[1], given), int(found[2])), given[found.end() :]
    except ValueError as error:
        words = f"There is no day “{given[:_LONGEST]}” where {_in_words(order)}."
        raise UnreadableError(words, "Check the date, or the mapping's order of day and month.") from error
    raise UnreadableError(f"“{given[:_LONGEST]}” is not a date.", "Write it like 2026-11-20, or as the mapping says.")


def _full(year: int) -> int:
    return year if year > 99 else 2000 + year


def _in_words(order: Dates) -> str:
    names = {
        Dates.YEAR_FIRST: told("the year comes first"),
        Dates.DAY_FIRST: told("the day comes first"),
        Dates.MONTH_FIRST: told("the month comes first"),
    }
    return names[order]


def _month(name: str, given: str) -> int:
    if name[:3].lower() not in _MONTHS:
        raise UnreadableError(f"“{given[:_LONGEST]}” names no month.", "Write it like 2026-11-20.")
    return _MONTHS.index(name[:3].lower()) + 1


def _time(after: str, given: str) -> str:
    clock = after.strip().removeprefix("T").removeprefix(",").strip()
    if not clock:
        return ""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise UnreadableError(f"“{given[:_LONGEST]}” is not a date and time.", "Write it like 2026-11-20 14:05.")
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise UnreadableError(f"“{given[:_LONGEST]}” has no such hour.", "Write it like 2026-11-20 14:05.")
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    return f"T{hour:02}:{found['minute']}{found['second'] or ''}{found['zone'] or ''}"
