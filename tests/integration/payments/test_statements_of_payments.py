"""What payments cost in statements: held, beside what an order without any costs (`test_statements.py`)."""

import pytest

from tests import outside
from tests.integration.payments.shop import opened, order, paid, post, send
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

MOST_MORE = 4
"""Of one order with a payment, beside one without."""
MOST_OF_A_DRAIN = 60
"""Of 50 payments: what is asked before the call, the attempt and its settling; not more for more of them."""


@pytest.fixture
def warm(xero) -> Cast:
    acme = opened(xero)
    send(acme, order("W1"), order("W2", paid()))
    post(acme)
    return acme


def statements(act, *arguments) -> int:
    with outside.counted() as seen:
        act(*arguments)
    return len(seen)


def test_an_order_with_a_payment_takes_few_more_than_one_without(warm):
    without = statements(send, warm, order("A1"))
    assert statements(send, warm, order("A2", paid("15.00", "ch_2"))) - without <= MOST_MORE


def test_a_drain_takes_as_many_for_fifty_as_for_ten(warm):
    def drained(name: str, count: int) -> int:
        send(warm, *(order(f"{name}{each}", paid("15.00", f"{name}{each}")) for each in range(count)))
        return statements(post, warm)

    ten = drained("T", 10)
    fifty = drained("F", 50)
    assert fifty - ten <= MOST_MORE
    assert fifty <= 2 * MOST_OF_A_DRAIN
