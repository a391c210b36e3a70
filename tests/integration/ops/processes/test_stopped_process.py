"""A process that is stopped for ever in the middle of a transaction does not keep the others waiting for ever."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_postgresql_ends_a_transaction_that_its_process_has_forgotten():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("2min",)
