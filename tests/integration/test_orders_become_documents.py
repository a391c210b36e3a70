"""Orders go in at one end, and Xero's books hold exactly them at the other."""

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from daybook.connections.models import PostingSettings
from daybook.intake import prepare
from daybook.intake.receive import BATCH, receive, receive_many
from daybook.kit import clock
from daybook.orders.models import Order, OrderStanding
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from daybook.sources.kornitx.reading import read_push
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)

RATES = (Decimal("0.2"), Decimal("0.2"), Decimal("0.05"), Decimal(0))


def round2(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shop_order(dice: random.Random, serial: int) -> dict:
    """An order as a shop makes it: prices at the cent, tax worked out on the line, totals stated or not."""
    lines = []
    net = tax = Decimal(0)
    for position in range(dice.randint(1, 5)):
        rate, price = dice.choice(RATES), Decimal(dice.randint(50, 9_999)) / 100
        quantity = dice.randint(1, 6)
        lines.append(
            {
                "id": f"{serial}-{position}", "sku": f"SKU-{dice.randint(1, 40)}", "description": f"Item {position}",
                "quantity": quantity, "unit_price": str(price), "tax_rate": str(rate), "unit_cost": str(round2(price / 3)),
            }
        )  # fmt: skip
        net += price * quantity
        tax += round2(price * quantity * rate)
    order = {
        "source": "shop", "id": str(serial), "number": f"S{serial:05}", "currency": "GBP", "dispatched": True,
        "dispatched_at": "2026-03-02T10:00:00Z", "lines": lines,
    }  # fmt: skip
    if dice.random() < 0.5:
        order["totals"] = {"net": str(net), "tax": str(tax), "gross": str(net + tax)}
    return order


def kornitx_push(dice: random.Random, serial: int) -> dict:
    """A push: both unit prices at the cent, shipping with and without tax, no totals."""
    items = []
    for position in range(dice.randint(1, 4)):
        rate, inc = dice.choice(RATES), Decimal(dice.randint(100, 5_000)) / 100
        items.append(
            {
                "id": serial * 100 + position, "ref": f"R{serial}-{position}", "sku": f"POD-{position}",
                "description": "Printed", "quantity": dice.randint(1, 8), "sale_vat_rate": float(rate),
                "unit_sale_price": float(round2(inc / (1 + rate))), "unit_sale_price_inc_tax": float(inc),
            }
        )  # fmt: skip
    return {
        "id": serial, "ref": f"K{serial:08X}", "external_ref": "WEB-1", "status": 8, "status_name": "Dispatched",
        "completion_datetime": "2026-03-05 14:02:11", "currency_code": "GBP", "shipping_price": 3.5,
        "shipping_price_inc_tax": 4.2, "shipping_tax_rate": 0.2, "items": items,
    }  # fmt: skip


def gross_of(push: dict) -> Decimal:
    lines = (Decimal(str(item["unit_sale_price_inc_tax"])) * item["quantity"] for item in push["items"])
    return sum(lines, Decimal("4.20"))


def post_all(cast: Cast) -> None:
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.id, cast.client)


class TestUntracked:
    @pytest.mark.long(15)
    def test_a_thousand_orders_go_out_in_twenty_calls_and_agree_to_the_cent(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        dice = random.Random(20260302)
        orders = [shop_order(dice, serial) for serial in range(1, 1001)]
        receipts = list(receive_many(acme.company, orders))
        assert {receipt.result.value for receipt in receipts} == {"accepted"}
        post_all(acme)
        assert Entry.objects.filter(company=acme.company).exclude(state="posted").count() == 0
        assert Attempt.objects.filter(company=acme.company).count() <= 22
        assert len(acme.invoices()) == 1000
        stated = {order["number"]: Decimal(order["totals"]["gross"]) for order in orders if "totals" in order}
        in_xero = {invoice["InvoiceNumber"]: invoice["Total"] for invoice in acme.invoices()}
        assert {number: in_xero[number] for number in stated} == stated
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, report.difference) == (True, 0)

    def test_kornitx_pushes_come_to_what_the_vendor_charged(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        dice = random.Random(7)
        pushes = [kornitx_push(dice, serial) for serial in range(1, 201)]
        list(receive_many(acme.company, [read_push(push) for push in pushes]))
        post_all(acme)
        in_xero = {invoice["InvoiceNumber"]: invoice["Total"] for invoice in acme.invoices()}
        assert in_xero == {push["ref"]: gross_of(push) for push in pushes}

    def test_the_same_orders_again_change_nothing(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        orders = [shop_order(random.Random(3), serial) for serial in range(1, 11)]
        list(receive_many(acme.company, orders))
        post_all(acme)
        again = list(receive_many(acme.company, orders))
        post_all(acme)
        assert {receipt.result.value for receipt in again} == {"unchanged"}
        assert len(acme.invoices()) == 10


class TestTracked:
    def test_makes_the_items_once_and_a_purchase_order_at_cost_beside_each_invoice(self):
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        dice = random.Random(11)
        orders = [shop_order(dice, serial) for serial in range(1, 121)]
        list(receive_many(cedar.company, orders))
        post_all(cedar)
        assert (len(cedar.invoices()), len(cedar.purchase_orders())) == (120, 120)
        items = {item["Code"]: item for item in cedar.books("Items")["Items"]}
        skus = {line["sku"] for order in orders for line in order["lines"]}
        assert all(items[sku]["IsTrackedAsInventory"] for sku in skus)
        assert Attempt.objects.filter(resource="Items").count() == 1
        costs = {
            order["number"]: sum(Decimal(line["unit_cost"]) * line["quantity"] for line in order["lines"])
            for order in orders
        }
        booked = {order["PurchaseOrderNumber"]: order["SubTotal"] for order in cedar.purchase_orders()}
        assert booked == costs
        report = compare_connection(cedar.connection, cedar.client)
        assert (report.agrees, report.difference) == (True, 0)

    def test_a_thousand_orders_go_out_in_forty_four_calls_and_the_items(self):
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        dice = random.Random(12)
        list(receive_many(cedar.company, [shop_order(dice, serial) for serial in range(1, 1001)]))
        post_all(cedar)
        assert Entry.objects.filter(company=cedar.company).exclude(state="posted").count() == 0
        assert Attempt.objects.exclude(resource="Items").count() <= 44

    def test_holds_both_where_nobody_knows_a_cost_and_xero_has_no_such_item(self):
        """It may be a fee or a kit, which must not become an item of stock unasked."""
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        order = shop_order(random.Random(5), 1)
        sku = order["lines"][0]["sku"]
        del order["lines"][0]["unit_cost"]
        receive(cedar.company, order)
        post_all(cedar)
        held = Entry.objects.values_list("kind", "state", "cause", "subject")
        assert set(held) == {(kind, "held", "cost_unknown", sku) for kind in ("purchase_order", "invoice")}
        assert sku not in {item["Code"] for item in cedar.books("Items")["Items"]}

    def test_holds_both_where_the_item_exists_untracked(self):
        xero = LocalXero(limits="off")
        cedar = connected(xero, "Cedar", tracked=True)
        untracked = next(item for item in cedar.books("Items")["Items"] if not item["IsTrackedAsInventory"])
        order = shop_order(random.Random(5), 1)
        order["lines"][0]["sku"] = untracked["Code"]
        receive(cedar.company, order)
        post_all(cedar)
        assert set(Entry.objects.values_list("state", "cause")) == {("held", "item_not_tracked")}
        assert OrderStanding.objects.get().standing == Order.Standing.DOCUMENTED

    def test_takes_skus_that_differ_only_in_case_for_one_item(self):
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        tracked = next(item["Code"] for item in cedar.books("Items")["Items"] if item["IsTrackedAsInventory"])
        for serial, sku in enumerate([tracked.lower(), "Shirt-1", "SHIRT-1"]):
            order = shop_order(random.Random(5), serial)
            order["lines"][0]["sku"] = sku
            receive(cedar.company, order)
        post_all(cedar)
        assert set(Entry.objects.values_list("state", flat=True)) == {"posted"}
        codes = {line["ItemCode"] for invoice in cedar.invoices() for line in invoice["LineItems"]}
        assert tracked in codes
        assert len({code for code in codes if code.upper() == "SHIRT-1"}) == 1


class TestSettingsThatAreSavedWhileManyOrdersCome:
    def test_are_those_of_all_that_come_after_them(self):
        acme = connected(LocalXero(limits="off"))
        dice = random.Random(7)
        receipts = receive_many(acme.company, [shop_order(dice, serial) for serial in range(BATCH + 1)])
        before = [next(receipts) for _ in range(BATCH)]
        PostingSettings.objects.filter(connection=acme.connection).update(sales_account="260")
        prepare.prepare_company(acme.company.pk)  # as the job that Save wakes
        assert all(each.stored for each in [*before, *receipts])
        accounts = Entry.objects.values_list("document__lines__0__account_code", flat=True)
        assert set(accounts) == {"260"}
