"""The worker is killed at steps of a call that pays; afterwards each part payment stands in Xero exactly once."""

from itertools import count

import pytest

from daybook.outbox.models import Entry
from localxero import LocalXero
from tests.chaos.seeds import drawn
from tests.integration.payments.shop import look, opened, order, paid, payments, post, send
from tests.integration.payments.test_bills_of_fees import bill_fees, bills, fee_payments, gather, out
from tests.integration.posting.test_killed_worker import Worker, linger_is_over, worker, xero
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60), pytest.mark.drawn(3)]

__all__ = ["worker", "xero"]
STRIDE = 11
"""Steps from one death to the next; where they begin is drawn by the commit, so that each of them has its turn."""
MOST_STEPS = 900


@pytest.fixture
def acme(xero) -> Cast:
    """Instead of the folder's own: on a socket, where the killed process reaches it."""
    served: LocalXero = xero.xero
    return opened(served)


def recover(acme: Cast) -> None:
    """What the other workers do afterwards, as far as the longest doubt."""
    for _ in range(2):
        look(acme)
        post(acme)


def test_a_worker_killed_at_any_step_leaves_every_part_payment_exactly_once(acme: Cast, worker: Worker):
    expected: list[str] = []
    ends: list[str] = []
    for step in count(1 + drawn("payments") % STRIDE, STRIDE):
        ref = f"P{step}"
        parts = [paid("5.00", f"{ref}-a"), paid("5.00", f"{ref}-b")]
        send(acme, order(ref))
        post(acme)
        send(acme, order(ref, *parts))
        expected += [f"stripe {each['id']}" for each in parts]
        linger_is_over(acme)
        ends.append(worker.drain(acme.connection.id, killed_at=step))
        assert step < MOST_STEPS, ends[-1]
        recover(acme)
        assert sorted(each["Reference"] for each in payments(acme)) == sorted(expected)
        assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        if ends[-1] == "ended 0":
            break
    assert ends.count("killed") > 2  # it really was killed, at many places


def test_a_worker_killed_at_any_step_leaves_every_bill_of_fees_and_its_payment_exactly_once(acme: Cast, worker: Worker):
    bill_fees(acme)
    ends: list[str] = []
    for step in count(1 + drawn("bills") % (4 * STRIDE), 4 * STRIDE):
        payout = f"po_{step}"
        send(acme, order(f"F{step}"))
        post(acme)
        send(acme, order(f"F{step}", out("15.00", f"ch_{step}", "0.42", payout)))
        post(acme)
        gather(acme)
        linger_is_over(acme)
        ends.append(worker.drain(acme.connection.id, killed_at=step))
        assert step < MOST_STEPS, ends[-1]
        recover(acme)
        recover(acme)
        assert len({each["InvoiceNumber"] for each in bills(acme)}) == len(bills(acme)) == len(ends)
        assert [each["Status"] for each in bills(acme)] == ["PAID"] * len(ends)
        assert len(fee_payments(acme)) == len(ends)
        assert not Entry.objects.filter(company=acme.company).exclude(state="posted").exists()
        if ends[-1] == "ended 0":
            break
    assert ends.count("killed") > 1
