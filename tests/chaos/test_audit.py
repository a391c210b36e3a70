"""The audit sees what is lost, double, off by a cent, or was never asked for."""

from dataclasses import replace

from tests.chaos.audit import compare, papers_in
from tests.chaos.orders import Paper

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
        }
        assert papers_in("GB", books) == [INVOICE]
