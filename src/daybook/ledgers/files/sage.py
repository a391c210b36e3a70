"""PURE: orders as Sage 50's "audit trail transactions": a CSV with one row for each nominal and tax code of an order.

Columns, types and traps are those of Sage's own import (docs/sage.md names the sources): SI books a sale, SC takes one
back; amounts are never negative; nominals keep their zeros. Sage reads Windows-1252, and nothing of ours is put into it that
it could read otherwise: names of customers stay out.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from daybook.documents.causes import Cause, Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.line_kinds import IN_WORDS, LineKind
from daybook.documents.order_file import OrderFile
from daybook.documents.sale import Sale
from daybook.kit.money import CENT, ZERO, decimals, plain
from daybook.ledgers.files.reasons import FileCause

HEADINGS = (
    "Type", "Account Reference", "Nominal A/C Ref", "Department Code", "Date", "Reference", "Details", "Net Amount",
    "Tax Code", "Tax Amount", "Exchange Rate", "Extra Reference", "User Name", "Project Refn", "Cost Code Refn",
)  # fmt: skip
ENCODING = "cp1252"
INVOICE, CREDIT = "SI", "SC"
LONGEST_REFERENCE, LONGEST_DETAILS = 30, 60
ACCOUNT = re.compile(r"[A-Z0-9]{1,8}")
NOMINAL = re.compile(r"[0-9]{1,8}")
TAX_CODE = re.compile(r"T[0-9]{1,2}")
DEPARTMENT = re.compile(r"[0-9]{1,3}")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
USER = "DAYBOOK"


class _Row(NamedTuple):
    """What of an order goes to one nominal under one tax code."""

    nominal: str
    code: str
    kind: str
    net: Decimal
    tax: Decimal


def sage_csv(orders: Sequence[tuple[str, OrderFile]], rules: FileRules) -> bytes | Hold:
    """Return the file of these orders, each under its number; the hold says what of the first wrong one cannot be said."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if rules.with_headings:
        writer.writerow(HEADINGS)
    for number, order in orders:
        rows = order_rows(number, order, rules)
        if isinstance(rows, Hold):
            return rows
        writer.writerows(rows)
    return text.getvalue().encode(ENCODING)


def order_rows(number: str, order: OrderFile, rules: FileRules) -> list[tuple[str, ...]] | Hold:
    """Return an order's rows, as text."""
    sale = order.sale
    wrong = _missing(number, order, rules)
    if wrong is not None or sale is None:
        return wrong or Hold(FileCause.TOTALS_UNKNOWN)
    booked = _booked(sale, rules)
    if isinstance(booked, Hold):
        return booked
    rate = "1" if sale.exchange_rate is None or _is_own(order, rules) else plain(sale.exchange_rate)
    return [_as_text(row, number, order, sale, rules, rate) for row in booked if row.net or row.tax]


def _missing(number: str, order: OrderFile, rules: FileRules) -> Hold | None:
    """Return what keeps the order out of any file of Sage's."""
    if not ACCOUNT.fullmatch(rules.account):
        return Hold(FileCause.FORMAT_INCOMPLETE, "Account number")
    if not NOMINAL.fullmatch(rules.nominal):
        return Hold(FileCause.FORMAT_INCOMPLETE, "Sales nominal code")
    if order.sale is None:
        return Hold(FileCause.TOTALS_UNKNOWN)
    if len(number) > LONGEST_REFERENCE:
        return Hold(FileCause.NUMBER_TOO_LONG, number, f"Sage's Reference takes {LONGEST_REFERENCE} characters.")
    if not _can_be_said(number) or number.startswith(_BEGINS_A_FORMULA):
        return Hold(FileCause.NUMBER_UNWRITABLE, number)
    if not _is_own(order, rules) and order.sale.exchange_rate is None:
        return Hold(FileCause.EXCHANGE_RATE_MISSING, order.currency_code)
    finest = max((decimals(each) for line in order.sale.lines for each in (line.net, line.tax)), default=0)
    if finest > 2:
        return Hold(Cause.AMOUNT_TOO_FINE, order.currency_code, "Sage keeps two decimals.")
    return None


def _is_own(order: OrderFile, rules: FileRules) -> bool:
    return rules.currency in ("", order.currency_code)


def _can_be_said(text: str) -> bool:
    try:
        return text.isprintable() and bool(text.encode(ENCODING))
    except UnicodeEncodeError:
        return False


def _booked(sale: Sale, rules: FileRules) -> list[_Row] | Hold:
    """Return what goes where, in the order of the lines; the sums are the order's own."""
    rows: dict[tuple[str, str], _Row] = {}
    for line in sale.lines:
        code = rules.tax_codes.get(line.rate.normalize() + 0, "")
        if not code:
            return Hold(Cause.TAX_RATE_NOT_MAPPED, plain(line.rate))
        if not TAX_CODE.fullmatch(code):
            return Hold(FileCause.FORMAT_INCOMPLETE, f"Tax code of {plain(line.rate * 100)} %")
        is_carriage = line.kind == LineKind.SHIPPING
        nominal = (rules.shipping_nominal or rules.nominal) if is_carriage else rules.nominal
        row = rows.get((nominal, code)) or _Row(nominal, code, line.kind, ZERO, ZERO)
        rows[nominal, code] = row._replace(net=row.net + line.net, tax=row.tax + line.tax)
    return [part for row in rows.values() for part in _one_way(row)]


def _one_way(row: _Row) -> Iterator[_Row]:
    """Amounts are never negative: where net and tax go different ways, which rounding alone can do, each goes its own."""
    if row.net * row.tax < 0:
        yield row._replace(tax=ZERO)
        yield row._replace(net=ZERO)
    else:
        yield row


def _as_text(row: _Row, number: str, order: OrderFile, sale: Sale, rules: FileRules, rate: str) -> tuple[str, ...]:
    is_credit = row.net < 0 or row.tax < 0
    what = IN_WORDS.get(LineKind(row.kind), "Goods")
    return (
        CREDIT if is_credit else INVOICE,
        rules.account,
        row.nominal,
        rules.department or "0",
        f"{sale.date:%d/%m/%Y}",
        number,
        f"Order {number}: {what}"[:LONGEST_DETAILS],
        f"{abs(row.net).quantize(CENT)}",
        row.code,
        f"{abs(row.tax).quantize(CENT)}",
        rate,
        _safe(order.external_ref)[:LONGEST_REFERENCE],
        USER,
        "",
        "",
    )


def _safe(text: str) -> str:
    """Return a text that helps people only: what Sage cannot read is left out, what a spreadsheet would carry out too."""
    said = "".join(each for each in text if each.isprintable() and _can_be_said(each)).lstrip("=+-@ ")
    return " ".join(said.split())
