"""Xero's own Python SDK over payments."""

from decimal import Decimal

import pytest
from xero_python.accounting import Account, Invoice, Payment, PaymentDelete
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import NOBODY, TODAY, invoice, invoices, payment, payments

pytestmark = pytest.mark.filterwarnings("ignore")

TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"


class TestPayments:
    def test_pay_a_part_and_the_rest(self, accounting, tenant, invoice_id):
        batch = payments(payment(invoice_id, 50, reference="first"), payment(invoice_id, 70))
        first, second = accounting.create_payments(tenant, batch, summarize_errors=True).payments
        (paid,) = accounting.get_invoice(tenant, invoice_id).invoices
        assert (paid.status, paid.amount_paid, paid.fully_paid_on_date) == ("PAID", 120, TODAY)
        assert {each.payment_id for each in paid.payments} == {first.payment_id, second.payment_id}
        (kept,) = accounting.get_payment(tenant, first.payment_id).payments
        assert (kept.payment_type, kept.reference, kept.account.code) == ("ACCRECPAYMENT", "first", "090")
        assert (kept.invoice.invoice_id, kept.amount, kept.date) == (invoice_id, 50, TODAY)

    def test_are_deleted_once(self, accounting, tenant, invoice_id, payment_id, books, refused):
        gone = accounting.delete_payment(tenant, payment_id, PaymentDelete(status="DELETED"))
        assert gone.payments[0].status == "DELETED"
        assert [(each["Status"], each["AmountDue"]) for each in books("Invoices")] == [("AUTHORISED", 120)]
        with refused("Payment not of valid status for modification"):
            accounting.delete_payment(tenant, payment_id, PaymentDelete(status="DELETED"))

    def test_may_name_document_and_account_by_number_or_id(self, accounting, tenant, company, books):
        accounting.create_invoices(tenant, invoices(invoice(company, invoice_number="S-1")))
        (bank,) = accounting.get_accounts(tenant, where='Code=="090"').accounts
        by_number = payment(None, 1, invoice=Invoice(invoice_number="S-1"))
        by_id = payment(None, 2, invoice=Invoice(invoice_number="S-1"), account=Account(account_id=bank.account_id))
        flat = Payment(invoice_number="S-1", code="090", date=TODAY, amount=Decimal(4))
        for each in (by_number, by_id, flat):
            accounting.create_payment(tenant, each)
        assert [each["AmountPaid"] for each in books("Invoices")] == [7]

    def test_of_bills_go_the_other_way(self, accounting, tenant, company):
        bill = accounting.create_invoices(tenant, invoices(invoice(company, type="ACCPAY"))).invoices[0].invoice_id
        (made,) = accounting.create_payment(tenant, payment(bill, 120)).payments
        assert made.payment_type == "ACCPAYPAYMENT"
        assert accounting.get_invoice(tenant, bill).invoices[0].status == "PAID"


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"amount": Decimal(121)}, TOO_MUCH),
            ({"amount": Decimal(0)}, "Payment amount must be greater than 0"),
            ({"account": None}, "You must specify an Account code or Account ID for the payment."),
            ({"account": Account(code="ZZZ")}, "Account could not be found"),
            ({"account": Account(code="200")}, "Account type is invalid for making a payment to/from."),
            ({"invoice": Invoice(invoice_id=NOBODY)}, "Invoice could not be found"),
        ],
    )
    def test_raise_when_summarised_and_stand_in_each_element_otherwise(
        self, accounting, tenant, invoice_id, refused, books, change, words
    ):
        wrong = Payment(
            **{"invoice": Invoice(invoice_id=invoice_id), "account": Account(code="090"), "amount": 1} | change
        )
        with refused(words):
            accounting.create_payment(tenant, wrong)
        batch = payments(wrong, payment(invoice_id, 1))
        first, second = accounting.create_payments(tenant, batch, summarize_errors=False).payments
        assert [each.message for each in first.validation_errors] == [words]
        assert (first.status_attribute_string, second.status_attribute_string) == ("ERROR", "OK")
        assert [each["AmountPaid"] for each in books("Invoices")] == [1]

    def test_of_drafts_ask_for_approval(self, accounting, tenant, company, refused):
        draft = accounting.create_invoices(tenant, invoices(invoice(company, status="DRAFT"))).invoices[0].invoice_id
        with refused("Payments can only be made against Authorised documents"):
            accounting.create_payment(tenant, payment(draft, 1))

    def test_of_what_is_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_payment(tenant, NOBODY)


class TestLists:
    @pytest.mark.parametrize(
        "where",
        [
            'Status=="AUTHORISED"',
            'PaymentType=="ACCRECPAYMENT" AND Amount==50',
            'Invoice.InvoiceID==Guid("{invoice}")',
            'Account.Code=="090" AND Date>=DateTime(2026,11,20)',
        ],
    )
    def test_are_filtered(self, accounting, tenant, invoice_id, payment_id, where):
        found = accounting.get_payments(tenant, where=where.replace("{invoice}", invoice_id)).payments
        assert [each.payment_id for each in found] == [payment_id]

    def test_are_ordered_and_paged(self, accounting, tenant, invoice_id):
        accounting.create_payments(tenant, payments(*(payment(invoice_id, amount) for amount in (2, 3, 1))))
        page = accounting.get_payments(tenant, order="Amount DESC", page=1, page_size=2)
        assert [each.amount for each in page.payments] == [3, 2]
        assert (page.pagination.item_count, page.pagination.page_count) == (3, 2)

    def test_hold_what_changed(self, accounting, tenant, xero, payment_id):
        xero.clock.advance(60)
        since = xero.clock.now()
        assert accounting.get_payments(tenant, if_modified_since=since).payments == []
        accounting.delete_payment(tenant, payment_id, PaymentDelete(status="DELETED"))
        (changed,) = accounting.get_payments(tenant, if_modified_since=since).payments
        assert (changed.payment_id, changed.status) == (payment_id, "DELETED")
