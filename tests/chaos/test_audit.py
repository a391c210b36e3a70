"""The audit sees what is lost, double, off by a cent, or was never asked for."""

from collections import Counter
from dataclasses import replace

from tests.chaos.audit import balances_in, compare, papers_in
from tests.chaos.cast import CAST, Paper

INVOICE = Paper("GB", "invoice", "A1", ("10.00", "2.00", "12.00"))
ORDER = Paper("AU", "purchase_order", "C1", ("5.00", "0.50", "5.50"))


def element(number: str, **changes: object) -> dict:
    return {
        "InvoiceNumber": number,
        "Reference": "WEB-1 [db:abc]",
        "Status": "AUTHORISED",
        "SubTotal": 10,
        "TotalTax": "2.0",
        "Total": 12,
        **changes,
    }


class TestAnAudit:
    def test_is_well_where_both_sides_are_the_same(self):
        found = compare([INVOICE, ORDER], [ORDER, INVOICE])
        assert found.is_well
        assert found.money["invoice"] == (12, 12)

    def test_names_what_is_lost(self):
        assert compare([INVOICE, ORDER], [INVOICE]).lost == ("purchase_order C1 (AU)",)

    def test_names_what_is_double(self):
        assert compare([INVOICE], [INVOICE, replace(INVOICE, number="a1")]).double == ("invoice A1 (GB)",)

    def test_names_what_is_a_cent_off(self):
        assert compare([INVOICE], [replace(INVOICE, totals=("10.00", "2.00", "12.01"))]).off == ("invoice A1 (GB)",)

    def test_names_what_nobody_asked_for(self):
        assert compare([INVOICE], [INVOICE, ORDER]).unasked == ("purchase_order C1 (AU)",)


class TestTheBooks:
    def test_hold_what_daybook_made_and_is_not_dead(self):
        books = {
            "Invoices": [element("A1"), element("A2", Reference="by hand"), element("A3", Status="VOIDED")],
            "PurchaseOrders": [],
            "CreditNotes": [],
            "Payments": [],
        }
        assert papers_in("GB", books) == [INVOICE]

    def test_hold_what_moved_by_what_it_settles(self):
        note = element("", CreditNoteNumber="A1-CR1", Allocations=[{"Amount": 3, "Invoice": {"InvoiceNumber": "A1"}}])
        back = {"Invoice": {"InvoiceNumber": "A1-CR1"}, "Reference": "stripe rf_1", "PaymentType": "ARCREDITPAYMENT"}
        moved = {"Amount": 9, "Account": {"Code": "090"}, "Status": "AUTHORISED"}
        gone = {**back, **moved, "Status": "DELETED"}
        books = {"Invoices": [], "PurchaseOrders": [], "CreditNotes": [note], "Payments": [{**back, **moved}, gone]}
        assert papers_in("GB", books)[1:] == [
            Paper("GB", "refund", "A1-CR1: stripe rf_1", ("9.00", "090")),
            Paper("GB", "allocation", "A1-CR1: A1", ("3.00",)),
        ]


class TestTheAccounts:
    def test_are_compared_in_cents_whichever_side_names_them(self):
        found = {"accounts": [{"code": "090", "balance": "9.00"}, {"code": "200", "balance": "-7.50"}], "tax": []}
        there = balances_in(CAST[0], found)
        wanted = Counter({("GB", "090"): 900, ("GB", "610"): 1})
        assert compare([], [], wanted, there).accounts == (
            "200 (GB) is -7.50, not 0.00",
            "610 (GB) is 0.00, not 0.01",
        )

    def test_between_which_only_stock_moves_are_one(self):
        stock = [{"code": "630", "balance": "-4.20"}, {"code": "310", "balance": "4.20"}]
        assert not compare([], [], Counter(), balances_in(CAST[1], {"accounts": stock, "tax": []})).accounts
