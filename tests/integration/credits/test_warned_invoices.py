"""A warning of Xero's on an invoice stays on its page, whatever is paid and given back of it, until a person has seen it."""

from datetime import timedelta

import pytest

from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.reconciliation import watching
from localxero import LocalXero
from tests.integration.credits.shop import CAP, MUG, entry, of_line, opened, order, paid, refund, send, settle
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Account code 200 has been removed as it does not match a recognised account."


@pytest.fixture
def warned() -> Cast:
    acme = opened(LocalXero(limits="off"), payments=True)
    send(acme, order("1001", payments=[paid()]))
    settle(acme, 1)
    Entry.objects.filter(kind="invoice").update(attention="xero_warned", attention_detail=WORDS)
    return acme


def flag(cast: Cast) -> tuple[str, str]:
    invoice = entry(cast, "invoice")
    return invoice.attention, invoice.attention_detail


def test_stays_while_it_is_paid_and_after_a_refund_of_some_of_it(warned):
    settle(warned)
    assert (entry(warned, "payment").state, flag(warned)) == ("posted", ("xero_warned", WORDS))
    for backs in (
        [refund(lines=[of_line("m", 1)])],
        [refund(lines=[of_line("m", 1)]), refund("r2", lines=[of_line("c", 1)])],
    ):
        send(warned, order("1001", *backs, payments=[paid()]))
        settle(warned)
        watching.look_for_changes(warned.connection, warned.client, now=clock.now() + timedelta(hours=1))
        assert flag(warned) == ("xero_warned", WORDS)


def test_stays_after_it_was_cancelled_in_part_and_as_a_whole(warned):
    settle(warned)
    for more in ({"cancellations": [{"lines": [of_line("m", 1)]}]}, {"cancelled": True}):
        send(warned, order("1001", payments=[paid()], **more))
        settle(warned)
        assert flag(warned) == ("xero_warned", WORDS)


def test_stands_above_a_change_of_the_order_and_comes_back_when_that_is_taken_back(warned):
    send(warned, order("1001", payments=[paid()], lines=[{**MUG, "unit_price": "11"}, CAP]))
    attention, words = flag(warned)
    assert (attention, words.splitlines()[0]) == ("changed_after_posting", WORDS)
    send(warned, order("1001", payments=[paid()], lines=[{**MUG, "unit_price": "12"}, CAP]))
    attention, words = flag(warned)
    assert (attention, words.splitlines()[0], len(words.splitlines())) == ("changed_after_posting", WORDS, 2)
    send(warned, order("1001", payments=[paid()]))
    assert flag(warned) == ("xero_warned", WORDS)
