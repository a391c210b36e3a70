"""What people do in Xero with posted documents is brought to the day book, and flagged only where it matters."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import httpx2
import pytest

from daybook.connections.models import Connection
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers.exchange import Since
from daybook.ledgers.xero import invoices, looking
from daybook.outbox.models import Entry
from daybook.reconciliation import watching
from daybook.reconciliation.compare import Finding
from daybook.reconciliation.report import compare_connection
from daybook.reconciliation.watching import due, look_at_one, look_for_changes, watch
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


@pytest.fixture
def ann(acme: Cast) -> httpx2.Client:
    """A person at Xero, who does as they like."""
    return signed_in(acme.xero, acme.tenant_id)


def do(person: httpx2.Client, entry: Entry, **changes: object) -> None:
    is_invoice = entry.kind == "invoice"
    resource, key = ("Invoices", "InvoiceID") if is_invoice else ("PurchaseOrders", "PurchaseOrderID")
    answer = person.post(f"/{resource}", json={resource: [{key: entry.their_id, **changes}]})
    assert answer.status_code == 200, answer.text


def pay(person: httpx2.Client, entry: Entry, amount: str) -> None:
    payment = {"Invoice": {"InvoiceID": entry.their_id}, "Account": {"Code": "090"}, "Amount": amount}
    answer = person.put("/Payments", json={"Payments": [payment | {"Date": "2026-03-05"}]})
    assert answer.status_code == 200, answer.text


def look(cast: Cast) -> int:
    return look_for_changes(cast.connection, cast.client, now=clock.now())


def posted(cast: Cast) -> Entry:
    entry = cast.ready_invoice()
    post(cast)
    entry.refresh_from_db()
    return entry


def again(entry: Entry) -> Entry:
    return Entry.objects.get(pk=entry.pk)


def history(entry: Entry) -> list[str]:
    return [reason for reason in entry.events.values_list("reason", flat=True) if "in Xero" in reason]


def line(price: str) -> list[dict[str, object]]:
    return [{"Description": "Mug", "Quantity": 2, "UnitAmount": price, "AccountCode": "200", "TaxType": "OUTPUT2"}]


class TestWhatAPersonDoesInXero:
    def test_voided_is_shown_with_its_day_and_flagged(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, Status="AUTHORISED")
        do(ann, entry, Status="VOIDED")
        assert look(acme) == 1
        seen = again(entry)
        assert (seen.state, seen.their_status, seen.attention) == ("posted", "VOIDED", "voided_in_xero")
        today = f"{clock.now():%-d %B %Y}"
        assert seen.attention_detail == f"Voided in Xero on {today}."
        assert history(entry)[-1] == f"Voided in Xero on {today}"

    def test_a_deleted_draft_is_flagged_too(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, Status="DELETED")
        look(acme)
        assert (again(entry).their_status, again(entry).attention) == ("DELETED", "voided_in_xero")

    def test_edited_amounts_are_flagged_until_they_are_edited_back(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, LineItems=line("5.00"))
        look(acme)
        seen = again(entry)
        assert (seen.attention, seen.their_gross, seen.gross) == ("edited_in_xero", Decimal("12.00"), Decimal("15.00"))
        assert "gross 15.00 GBP; in Xero it is net 10.00, tax 2.00, gross 12.00" in seen.attention_detail
        do(ann, entry, LineItems=line("6.25"))
        look(acme)
        assert (again(entry).attention, again(entry).their_gross) == ("", Decimal("15.00"))

    def test_approved_and_paid_is_shown_and_no_flag(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, Status="AUTHORISED", DueDate="2026-04-01")
        pay(ann, entry, "5.00")
        look(acme)
        seen = again(entry)
        assert (seen.their_status, seen.their_paid, seen.their_due) == ("AUTHORISED", Decimal("5.00"), Decimal("10.00"))
        pay(ann, entry, "10.00")
        look(acme)
        assert (again(entry).their_status, again(entry).their_due, again(entry).attention) == ("PAID", Decimal(0), "")
        assert "Paid in full in Xero" in history(entry)[-1]

    def test_another_number_is_shown_and_no_flag(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, InvoiceNumber="ANNS-1")
        look(acme)
        assert (again(entry).their_differs, again(entry).attention) == ("Its number there is ANNS-1 now.", "")

    def test_another_number_is_what_a_comparison_says_too(self, acme, ann):
        do(ann, posted(acme), InvoiceNumber="ANNS-1")
        (row,) = compare_connection(acme.connection, acme.client).rows
        assert (row.finding, row.difference) == (Finding.RENUMBERED, 0)

    def test_of_a_purchase_order_too(self, xero):
        cedar = connected(xero, "Cedar", tracked=True, untouched=True)
        receive(cedar.company, one_mug("1"))
        post(cedar)
        bought = Entry.objects.get(kind="purchase_order")
        do(signed_in(xero, cedar.tenant_id), bought, Status="DELETED")
        look(cedar)
        assert (again(bought).their_status, again(bought).attention) == ("DELETED", "voided_in_xero")

    def test_what_a_person_has_looked_at_is_not_flagged_again(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, LineItems=line("5.00"))
        look(acme)
        Entry.objects.update(attention="", attention_detail="")
        do(ann, entry, Reference=f"seen by Ann [db:{entry.public_id}]")
        look(acme)
        assert again(entry).attention == ""

    def test_a_changed_order_that_was_put_right_in_xero_needs_nobody_any_more(self, acme, ann):
        entry = posted(acme)
        order = entry.order
        order.net, order.tax, order.gross = Decimal("10.00"), Decimal("2.00"), Decimal("12.00")
        order.save()
        Entry.objects.update(attention="changed_after_posting", attention_detail="It came to 15.00.")
        do(ann, entry, LineItems=line("5.00"))
        look(acme)
        assert again(entry).attention == ""


class TestALook:
    def test_is_one_call_and_knows_from_the_last_one_where_to_begin(self, acme, ann):
        posted(acme)
        look(acme)
        before = len(acme.xero.state.journal.entries())
        assert look(acme) == 0
        assert [each.path for each in acme.xero.state.journal.entries()[before:]] == ["/api.xro/2.0/Invoices"]

    def test_loses_nothing_where_a_page_is_full(self, acme, ann):
        entries, since = acme.ready_invoices(5), clock.now() - timedelta(minutes=1)
        post(acme)
        for entry in entries:
            do(ann, again(entry), Status="DELETED")
            acme.xero.clock.advance(3)
        small = replace(invoices.FORM, changed=partial(looking.changed, invoices.INVOICES, query={}, page_size=2))
        pages = list(watching.pages(acme.connection, acme.client, small, Since(since)))
        seen = {theirs.their_id for page in pages for theirs in page.found}
        assert {again(entry).their_id for entry in entries} <= seen

    def test_at_one_document_is_one_call(self, acme, ann):
        entry = posted(acme)
        do(ann, entry, Status="DELETED")
        before = len(acme.xero.state.journal.entries())
        assert look_at_one(entry, acme.connection, acme.client)
        assert len(acme.xero.state.journal.entries()) - before == 1
        assert again(entry).attention == "voided_in_xero"


class TestWhenALookIsDue:
    def moved(self, *, posted_ago: timedelta, looked_ago: timedelta | None) -> list[Connection]:
        now = clock.now()
        Entry.objects.update(posted_at=now - posted_ago)
        Connection.objects.update(looked_at=looked_ago and now - looked_ago, paused_until=None)
        return due(now)

    def test_hourly_for_two_days_daily_for_thirty_then_not_at_all(self, acme):
        posted(acme)
        hour, day = timedelta(hours=1, minutes=1), timedelta(hours=24, minutes=1)
        assert not self.moved(posted_ago=timedelta(minutes=10), looked_ago=None)
        assert self.moved(posted_ago=hour, looked_ago=None)
        assert self.moved(posted_ago=timedelta(days=1), looked_ago=hour)
        assert not self.moved(posted_ago=timedelta(days=1), looked_ago=hour / 2)
        assert not self.moved(posted_ago=timedelta(days=3), looked_ago=hour)
        assert self.moved(posted_ago=timedelta(days=3), looked_ago=day)
        assert not self.moved(posted_ago=timedelta(days=31), looked_ago=day)

    @pytest.mark.parametrize(
        "change",
        [
            {"status": "needs_consent"},
            {"status": "not_connected", "organisation": None, "holds": ""},
            {"paused_until": clock.now() + timedelta(hours=9)},
            {"day_remaining": 60, "limits_read_at": clock.now()},
        ],
    )
    def test_never_where_no_call_may_be_made_or_calls_are_scarce(self, acme, change):
        posted(acme)
        assert self.moved(posted_ago=timedelta(hours=2), looked_ago=None)
        Connection.objects.update(**change)
        before = len(acme.xero.state.journal.entries())
        watch(acme.client, now=clock.now())
        assert len(acme.xero.state.journal.entries()) == before

    def test_a_look_that_fails_is_not_repeated_at_once(self, acme):
        entry = posted(acme)
        acme.xero.add_fault("organisation_offline")
        Entry.objects.filter(pk=entry.pk).update(posted_at=clock.now() - timedelta(hours=2))
        watch(acme.client, now=clock.now())
        Connection.objects.update(paused_until=None)
        assert watching.due(clock.now()) == []
