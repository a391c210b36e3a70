"""Whatever stands in an address is answered: never with an error of ours."""

import pytest
from django.urls import reverse

from daybook.connections.models import PostingSettings
from daybook.intake.receive import receive
from daybook.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)
NUL = "a\x00b"
"""PostgreSQL holds it in no text."""
ORDER = {
    "source": "shop", "id": "O1", "number": "O1", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z",
    "currency": "GBP", "payments": [{"id": "p", "amount": "50", "gateway": "stripe"}],
    "lines": [{"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}],
    "refunds": [{"id": "r1"}],
}  # fmt: skip


@pytest.fixture
def client(logged_in):
    return logged_in("accountant")


@pytest.fixture
def order(acme) -> Order:
    PostingSettings.objects.filter(connection=acme.connection).update(post_credit_notes=True, post_payments=True)
    assert not receive(acme.company, ORDER).problems
    return Order.objects.get(company=acme.company, source_id="O1")


def page(name: str, company, *arguments) -> str:
    return reverse(f"web:{name}", args=[company.public_id, *arguments])


def test_what_no_text_may_hold_in_addresses(client, acme, order):
    asked = (
        ("order-refund", [order.public_id], ["refund"]), ("payments", [], ["at", "format"]),
        ("payments-month", [], ["month", "account", "there"]), ("rules", [], ["order"]),
        ("rule-new", [], ["order", "line"]), ("contacts-pick", [], ["find"]), ("rule-set", ["uk"], ["channel"]),
    )  # fmt: skip
    for name, arguments, fields in asked:
        for field in fields:
            answer = client.get(page(name, acme.company, *arguments), {field: NUL})
            assert answer.status_code < 500, (name, field)
