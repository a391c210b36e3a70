"""PURE but for reading rows: what of a table's row goes into an export, and how a value is written in it."""

import base64
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from daybook.ending.tables import Table
from daybook.kit.cells import harmless

Row = Mapping[str, object]

LEFT_OUT_TABLES = frozenset({"connections.TokenSet", "connections.Consent"})
"""Nothing but keys to the ledger, open or sealed."""
SECRET_FIELDS = frozenset(
    {"secrets", "pairing_hash", "key_hash", "token_hash", "state_hash", "fingerprint", "token_fingerprint", "salt"}
)
SEALED = "_sealed"
AT_ONCE, LARGE_AT_ONCE = 500, 20
"""Rows in memory; of tables that keep bodies of calls, up to 4 MB each, fewer."""
NAMES = {
    "outbox.Entry": "documents",
    "outbox.EntryNeed": "documents_that_wait_for_others",
    "outbox.AttemptEntry": "documents_in_attempts",
    "orders.Delivery": "deliveries",
    "orders.OrderStanding": "orders_toward_connections",
    "companies.Membership": "members",
    "catalog.CatalogRead": "lists_read",
    "connections.FileAccess": "folders",
}
"""Where a table's own name is not what people call it."""


def is_exported(table: Table) -> bool:
    """Return whether the table's rows are the company's to have."""
    return table.model._meta.label not in LEFT_OUT_TABLES  # noqa: SLF001  # Django's public name


def name_of(table: Table) -> str:
    """Return what the table's files are called."""
    meta = table.model._meta  # noqa: SLF001
    return NAMES.get(meta.label) or str(meta.verbose_name_plural).replace(" ", "_")


def fields_of(table: Table) -> list[str]:
    """Return the columns that are exported: all but secrets, sealed or hashed."""
    names = [field.attname for field in table.model._meta.concrete_fields]  # noqa: SLF001
    return [name for name in names if name not in SECRET_FIELDS and not name.endswith(SEALED)]


def batches(table: Table, company_id: int) -> Iterator[list[Row]]:
    """Yield the company's rows in the order of their keys, so many at once; each batch is a short statement of its own."""
    names, rows = fields_of(table), table.of(company_id).order_by("pk")
    most = LARGE_AT_ONCE if any(isinstance(each, models.BinaryField) for each in _columns(table)) else AT_ONCE
    found: list[Row] = list(rows.values(*names, "pk")[:most])
    while found:
        yield found
        found = list(rows.filter(pk__gt=found[-1]["pk"]).values(*names, "pk")[:most])


def _columns(table: Table) -> list[Any]:
    names = set(fields_of(table))
    return [field for field in table.model._meta.concrete_fields if field.attname in names]  # noqa: SLF001


def as_lines(names: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return rows as JSON lines, UTF-8. PURE."""
    written = (json.dumps({name: plain(row[name]) for name in names}, ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in written).encode()


def as_csv(names: Sequence[str], rows: Iterable[Row], *, header: bool = False) -> bytes:
    """Return rows as CSV (RFC 4180), UTF-8; nothing that was typed by somebody is taken for a formula. PURE."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if header:
        writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)
    return text.getvalue().encode()


def plain(value: object) -> object:
    """Return a value as JSON has it: amounts and moments as text, bytes as text or, where they are none, as base64. PURE."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case bytes() | memoryview():
            return _text_of(bytes(value))
    return value


def cell(value: object) -> str:
    """Return a value as a cell of a spreadsheet. PURE.

    What a spreadsheet would calculate gets an apostrophe before it; figures and moments are ours and stay.
    """
    told = plain(value)
    match told:
        case None:
            return ""
        case bool():
            return "yes" if told else "no"
        case dict() | list():
            told = json.dumps(told, ensure_ascii=False, sort_keys=True)
    text = str(told).replace("\x00", "")
    is_ours = isinstance(value, int | float | Decimal | date)
    return text if is_ours else harmless(text)


def _text_of(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(content).decode()}"
