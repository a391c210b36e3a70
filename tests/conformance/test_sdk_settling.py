"""Xero's own Python SDK over credit notes, payments, the chart, notes, files and e-mail."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from xero_python.accounting import (
    Account,
    Accounts,
    AccountType,
    Allocation,
    Allocations,
    CreditNote,
    CreditNotes,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineItem,
    LineItemTracking,
    Payment,
    PaymentDelete,
    Payments,
    RequestEmpty,
    TaxComponent,
    TaxRate,
    TaxRates,
    TrackingCategory,
    TrackingOption,
)
from xero_python.exceptions import AccountingBadRequestException

pytestmark = pytest.mark.filterwarnings("ignore")

TODAY = dt.date(2026, 11, 20)
LINE = LineItem(description="Mug", quantity=Decimal(1), unit_amount=Decimal(100), account_code="200")


@pytest.fixture
def invoice_id(accounting, tenant, company):
    made = Invoice(type="ACCREC", contact=company, line_items=[LINE], status="AUTHORISED", date=TODAY, due_date=TODAY)
    return accounting.create_invoices(tenant, Invoices(invoices=[made])).invoices[0].invoice_id


@pytest.fixture
def credit_id(accounting, tenant, company):
    note = CreditNote(type="ACCRECCREDIT", contact=company, line_items=[LINE], status="AUTHORISED", date=TODAY)
    return accounting.create_credit_notes(tenant, CreditNotes(credit_notes=[note])).credit_notes[0].credit_note_id


class TestCreditNotes:
    def test_are_allocated_and_taken_back(self, accounting, tenant, invoice_id, credit_id):
        part = Allocation(invoice=Invoice(invoice_id=invoice_id), amount=Decimal(20), date=TODAY)
        made = accounting.create_credit_note_allocation(tenant, credit_id, Allocations(allocations=[part]))
        assert made.allocations[0].amount == 20
        (note,) = accounting.get_credit_note(tenant, credit_id).credit_notes
        assert (note.remaining_credit, note.allocations[0].invoice.invoice_id) == (100, invoice_id)
        (invoice,) = accounting.get_invoice(tenant, invoice_id).invoices
        assert (invoice.amount_credited, invoice.credit_notes[0].credit_note_id) == (20, credit_id)
        gone = accounting.delete_credit_note_allocations(tenant, credit_id, made.allocations[0].allocation_id)
        assert gone.is_deleted
        assert accounting.get_credit_note(tenant, credit_id).credit_notes[0].remaining_credit == 120

    def test_are_listed_changed_and_voided(self, accounting, tenant, credit_id):
        change = CreditNotes(credit_notes=[CreditNote(reference="sorry")])
        assert accounting.update_credit_note(tenant, credit_id, change).credit_notes[0].reference == "sorry"
        listed = accounting.get_credit_notes(tenant, where='Type=="ACCRECCREDIT"', page=1, page_size=10)
        assert [each.credit_note_id for each in listed.credit_notes] == [credit_id]
        assert listed.pagination.item_count == 1
        voided = CreditNotes(credit_notes=[CreditNote(status="VOIDED")])
        assert accounting.update_credit_note(tenant, credit_id, voided).credit_notes[0].status == "VOIDED"


class TestPayments:
    def payment(self, invoice_id, amount):
        return Payment(
            invoice=Invoice(invoice_id=invoice_id), account=Account(code="090"), date=TODAY, amount=Decimal(amount)
        )

    def test_pay_and_are_deleted(self, accounting, tenant, invoice_id):
        batch = Payments(payments=[self.payment(invoice_id, 50), self.payment(invoice_id, 70)])
        first, second = accounting.create_payments(tenant, batch).payments
        assert accounting.get_invoice(tenant, invoice_id).invoices[0].status == "PAID"
        gone = accounting.delete_payment(tenant, second.payment_id, PaymentDelete(status="DELETED"))
        assert gone.payments[0].status == "DELETED"
        (invoice,) = accounting.get_invoice(tenant, invoice_id).invoices
        assert (invoice.status, invoice.amount_due, invoice.payments[0].payment_id) == (
            "AUTHORISED",
            70,
            first.payment_id,
        )
        assert accounting.get_payment(tenant, first.payment_id).payments[0].payment_type == "ACCRECPAYMENT"
        assert len(accounting.get_payments(tenant, where='Status=="AUTHORISED"').payments) == 1

    def test_may_not_be_too_much(self, accounting, tenant, invoice_id):
        with pytest.raises(AccountingBadRequestException) as refused:
            accounting.create_payment(tenant, self.payment(invoice_id, 121))
        assert "Payment amount exceeds the amount outstanding on this document" in str(refused.value)


class TestTheChart:
    def test_accounts(self, accounting, tenant):
        new = Account(code="209", name="Web sales", type=AccountType.REVENUE)
        (made,) = accounting.create_account(tenant, new).accounts
        change = Accounts(accounts=[Account(name="Shop sales")])
        assert accounting.update_account(tenant, made.account_id, change).accounts[0].name == "Shop sales"
        assert accounting.delete_account(tenant, made.account_id).accounts[0].status == "DELETED"

    def test_tax_rates(self, accounting, tenant):
        rate = TaxRate(
            name="City", report_tax_type="OUTPUT", tax_components=[TaxComponent(name="City", rate=Decimal("2.25"))]
        )
        (made,) = accounting.create_tax_rates(tenant, TaxRates(tax_rates=[rate])).tax_rates
        assert (made.tax_type, made.effective_rate) == ("TAX001", Decimal("2.25"))
        gone = TaxRates(tax_rates=[TaxRate(name="City", tax_type="TAX001", status="DELETED")])
        assert accounting.update_tax_rate(tenant, gone).tax_rates[0].status == "DELETED"

    def test_tracking(self, accounting, tenant, company):
        region = accounting.get_tracking_categories(tenant, where='Name=="Region"').tracking_categories[0]
        key = region.tracking_category_id
        (option,) = accounting.create_tracking_options(tenant, key, TrackingOption(name="Mars")).options
        tracked = LineItemTracking(tracking_category_id=key, tracking_option_id=option.tracking_option_id)
        line = LineItem(description="x", quantity=1, unit_amount=1, account_code="200", tracking=[tracked])
        draft = Invoices(invoices=[Invoice(type="ACCREC", contact=company, line_items=[line])])
        (made,) = accounting.create_invoices(tenant, draft).invoices
        assert made.line_items[0].tracking[0].option == "Mars"
        archived = TrackingCategory(status="ARCHIVED")
        assert accounting.update_tracking_category(tenant, key, archived).tracking_categories[0].status == "ARCHIVED"

    def test_branding_themes(self, accounting, tenant):
        themes = accounting.get_branding_themes(tenant).branding_themes
        assert accounting.get_branding_theme(tenant, themes[0].branding_theme_id).branding_themes[0].sort_order == 0


class TestWhatHangsOnAnInvoice:
    def test_notes(self, accounting, tenant, invoice_id):
        notes = HistoryRecords(history_records=[HistoryRecord(details="Order 7")])
        accounting.create_invoice_history(tenant, invoice_id, notes)
        note, made = accounting.get_invoice_history(tenant, invoice_id).history_records
        assert (note.details, note.user) == ("Order 7", "System Generated")
        assert (made.changes, made.user) == ("Approved", "System Generated")

    def test_files(self, accounting, tenant, invoice_id):
        made = accounting.create_invoice_attachment_by_file_name(
            tenant, invoice_id, "note.txt", b"hello", include_online=True
        )
        assert made.attachments[0].content_length == 5
        (listed,) = accounting.get_invoice_attachments(tenant, invoice_id).attachments
        path = accounting.get_invoice_attachment_by_file_name(tenant, invoice_id, listed.file_name, "text/plain")
        assert Path(path).read_bytes() == b"hello"

    def test_mail_and_its_page(self, accounting, tenant, invoice_id):
        accounting.email_invoice(tenant, invoice_id, RequestEmpty())
        assert accounting.get_invoice(tenant, invoice_id).invoices[0].sent_to_contact
        (online,) = accounting.get_online_invoice(tenant, invoice_id).online_invoices
        assert online.online_invoice_url.endswith(f"/invoicing/view/{invoice_id}")
