"""Orders, day book and ledger added up per kind, currency and tax type."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from daybook.intake.receive import receive
from daybook.ledgers.exchange import Period
from daybook.ops.cli import reconciling
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.posting.test_drain import post
from tests.integration.reconciliation.test_report import order
from tests.integration.test_orders_become_documents import post_all
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)

MIXED = [
    {"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"},
    {"id": "2", "sku": "BOOK", "quantity": 1, "unit_price": "5.00", "tax_rate": "0"},
]


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def sums(cast: Cast, **asked) -> dict:
    """(kind, currency, tax type) -> (orders, day book, ledger), gross and net, as plain numbers."""
    report = compare_connection(cast.connection, cast.client, **asked)
    return {
        tuple(key): tuple(None if side is None else tuple(side) for side in (row.orders, row.day_book, row.ledger))
        for key, row in report.sums
    }


def same(net, tax):
    side = (Decimal(net), Decimal(tax), Decimal(net) + Decimal(tax))
    return (side, side, side)


def calls(cast: Cast) -> list[str]:
    entries = cast.xero.state.journal.entries(lambda entry: entry.method == "GET" and "/api.xro/" in entry.path)
    return [entry.path.rpartition("/")[2] for entry in entries]


class TestSums:
    def test_of_orders_of_two_rates_agree_on_all_sides(self, acme):
        receive(acme.company, order("S-1", lines=MIXED))
        receive(acme.company, order("S-2"))
        post_all(acme)
        assert sums(acme) == {
            ("invoice", "GBP", "OUTPUT2"): same("25.00", "5.00"),
            ("invoice", "GBP", "ZERORATEDOUTPUT"): same("5.00", "0"),
            ("invoice", "GBP", "*"): same("30.00", "5.00"),
        }

    def test_of_two_kinds_and_currencies_stand_apart(self):
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        line = MIXED[0] | {"unit_cost": "2.00", "cost_currency": "GBP"}
        receive(cedar.company, order("S-1", lines=[line]))
        receive(cedar.company, order("S-2", lines=[line], currency="EUR"))
        post_all(cedar)
        found = sums(cedar)
        assert found["invoice", "EUR", "*"] == same("12.50", "2.50")
        assert found["invoice", "GBP", "*"] == same("12.50", "2.50")
        orders, day_book, ledger = found["purchase_order", "GBP", "*"]
        assert (orders, day_book[0], ledger) == (None, Decimal("8.00"), day_book)

    def test_show_a_tax_type_that_a_person_changed_there_though_the_total_is_the_same(self, acme):
        receive(acme.company, order("S-1", lines=[MIXED[1]]))
        post_all(acme)
        with signed_in(acme.xero, acme.tenant_id) as accountant:
            key = Entry.objects.get().their_id
            (there,) = accountant.get(f"/Invoices/{key}").json()["Invoices"][0]["LineItems"]
            change = {"InvoiceID": key, "LineItems": [there | {"TaxType": "EXEMPTOUTPUT"}]}
            accountant.post("/Invoices", json=change).raise_for_status()
        report = compare_connection(acme.connection, acme.client)
        assert report.difference == 0
        differences = {key.tax_type: row.difference for key, row in report.sums}
        assert differences == {"ZERORATEDOUTPUT": Decimal(5), "EXEMPTOUTPUT": Decimal(5), "*": 0}
        assert [report.said(row) for row in report.rows] == ["other tax types in Xero"]
        assert not report.agrees

    def test_leave_out_what_was_voided_there(self, acme):
        receive(acme.company, order("S-1"))
        post_all(acme)
        with signed_in(acme.xero, acme.tenant_id) as accountant:
            accountant.post("/Invoices", json={"InvoiceID": Entry.objects.get().their_id, "Status": "DELETED"})
        assert sums(acme)["invoice", "GBP", "*"][2] == (0, 0, 0)

    def test_hold_what_waits_on_two_sides(self, acme):
        receive(acme.company, order("S-1"))
        orders, day_book, ledger = sums(acme)["invoice", "GBP", "OUTPUT2"]
        assert orders == day_book == (Decimal("12.50"), Decimal("2.50"), Decimal("15.00"))
        assert ledger == (0, 0, 0)

    def test_are_of_a_period_where_one_is_named(self, acme):
        receive(acme.company, order("S-1"))
        receive(acme.company, order("S-2", dispatched_at="2026-04-02T10:00:00Z"))
        receive(acme.company, order("S-3", dispatched_at="2026-04-03T10:00:00Z", on_hold=True))
        post_all(acme)
        march = Period(date(2026, 3, 1), date(2026, 3, 31))
        report = compare_connection(acme.connection, acme.client, period=march)
        assert [row.number for row in report.rows] == ["S-1"]
        assert report.agrees
        assert report.orders_without_documents == []
        april = compare_connection(acme.connection, acme.client, period=Period(date(2026, 4, 1)))
        assert [row.number for row in april.rows] == ["S-2"]

    def test_are_printed_with_their_differences(self, acme):
        receive(acme.company, order("S-1", lines=MIXED))
        post_all(acme)
        Entry.objects.update(net=Decimal("17.49"), gross=Decimal("19.99"))
        report = compare_connection(acme.connection, acme.client)
        printed = StringIO()
        Console(file=printed, width=160).print(reconciling.sums(report))
        lines = [" ".join(text.split()) for text in printed.getvalue().splitlines()]
        assert "invoice GBP OUTPUT2 net 12.50 12.49 12.50 0.01" in lines
        assert "invoice GBP all net 17.50 17.49 17.50 0.01" in lines


class TestReading:
    def test_takes_one_call_a_kind_where_the_lists_show_everything(self, acme):
        acme.ready_invoices(120)
        post(acme)
        acme.xero.state.journal.clear()
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.compared) == (True, 120)
        assert sorted(calls(acme)) == ["CreditNotes", "Invoices", "PurchaseOrders"]

    def test_keeps_only_what_differs_where_not_all_is_asked_for(self, acme):
        acme.ready_invoices(3)
        post(acme)
        Entry.objects.filter(pk=Entry.objects.first().pk).update(net=Decimal("12.49"), gross=Decimal("14.99"))
        report = compare_connection(acme.connection, acme.client, everything=False)
        assert (report.compared, report.agreeing, len(report.rows)) == (3, 2, 1)
        assert report.difference == Decimal("0.01")

    def test_finds_what_a_person_dated_out_of_the_period(self, acme):
        receive(acme.company, order("S-1"))
        post_all(acme)
        with signed_in(acme.xero, acme.tenant_id) as accountant:
            change = {"InvoiceID": Entry.objects.get().their_id, "Date": "2026-05-01", "DueDate": "2026-06-01"}
            accountant.post("/Invoices", json=change).raise_for_status()
        report = compare_connection(acme.connection, acme.client, period=Period(date(2026, 3, 1), date(2026, 3, 31)))
        assert report.agrees

    def test_finds_what_another_app_of_ours_posted(self, acme):
        acme.ready_invoice()
        post(acme)
        books = acme.xero.books(acme.tenant_id)
        from msgspec.structs import replace

        books.put_invoice(replace(books.invoices[Entry.objects.get().their_id], created_by="the app of before"))
        assert compare_connection(acme.connection, acme.client).agrees
