"""Xero's own Python SDK over sales invoices and bills: what is made of what is sent, what is refused, how it ends."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import (
    Contact,
    CurrencyCode,
    Invoice,
    LineAmountTypes,
    LineItem,
    LineItemTracking,
    RequestEmpty,
)
from xero_python.exceptions import AccountingBadRequestException
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import DUE, NOBODY, TODAY, invoice, invoices, line, payment

pytestmark = pytest.mark.filterwarnings("ignore")


class TestCreating:
    def test_keeps_all_that_was_sent(self, accounting, tenant, company):
        theme = accounting.get_branding_themes(tenant).branding_themes[0].branding_theme_id
        lines = [
            line(quantity=2, unit_amount=Decimal("20.1234"), discount_rate=Decimal(10), item_code="MUG-11OZ"),
            line(unit_amount=Decimal(5), tracking=[LineItemTracking(name="Region", option="North")]),
            LineItem(description="Only text"),
        ]
        whole = invoice(
            company,
            invoice_number="S-1",
            reference="Ref é",
            url="http://shop.example/1",
            branding_theme_id=theme,
            currency_code=CurrencyCode.EUR,
            currency_rate=Decimal("1.153846"),
            expected_payment_date=dt.date(2026, 12, 24),
            sent_to_contact=True,
            line_items=lines,
        )
        (made,) = accounting.create_invoices(tenant, invoices(whole), summarize_errors=True, unitdp=4).invoices
        (kept,) = accounting.get_invoice(tenant, made.invoice_id, unitdp=4).invoices
        assert (kept.invoice_number, kept.reference, kept.url) == ("S-1", "Ref é", "http://shop.example/1")
        assert (kept.date, kept.due_date, kept.expected_payment_date) == (TODAY, DUE, dt.date(2026, 12, 24))
        assert (kept.currency_code, kept.currency_rate) == (CurrencyCode.EUR, Decimal("1.153846"))
        assert (kept.sub_total, kept.total_tax, kept.total) == (Decimal("41.22"), Decimal("8.24"), Decimal("49.46"))
        assert (kept.branding_theme_id, kept.sent_to_contact, kept.is_discounted) == (theme, True, True)
        first, second, third = kept.line_items
        assert (first.unit_amount, first.line_amount, first.tax_amount) == (
            Decimal("20.1234"),
            Decimal("36.22"),
            Decimal("7.24"),
        )
        assert [each.option for each in second.tracking] == ["North"]
        assert (third.description, third.line_amount) == ("Only text", 0)

    def test_reads_a_price_to_two_decimals_unless_asked(self, accounting, tenant, company):
        batch = invoices(invoice(company, line_items=[line(quantity=1000, unit_amount=Decimal("0.1234"))]))
        (made,) = accounting.create_invoices(tenant, batch, unitdp=4).invoices
        prices = [
            accounting.get_invoice(tenant, made.invoice_id, **asked).invoices[0].line_items[0].unit_amount
            for asked in ({"unitdp": 4}, {})
        ]
        assert (prices, made.sub_total) == ([Decimal("0.1234"), Decimal("0.12")], Decimal("123.40"))

    @pytest.mark.parametrize(
        ("types", "figures"),
        [("NOTAX", (100, 0, 100)), ("INCLUSIVE", ("83.33", "16.67", 100)), ("EXCLUSIVE", (100, 20, 120))],
    )
    def test_reckons_tax_as_told(self, accounting, tenant, company, types, figures):
        told = invoice(company, line_amount_types=getattr(LineAmountTypes, types))
        (made,) = accounting.create_invoices(tenant, invoices(told)).invoices
        assert (made.sub_total, made.total_tax, made.total) == tuple(map(Decimal, figures))

    def test_numbers_what_has_no_number_and_lets_a_draft_be_short(self, accounting, tenant, company):
        short = Invoice(type="ACCREC", contact=company, line_items=[LineItem(description="Mugs, some")])
        (made,) = accounting.create_invoices(tenant, invoices(short)).invoices
        assert (made.status, made.date, made.due_date) == ("DRAFT", TODAY, None)
        assert made.invoice_number

    def test_lets_bills_share_a_number(self, accounting, tenant, company, books):
        bill = invoice(company, type="ACCPAY", invoice_number="B-1")
        accounting.create_invoices(tenant, invoices(bill, bill))
        assert [(each["InvoiceNumber"], each["AmountDue"]) for each in books("Invoices")] == [("B-1", 120)] * 2

    def test_is_replayed_under_a_key(self, accounting, tenant, company, books):
        batch = invoices(invoice(company, invoice_number="S-1"))
        answers = [accounting.create_invoices(tenant, batch, idempotency_key="k").invoices for _ in range(2)]
        assert answers[0][0].invoice_id == answers[1][0].invoice_id
        assert len(books("Invoices")) == 1

    def test_takes_stock_below_nothing_only_if_asked(self, accounting, tenant, company, books):
        sale = invoices(invoice(company, line_items=[line(item_code="STOCK-EMPTY", quantity=3)]))
        with pytest.raises(AccountingBadRequestException):
            accounting.create_invoices(tenant, sale)
        accounting.create_invoices(tenant, sale, allow_backorders=True)
        (held,) = (each for each in books("Items") if each["Code"] == "STOCK-EMPTY")
        assert held["QuantityOnHand"] == -3


class TestRefusals:
    WRONG = (
        ({"invoice_number": "TAKEN"}, "Invoice # must be unique."),
        ({"contact": None}, "A Contact must be specified for this type of transaction"),
        ({"line_items": []}, "One or more line items must be specified"),
        ({"due_date": None}, "Due date cannot be empty."),
        ({"status": "PAID"}, "Invoice not of valid status for creation"),
        ({"currency_code": CurrencyCode.JPY}, "Organisation is not subscribed to currency JPY"),
        ({"reference": "r" * 256}, "Reference must not be more than 255 characters"),
        ({"line_items": [line(account_code="XXX")]}, "Account code 'XXX' is not a valid code for this document."),
        (
            {"line_items": [line(line_amount=Decimal(3))]},
            "The line total 3.00 does not match the expected line total 100.00",
        ),
        (
            {"line_items": [line(quantity=Decimal(-1))]},
            "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
        ),
        (
            {"line_items": [line(tax_type="INPUT2")]},
            "The TaxType code 'INPUT2' cannot be used with account code '200'.",
        ),
    )

    @pytest.fixture(autouse=True)
    def taken(self, accounting, tenant, company):
        accounting.create_invoices(tenant, invoices(invoice(company, invoice_number="TAKEN")))

    @pytest.mark.parametrize(("change", "words"), WRONG)
    def test_raise_when_summarised(self, accounting, tenant, company, books, change, words):
        with pytest.raises(AccountingBadRequestException) as caught:
            accounting.create_invoices(
                tenant, invoices(invoice(**{"contact": company} | change)), summarize_errors=True
            )
        assert words in [each["Message"] for each in caught.value.error_data["Elements"][0]["ValidationErrors"]]
        assert caught.value.error_data["ErrorNumber"] == 10
        assert [each["InvoiceNumber"] for each in books("Invoices")] == ["TAKEN"]

    def test_stand_in_each_element_otherwise(self, accounting, tenant, company, books):
        batch = [invoice(**{"contact": company} | change) for change, _ in self.WRONG]
        good = invoice(company, invoice_number="GOOD")
        answer = accounting.create_invoices(tenant, invoices(*batch, good), summarize_errors=False).invoices
        assert [each.status_attribute_string for each in answer] == ["ERROR"] * len(batch) + ["OK"]
        for told, (_, words) in zip(answer, self.WRONG, strict=False):
            assert words in [each.message for each in told.validation_errors]
        assert [each["InvoiceNumber"] for each in books("Invoices")] == ["TAKEN", "GOOD"]

    def test_may_be_warnings_and_the_document_is_booked(self, accounting, tenant, company):
        draft = invoice(company, status="DRAFT", sent_to_contact=True)
        (made,) = accounting.create_invoices(tenant, invoices(draft), summarize_errors=False).invoices
        assert made.status_attribute_string == "WARNING"
        assert [each.message for each in made.warnings] == ["Only AUTHORISED invoices may have SentToContact updated."]
        assert not accounting.get_invoice(tenant, made.invoice_id).invoices[0].sent_to_contact

    def test_hold_in_a_locked_period(self, accounting, tenant, company, refused, xero):
        xero.configure(tenant, period_lock_date=dt.date(2026, 1, 31))
        early = invoice(company, date=dt.date(2026, 1, 30))
        with refused("The document date cannot be before the period lock date, currently set at 31-Jan-2026"):
            accounting.create_invoices(tenant, invoices(early))

    def test_of_what_is_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_invoice(tenant, NOBODY)
        with pytest.raises(NotFoundException):
            accounting.get_online_invoice(tenant, NOBODY)


class TestChanging:
    @pytest.mark.parametrize(
        "steps", [("SUBMITTED", "AUTHORISED", "VOIDED"), ("AUTHORISED", "VOIDED"), ("SUBMITTED", "DRAFT", "DELETED")]
    )
    def test_moves_from_status_to_status(self, accounting, tenant, company, books, steps):
        draft = invoices(invoice(company, status="DRAFT"))
        key = accounting.create_invoices(tenant, draft).invoices[0].invoice_id
        for status in steps:
            (after,) = accounting.update_invoice(tenant, key, invoices(Invoice(status=status))).invoices
            assert after.status == status
        assert [(each["Status"], each["AmountDue"]) for each in books("Invoices")] == [(steps[-1], 0)]

    def test_ends_with_the_last_status(self, accounting, tenant, invoice_id, refused):
        accounting.update_invoice(tenant, invoice_id, invoices(Invoice(status="VOIDED")))
        with refused("Invoice not of valid status for modification"):
            accounting.update_invoice(tenant, invoice_id, invoices(Invoice(reference="late")))

    def test_is_narrow_once_something_was_paid(self, accounting, tenant, invoice_id, refused, books):
        accounting.create_payment(tenant, payment(invoice_id, 20))
        accounting.update_invoice(
            tenant, invoice_id, invoices(Invoice(reference="ours", due_date=dt.date(2026, 12, 31)))
        )
        with refused(
            "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."
        ):
            accounting.update_invoice(tenant, invoice_id, invoices(Invoice(status="VOIDED")))
        with refused("This document cannot be edited as it has a payment or credit note allocated to it."):
            accounting.update_invoice(tenant, invoice_id, invoices(Invoice(line_items=[line(unit_amount=Decimal(1))])))
        (held,) = books("Invoices")
        assert (held["Reference"], held["Status"], held["AmountDue"]) == ("ours", "AUTHORISED", 100)

    def test_keeps_listed_lines_adds_new_ones_and_drops_the_others(self, accounting, tenant, company):
        both = invoices(invoice(company, line_items=[line(description="one"), line(description="two")]))
        (made,) = accounting.create_invoices(tenant, both).invoices
        second = made.line_items[1].line_item_id
        change = [LineItem(line_item_id=second, description="two, better"), line(description="three")]
        (after,) = accounting.update_invoice(
            tenant, made.invoice_id, invoices(Invoice(line_items=change)), unitdp=4
        ).invoices
        assert [each.description for each in after.line_items] == ["two, better", "three"]
        assert (after.line_items[0].line_item_id, after.line_items[0].unit_amount) == (second, 100)

    def test_takes_an_invoice_back_as_it_came(self, accounting, tenant, invoice_id, books):
        before = books("Invoices")
        accounting.update_invoice(tenant, invoice_id, accounting.get_invoice(tenant, invoice_id))
        assert books("Invoices") == before

    def test_may_come_with_new_ones(self, accounting, tenant, company, invoice_id, books):
        both = invoices(Invoice(invoice_id=invoice_id, reference="changed"), invoice(company, reference="new"))
        answer = accounting.update_or_create_invoices(tenant, both, summarize_errors=False, unitdp=4).invoices
        assert [each.status_attribute_string for each in answer] == ["OK", "OK"]
        assert {each["Reference"] for each in books("Invoices")} == {"changed", "new"}

    def test_leaves_the_books_of_others_alone(self, accounting, xero, invoice_id):
        elsewhere = xero.tenant_id("AU")
        with pytest.raises(Exception, match="403"):
            accounting.update_invoice(elsewhere, invoice_id, invoices(Invoice(status="VOIDED")))


class TestSending:
    def test_marks_the_invoice(self, accounting, tenant, invoice_id):
        accounting.email_invoice(tenant, invoice_id, RequestEmpty())
        assert accounting.get_invoice(tenant, invoice_id).invoices[0].sent_to_contact

    def test_is_for_approved_sales_alone(self, accounting, tenant, company, refused):
        draft = invoices(invoice(company, status="DRAFT"))
        key = accounting.create_invoices(tenant, draft).invoices[0].invoice_id
        with refused("Only ACCREC invoices with a status of SUBMITTED, AUTHORISED or PAID can be emailed"):
            accounting.email_invoice(tenant, key, RequestEmpty())

    def test_needs_an_address(self, accounting, tenant, refused):
        silent = invoices(invoice(Contact(name="Silent")))
        key = accounting.create_invoices(tenant, silent).invoices[0].invoice_id
        with refused("The contact has no email address"):
            accounting.email_invoice(tenant, key, RequestEmpty())

    def test_may_be_by_a_page(self, accounting, tenant, invoice_id):
        (online,) = accounting.get_online_invoice(tenant, invoice_id).online_invoices
        assert online.online_invoice_url.endswith(f"/invoicing/view/{invoice_id}")
