"""PostgreSQL knows a table that grew in seconds before its own autovacuum comes by."""

import pytest
from django.db import connection

from daybook.companies.models import Company
from daybook.ops.postgres import statistics

pytestmark = pytest.mark.django_db(transaction=True)


def known_rows(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return float(cursor.fetchone()[0])


def count_now() -> list[str]:
    """Count once PostgreSQL has noted what this connection did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    return statistics.count_what_outgrew()


def companies(first: int, last: int) -> None:
    Company.objects.bulk_create(Company(name=f"Company {number}") for number in range(first, last))


def test_a_table_is_counted_each_time_that_it_has_doubled() -> None:
    companies(0, 150)
    assert any("companies_company" in name for name in count_now())
    assert known_rows("companies_company") == 150
    companies(150, 250)
    assert not any("companies_company" in name for name in count_now())
    companies(250, 450)
    assert any("companies_company" in name for name in count_now())
    assert known_rows("companies_company") == 450
