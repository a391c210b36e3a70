"""Xero's own Python SDK over credit notes and their allocations."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import CreditNote, CurrencyCode
from xero_python.exceptions import AccountingBadRequestException
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import NOBODY, TODAY, allocation, credit_note, credit_notes, invoice, invoices, line, payment

pytestmark = pytest.mark.filterwarnings("ignore")


class TestCreditNotes:
    def test_keep_all_that_was_sent(self, accounting, tenant, company):
        lines = [line(quantity=2, unit_amount=Decimal("4.1234"), description="Mugs, broken")]
        fields = {"credit_note_number": "CN-1", "reference": "sorry", "currency_code": CurrencyCode.EUR}
        sent = credit_notes(credit_note(company, line_items=lines, currency_rate=Decimal("1.2"), **fields))
        (made,) = accounting.create_credit_notes(tenant, sent, unitdp=4).credit_notes
        (kept,) = accounting.get_credit_note(tenant, made.credit_note_id, unitdp=4).credit_notes
        assert (kept.credit_note_number, kept.reference, kept.currency_rate) == ("CN-1", "sorry", Decimal("1.2"))
        assert (kept.date, kept.status, kept.type) == (TODAY, "AUTHORISED", "ACCRECCREDIT")
        assert (kept.sub_total, kept.total_tax, kept.remaining_credit) == (
            Decimal("8.25"),
            Decimal("1.65"),
            Decimal("9.90"),
        )
        assert kept.line_items[0].unit_amount == Decimal("4.1234")

    def test_are_changed_and_voided(self, accounting, tenant, credit_id, books, refused):
        for change in (CreditNote(reference="sorry"), CreditNote(status="VOIDED")):
            accounting.update_credit_note(tenant, credit_id, credit_notes(change), unitdp=4)
        (held,) = books("CreditNotes")
        assert (held["Reference"], held["Status"], held["RemainingCredit"]) == ("sorry", "VOIDED", 0)
        with refused("Credit Note not of valid status for modification"):
            accounting.update_credit_note(tenant, credit_id, credit_notes(CreditNote(reference="late")))

    def test_may_be_sent_back_as_they_came(self, accounting, tenant, credit_id, books):
        before = books("CreditNotes")
        accounting.update_credit_note(tenant, credit_id, accounting.get_credit_note(tenant, credit_id))
        assert books("CreditNotes") == before

    def test_are_changed_and_made_in_one_call(self, accounting, tenant, company, credit_id, books):
        supplier = credit_note(company, type="ACCPAYCREDIT", line_items=[line(account_code="300")])
        both = credit_notes(CreditNote(credit_note_id=credit_id, reference="changed"), supplier)
        accounting.update_or_create_credit_notes(tenant, both, summarize_errors=False, unitdp=4)
        assert [(each["Type"], each["Reference"]) for each in books("CreditNotes")] == [
            ("ACCRECCREDIT", "changed"),
            ("ACCPAYCREDIT", ""),
        ]

    def test_are_refused_summarised_or_each_on_its_own(self, accounting, tenant, company, books, refused):
        wrong = credit_note(company, line_items=[line(discount_rate=Decimal(10))])
        with refused("Discounts are not supported on credit notes"):
            accounting.create_credit_notes(tenant, credit_notes(wrong), summarize_errors=True)
        both = credit_notes(wrong, credit_note(company, credit_note_number="GOOD"))
        first, second = accounting.create_credit_notes(tenant, both, summarize_errors=False).credit_notes
        assert [each.message for each in first.validation_errors] == ["Discounts are not supported on credit notes"]
        assert (first.status_attribute_string, second.status_attribute_string) == ("ERROR", "OK")
        assert [each["CreditNoteNumber"] for each in books("CreditNotes")] == ["GOOD"]

    def test_that_are_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_credit_note(tenant, NOBODY)


class TestLists:
    @pytest.fixture
    def three(self, accounting, tenant, company):
        made = [credit_note(company, credit_note_number=f"CN-{n}", date=dt.date(2026, 11, n)) for n in (1, 2, 3)]
        accounting.create_credit_notes(tenant, credit_notes(*made))

    def test_are_filtered_ordered_and_paged(self, accounting, tenant, three):
        where = 'Type=="ACCRECCREDIT" AND RemainingCredit>0 AND Date>=DateTime(2026,11,02)'
        page = accounting.get_credit_notes(tenant, where=where, order="Date DESC", page=1, page_size=1, unitdp=4)
        assert [each.credit_note_number for each in page.credit_notes] == ["CN-3"]
        assert (page.pagination.item_count, page.pagination.page_count) == (2, 2)
        assert len(page.credit_notes[0].line_items) == 1

    def test_hold_what_changed(self, accounting, tenant, xero, three):
        xero.clock.advance(60)
        since = xero.clock.now()
        assert accounting.get_credit_notes(tenant, if_modified_since=since).credit_notes == []
        assert len(accounting.get_credit_notes(tenant).credit_notes) == 3


class TestAllocations:
    def test_are_made_shown_and_taken_back(self, accounting, tenant, invoice_id, credit_id):
        made = accounting.create_credit_note_allocation(
            tenant, credit_id, allocation(invoice_id, 20), summarize_errors=True
        )
        assert (made.allocations[0].amount, made.allocations[0].invoice.invoice_id) == (20, invoice_id)
        (note,) = accounting.get_credit_note(tenant, credit_id).credit_notes
        assert (note.remaining_credit, note.allocations[0].invoice.invoice_id) == (100, invoice_id)
        (credited,) = accounting.get_invoice(tenant, invoice_id).invoices
        assert (credited.amount_credited, credited.credit_notes[0].credit_note_id) == (20, credit_id)
        gone = accounting.delete_credit_note_allocations(tenant, credit_id, made.allocations[0].allocation_id)
        assert gone.is_deleted
        assert accounting.get_credit_note(tenant, credit_id).credit_notes[0].remaining_credit == 120

    def test_of_the_whole_settle_both(self, accounting, tenant, invoice_id, credit_id, books):
        accounting.create_credit_note_allocation(tenant, credit_id, allocation(invoice_id, 120))
        assert [(each["Status"], each["AmountDue"]) for each in books("Invoices")] == [("PAID", 0)]
        assert [(each["Status"], each["RemainingCredit"]) for each in books("CreditNotes")] == [("PAID", 0)]

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (121, "Credit Note cannot be allocated as amount is greater than amount outstanding"),
            (0, "Allocation amount must be greater than 0"),
        ],
    )
    def test_are_refused(self, accounting, tenant, invoice_id, credit_id, refused, books, amount, words):
        with refused(words):
            accounting.create_credit_note_allocation(tenant, credit_id, allocation(invoice_id, amount))
        assert [each["AmountDue"] for each in books("Invoices")] == [120]

    def test_are_refused_each_on_its_own(self, accounting, tenant, invoice_id, credit_id):
        sent = allocation(invoice_id, 121)
        (told,) = accounting.create_credit_note_allocation(tenant, credit_id, sent, summarize_errors=False).allocations
        assert [each.message for each in told.validation_errors] == [
            "Credit Note cannot be allocated as amount is greater than amount outstanding"
        ]

    def test_go_to_no_bill(self, accounting, tenant, company, credit_id, refused):
        bill = accounting.create_invoices(tenant, invoices(invoice(company, type="ACCPAY"))).invoices[0].invoice_id
        with refused("Credit Note cannot be allocated to an incorrect invoice type"):
            accounting.create_credit_note_allocation(tenant, credit_id, allocation(bill, 1))

    def test_that_are_not_there_are_404(self, accounting, tenant, credit_id):
        with pytest.raises(NotFoundException):
            accounting.delete_credit_note_allocations(tenant, credit_id, NOBODY)


class TestRefunds:
    def test_use_up_the_credit(self, accounting, tenant, credit_id, books):
        back = payment(None, 120, invoice=None, credit_note=CreditNote(credit_note_id=credit_id))
        (made,) = accounting.create_payment(tenant, back).payments
        assert made.payment_type == "ARCREDITPAYMENT"
        assert [(each["Status"], each["RemainingCredit"]) for each in books("CreditNotes")] == [("PAID", 0)]

    def test_are_of_what_is_left_at_most(self, accounting, tenant, credit_id):
        back = payment(None, 121, invoice=None, credit_note=CreditNote(credit_note_id=credit_id))
        with pytest.raises(AccountingBadRequestException, match="exceeds the amount outstanding"):
            accounting.create_payment(tenant, back)
