"""A payment waits until somebody approves its invoice, and is no backlog meanwhile."""

from datetime import datetime, timedelta

import pytest

from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.ledgers.xero.ledger import XERO
from daybook.ops.metrics import reading
from daybook.outbox import counting
from daybook.outbox.models import Entry
from daybook.posting import batching, claiming, foreseeing
from daybook.reconciliation import watching
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.payments.shop import opened, order, paid, payments, post, send, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    return opened(xero, status="DRAFT", untouched=True)


def approve(cast: Cast, ref: str) -> None:
    (invoice,) = [each for each in cast.invoices() if each["InvoiceNumber"] == ref]
    ann = signed_in(cast.xero, cast.tenant_id)
    said = {"InvoiceID": invoice["InvoiceID"], "Status": "AUTHORISED"}
    assert ann.post("/Invoices", json={"Invoices": [said]}).status_code == 200


def look_for_changes(cast: Cast) -> None:
    cast.connection.refresh_from_db()
    watching.look_for_changes(cast.connection, cast.client, now=clock.now())


class TestAPaymentOfADraft:
    def test_waits_for_approval_and_goes_when_a_look_shows_it(self, acme):
        send(acme, order("A1", paid()), order("A2", paid()))
        post(acme)
        assert (payments(acme), states(acme)) == ([], [("ready", ""), ("ready", "")])
        approve(acme, "A1")
        look_for_changes(acme)
        post(acme)
        assert [each["Invoice"]["InvoiceNumber"] for each in payments(acme)] == ["A1"]
        assert states(acme) == [("posted", ""), ("ready", "")]

    def test_is_counted_apart_from_the_backlog_and_from_what_needs_a_person(self, acme):
        send(acme, order("A1", paid()))
        counts = counting.counts(acme.company)
        assert (counts.documents_under_way, counts.documents_await_approval) == (2, 0)  # nothing is there yet
        post(acme)
        counts = counting.counts(acme.company)
        assert (counts.documents_under_way, counts.documents_await_approval) == (0, 1)
        assert (counts.orders_need_a_person, counts.oldest_under_way_since) == (0, None)
        made = foreseeing.of(acme.connection, clock.now())
        assert (made.waiting, made.calls, made.awaits_approval) == (0, 0, 1)
        samples = {each.family.name: each.value for each in reading.read(clock.now()) if "awaiting" in each.family.name}
        assert list(samples.values()) == [1]

    def test_is_looked_for_hourly_while_it_waits(self, acme):
        send(acme, order("A1", paid()))
        post(acme)
        now = clock.now()
        Connection.objects.filter(pk=acme.connection.pk).update(looked_at=now)
        later = [watching.due(now + hours * watching.HOURLY) for hours in (0.9, 1.1, 24 * 3 + 0.9)]
        assert [len(each) for each in later] == [0, 1, 1]

    def test_ends_held_where_the_invoice_is_voided_instead(self, acme):
        send(acme, order("A1", paid()))
        post(acme)
        (invoice,) = acme.invoices()
        ann = signed_in(acme.xero, acme.tenant_id)
        ann.post("/Invoices", json={"Invoices": [{"InvoiceID": invoice["InvoiceID"], "Status": "DELETED"}]})
        look_for_changes(acme)
        post(acme)
        assert (payments(acme), states(acme)) == ([], [("held", "needed_ended")])
        send(acme, order("A1", paid(), external_ref="another revision"))
        assert states(acme) == [("held", "needed_ended")]

    def test_counts_behind_full_calls_from_when_its_invoice_was_approved(self, acme):
        """Or what each call of invoices lets go would go in a call of its own, that is not full."""
        send(acme, order("A1", paid()))
        post(acme)
        Entry.objects.filter(kind="payment").update(state_since=clock.now() - timedelta(hours=1))
        approved_at = clock.now()
        approve(acme, "A1")
        look_for_changes(acme)
        assert waits_since(acme) < approved_at
        acme.ready_invoices(batching.MAX_DOCUMENTS)
        assert waits_since(acme) >= approved_at


def waits_since(cast: Cast) -> datetime:
    (since,) = [each.oldest for each in claiming.waiting(cast.connection, XERO) if each.route == "Payments"]
    return since
