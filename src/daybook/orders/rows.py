"""Write many rows of one table with one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def save(rows: Sequence[models.Model], fields: Sequence[str], *, company_id: int) -> None:
    """Write these fields of a company's rows, whatever their number, with one UPDATE; cheaper than `bulk_update`'s CASE.

    Nothing is read: the caller holds the rows' locks.
    """
    if not rows:
        return
    meta = type(rows[0])._meta  # noqa: SLF001 - Django's own way to a model's columns
    columns: list[Any] = [meta.pk, *(meta.get_field(name) for name in fields)]
    quoted = [connection.ops.quote_name(column.column) for column in columns]
    arrays = ", ".join(f"%s::{column.cast_db_type(connection)}[]" for column in columns)
    changes = ", ".join(f"{name} = new.{name}" for name in quoted[1:])
    table = connection.ops.quote_name(meta.db_table)
    sql = (
        f"UPDATE {table} SET {changes} FROM unnest({arrays}) AS new ({', '.join(quoted)}) "  # noqa: S608 - names only
        f"WHERE {table}.{quoted[0]} = new.{quoted[0]} AND {table}.company_id = %s"
    )
    values = [[_value(column, row) for row in rows] for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, company_id])


def _value(column: Any, row: models.Model) -> Any:
    value = column.get_db_prep_save(getattr(row, column.attname), connection)
    return (
        str(value) if isinstance(value, str) else value
    )  # an array's elements are all of one type, no enums among them
