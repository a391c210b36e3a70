"""Acme makes a contact of each customer, on a local Xero without limits."""

import pytest

from daybook.connections.models import PostingSettings
from localxero import LocalXero
from tests.world import Cast, connected


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    cast = connected(xero, untouched=True)
    PostingSettings.objects.filter(connection=cast.connection).update(contact_per="customer")
    return cast
