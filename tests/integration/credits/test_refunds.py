"""What a shop gives back becomes a credit note in the local Xero's books, or lowers the invoice before that is posted."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from daybook.feeds.models import Feed
from daybook.intake import prepare
from daybook.intake.deliveries import Arrival
from daybook.intake.receive import take_read
from daybook.orders.models import OrderStanding
from daybook.outbox.models import Entry
from daybook.reconciliation.report import compare_connection
from daybook.sources.kornitx.reading import read_callback
from tests import outside
from tests.integration.credits.shop import (
    MUG,
    WHOLE,
    entry,
    notes,
    of_line,
    opened,
    order,
    order_of,
    owed,
    paid,
    post,
    refund,
    send,
    settle,
)
from tests.integration.payments.shop import read_lists

MOST_STATEMENTS_OF_A_REFUND = 12
"""A note and its allocation: the documents, what they need, their events, where lines of no line are booked."""
pytestmark = pytest.mark.django_db(transaction=True)


def money(value: object) -> Decimal:
    return Decimal(str(value))


class TestARefundOfAPostedOrder:
    def test_becomes_a_credit_note_set_against_the_invoice(self, acme):
        send(acme, order("1001"))
        post(acme)
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        settle(acme)
        (note,) = notes(acme)
        assert note["CreditNoteNumber"] == "1001-CR1"
        assert note["Reference"].startswith("1001 Broken [db:")
        assert (money(note["SubTotal"]), money(note["TotalTax"]), money(note["Total"])) == (10, 2, 12)
        assert note["Status"] == "PAID"
        (line,) = note["LineItems"]
        assert (line["AccountCode"], line["TaxType"], money(line["Quantity"])) == ("200", "OUTPUT2", 1)
        (invoice,) = acme.invoices()
        assert money(invoice["AmountDue"]) == WHOLE - 12
        assert {e.kind: e.state for e in Entry.objects.filter(company=acme.company)} == {
            "invoice": "posted", "credit_note": "posted", "allocation": "posted",
        }  # fmt: skip
        assert entry(acme, "invoice").attention == ""

    def test_in_parts_comes_to_the_whole_sale_and_leaves_nothing(self, acme):
        send(acme, order("1001"))
        post(acme)
        one = refund("r1", lines=[of_line("m", 1)])
        two = refund("r2", lines=[of_line("m", 2), of_line("c", 1)])
        three = refund("r3", shipping={"gross": "6.00"})
        for back in ([one], [one, two], [one, two, three]):
            send(acme, order("1001", *back))
            settle(acme)
        assert [each["CreditNoteNumber"] for each in notes(acme)] == ["1001-CR1", "1001-CR2", "1001-CR3"]
        assert sum(money(each["Total"]) for each in notes(acme)) == WHOLE
        assert owed(acme) == 0
        assert acme.invoices()[0]["Status"] == "PAID"
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.difference) == (True, 0), report.rows

    def test_told_again_makes_nothing_new(self, acme):
        send(acme, order("1001"))
        post(acme)
        for _ in range(3):
            send(acme, order("1001", refund(lines=[of_line("m", 1)])))
            settle(acme)
            send(acme, order("1001", refund(lines=[of_line("m", 1)]), channel="web"))
        assert len(notes(acme)) == 1

    def test_with_other_amounts_under_the_same_id_is_shown_and_changes_nothing(self, acme):
        send(acme, order("1001"))
        post(acme)
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        settle(acme)
        send(acme, order("1001", refund(lines=[of_line("m", 2)])))
        settle(acme)
        assert [money(each["Total"]) for each in notes(acme)] == [12]
        note = entry(acme, "credit_note")
        assert note.attention == "changed_after_posting"
        assert "12.00 GBP" in note.attention_detail
        assert "24.00 GBP" in note.attention_detail


class TestARefundOfAnOrderThatNobodyKnows:
    """The OMS calls it refunded before the order itself has come: nothing is booked, and the word is not lost."""

    @pytest.fixture
    def early(self, acme):
        feed = Feed.objects.create(company=acme.company, source="kornitx", name="kornitx")
        told = read_callback({"id": 1001, "ref": "1001", "status": 999, "status_name": "Refunded"})
        take_read(feed, [told], Arrival())
        settle(acme)
        assert not Entry.objects.exists()
        assert OrderStanding.objects.get().cause == "order_not_received"
        return acme

    def test_waits_for_a_person_once_the_order_has_come_however_often(self, early):
        for status in ("Dispatched", "Completed"):
            send(early, order("1001", source="kornitx", status=status))
            settle(early)
            (invoice,) = Entry.objects.filter(kind="invoice")
            assert (invoice.state, invoice.cause) == ("held", "refund_without_amounts")
        assert early.invoices() == []

    def test_is_taken_off_as_soon_as_the_order_says_how_much_it_was(self, early):
        send(early, order("1001", refund(lines=[of_line("m", 1)]), source="kornitx"))
        settle(early)
        assert [money(each["Total"]) for each in early.invoices()] == [WHOLE - 12]


def test_a_refund_that_lowered_its_invoice_and_says_another_amount_later_is_shown_and_changes_nothing(acme):
    for money_back, flag in (("12.00", ""), ("11.50", "changed_after_posting"), ("12.00", "")):
        back = refund(lines=[of_line("m", 1, amounts={"gross": money_back})], payments=[paid(money_back, "re_1")])
        send(acme, order("1001", back))
        settle(acme)
        assert [money(each["Total"]) for each in acme.invoices()] == [WHOLE - 12]
        invoice = entry(acme, "invoice")
        assert (notes(acme), invoice.attention) == ([], flag)
        assert ("12.00" in invoice.attention_detail and "11.50" in invoice.attention_detail) == bool(flag)


def test_a_refund_costs_few_statements_more_than_the_order_alone(acme):
    send(acme, order("1001"), order("1002"))
    post(acme)
    with outside.counted() as plain:
        send(acme, order("1001", channel="web"))
    with outside.counted() as back:
        send(acme, order("1002", refund(lines=[of_line("m", 1)]), channel="web"))
    print(len(plain), len(back))
    assert len(back) <= len(plain) + MOST_STATEMENTS_OF_A_REFUND


class TestARefundBeforeTheInvoiceIsPosted:
    def test_lowers_the_invoice_and_is_no_credit_note(self, acme):
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        settle(acme)
        (invoice,) = acme.invoices()
        assert money(invoice["Total"]) == WHOLE - 12
        assert notes(acme) == []
        assert entry(acme, "invoice").document["lowered_by"][0]["refund"] == "r1"
        assert compare_connection(acme.connection, acme.client).agrees

    def test_needs_nobody_when_the_order_is_told_again_after_posting(self, acme):
        send(acme, order("1001", refund(lines=[of_line("m", 1)])))
        settle(acme)
        send(acme, order("1001", refund(lines=[of_line("m", 1)]), external_ref="another revision"))
        assert entry(acme, "invoice").attention == ""
        send(acme, order("1001", refund(lines=[of_line("m", 1)]), refund("r2", lines=[of_line("c", 1)])))
        settle(acme)
        assert entry(acme, "invoice").attention == ""
        assert [money(each["Total"]) for each in notes(acme)] == [20]

    def test_of_all_of_it_leaves_the_invoice_out_visibly(self, acme):
        send(acme, order("1001"))
        whole = refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6.00"})
        send(acme, order("1001", whole))
        settle(acme)
        assert acme.invoices() == []
        stands = order_of(acme, "1001").standings.get()
        assert (stands.standing, stands.cause) == ("skipped", "refunded_before_posting")
        send(acme, order("1001"))  # the shop takes it back
        settle(acme)
        assert money(acme.invoices()[0]["Total"]) == WHOLE

    def test_of_all_of_it_needs_nobody_when_its_day_is_locked_later(self, acme):
        whole = refund(lines=[of_line("m", 3), of_line("c", 1)], shipping={"gross": "6.00"})
        send(acme, order("1001", whole))
        acme.xero.configure(acme.tenant_id, end_of_year_lock_date=date(2026, 3, 31))
        read_lists(acme)
        prepare.prepare_orders(acme.company, [order_of(acme, "1001").pk])
        stands = order_of(acme, "1001").standings.get()
        assert (stands.standing, stands.cause) == ("skipped", "refunded_before_posting")


class TestMoneyThatWentBack:
    def test_of_a_paid_order_is_paid_out_of_the_gateways_account(self, xero):
        acme = opened(xero, "Paid", payments=True, untouched=True)
        send(acme, order("1001", payments=[paid()]))
        settle(acme)
        back = refund(lines=[of_line("m", 1)], payments=[paid("12.00", "re_1", at="2026-03-05T10:00:00Z")])
        send(acme, order("1001", back, payments=[paid()]))
        settle(acme)
        kinds = {each.kind: each.state for each in Entry.objects.filter(company=acme.company)}
        assert kinds == dict.fromkeys(["invoice", "credit_note", "payment", "refund"], "posted")
        assert [each["Status"] for each in notes(acme)] == ["PAID"]
        assert owed(acme) == 0


class TestAnOrderGivenBackInManyParts:
    def test_is_taken_in_at_once(self, xero):
        """Each part looks at all others: what each looks at is worked out once, or the thirtieth takes minutes."""
        acme = opened(xero, payments=True)
        told = {"lines": [{**MUG, "quantity": 30}], "shipping": None, "payments": [paid("360.00")]}
        send(acme, order("1001", **told))
        settle(acme)
        parts = (refund(f"r{n}", lines=[of_line("m", 1)], payments=[paid("12.00", f"re_{n}")]) for n in range(30))
        send(acme, order("1001", *parts, **told))
        settle(acme)
        states = Entry.objects.exclude(kind="invoice").values_list("kind", "state")
        assert Counter(states) == {("payment", "posted"): 1, ("credit_note", "posted"): 30, ("refund", "posted"): 30}
