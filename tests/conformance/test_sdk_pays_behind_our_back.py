"""Xero's own Python SDK pays what Daybook is about to pay, and takes back what it has paid."""

import pytest
from xero_python.accounting import PaymentDelete

from daybook.kit import clock
from daybook.outbox.models import Entry
from tests.integration.payments.shop import opened, order, paid, payments, post, send, states
from tests.integration.payments.test_approval import look_for_changes
from tests.world import Cast

from .documents import payment

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def acme(xero) -> Cast:
    xero.clock.freeze(clock.now())  # looks ask by our clock for what changed
    return opened(xero)


def invoiced(acme: Cast) -> str:
    """Let the invoice go, and the payment become known afterwards; return Xero's id of it."""
    send(acme, order("A1"))
    post(acme)
    send(acme, order("A1", paid()))
    return Entry.objects.get(kind="invoice").their_id


class TestTheSdk:
    def test_paying_first_leaves_one_payment_and_ours_settled_there(self, acme, accounting, tenant):
        accounting.create_payment(tenant, payment(invoiced(acme), 15))
        post(acme)
        assert states(acme) == [("cancelled", "settled_there")]
        assert len(payments(acme)) == 1

    def test_paying_a_part_first_leaves_ours_to_a_person(self, acme, accounting, tenant):
        accounting.create_payment(tenant, payment(invoiced(acme), 5))
        post(acme)
        assert states(acme) == [("held", "settled_in_part")]

    def test_taking_ours_back_is_seen(self, acme, accounting, tenant):
        invoiced(acme)
        post(acme)
        (made,) = payments(acme)
        accounting.delete_payment(tenant, made["PaymentID"], PaymentDelete(status="DELETED"))
        look_for_changes(acme)
        assert Entry.objects.get(kind="payment").attention == "voided_in_xero"
