"""PURE: what a person said once of a feed's files: which column is which field, and how they write numbers and days."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Self

from daybook.sources.mapped.fields import FIELDS, PRICES
from daybook.sources.mapped.values import Dates, Habits, Rates
from daybook.sources.problems import NotAnOrderError, Problem

SETTING = "mapping"
"""Under which name it stands in a feed's settings."""
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows, Western Europe (1252)",
    "iso8859-15": "ISO 8859-15",
    "cp1250": "Windows, Central Europe (1250)",
    "cp1251": "Windows, Cyrillic (1251)",
    "mac_roman": "Macintosh",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
MOST_HEADER_ROWS = 50
_CARRIAGES = {"shipping.price", "shipping.price_inc_tax", "lines.carriage", "lines.carriage_inc_tax"}
LONGEST = 200
"""Of a column's name, a path, or a text for all orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column (or path, of XML) each field is read from, and the file's habits."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field of `FIELDS` -> the column's heading, or the path below the order; a line's field below its line."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Field -> what holds for every order of these files that says nothing itself."""
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    """Of a workbook; empty: its first one."""
    header_row: int = 1
    """0: there is none, and columns are called A, B, C."""
    several_rows: bool = True
    """Rows that share the order's id are its lines; else each row is an order of its own."""
    fill_down: bool = False
    """A row without an order id belongs to the order above."""
    lines_in: str = ""
    """The column whose cell holds all lines of an order, or the first of a numbered family; empty: there is none."""
    lines_where: str = ""
    """A row is a line only where this column says something; empty: where it says anything of a line."""
    orders_path: str = ""
    """XML: from the root to an order."""
    lines_path: str = ""
    """XML: from an order to a line."""
    decimal: str = "."
    dates: Dates = Dates.YEAR_FIRST
    rates: Rates = Rates.PERCENT

    @property
    def habits(self) -> Habits:
        """Return how numbers, days and rates are written."""
        return _habits(self.decimal, self.dates, self.rates)

    @property
    def order_fields(self) -> dict[str, str]:
        """Return the columns of what is said of the order."""
        return {name: column for name, column in self.columns.items() if not FIELDS[name].is_of_line}

    @property
    def line_fields(self) -> dict[str, str]:
        """Return the columns of what is said of each line."""
        return {name: column for name, column in self.columns.items() if FIELDS[name].is_of_line}

    @property
    def carriage_has_other_basis(self) -> bool:
        """Tell whether prices are read with tax and the carriage without, or the other way round."""
        said = {*self.columns, *self.constants}
        with_tax = {name.endswith("_inc_tax") for name in said.intersection(PRICES)}
        return len(with_tax) == 1 and any(name.endswith("_inc_tax") not in with_tax for name in said & _CARRIAGES)

    def kept(self) -> dict[str, Any]:
        """Return plain JSON values, for a feed's settings."""
        return asdict(self)

    @classmethod
    def load(cls, kept: object) -> Self:
        """Return what `kept` gave. Raises ValueError where it is no mapping."""
        if not isinstance(kept, Mapping) or not kept:
            raise ValueError("No mapping has been made.")
        known = {name: value for name, value in kept.items() if name in cls.__slots__}
        known["dates"], known["rates"] = Dates(known.get("dates", "ymd")), Rates(known.get("rates", "percent"))
        return cls(**known)


@cache
def _habits(decimal: str, dates: Dates, rates: Rates) -> Habits:
    """Return the same ones for all cells of a file: there are hundreds of thousands."""
    return Habits(decimal=decimal, dates=dates, rates=rates)


def problems(mapping: ColumnMapping, *, is_xml: bool = False) -> list[Problem]:
    """Return what a mapping lacks before orders can be read by it, by field."""
    found = list(_form(mapping))
    said = {*mapping.columns, *mapping.constants}
    if "id" not in mapping.columns:
        cure = "Choose the column that names each order for good."
        found.append(Problem("id", "No column is chosen for the order's id.", cure))
    if not said.intersection(PRICES):
        cure = "Choose the column that holds the price of one, or of the whole line."
        found.append(Problem("lines.unit_price", "No column is chosen for the price.", cure))
    if "lines.quantity" not in said:
        cure = "Choose its column, or write 1 for all lines where the file has none."
        found.append(Problem("lines.quantity", "Nobody has said how many.", cure))
    if is_xml and not mapping.orders_path:
        found.append(Problem("orders_path", "Nobody has said where an order stands.", "Write it like orders/order."))
    return found


def mapping_of(settings: Mapping[str, Any], *, is_xml: bool = False) -> ColumnMapping:
    """Return the feed's mapping. Raises NotAnOrderError where there is none, or where it lacks something."""
    try:
        mapping = ColumnMapping.load(settings.get(SETTING))
    except (ValueError, TypeError) as error:
        cure = "Open the feed's page, upload one of its files there, and match its columns once."
        raise NotAnOrderError((Problem("the file", "Nobody has matched this feed's columns yet.", cure),)) from error
    if lacking := problems(mapping, is_xml=is_xml):
        raise NotAnOrderError(tuple(lacking))
    return mapping


def _form(mapping: ColumnMapping) -> Iterable[Problem]:
    if unknown := sorted({*mapping.columns, *mapping.constants} - set(FIELDS)):
        yield Problem(unknown[0], "There is no such field of an order.", "Choose one of the list.")
    if any(not 0 < len(each) <= LONGEST for each in (*mapping.columns.values(), *mapping.constants.values())):
        yield Problem("", f"A column or a text is empty or longer than {LONGEST} characters.", "Shorten it.")
    if mapping.decimal not in {".", ","}:
        yield Problem("decimal", "The decimal sign is a point or a comma.", "Choose one of the two.")
    if mapping.encoding not in ENCODINGS:
        yield Problem("encoding", "Daybook does not read this encoding.", f"Choose one of {', '.join(ENCODINGS)}.")
    if mapping.delimiter not in DELIMITERS:
        yield Problem("delimiter", "Columns are not separated by this.", "Choose comma, semicolon, tab or bar.")
    if not 0 <= mapping.header_row <= MOST_HEADER_ROWS:
        yield Problem("header_row", f"The headings stand in row 0 to {MOST_HEADER_ROWS}.", "0: there are none.")
