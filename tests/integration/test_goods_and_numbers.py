"""Orders as shops send them when goods are no stock, cost another currency, are cancelled, free, or share a number."""

from datetime import timedelta
from decimal import Decimal

import pytest

from daybook.connections.models import PostingSettings
from daybook.intake import prepare
from daybook.intake.receive import receive, receive_many
from daybook.kit import clock
from daybook.orders.models import OrderStanding
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation.report import compare_connection
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


def order(source_id: str, *lines: dict, **changes) -> dict:
    dated = {"dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z"}
    return {"source": "shop", "id": source_id, "currency": "GBP", "lines": list(lines)} | dated | changes


def line(price: object, **changes) -> dict:
    return {"description": "Mug", "quantity": 1, "unit_price": price, "tax_rate": "0.2"} | changes


def cancelled(*names: str) -> list[dict]:
    return [{"lines": [{"line": name, "quantity": 1} for name in names]}]


def post_all(cast: Cast) -> None:
    Entry.objects.filter(company=cast.company, state="ready").update(state_since=clock.now() - timedelta(minutes=10))
    drain.drain(cast.connection.id, cast.client)


def booked(documents: list[dict]) -> dict[str, tuple[str, Decimal, list]]:
    """By number: the currency, the net, and of each line its item and amount."""
    return {
        str(each.get("InvoiceNumber") or each.get("PurchaseOrderNumber")): (
            each["CurrencyCode"],
            each["SubTotal"],
            [(one.get("ItemCode"), one["LineAmount"]) for one in each["LineItems"]],
        )
        for each in documents
    }


D = Decimal


class TestATrackedCompany:
    def test_orders_only_its_stock_in_the_currency_of_its_costs(self):
        cedar = connected(LocalXero(limits="off"), "Cedar", tracked=True, untouched=True)
        PostingSettings.objects.filter(connection__company=cedar.company).update(
            not_stock="WRAP*", when_cost_is_zero="leave_out"
        )
        tee = line(12, sku="TEE", quantity=10, unit_cost="4.10")
        free = {"unit_price": 0, "tax_rate": "0.2"}
        orders = [
            order("FEE", tee, line(25, description="Artwork set-up"), line(3, sku="WRAP-RED")),
            order("KIT", line(50, sku="KIT"), line(0, sku="PEN", quantity=2, unit_cost=3), line(0, sku="INK", unit_cost="4.5")),
            order("EURO", tee | {"tax_rate": 0}, currency="EUR"),
            order("EUROCOST", tee | {"cost_currency": "EUR"}),
            order("SERVICE", line(80, description="Consulting"), line(5, sku="SETUP", is_stock=False)),
            order("LEAFLET", tee, free | {"sku": "FLYER", "quantity": 1, "unit_cost": 0}),
            order("MIXED", tee, line(5, sku="CAP", unit_cost=2, cost_currency="EUR")),
        ]  # fmt: skip
        list(receive_many(cedar.company, orders))
        post_all(cedar)

        tees, sale = ("TEE", D("41.00")), ("TEE", D("120.00"))
        assert booked(cedar.purchase_orders()) == {
            "FEE": ("GBP", D("41.00"), [tees]),
            "KIT": ("GBP", D("10.50"), [("PEN", D("6.00")), ("INK", D("4.50"))]),
            "EURO": ("GBP", D("41.00"), [tees]),
            "EUROCOST": ("EUR", D("41.00"), [tees]),
            "LEAFLET": ("GBP", D("41.00"), [tees]),
        }
        invoices = booked(cedar.invoices())
        assert invoices["FEE"] == ("GBP", D("148.00"), [sale, (None, D("25.00")), (None, D("3.00"))])
        assert invoices["KIT"] == ("GBP", D("50.00"), [(None, D("50.00")), ("PEN", 0), ("INK", 0)])
        assert invoices["EURO"] == ("EUR", D("120.00"), [sale])
        assert invoices["SERVICE"] == ("GBP", D("85.00"), [(None, D("80.00")), (None, D("5.00"))])
        assert OrderStanding.objects.get(order__ref="SERVICE").standing == "documented"
        held = Entry.objects.get(company=cedar.company, state="held")
        assert (held.order.ref, held.kind, held.cause) == ("MIXED", "purchase_order", "costs_in_currencies")
        assert not {"KIT", "WRAP-RED", "SETUP"} & {item["Code"] for item in cedar.books("Items")["Items"]}

    def test_withdraws_and_makes_anew_a_purchase_order_as_its_goods_come_and_go(self, tracy_like):
        receive(tracy_like, order("A", line(9, sku="MUG", id="1", unit_cost=2)))
        receive(tracy_like, order("A", line(9, sku="MUG", id="1", unit_cost=2, is_stock=False)))
        receive(tracy_like, order("A", line(8, sku="MUG", id="1", unit_cost=2)))

        states = Entry.objects.filter(kind="purchase_order").order_by("id").values_list("number", "state")
        assert list(states) == [("A", "cancelled"), ("A", "ready")]

    @pytest.fixture
    def tracy_like(self):
        return connected(LocalXero(limits="off"), "Tracy", tracked=True, untouched=True).company


class TestWhatIsLeft:
    def test_is_invoiced_to_the_cent(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        carriage = {"price": 4, "price_inc_tax": "4.8", "tax_rate": "0.2"}
        badges = [{"id": name, "quantity": 1, "unit_price_inc_tax": 2, "tax_rate": "0.2"} for name in "ABC"]
        orders = [
            order("CARRIAGE", line(40, id="1"), shipping=carriage, cancellations=cancelled("1")),
            order("RESTATED", *badges, totals={"net": "3.33", "tax": "0.67", "gross": 4}, cancellations=cancelled("C")),
            order("NOT-RESTATED", *badges, totals={"gross": 6}, cancellations=cancelled("C")),
            order("FREE", line(0), shipping=carriage),
            order("SHARED", line(10, ref="v"), line(10, ref="v"), line(2, ref="w"), cancellations=cancelled("v", "v")),
            order("COUPON", line(99, quantity=3, discount=20)),
        ]
        list(receive_many(acme.company, orders))
        post_all(acme)

        nets = {
            number: (net, [amount for _, amount in lines])
            for number, (_, net, lines) in booked(acme.invoices()).items()
        }
        assert nets == {
            "CARRIAGE": (D(4), [D(4)]),
            "RESTATED": (D("3.33"), [D(2), D(2)]),
            "NOT-RESTATED": (D("3.34"), [D(2), D(2)]),
            "FREE": (D(4), [D(0), D(4)]),
            "SHARED": (D(2), [D(2)]),
            "COUPON": (D(277), [D(277)]),
        }
        coupon = next(each for each in acme.invoices() if each["InvoiceNumber"] == "COUPON")["LineItems"][0]
        assert coupon.get("DiscountAmount") is None
        assert coupon["Description"] == "Mug (3 at 99 less a discount of 20.00)"

    def test_of_a_part_shipment_is_shown_to_a_person_when_it_has_waited_too_long(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        left = (clock.now() - timedelta(days=20)).isoformat()
        shipped = [{"dispatched_at": left, "lines": [{"line": "1", "quantity": 3}]}]
        PostingSettings.objects.filter(connection__company=acme.company).update(part_shipment_days=21)
        waiting = order("P", line(40, id="1", quantity=5), shipments=shipped, dispatched=False, dispatched_at=None)
        assert receive(acme.company, waiting).outlook.standing == "waiting"

        PostingSettings.objects.filter(connection__company=acme.company).update(part_shipment_days=14)
        prepare.wake_part_shipments()
        prepare.prepare_company(acme.company.pk, causes=["part_shipped"])  # what that job does

        found = OrderStanding.objects.get()
        assert (found.standing, found.cause) == ("held", "part_shipment_waits")
        assert found.subject == "3 of 5 x Mug"


class TestTheNumberOfACancelledOrder:
    def test_is_used_by_the_one_entered_anew_and_both_sides_agree(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        wrong = order("1", line(10), number="N-900", totals={"gross": 54})
        receive(acme.company, wrong)
        receive(acme.company, wrong | {"cancelled": True})
        receive(acme.company, order("2", line(10), number="n-900"))
        post_all(acme)

        assert booked(acme.invoices()) == {"n-900": ("GBP", D(10), [(None, D(10))])}
        report = compare_connection(acme.connection, acme.client)
        assert (report.agrees, len(report.rows)) == (True, 1)


class TestTextsWithEntities:
    def test_are_read_by_customers_as_they_were_meant_and_sent_again_change_nothing(self):
        acme = connected(LocalXero(limits="off"), untouched=True)
        PostingSettings.objects.filter(connection__company=acme.company).update(
            reference_template="{customer}, {external_ref}"
        )
        given = order(
            "E", line(10, description="Salt &amp; pepper &ndash; 2&nbsp;pc"), customer={"company": "Salt &amp; Co"},
            external_ref="Web &#35;7",
        )  # fmt: skip
        receive(acme.company, given)
        post_all(acme)

        (invoice,) = acme.invoices()
        assert invoice["LineItems"][0]["Description"] == "Salt & pepper \u2013 2 pc"
        assert invoice["Reference"].startswith("Salt & Co, Web #7 [db:")
        assert receive(acme.company, given).result == "unchanged"
        assert Entry.objects.get().attention == ""
