"""Find rows by a condition that is written out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection, models

from daybook.tables import cursors

Row = TypeVar("Row", bound=models.Model)


def find(model: type[Row], condition: str, parameters: Sequence[Any]) -> list[Row]:
    """Return whole rows of a table. `condition`: what follows WHERE, in words of the caller's own, with %s for a value."""
    columns = _columns(model)
    found = ask(f"SELECT {columns.listed} FROM {columns.table} WHERE {condition}", parameters)  # noqa: S608 - see there
    return [columns.row(row) for row in found]


def find_with(model: type[Row], relation: str, condition: str, parameters: Sequence[Any]) -> list[Row]:
    """Return whole rows, each with the row that it points at, which is always there. The rest is as in `find`."""
    columns, field = _columns(model), cast("models.ForeignKey[Any]", model._meta.get_field(relation))  # noqa: SLF001
    theirs = _columns(field.related_model)
    joined = f"{columns.table} JOIN {theirs.table} ON {columns.table}.{field.column} = {theirs.table}.id"
    found = ask(f"SELECT {columns.listed}, {theirs.listed} FROM {joined} WHERE {condition}", parameters)  # noqa: S608
    rows = []
    for values in found:
        row = columns.row(values[: len(columns.names)])
        setattr(row, relation, theirs.row(values[len(columns.names) :]))
        rows.append(row)
    return rows


def ask(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return what a reading statement answers."""
    with cursors.prepared() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def ask_seldom(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return what a statement answers that is planned anew each time, for the values that it is asked with."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def stream(statement: str, parameters: Mapping[str, Any], *, size: int = 2000) -> Iterator[tuple[Any, ...]]:
    """Yield what a statement answers, all of it from one moment, and so many rows in memory at a time.

    PostgreSQL keeps the rest. Outside of a transaction none is left open meanwhile.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(size):
            yield from rows


@dataclass(frozen=True, slots=True)
class _Columns(Generic[Row]):
    model: type[Row]
    table: str
    names: list[str]
    listed: str
    loaders: list[tuple[int, Callable[..., Any]]]
    """Of those columns whose values are not as PostgreSQL gives them, JSON above all."""

    def row(self, given: Sequence[Any]) -> Row:
        values = list(given)
        for place, load in self.loaders:
            values[place] = load(values[place], None, connection)
        return self.model.from_db(connection.alias, self.names, values)


@lru_cache
def _columns(model: type[Row]) -> _Columns[Row]:
    meta, quoted = model._meta, connection.ops.quote_name  # noqa: SLF001 - as in `writing`
    fields, table = meta.concrete_fields, quoted(meta.db_table)
    return _Columns(
        model=model,
        table=table,
        names=[each.attname for each in fields],
        listed=", ".join(f"{table}.{quoted(str(each.column))}" for each in fields),
        loaders=[(place, each.from_db_value) for place, each in enumerate(fields) if hasattr(each, "from_db_value")],
    )
