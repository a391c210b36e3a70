"""Write many rows of one table with one statement. The rows go as one JSON text, which PostgreSQL reads by its columns."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from django.db import connection, models

from daybook.tables import cursors

Column = Any
"""A field of a model, as Django describes it."""
Read = Callable[[models.Model], tuple[Any, ...]]
"""Returns a row's values, in the order of the columns."""


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, and let each know its id."""
    if not rows:
        return
    sql, pk, names, read = _insert(type(rows[0]))
    with cursors.prepared() as cursor:
        cursor.execute(f"{sql} RETURNING {pk}", [_text(rows, names, read)])
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            _know(row, row_id)


def insert_missing(rows: Sequence[models.Model]) -> None:
    """Write those rows, each with a `public_id`, that break no law of the table; only these know their id then.

    Waits for whoever is about to write one like them: one that was not written is there for sure.
    """
    if not rows:
        return
    sql, pk, names, read = _insert(type(rows[0]))
    with cursors.prepared() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING RETURNING public_id, {pk}", [_text(rows, names, read)])
        written = dict(cursor.fetchall())
    for row in rows:
        if row.public_id in written:  # type: ignore[attr-defined]
            _know(row, written[row.public_id])  # type: ignore[attr-defined]


def save(rows: Sequence[models.Model], fields: Sequence[str], *, company_id: int) -> None:
    """Write these fields of a company's rows. Nothing is read: the caller holds the rows' locks."""
    if not rows:
        return
    sql, names, read = _update(type(rows[0]), tuple(fields))
    with cursors.prepared() as cursor:
        cursor.execute(sql, [_text(rows, names, read), company_id, [row.pk for row in rows]])


def _know(row: models.Model, row_id: int) -> None:
    row.pk = row_id
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own bulk_create


def _text(rows: Sequence[models.Model], names: Sequence[str], read: Read) -> str:
    return _written([dict(zip(names, read(row), strict=True)) for row in rows])


def _plain(value: Any) -> str:
    """Return as text what JSON has no form for. Raises TypeError where no column of ours holds such a value."""
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return f"\\x{bytes(value).hex()}"
    raise TypeError(f"A column holds no {type(value).__name__}.")


_written = partial(json.dumps, default=_plain, separators=(",", ":"))


@lru_cache
def _insert(model: type[models.Model]) -> tuple[str, str, list[str], Read]:
    meta = model._meta  # noqa: SLF001 - Django's own way to a model's columns
    columns = [column for column in meta.concrete_fields if column is not meta.pk]
    table, names = connection.ops.quote_name(meta.db_table), _names(columns)
    sql = f"INSERT INTO {table} ({names}) SELECT {names} FROM {_given(table)}"  # noqa: S608 - names only
    return sql, _names([meta.pk]), *_columns(columns)


@lru_cache
def _update(model: type[models.Model], fields: tuple[str, ...]) -> tuple[str, list[str], Read]:
    meta = model._meta  # noqa: SLF001 - as above
    changed = [meta.get_field(name) for name in fields]
    table, pk = connection.ops.quote_name(meta.db_table), _names([meta.pk])
    changes = ", ".join(f"{name} = new.{name}" for name in map(_name, changed))
    sql = (
        f"UPDATE {table} SET {changes} FROM {_given(table)} AS new "  # noqa: S608
        f"WHERE {table}.{pk} = new.{pk} AND {table}.company_id = %s"
        f" AND {table}.{pk} = ANY(%s)"  # known by itself, else a table that is new is read through for all the company's
    )
    return sql, *_columns([meta.pk, *changed])


def _given(table: str) -> str:
    return f"json_populate_recordset(NULL::{table}, %s)"


def _columns(columns: Sequence[Column]) -> tuple[list[str], Read]:
    """Return the columns' names, and what reads their values off a row; there are at least two."""
    return [column.column for column in columns], attrgetter(*(column.attname for column in columns))


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(map(_name, columns))


def _name(column: Column) -> str:
    return connection.ops.quote_name(column.column)
