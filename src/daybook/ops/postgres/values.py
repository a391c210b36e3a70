"""PURE: values that PostgreSQL keeps and nobody can reckon with, asked of every table whatever it is called.

`infinity` is a moment for PostgreSQL and none for Python, and so is the year 12026 or one before Christ; `NaN` is a
number that equals nothing and sums to itself. A row with one could be read by no process afterwards.
"""

from collections.abc import Iterable, Sequence

COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
JOIN pg_class ON oid = format('%I.%I', table_schema, table_name)::regclass AND relkind = 'r'
WHERE table_schema = current_schema() AND data_type IN ('timestamp with time zone', 'date', 'numeric')
ORDER BY table_name, ordinal_position
"""
"""Gives a line for each column that can hold such a value: its table, its name, its type."""
EARLIEST, LATEST = "0001-01-02", "9999-12-30"
"""Whatever the zone, Python reaches so far."""


def question(table: str, columns: Iterable[Sequence[str]]) -> str:
    """Return the SELECT of one column of text, a row for each that holds such a value. `columns`: names with types."""
    lines, conditions = [], []
    for name, kind in columns:
        spoilt = (
            f"one.\"{name}\" = 'NaN'"
            if kind == "numeric"
            else f"one.\"{name}\" NOT BETWEEN '{EARLIEST}' AND '{LATEST}'"
        )
        lines.append(f"CASE WHEN {spoilt} THEN '{table}.{name} ' || one.\"{name}\" END")
        conditions.append(spoilt)
    return f"""
        SELECT concat_ws(', ', {", ".join(lines)}) || coalesce(' in row ' || (to_jsonb(one) ->> 'id'), '')
        FROM "{table}" one WHERE {" OR ".join(conditions)}
    """  # noqa: S608  # the names of our tables and their columns
