"""What an operator is told without asking: a connection that stops, in one line with its id."""

from datetime import timedelta

import pytest

from daybook.companies.models import Company
from daybook.connections import standing
from daybook.connections.models import Connection
from daybook.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return Connection.objects.create(company=Company.objects.create(name="Acme"), status=Connection.Status.CONNECTED)


def test_a_pause_and_a_longer_one_but_not_a_shorter_one(connection, caplog):
    for minutes in (5, 10, 1):
        standing.pause(connection.pk, clock.now() + timedelta(minutes=minutes), "Xero is offline.")

    assert caplog.text.count("'event': 'paused'") == 2
    assert f"'connection': {connection.pk}" in caplog.text


def test_a_consent_that_is_lost_once(connection, caplog):
    for _ in range(2):
        standing.mark_needs_consent(connection.pk, "It was withdrawn.")

    assert caplog.text.count("'event': 'consent lost'") == 1
