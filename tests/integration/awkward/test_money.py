"""Awkward amounts: what shops really send, and what Xero's books must hold of it, worked out by hand."""

import pytest

from daybook.connections.models import TaxMapping
from localxero import LocalXero
from tests.integration.awkward.companies import Json, ash, booked, briar, clover, lines_of, ordered, take, waiting

pytestmark = pytest.mark.django_db(transaction=True)


def sale(number: str, *lines: Json, currency: str = "GBP", **more: object) -> Json:
    """A dispatched order; `net`, `tax` and `gross` among `more` are what the shop itself says it comes to."""
    totals = {side: more.pop(side) for side in ("net", "tax", "gross") if side in more}
    order = {"source": "shop", "id": number, "currency": currency, "lines": list(lines), "dispatched": True}
    return {**order, "dispatched_at": "2026-11-20T10:00:00Z", **({"totals": totals} if totals else {}), **more}


def line(price: str, rate: str = "0.2", quantity: object = 1, **more: object) -> Json:
    return {"description": "Print", "quantity": quantity, "unit_price": price, "tax_rate": rate, **more}


def inclusive(price: str, rate: str = "0.2", quantity: object = 1, **more: object) -> Json:
    return {"description": "Print", "quantity": quantity, "unit_price_inc_tax": price, "tax_rate": rate, **more}


BRITISH = {
    "tax taken out of the total, not line by line": (
        sale("TAX-ON-TOTAL", *[inclusive("2.00")] * 6, net="10.00", tax="2.00", gross="12.00"),
        "GBP 10.00 + 2.00 = 12.00",
    ),
    "halves of a cent rounded down": (
        sale("HALF-DOWN", inclusive("9.99"), net="8.33", tax="1.66", gross="9.99"),
        "GBP 8.33 + 1.66 = 9.99",
    ),
    "tax rounded on each unit and multiplied": (
        sale("PER-UNIT", line("3.70", "0.05", 10, unit_price_inc_tax="3.89"), net="37.00", tax="1.90", gross="38.90"),
        "GBP 37.00 + 1.90 = 38.90",
    ),
    "a discount is for the line, not for one unit": (
        sale("COUPON", line("25.00", quantity=2, discount="5.00"), net="45.00", tax="9.00", gross="54.00"),
        "GBP 45.00 + 9.00 = 54.00",
    ),
    "a coupon spread over two rates": (
        sale(
            "COUPON-RATES", line("30.00", discount="6.00"), line("20.00", "0", discount="4.00"),
            net="40.00", tax="4.80", gross="44.80",
        ),
        "GBP 40.00 + 4.80 = 44.80",
    ),
    "a discount that no percentage of two decimals can say": (
        sale("NO-PERCENT", line("99.00", quantity=3, discount="20.00"), net="277.00", tax="55.40", gross="332.40"),
        "GBP 277.00 + 55.40 = 332.40",
    ),
    "a line taken off whole at three decimals": (
        sale(
            "WHOLE-LINE", line("27.826", discount="27.826"), line("10.00"),
            net="10.00", tax="2.00", gross="12.00",
        ),
        "GBP 10.00 + 2.00 = 12.00",
    ),
    "carriage of two rates that looks like a third": (
        sale(
            "CARRIAGE", line("10.00"), line("10.00", "0", 3), shipping={"price": "4.00", "price_inc_tax": "4.20"},
            net="44.00", tax="2.20", gross="46.20",
        ),
        "GBP 44.00 + 2.20 = 46.20",
    ),
    "carriage given as two, each with its rate": (
        sale(
            "CARRIAGES", line("10.00"), line("10.00", "0", 3),
            shipping=[{"price": "1.00", "tax_rate": "0.2"}, {"price": "3.00", "tax_rate": "0"}],
        ),
        "GBP 44.00 + 2.20 = 46.20",
    ),
    "a rate worked out from a small amount": (
        sale("SMALL", {"description": "Flyer", "quantity": 1, "unit_price": "2.50", "tax_amount": "0.13"},
             net="2.50", tax="0.13", gross="2.63"),
        "GBP 2.50 + 0.13 = 2.63",
    ),
    "free goods for which the carriage is paid": (
        sale("REPLACED", line("0"), shipping={"price": "5.00", "price_inc_tax": "6.00", "tax_rate": "0.2"}),
        "GBP 5.00 + 1.00 = 6.00",
    ),
    "a free line without a rate beside a paid one": (
        sale(
            "SAMPLE", line("20.00"), {"description": "Sample", "sku": "SAMPLE", "quantity": 1, "unit_price": "0"},
            net="20.00", tax="4.00", gross="24.00",
        ),
        "GBP 20.00 + 4.00 = 24.00",
    ),
    "goods cancelled, carriage kept": (
        sale(
            "KEPT", line("40.00", id="1"), shipping={"price": "4.00", "price_inc_tax": "4.80", "tax_rate": "0.2"},
            cancellations=[{"lines": [{"line": "1", "quantity": 1}]}],
        ),
        "GBP 4.00 + 0.80 = 4.80",
    ),
    "one of two cancelled before dispatch": (
        sale("ONE-LEFT", line("40.00", quantity=2, id="1"), cancellations=[{"lines": [{"line": "1", "quantity": 1}]}]),
        "GBP 40.00 + 8.00 = 48.00",
    ),
    "totals restated after a cancellation": (
        sale(
            "RESTATED", *[inclusive("2.00", id=name) for name in "ABC"], net="3.33", tax="0.67", gross="4.00",
            cancellations=[{"lines": [{"line": "C", "quantity": 1}]}],
        ),
        "GBP 3.33 + 0.67 = 4.00",
    ),
    "a price of fifteen decimals": (
        sale("FIFTEEN", line("8.333333333333334", quantity=3), net="25.00", tax="5.00", gross="30.00"),
        "GBP 25.00 + 5.00 = 30.00",
    ),
    "something taken off as a line below zero": (
        sale("BELOW", line("25.00", quantity=2), line("-5.00"), net="45.00", tax="9.00", gross="54.00"),
        "GBP 45.00 + 9.00 = 54.00",
    ),
    "whole yen, tax cut to the yen below": (
        sale(
            "YEN", line("303", "0.1", unit_price_inc_tax="333", tax_amount="30"),
            line("1137", "0.1", unit_price_inc_tax="1250", tax_amount="113"),
            currency="JPY", net="1440", tax="143", gross="1583",
        ),
        "JPY 1440.00 + 143.00 = 1583.00",
    ),
    "a total rounded to five rappen": (
        sale("RAPPEN", inclusive("12.23", "0.081"), currency="CHF", net="11.31", tax="0.92", gross="12.25"),
        "CHF 11.33 + 0.92 = 12.25",
    ),
    "a total rounded to five rappen, the gross alone stated": (
        sale("RAPPEN-GROSS", inclusive("7.48", "0.081"), inclusive("4.75", "0.081"), currency="CHF", gross="12.25"),
        "CHF 11.33 + 0.92 = 12.25",
    ),
    "the shop's own rate of exchange": (
        sale("EXCHANGE", line("100.00", "0"), currency="EUR", exchange_rate="1.15"),
        "EUR 100.00 + 0.00 = 100.00",
    ),
}  # fmt: skip


class TestBritishShop:
    @pytest.fixture
    def shop(self):
        return ash(LocalXero(limits="off"))

    def test_books_what_the_shop_charged(self, shop):
        for order, _ in BRITISH.values():
            take(shop, order)
        held = booked(shop)
        named = {name: held.get(order["id"], "not there") for name, (order, _) in BRITISH.items()}
        assert named == {name: right for name, (_, right) in BRITISH.items()}
        assert waiting(shop) == {}

    def test_splits_the_carriage_and_leaves_the_third_rate_alone(self, shop):
        take(shop, BRITISH["carriage of two rates that looks like a third"][0])
        assert {each["TaxType"] for each in lines_of(shop, "CARRIAGE")} == {"OUTPUT2", "ZERORATEDOUTPUT"}

    def test_puts_a_rounding_on_its_account_and_without_tax(self, shop):
        take(shop, BRITISH["a total rounded to five rappen"][0])
        rounding = [each for each in lines_of(shop, "RAPPEN") if each["AccountCode"] == "860"]
        assert [(str(each["LineAmount"]), each["TaxType"]) for each in rounding] == [("0.02", "NONE")]

    def test_takes_the_rate_that_a_person_mapped(self, shop):
        take(shop, BRITISH["a rate worked out from a small amount"][0])
        assert [each["TaxType"] for each in lines_of(shop, "SMALL")] == ["RROUTPUT"]
        assert set(
            TaxMapping.objects.filter(connection__company=shop.company).values_list("tax_type", flat=True)
        ).isdisjoint({""})

    def test_tells_texts_as_people_read_them(self, shop):
        take(shop, sale("TEXTS", line("10.00") | {"description": "Salt &amp; pepper &ndash; 2&nbsp;pc"}))
        assert lines_of(shop, "TEXTS")[0]["Description"] == "Salt & pepper \u2013 2 pc"

    def test_never_makes_parts_of_a_yen(self, shop):
        order = sale("YEN-ALONE", inclusive("333", "0.1"), inclusive("1250", "0.1"), currency="JPY")
        take(shop, order)
        assert booked(shop)["YEN-ALONE"] in {"JPY 1440.00 + 143.00 = 1583.00", "JPY 1439.00 + 144.00 = 1583.00"}

    def test_holds_what_it_cannot_explain_and_names_the_figures(self, shop):
        receipt = take(shop, sale("GOODWILL", line("25.00", quantity=2), net="45.00", tax="9.00", gross="54.00"))
        assert booked(shop) == {}
        words = receipt.outlook.explanation
        assert all(figure in words for figure in ("54.00", "60.00", "6.00", "discount")), words

    def test_refuses_two_lines_of_one_id(self, shop):
        receipt = take(shop, sale("TWINS", line("10.00", id="77"), line("10.00", id="77")))
        assert receipt.is_refused
        assert receipt.problems[0].field.startswith("lines[1].id")

    def test_adds_totals_up_before_it_rounds_them(self, shop):
        take(shop, sale("RIBBON", line("1.99", quantity="0.5"), net="0.995", tax="0.199", gross="1.194"))
        assert booked(shop)["RIBBON"] in {"GBP 0.99 + 0.20 = 1.19", "GBP 1.00 + 0.19 = 1.19"}


class TestAmericanShop:
    def test_takes_one_rate_for_the_whole_order(self):
        shop = clover(LocalXero(limits="off"))
        taxed = [
            {"description": "Board", "quantity": 1, "unit_price": price, "tax_amount": tax}
            for price, tax in (("100.00", "14.98"), ("10.00", "1.50"))
        ]
        take(shop, sale("QUEBEC", *taxed, currency="CAD", net="110.00", tax="16.48", gross="126.48"))
        fee = line("14.70", "0.09", tax_amount="1.33")
        take(shop, sale("RUSH", fee, currency="USD", net="14.70", tax="1.33", gross="16.03"))
        assert booked(shop) == {"QUEBEC": "CAD 110.00 + 16.48 = 126.48", "RUSH": "USD 14.70 + 1.33 = 16.03"}
        assert len({each["TaxType"] for each in lines_of(shop, "QUEBEC")}) == 1


class TestShopWithStock:
    @pytest.fixture
    def shop(self):
        return briar(LocalXero(limits="off"))

    def test_buys_the_parts_of_a_kit_and_sells_the_kit(self, shop):
        kit = sale(
            "KIT", line("50.00", "0.1", sku="KIT"), line("0", "0.1", 2, sku="BRUSH", unit_cost="3.00"),
            line("0", "0.1", sku="INK", unit_cost="4.50"), currency="AUD", net="50.00", tax="5.00", gross="55.00",
        )  # fmt: skip
        take(shop, kit)
        assert (booked(shop), ordered(shop)) == ({"KIT": "AUD 50.00 + 5.00 = 55.00"}, {"KIT": "AUD 10.50"})
        assert "KIT" not in {item["Code"] for item in shop.books("Items")["Items"]}

    def test_rounds_on_the_tax_type_that_its_country_has_for_no_tax(self, shop):
        cash = sale("CASH", inclusive("12.23", "0.1", unit_cost="3.00"), currency="AUD", rounding="0.02", gross="12.25")
        take(shop, cash)
        rounding = [each for each in lines_of(shop, "CASH") if each["AccountCode"] == "860"]
        assert [(str(each["LineAmount"]), each["TaxType"]) for each in rounding] == [("0.02", "BASEXCLUDED")]

    def test_sells_a_fee_without_making_stock_of_it(self, shop):
        take(
            shop,
            sale(
                "FEE", line("12.00", "0.1", 10, sku="TEE", unit_cost="4.10"), line("25.00", "0.1"),
                currency="AUD", net="145.00", tax="14.50", gross="159.50",
            ),
        )  # fmt: skip
        assert (booked(shop), ordered(shop)) == ({"FEE": "AUD 145.00 + 14.50 = 159.50"}, {"FEE": "AUD 41.00"})

    def test_orders_in_the_suppliers_currency(self, shop):
        push = {
            "id": 5, "ref": "NZ", "status": 8, "currency_code": "NZD", "completion_datetime": "2026-11-20 10:00:00",
            "items": [{
                "id": 1, "sku": "TEE", "quantity": 10, "unit_sale_price": 13, "unit_sale_price_inc_tax": 13,
                "unit_cost_price": "4.10",
            }],
        }  # fmt: skip
        take(shop, push)
        assert (booked(shop), ordered(shop)) == ({"NZ": "NZD 130.00 + 0.00 = 130.00"}, {"NZ": "AUD 41.00"})
