"""Lists are read again after a refusal: what was read counts as a cure even where a later list could not be read."""

import pytest
from django.db import connection as database

from daybook.ops import jobs
from daybook.outbox import wake
from localxero import LocalXero
from tests.ports import free_port
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)


def test_that_fails_in_the_middle_has_what_waits_looked_at_all_the_same(settings):
    settings.XERO_API_BASE = f"http://127.0.0.1:{free_port()}"
    cast = connected(LocalXero(limits="off"), "Acme", untouched=True)
    # nobody listens there, so that the first list that is asked for fails
    jobs.read_lists.func(connection_id=cast.connection.pk, older_than_seconds=0)
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [wake.PREPARE_COMPANY])
        assert cursor.fetchone() == (1,)
