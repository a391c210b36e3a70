"""A caller of the API: Acme's key, and a client that speaks JSON."""

import json

import pytest

from daybook.companies import keys
from daybook.companies.models import Company
from tests.integration.intake.conftest import connect


@pytest.fixture
def acme(db):
    return connect(Company.objects.create(name="Acme"))


@pytest.fixture
def call(client, acme):
    """Call the API with Acme's key; return the status and the JSON answer."""
    _, plaintext = keys.create_api_key(acme, "tests")

    def make(method, path, body=None, *, key=plaintext, headers=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}"} | (headers or {})
        response = client.generic(method, f"/api/v1{path}", content, "application/json", headers=headers)
        return response.status_code, response.json()

    return make


@pytest.fixture
def order():
    def make(**changes):
        line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
        values = {
            "source": "shop",
            "id": "1001",
            "number": "ORD-1001",
            "dispatched": True,
            "dispatched_at": "2026-03-05T14:02:11Z",
            "currency": "GBP",
            "lines": [line],
        }
        return values | changes

    return make
