"""Acme is connected to a local Xero without limits, and posts."""

import pytest

from localxero import LocalXero
from tests.world import Cast, connected


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    return connected(xero, untouched=True)
