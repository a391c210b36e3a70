"""What a comparison must not overlook: late documents, other people's, and those that could not be made."""

from datetime import timedelta

import pytest

from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.reconciliation.compare import Finding
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.posting.test_drain import post
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    return connected(xero, untouched=True)


def findings(cast: Cast) -> list[Finding]:
    return [row.finding for row in compare_connection(cast.connection, cast.client).rows]


class TestAComparison:
    def test_finds_purchase_orders_although_xeros_clock_is_behind_ours(self, xero):
        cedar = connected(xero, "Cedar", tracked=True, untouched=True)
        receive(cedar.company, one_mug("1"))
        post(cedar)
        Entry.objects.update(created_at=clock.now() + timedelta(minutes=3))
        assert findings(cedar) == [Finding.AGREES] * 2

    def test_shows_a_cancelled_document_that_stands_in_xero_all_the_same(self, acme):
        acme.ready_invoice()
        post(acme)
        Entry.objects.update(state="cancelled", their_id="")
        report = compare_connection(acme.connection, acme.client)
        assert [row.finding for row in report.rows] == [Finding.CANCELLED_BUT_THERE]
        assert not report.agrees

    def test_leaves_out_what_was_cancelled_and_is_not_there(self, acme):
        acme.ready_invoice()
        Entry.objects.update(state="cancelled")
        assert findings(acme) == []

    def test_leaves_out_a_cancelled_number_that_somebody_else_used(self, acme):
        acme.ready_invoice()
        post(acme)
        with signed_in(acme.xero, acme.tenant_id) as somebody:
            changed = {"InvoiceID": Entry.objects.get().their_id, "Reference": "of somebody else"}
            somebody.post("/Invoices", json=changed).raise_for_status()
        Entry.objects.update(state="cancelled", their_id="")
        assert findings(acme) == []

    def test_shows_a_document_that_bears_a_mark_of_ours_and_is_not_in_the_day_book(self, acme):
        acme.ready_invoice()
        post(acme)
        Entry.objects.update(state="cancelled", their_id="", public_id="someoneelse")
        report = compare_connection(acme.connection, acme.client)
        assert [report.said(row) for row in report.rows] == ["in Xero, but not in the day book"]
        assert (report.agrees, report.difference) == (False, 15)

    def test_does_not_take_another_document_with_the_number_for_ours(self, acme):
        acme.ready_invoice()
        post(acme)
        Entry.objects.update(their_id="00000000-0000-0000-0000-00000000000a")
        assert findings(acme) == [Finding.ANOTHERS]

    def test_names_an_order_of_which_only_one_document_could_be_made(self, xero):
        cedar = connected(xero, "Cedar", tracked=True, untouched=True)
        receive(cedar.company, one_mug("1"))
        taken = Entry.objects.get(kind="invoice")
        Entry.objects.filter(pk=taken.pk).update(number="A-1")
        receive(cedar.company, one_mug("a 1"))
        assert ("a 1", "held", "number_taken_in_daybook") in compare_connection(
            cedar.connection, cedar.client
        ).orders_without_documents
