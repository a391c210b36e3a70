"""Xero's own Python SDK over lists of invoices: every filter, where, order, pages, summaries and what changed."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import Contact, CurrencyCode, Invoice
from xero_python.exceptions import AccountingBadRequestException

from .documents import TODAY, invoice, invoices, line, payment

pytestmark = pytest.mark.filterwarnings("ignore")

OCTOBER = dt.date(2026, 10, 1)


@pytest.fixture
def ids(accounting, tenant, company):
    """A draft, a sale in euros of October, a paid one, one of another customer, and a bill, by number."""
    zebra = Contact(name="Zebra")
    batch = invoices(
        invoice(company, invoice_number="DRAFT-1", status="DRAFT", reference="Order 7"),
        invoice(company, invoice_number="EURO-1", currency_code=CurrencyCode.EUR, date=OCTOBER),
        invoice(company, invoice_number="PAID-1", line_items=[line(unit_amount=Decimal(10))]),
        invoice(zebra, invoice_number="ZEBRA-1", due_date=dt.date(2027, 1, 31)),
        invoice(company, invoice_number="BILL-1", type="ACCPAY"),
    )
    made = {each.invoice_number: each for each in accounting.create_invoices(tenant, batch).invoices}
    accounting.create_payment(tenant, payment(made["PAID-1"].invoice_id, 12))
    return {number: each.invoice_id for number, each in made.items()}


@pytest.fixture
def listed(accounting, tenant, ids):
    """The numbers in a list, as it comes."""
    return lambda **asked: [each.invoice_number for each in accounting.get_invoices(tenant, **asked).invoices]


class TestFilters:
    def test_choose_by_id_number_contact_and_status(self, listed, ids, accounting, tenant, company):
        two = [ids["EURO-1"], ids["BILL-1"]]
        assert set(listed(i_ds=two)) == {"EURO-1", "BILL-1"}
        assert set(listed(invoice_numbers=["EURO-1", "ZEBRA-1", "NONE-1"])) == {"EURO-1", "ZEBRA-1"}
        assert set(listed(contact_i_ds=[company.contact_id])) == {"DRAFT-1", "EURO-1", "PAID-1", "BILL-1"}
        assert set(listed(statuses=["DRAFT", "PAID"])) == {"DRAFT-1", "PAID-1"}
        assert listed(i_ds=two, statuses=["AUTHORISED"], invoice_numbers=["BILL-1"]) == ["BILL-1"]

    def test_search_numbers_and_references(self, listed):
        assert listed(search_term="order 7") == ["DRAFT-1"]
        assert listed(search_term="zebra-") == ["ZEBRA-1"]

    def test_know_whose_app_made_it(self, listed):
        assert len(listed(created_by_my_app=True)) == len(listed(created_by_my_app=False)) == 5

    def test_leave_archived_ones_out_unless_asked(self, listed):
        assert set(listed(include_archived=True)) == set(listed())

    def test_hold_what_changed(self, listed, accounting, tenant, xero, ids):
        xero.clock.advance(60)
        since = xero.clock.now()
        assert listed(if_modified_since=since) == []
        accounting.update_invoice(tenant, ids["DRAFT-1"], invoices(Invoice(status="DELETED")))
        assert listed(if_modified_since=since) == ["DRAFT-1"]


class TestWhere:
    @pytest.mark.parametrize(
        ("where", "numbers"),
        [
            ('Status=="DRAFT"', {"DRAFT-1"}),
            ('Type=="ACCREC" AND Status=="AUTHORISED"', {"EURO-1", "ZEBRA-1"}),
            ('Type=="ACCPAY"||Status=="PAID"', {"BILL-1", "PAID-1"}),
            ('(Type=="ACCPAY" OR Type=="ACCREC") AND Status=="PAID"', {"PAID-1"}),
            ('!(Status=="AUTHORISED")', {"DRAFT-1", "PAID-1"}),
            (
                "Date>=DateTime(2026, 11, 01) AND Date<DateTime(2026, 12, 01)",
                {"DRAFT-1", "PAID-1", "ZEBRA-1", "BILL-1"},
            ),
            ('Date==DateTime.Parse("2026-10-01")', {"EURO-1"}),
            ("DueDate>DateTime(2026,12,31)", {"ZEBRA-1"}),
            ("AmountPaid>0", {"PAID-1"}),
            ("AmountDue>=120 AND Total<=120", {"DRAFT-1", "EURO-1", "ZEBRA-1", "BILL-1"}),
            ('Contact.Name=="zebra"', {"ZEBRA-1"}),
            ('Contact.ContactID==guid("{company}")', {"DRAFT-1", "EURO-1", "PAID-1", "BILL-1"}),
            ('InvoiceNumber.StartsWith("EURO")', {"EURO-1"}),
            ('Reference!=null AND Reference.Contains("order")', {"DRAFT-1"}),
            ('CurrencyCode=="EUR"', {"EURO-1"}),
            ("FullyPaidOnDate!=null", {"PAID-1"}),
        ],
    )
    def test_chooses(self, listed, company, where, numbers):
        assert set(listed(where=where.replace("{company}", company.contact_id))) == numbers

    @pytest.mark.parametrize(
        ("where", "words"),
        [
            ('Nope=="x"', "No property or field 'Nope' exists in type 'Invoice'"),
            ("Status==1", "Operator '==' incompatible with operand types 'String' and "),
            ('Status=="DRAFT', ""),
        ],
    )
    def test_is_refused_where_it_cannot_be_read(self, accounting, tenant, ids, where, words):
        with pytest.raises(AccountingBadRequestException) as caught:
            accounting.get_invoices(tenant, where=where)
        told = caught.value.error_data
        assert (told["ErrorNumber"], told["Type"]) == (16, "QueryParseException")
        assert told["Message"].startswith(words)


class TestOrder:
    @pytest.mark.parametrize(
        ("order", "numbers"),
        [
            ("InvoiceNumber ASC", ["BILL-1", "DRAFT-1", "EURO-1", "PAID-1", "ZEBRA-1"]),
            ("InvoiceNumber DESC", ["ZEBRA-1", "PAID-1", "EURO-1", "DRAFT-1", "BILL-1"]),
            ("Total, InvoiceNumber DESC", ["PAID-1", "ZEBRA-1", "EURO-1", "DRAFT-1", "BILL-1"]),
            ("Contact.Name DESC, Date ASC, InvoiceNumber", ["ZEBRA-1", "EURO-1", "BILL-1", "DRAFT-1", "PAID-1"]),
        ],
    )
    def test_sorts(self, listed, order, numbers):
        assert listed(order=order) == numbers

    def test_is_refused_by_what_is_no_field(self, accounting, tenant):
        with pytest.raises(AccountingBadRequestException):
            accounting.get_invoices(tenant, order="Nope")


class TestPages:
    def test_hold_lines_and_say_how_many_there_are(self, accounting, tenant, ids):
        page = accounting.get_invoices(tenant, page=2, page_size=2, order="InvoiceNumber")
        assert [each.invoice_number for each in page.invoices] == ["EURO-1", "PAID-1"]
        assert [len(each.line_items) for each in page.invoices] == [1, 1]
        told = page.pagination
        assert (told.page, told.page_size, told.page_count, told.item_count) == (2, 2, 3, 5)

    def test_past_the_last_are_empty(self, accounting, tenant, ids):
        assert accounting.get_invoices(tenant, page=9).invoices == []

    @pytest.mark.parametrize(("asked", "size"), [(5000, 1000), (0, 1), (None, 100)])
    def test_have_a_size_within_bounds(self, accounting, tenant, ids, asked, size):
        given = {} if asked is None else {"page_size": asked}
        assert accounting.get_invoices(tenant, page=1, **given).pagination.page_size == size

    def test_left_out_leave_lines_out(self, accounting, tenant, ids):
        every = accounting.get_invoices(tenant)
        assert ([each.line_items for each in every.invoices], every.pagination) == ([[]] * 5, None)

    def test_keep_four_decimals_if_asked(self, accounting, tenant, company):
        exact = invoices(invoice(company, line_items=[line(unit_amount=Decimal("1.2345"))]))
        accounting.create_invoices(tenant, exact, unitdp=4)
        (read,) = accounting.get_invoices(tenant, page=1, unitdp=4).invoices
        assert read.line_items[0].unit_amount == Decimal("1.2345")

    def test_of_summaries_have_no_lines_and_no_payments(self, accounting, tenant, ids):
        short = accounting.get_invoices(tenant, summary_only=True, statuses=["PAID"])
        (paid,) = short.invoices
        assert (paid.invoice_number, paid.date, paid.amount_paid) == ("PAID-1", TODAY, 12)
        assert (paid.line_items, paid.payments, short.pagination.item_count) == (None, None, 1)
