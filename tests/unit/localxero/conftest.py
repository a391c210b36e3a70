from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from localxero import LocalXero
from localxero.testing import signed_in

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def xero() -> LocalXero:
    """A local Xero whose clock stands still on 20 November 2026, without limits."""
    made = LocalXero(limits="off", start=NOON)
    made.clock.freeze(NOON)
    return made


@pytest.fixture
def gb(xero: LocalXero) -> str:
    return xero.tenant_id("GB")


@pytest.fixture
def client(xero: LocalXero, gb: str) -> Iterator[httpx2.Client]:
    with signed_in(xero, gb) as made:
        yield made


@pytest.fixture
def customer(xero: LocalXero, gb: str) -> dict[str, str]:
    contact = xero.books(gb).contact_named("Custom Gateway Orders")
    assert contact
    return {"ContactID": contact.contact_id}
