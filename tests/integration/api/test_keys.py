"""What an API key opens, and until when."""

from datetime import timedelta

import pytest

from daybook.companies import keys
from daybook.companies.models import ApiKey
from daybook.kit import clock
from daybook.orders.models import Order

pytestmark = pytest.mark.django_db

CALLS = {
    "read": [("GET", "/orders/nosuchorder"), ("GET", "/forecast"), ("POST", "/orders/preview")],
    "orders": [("POST", "/orders")],
}


@pytest.mark.parametrize("scope", ["read", "orders", "act"])
def test_a_key_opens_what_its_scopes_name_and_nothing_else(call, order, acme, scope):
    _, key = keys.create_api_key(acme, "narrow", scopes=[scope])

    for needed, routes in CALLS.items():
        for method, path in routes:
            status, answer = call(method, path, order(), key=key)
            assert (status == 403) is (needed != scope), path
            assert status != 403 or f"lacks the scope {needed}" in answer["detail"]
    assert Order.objects.exists() is (scope == "orders")


def test_a_key_of_before_there_were_scopes_opens_all(call, order, acme):
    keys.create_api_key(acme, "old")
    ApiKey.objects.update(scopes=ApiKey._meta.get_field("scopes").db_default)

    assert call("POST", "/orders", order())[0] == 200
    assert call("GET", "/forecast")[0] == 200


def test_a_key_whose_day_has_come_says_so(call, order, acme):
    row, key = keys.create_api_key(acme, "short", expires_at=clock.now() + timedelta(hours=1))
    assert call("POST", "/orders", order(), key=key)[0] == 200
    ApiKey.objects.filter(pk=row.pk).update(expires_at=clock.now() - timedelta(seconds=1))

    status, answer = call("GET", "/forecast", key=key)

    assert status == 401
    assert "This API key ended on" in answer["detail"]
    assert "Make a new one" in answer["detail"]
