"""Reads a CSV file of costs: sku, currency, unit_cost. Whole, or not at all."""

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext

from daybook.sources.canonical.currencies import CODES
from daybook.web.language import figures

COLUMNS = ("sku", "currency", "unit_cost")
MOST_ROWS = 50_000
LARGEST = Decimal("1e13")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one unit of a SKU costs."""

    sku: str
    currency: str
    unit_cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a file holds: costs where nothing is wrong, else what is wrong in which row."""

    costs: list[Cost] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read(content: bytes) -> Read:
    """Return the costs of a CSV file in UTF-8, separated by commas or semicolons."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Read(errors=[gettext("The file is not UTF-8 text. In Excel, save it as “CSV UTF-8”.")])
    rows = csv.DictReader(io.StringIO(text, newline=None), delimiter=_delimiter(text), restkey="more", restval="")
    try:
        return _table(rows)
    except csv.Error as error:
        return Read(errors=[gettext("Row {row}: this is not CSV ({error}).").format(row=rows.line_num, error=error)])


def _table(rows: "csv.DictReader[str]") -> Read:
    missing = set(COLUMNS) - {name.strip().lower() for name in rows.fieldnames or []}
    if missing:
        return Read(
            errors=[
                gettext("The first row lacks the column {column}; it wants sku, currency, unit_cost.").format(
                    column=", ".join(sorted(missing))
                )
            ]
        )
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or []]
    return _rows(rows)


def _rows(rows: "csv.DictReader[str]") -> Read:
    costs: dict[tuple[str, str], Cost] = {}
    errors: list[str] = []
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            return Read(
                errors=[
                    gettext("The file has more than {most} rows. Split it and upload the parts.").format(
                        most=figures.figure(f"{MOST_ROWS:,}")
                    )
                ]
            )
        cost = _cost(row)
        if isinstance(cost, str):
            errors.append(gettext("Row {row}: {problem}").format(row=rows.line_num, problem=cost))
        elif (cost.sku, cost.currency) in costs:
            errors.append(
                gettext("Row {row}: {sku} in {currency} stands in the file twice.").format(
                    row=rows.line_num, sku=cost.sku, currency=cost.currency
                )
            )
        else:
            costs[cost.sku, cost.currency] = cost
    return Read(errors=errors) if errors else Read(costs=list(costs.values()))


def _cost(row: dict[str, str]) -> Cost | str:
    """Return the row's cost, or what is wrong with it."""
    sku, currency, amount = (row[name].strip() for name in COLUMNS)
    if not sku or len(sku) > 100 or "\0" in sku:
        return gettext("the SKU is empty or longer than 100 characters.")
    if currency.upper() not in CODES:
        return gettext("“{text}” is no currency; it wants three letters, such as GBP.").format(text=currency[:20])
    if not re.fullmatch(r"-?\d{1,30}(\.\d{0,30})?", amount, re.ASCII):
        return gettext("“{text}” is no number; write it like 12.50.").format(text=amount[:20])
    unit_cost = Decimal(amount)
    if not 0 <= unit_cost < LARGEST or unit_cost != round(unit_cost, 4):
        return gettext("“{text}” is not an amount from 0 up with at most 4 decimals.").format(text=amount[:20])
    return Cost(sku=sku, currency=currency.upper(), unit_cost=unit_cost)


def _delimiter(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return ";" if first.count(";") > first.count(",") else ","
