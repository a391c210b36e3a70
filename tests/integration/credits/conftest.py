"""Acme posts credit notes; its documents are approved at once."""

import pytest

from localxero import LocalXero
from tests.integration.credits.shop import opened
from tests.world import Cast


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    return opened(xero, untouched=True)
