"""Write many rows of one table with one statement, whose text is made once: an ORM works it out anew each time."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

Column = Any
"""A field of a model, as Django describes it."""


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, and let each know its id."""
    if not rows:
        return
    sql, pk, columns = _insert(type(rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {pk}", _arrays(rows, columns))
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            _know(row, row_id)


def insert_missing(rows: Sequence[models.Model]) -> None:
    """Write those rows, each with a `public_id`, that break no law of the table; only these know their id then.

    Waits for whoever is about to write one like them: one that was not written is there for sure.
    """
    if not rows:
        return
    sql, pk, columns = _insert(type(rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING RETURNING public_id, {pk}", _arrays(rows, columns))
        written = dict(cursor.fetchall())
    for row in rows:
        if row.public_id in written:  # type: ignore[attr-defined]
            _know(row, written[row.public_id])  # type: ignore[attr-defined]


def save(rows: Sequence[models.Model], fields: Sequence[str], *, company_id: int) -> None:
    """Write these fields of a company's rows. Nothing is read: the caller holds the rows' locks."""
    if not rows:
        return
    sql, columns = _update(type(rows[0]), tuple(fields))
    arrays = [_array([_value(column, getattr(row, column.attname)) for row in rows]) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*arrays, company_id])


def _know(row: models.Model, row_id: int) -> None:
    row.pk = row_id
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own bulk_create


def _arrays(rows: Sequence[models.Model], columns: Sequence[Column]) -> list[Any]:
    return [_array([_value(column, column.pre_save(row, add=True)) for row in rows]) for column in columns]


def _array(values: list[Any]) -> list[Any] | str:
    """Return a column's values for an array; texts and JSON as its literal, which the driver writes mark by mark."""
    if not all(isinstance(value, str | Jsonb) for value in values):
        return values
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: str | Jsonb) -> str:
    text = value if isinstance(value, str) else _json(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(value: Jsonb) -> str:
    dumps = value.dumps or json.dumps
    text = dumps(value.obj)
    return text if isinstance(text, str) else text.decode()


def _value(column: Column, value: Any) -> Any:
    prepared = column.get_db_prep_save(value, connection)
    return str(prepared) if isinstance(prepared, str) else prepared  # an array holds one type, no enums among its texts


@lru_cache
def _insert(model: type[models.Model]) -> tuple[str, str, list[Column]]:
    meta = model._meta  # noqa: SLF001 - Django's own way to a model's columns
    columns = [column for column in meta.concrete_fields if column is not meta.pk]
    table = connection.ops.quote_name(meta.db_table)
    sql = f"INSERT INTO {table} ({_names(columns)}) SELECT * FROM unnest({_types(columns)})"  # noqa: S608 - names only
    return sql, _names([meta.pk]), columns


@lru_cache
def _update(model: type[models.Model], fields: tuple[str, ...]) -> tuple[str, list[Column]]:
    meta = model._meta  # noqa: SLF001 - as above
    changed = [meta.get_field(name) for name in fields]
    columns = [meta.pk, *changed]
    table, pk = connection.ops.quote_name(meta.db_table), _names([meta.pk])
    changes = ", ".join(f"{name} = new.{name}" for name in _names(changed).split(", "))
    sql = (
        f"UPDATE {table} SET {changes} FROM unnest({_types(columns)}) AS new ({_names(columns)}) "  # noqa: S608
        f"WHERE {table}.{pk} = new.{pk} AND {table}.company_id = %s"
    )
    return sql, columns


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(connection.ops.quote_name(column.column) for column in columns)


def _types(columns: Sequence[Column]) -> str:
    return ", ".join(f"%s::{column.cast_db_type(connection)}[]" for column in columns)
