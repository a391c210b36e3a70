"""Acme posts payments: invoices are approved, and the gateways of its shop have their clearing accounts."""

import pytest

from localxero import LocalXero
from tests.integration.payments.shop import opened
from tests.world import Cast


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    return opened(xero, untouched=True)
