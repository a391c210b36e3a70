"""Xero's own Python SDK over purchase orders."""

import datetime as dt
from decimal import Decimal

import pytest
from xero_python.accounting import CurrencyCode, PurchaseOrder
from xero_python.exceptions.http_status_exceptions import NotFoundException

from .documents import NOBODY, TODAY, line, order, orders

pytestmark = pytest.mark.filterwarnings("ignore")


class TestPurchaseOrders:
    def test_keep_all_that_was_sent(self, accounting, tenant, company):
        lines = [line(item_code="MUG-11OZ", quantity=3, unit_amount=Decimal("2.1234"), account_code="300")]
        whole = order(
            company,
            purchase_order_number="P-1",
            reference="Order 7",
            line_items=lines,
            delivery_date=dt.date(2026, 11, 29),
            expected_arrival_date=dt.date(2026, 11, 30),
            delivery_address="1 Plain, York",
            attention_to="Zoë",
            telephone="555",
            delivery_instructions="Round the back",
            currency_code=CurrencyCode.EUR,
            currency_rate=Decimal("1.2"),
            sent_to_contact=True,
        )
        (made,) = accounting.create_purchase_orders(tenant, orders(whole), summarize_errors=True).purchase_orders
        (kept,) = accounting.get_purchase_order(tenant, made.purchase_order_id).purchase_orders
        assert (kept.purchase_order_number, kept.reference, kept.status) == ("P-1", "Order 7", "AUTHORISED")
        assert (kept.date, kept.delivery_date, kept.expected_arrival_date) == (
            TODAY,
            dt.date(2026, 11, 29),
            dt.date(2026, 11, 30),
        )
        assert (kept.attention_to, kept.telephone, kept.sent_to_contact) == ("Zoë", "555", True)
        assert (kept.delivery_address, kept.delivery_instructions) == ("1 Plain, York", "Round the back")
        assert (kept.line_items[0].unit_amount, kept.sub_total, kept.total) == (
            Decimal("2.1234"),
            Decimal("6.37"),
            Decimal("7.64"),
        )

    @pytest.mark.parametrize("number", ["P-1", "P é 1", "P+1", "P%1", "P#1?x=y", "P&1"])
    def test_are_read_by_number(self, accounting, tenant, company, number):
        accounting.create_purchase_orders(tenant, orders(order(company, purchase_order_number=number)))
        (found,) = accounting.get_purchase_order_by_number(tenant, number).purchase_orders
        assert (found.purchase_order_number, found.total) == (number, 120)

    def test_are_changed_and_billed(self, accounting, tenant, order_id, books):
        for change in (PurchaseOrder(attention_to="Jim"), PurchaseOrder(status="BILLED")):
            accounting.update_purchase_order(tenant, order_id, orders(change))
        assert [(each["AttentionTo"], each["Status"]) for each in books("PurchaseOrders")] == [("Jim", "BILLED")]

    def test_are_deleted_for_good(self, accounting, tenant, order_id, refused):
        accounting.update_purchase_order(tenant, order_id, orders(PurchaseOrder(status="DELETED")))
        with refused("Purchase order not of valid status for modification"):
            accounting.update_purchase_order(tenant, order_id, orders(PurchaseOrder(attention_to="Jim")))

    def test_may_be_sent_back_as_they_came(self, accounting, tenant, order_id, books):
        before = books("PurchaseOrders")
        accounting.update_purchase_order(tenant, order_id, accounting.get_purchase_order(tenant, order_id))
        assert books("PurchaseOrders") == before

    def test_are_changed_and_made_in_one_call(self, accounting, tenant, company, order_id, books):
        both = orders(PurchaseOrder(purchase_order_id=order_id, reference="changed"), order(company, reference="new"))
        accounting.update_or_create_purchase_orders(tenant, both, summarize_errors=False)
        assert [each["Reference"] for each in books("PurchaseOrders")] == ["changed", "new"]


class TestRefusals:
    def test_raise_when_summarised(self, accounting, tenant, company, refused):
        accounting.create_purchase_orders(tenant, orders(order(company, purchase_order_number="P-1")))
        with refused("Order number must be unique"):
            accounting.create_purchase_orders(tenant, orders(order(company, purchase_order_number="P-1")))
        with refused("A Contact must be specified for this type of transaction"):
            accounting.create_purchase_orders(tenant, orders(order(None)), summarize_errors=True)

    def test_stand_in_each_element_otherwise(self, accounting, tenant, company, books):
        numbered = order(company, purchase_order_number="P-1")
        batch = orders(numbered, numbered, order(company, line_items=[]))
        answer = accounting.create_purchase_orders(tenant, batch, summarize_errors=False).purchase_orders
        assert [[error.message for error in each.validation_errors or []] for each in answer] == [
            [],
            ["Order number must be unique"],
            ["One or more line items must be specified"],
        ]
        assert [each["PurchaseOrderNumber"] for each in books("PurchaseOrders")] == ["P-1"]

    def test_may_be_warnings(self, accounting, tenant, company):
        draft = orders(order(company, status="DRAFT", sent_to_contact=True))
        (made,) = accounting.create_purchase_orders(tenant, draft, summarize_errors=False).purchase_orders
        assert [each.message for each in made.warnings] == [
            "Only AUTHORISED and BILLED purchase orders may have SentToContact updated."
        ]

    def test_of_what_is_not_there_are_404(self, accounting, tenant):
        with pytest.raises(NotFoundException):
            accounting.get_purchase_order(tenant, NOBODY)
        with pytest.raises(NotFoundException):
            accounting.get_purchase_order_by_number(tenant, "P-9")


class TestLists:
    @pytest.fixture
    def listed(self, accounting, tenant, company):
        first = order(company, purchase_order_number="P-1", date=dt.date(2026, 10, 1))
        second = order(company, purchase_order_number="P-2", status="DRAFT")
        third = order(company, purchase_order_number="P-3")
        accounting.create_purchase_orders(tenant, orders(first, second, third))
        return lambda **asked: [
            each.purchase_order_number for each in accounting.get_purchase_orders(tenant, **asked).purchase_orders
        ]

    def test_are_filtered_by_status_and_dates(self, listed):
        assert listed(status="DRAFT") == ["P-2"]
        assert set(listed(date_from="2026-11-01")) == {"P-2", "P-3"}
        assert listed(date_to="2026-10-31") == ["P-1"]
        assert listed(date_from="2026-11-01", date_to="2026-11-30", status="AUTHORISED") == ["P-3"]

    def test_are_ordered_and_always_paged(self, listed, accounting, tenant):
        assert listed(order="PurchaseOrderNumber DESC") == ["P-3", "P-2", "P-1"]
        assert listed(order="PurchaseOrderNumber ASC", page=2, page_size=2) == ["P-3"]
        told = accounting.get_purchase_orders(tenant).pagination
        assert (told.page, told.page_size, told.item_count) == (1, 100, 3)

    def test_hold_what_changed(self, listed, xero):
        xero.clock.advance(60)
        assert listed(if_modified_since=xero.clock.now()) == []
