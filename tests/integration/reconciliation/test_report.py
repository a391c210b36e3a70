"""The proof that a person reads: it agrees only where there is nothing to see."""

from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from daybook.connections.models import TaxMapping
from daybook.intake.receive import receive
from daybook.ops.cli import reconciling
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.integration.test_orders_become_documents import post_all
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Cast:
    return connected(LocalXero(limits="off"), untouched=True)


def order(number: str, **changes: object) -> dict[str, object]:
    line = {"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
    return {
        "source": "shop",
        "id": number,
        "number": number,
        "currency": "GBP",
        "dispatched": True,
        "dispatched_at": "2026-03-02T10:00:00Z",
        "lines": [line],
    } | changes


class TestTheReport:
    def test_agrees_where_every_due_order_stands_in_xero(self, acme):
        receive(acme.company, order("S-1"))
        receive(acme.company, order("S-2", dispatched=False))
        receive(acme.company, order("S-3", on_hold=True))
        post_all(acme)
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.difference, len(report.rows)) == (True, 0, 1)
        assert {ref for ref, _, _ in report.orders_without_documents} == {"S-2", "S-3"}

    def test_is_printed_in_the_words_and_amounts_of_the_pages(self, acme):
        receive(acme.company, order("S-1", totals={"gross": "99.0000"}))
        receive(acme.company, order("S-2"))
        receive(acme.company, order("###", on_hold=True))
        report = compare_connection(acme.connection, acme.client)
        printed = StringIO()
        for table in reconciling.tables(report, everything=True):
            Console(file=printed, width=160).print(table)
        assert " 15.00 " in printed.getvalue()
        assert "On hold in the OMS" in printed.getvalue()
        assert "difference 15.00;" in reconciling.summary(report)

    def test_does_not_agree_while_a_document_waits(self, acme):
        receive(acme.company, order("S-1"))
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.rows[0].finding) == (False, "not yet posted")

    def test_does_not_agree_where_a_tax_rate_is_not_mapped(self, acme):
        TaxMapping.objects.filter(connection__company=acme.company).delete()
        receive(acme.company, order("S-1"))
        post_all(acme)
        assert not compare_connection(acme.connection, acme.client).agrees

    def test_sees_a_document_that_a_person_voided_or_changed_in_xero(self, acme):
        receive(acme.company, order("S-1"))
        receive(acme.company, order("S-2"))
        post_all(acme)
        Entry.objects.filter(number="S-2").update(net=Decimal("12.49"), gross=Decimal("14.99"))
        delete(acme, "S-1")
        report = compare_connection(acme.connection, acme.client)
        found = {row.number: report.said(row) for row in report.rows}
        assert found == {"S-1": "voided or deleted in Xero", "S-2": "totals differ"}

    def test_names_the_difference_in_money(self, acme):
        receive(acme.company, order("S-1"))
        post_all(acme)
        Entry.objects.filter(number="S-1").update(net=Decimal("12.49"), gross=Decimal("14.99"))
        assert compare_connection(acme.connection, acme.client).difference == Decimal("0.01")


def delete(acme: Cast, number: str) -> None:
    """Do what a person does in Xero to a draft that should not be there."""
    from localxero.testing import signed_in

    with signed_in(acme.xero, acme.tenant_id) as accountant:
        body = {"InvoiceNumber": number, "Status": "DELETED"}
        invoice_id = Entry.objects.get(number=number).their_id
        accountant.post(f"/Invoices/{invoice_id}", json=body).raise_for_status()
