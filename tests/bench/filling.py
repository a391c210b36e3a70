"""Databases of millions of rows in the shape that the code really writes: a few hundred by the code, the rest by SQL.

`several` copies all rows of some models, so many times, within PostgreSQL: ids and what points at them are moved by the
same step, what must be unique gets the copy's number behind it, and moments and days go back evenly over `days`; then
amounts grow by up to their double, and every other copy has customers of its own. A million documents with all that
belongs to them take minutes. Seals of copied events do not add up: nothing here verifies them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Max, Model

from daybook.catalog.models import Account, CatalogRead, Contact, Currency, Item, TaxRate
from daybook.companies.models import Company, CompanySettings, Membership
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping, TokenSet
from daybook.feeds.models import Feed
from daybook.history.models import Event
from daybook.orders.models import Delivery, MoneyMoved, Order, OrderStanding, Revision
from daybook.outbox.models import Attempt, AttemptEntry, Entry, EntryNeed

OF_ORDERS: Sequence[type[Model]] = (
    Order, Revision, OrderStanding, MoneyMoved, Delivery, Entry, EntryNeed, Attempt, AttemptEntry, Event,
)  # fmt: skip
OF_COMPANIES: Sequence[type[Model]] = (
    Company, CompanySettings, Membership, Connection, Organisation, PostingSettings, TaxMapping, TokenSet, Feed,
    Account, TaxRate, Currency, Contact, Item, CatalogRead, *OF_ORDERS,
)  # fmt: skip
UNIQUE = {
    "public_id", "source_id", "ref", "outbox_entry.number", "idempotency_key",
    "connections_organisation.their_id", "connections_connection.holds",
}  # fmt: skip
"""Texts that tell rows apart: a copy's have its number behind them, but for those that are empty."""
AMOUNTS = {"net", "tax", "gross", "amount", "their_net", "their_tax", "their_gross", "their_paid", "their_due"}
NAMES = {"orders_order.customer_name", "outbox_entry.contact_name"}
MANY = 100_000
A_STATEMENT = 20_000
"""Rows that one statement makes at most, about: each is committed by itself."""


def several(models: Sequence[type[Model]], copies: int, *, of: str, days: float = 0, analyse: bool = True) -> int:
    """Copy the rows of these models that a condition on `company_id` holds for (`of`, "= 7"), so many times.

    Returns how many rows were made. Rows of one time stand beside each other, as they do where they grew.
    """
    step = 10 ** len(str(max(model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in models)))
    positions = Event.objects.aggregate(last=Max("position"))["last"] or 0
    made = 0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for model in models:
            statement = _copying(model, models, of=of, step=step, positions=positions, past=days / copies)
            cursor.execute(f"SELECT count(*) FROM {_source(model, of)} AND {model._meta.pk.column} < {step}")  # noqa: S608
            (rows,) = cursor.fetchone()
            with _without_indexes(cursor, model if rows * copies > MANY else None):
                for first, last in _shares(copies, max(1, A_STATEMENT // max(1, rows))):
                    cursor.execute(statement, [copies, first, last])
                    made += cursor.rowcount
            _move_sequence(cursor, model)
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")
        if analyse:
            for model in models:
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return made


@contextmanager
def _without_indexes(cursor: Any, model: type[Model] | None) -> Iterator[None]:
    """Leave out a table's indexes that hold no law, and make them anew afterwards: that takes a tenth of the time."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = to_regclass(%s) AND NOT indisunique",
        [model._meta.db_table if model else None],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _, definition in found:
        cursor.execute(definition)
    cursor.execute("RESET maintenance_work_mem")


def _copying(
    model: type[Model], models: Sequence[type[Model]], *, of: str, step: int, positions: int, past: float
) -> str:
    fields = list(model._meta.concrete_fields)
    values = [_value(field, models, step=step, positions=positions, past=past) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    old = f"SELECT * FROM {_source(model, of)} AND {model._meta.pk.column} < {step} ORDER BY 1 OFFSET 0"  # noqa: S608
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(values)}"  # noqa: S608 - names of our own
        " FROM (SELECT %s::bigint AS copies) those, generate_series(%s::bigint, %s::bigint) AS copy"
        f" CROSS JOIN LATERAL ({old}) old"
    )


def _source(model: type[Model], of: str) -> str:
    table = model._meta.db_table
    names = {field.column for field in model._meta.concrete_fields}
    if model is Company:
        return f"{table} WHERE id {of}"
    if "company_id" in names:
        return f"{table} WHERE company_id {of}"
    owner, column = (Organisation, "organisation_id") if "organisation_id" in names else (Connection, "connection_id")
    return f"{table} WHERE {column} IN (SELECT id FROM {owner._meta.db_table} WHERE company_id {of})"  # noqa: S608


def _value(field: "Field[Any, Any]", models: Sequence[type[Model]], *, step: int, positions: int, past: float) -> str:
    column = f'old."{field.column}"'
    moved = f"{column} + copy * {step}"
    if field.model is Entry and field.column == "document":  # which is sent as it stands there
        return f"replace(replace({column}::text, old.number, {_apart('old.number', step)}), old.public_id, {_apart('old.public_id', step)})::jsonb"
    if isinstance(field, ForeignKey):
        return moved if field.related_model in models else column
    if field.primary_key or field.column == "attempt_id":
        return moved
    if field.column == "subject_id":
        return (
            moved
            if Company in models
            else f"CASE WHEN old.subject_kind IN ('order', 'entry') THEN {moved} ELSE {column} END"
        )
    if field.column == "position" and field.model is Event:
        return f"{column} + copy * {positions}"
    if {field.column, f"{field.model._meta.db_table}.{field.column}"} & UNIQUE:
        return f"CASE WHEN {column} = '' THEN '' ELSE {_apart(column, step)} END"
    return _varied(field, column, past) if past else column


def _varied(field: "Field[Any, Any]", column: str, past: float) -> str:
    """Return what differs from copy to copy although nothing demands it."""
    if isinstance(field, DateTimeField):
        return f"{column} - (copies - copy) * interval '{past} days'"
    if isinstance(field, DateField):
        return f"{column} - ((copies - copy) * {past})::int"
    if field.column in AMOUNTS:
        return f"round({column} * (1 + mod(copy, 997) / 997.0), 2)"
    if f"{field.model._meta.db_table}.{field.column}" in NAMES:
        own = "initcap(translate(lpad(copy::text, 5, '0'), '0123456789', 'aeioulnrst'))"
        return f"CASE WHEN {column} = '' OR mod(copy, 2) = 0 THEN {column} ELSE {column} || ' ' || {own} END"
    return column


def _apart(column: str, step: int) -> str:
    return f"{column} || '{len(str(step))}' || lpad(copy::text, 5, '0')"


def _shares(copies: int, size: int) -> Iterable[tuple[int, int]]:
    return ((first, min(copies, first + size - 1)) for first in range(1, copies + 1, size))


def _move_sequence(cursor: Any, model: type[Model]) -> None:
    key = model._meta.pk
    if key is not None and not isinstance(key, ForeignKey):
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), (SELECT max({key.column}) FROM {table}))"  # noqa: S608
        )
