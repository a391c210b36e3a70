"""The canonical order as an order file carries it: everything it says of money, and nothing that it does not."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from daybook.documents.causes import Hold
from daybook.documents.order_file import OrderFile
from daybook.intake import conversion
from daybook.intake.facts import Facts
from daybook.intake.order_files import order_file
from daybook.ledgers.files.order_xml import order_xml
from daybook.ledgers.files.reasons import FileCause
from daybook.sources.canonical.schema import parse_order
from tests.unit.ledgers.files.reading import read

LONDON = ZoneInfo("Europe/London")
MUG = {
    "id": "1",
    "ref": "M1",
    "sku": "MUG",
    "description": "Mug",
    "quantity": 2,
    "unit_price": "6.25",
    "tax_rate": "0.2",
}
"""2 x 6.25 = 12.50 without tax."""


def made(zone=LONDON, cancelled=(), **fields) -> OrderFile | Hold:
    order = parse_order({"source": "shop", "id": "7", "number": "WEB-7", "lines": [MUG], "currency": "GBP"} | fields)
    taken = [Decimal(each) for each in cancelled] or [Decimal(0)] * len(order.lines)
    left = tuple(line.quantity - off for line, off in zip(order.lines, taken, strict=True))
    facts = Facts(order=order, cancelled=tuple(taken), remaining=left)
    mapped = conversion.mapping_order(order, facts, currency=order.currency, document_date=date(2026, 11, 20))
    return order_file(order, mapped, zone=zone)


def sums(file: OrderFile) -> tuple[Decimal, Decimal]:
    """Return what a reader adds up: the items and the carriage, without and with tax."""
    nets = [item.quantity * item.unit_sale_price for item in file.items]
    grosses = [item.quantity * item.unit_sale_price_inc_tax for item in file.items]
    return sum(nets) + (file.shipping_price or 0), sum(grosses) + (file.shipping_price_inc_tax or 0)


class TestAnOrder:
    def test_carries_its_names_customer_and_lines(self):
        file = made(
            external_ref="Basket 7",
            customer={"name": "Ada &amp; Ben", "company": "Example Ltd", "email": "a@example.com"},
        )
        assert (file.id, file.ref, file.external_ref) == ("7", "WEB-7", "Basket 7")
        assert (file.customer_name, file.customer_email) == ("Ada & Ben", "a@example.com")
        assert file.billing_address.company == "Example Ltd"
        (item,) = file.items
        assert (item.id, item.ref, item.sku, item.description) == ("1", "M1", "MUG", "Mug")
        assert (item.quantity, item.unit_sale_price, item.sale_vat_rate) == (2, Decimal("6.25"), Decimal("0.2"))
        assert item.unit_sale_price_inc_tax is None  # not said, so not made up

    def test_stands_in_the_file_as_it_is(self):
        file = made(ordered_at="2026-11-19T10:00:00", shipping={"price": 3, "price_inc_tax": "3.6", "tax_rate": "0.2"})
        again = read(order_xml(file))
        assert (again.items, again.shipping_price_inc_tax) == (file.items, Decimal("3.6"))

    def test_carries_its_addresses_and_how_it_is_sent(self):
        file = made(
            customer={"company": "Example Ltd"},
            shipping_method="RM24",
            shipping_address={
                "lines": ["1 Mill Lane", ""],
                "city": "Leeds",
                "region": "West Yorkshire",
                "postcode": "LS1 1AA",
                "country": "United Kingdom",
                "country_code": "GB",
            },
            billing_address={"lines": ["2 Mill Lane"]},
        )
        assert file.shipping_method == "RM24"
        sent = file.shipping_address
        assert sent.lines == ("1 Mill Lane", "", "Leeds", "West Yorkshire")
        assert (sent.postcode, sent.country, sent.country_code) == ("LS1 1AA", "United Kingdom", "GB")
        assert (file.billing_address.company, file.billing_address.lines) == ("Example Ltd", ("2 Mill Lane",))

    def test_loses_nothing_of_an_address_that_has_more_than_five_lines(self):
        address = {
            "lines": ["The Old Mill", "Unit 5", "1 Mill Lane", "Beeston", "Holbeck"],
            "city": "Leeds",
            "region": "York",
        }
        lines = made(shipping_address=address).shipping_address.lines
        assert lines == ("The Old Mill", "Unit 5", "1 Mill Lane", "Beeston", "Holbeck, Leeds, York")

    def test_carries_a_rounding_once(self):
        file = made(lines=[MUG, {"id": "9", "kind": "rounding", "quantity": 1, "unit_price": "0.02"}])
        assert [item.description for item in file.items] == ["Mug", "Rounding"]


class TestWhatIsTakenOff:
    def test_a_line_stands_in_an_item_of_its_own_so_that_every_sum_comes_out(self):
        line = MUG | {
            "quantity": 3,
            "unit_price": 10,
            "unit_price_inc_tax": 12,
            "discount": 1,
            "discount_inc_tax": "1.2",
        }
        file = made(lines=[line])
        goods, discount = file.items
        assert (goods.unit_sale_price, goods.unit_sale_price_inc_tax) == (10, 12)
        assert (discount.id, discount.description) == ("1-discount", "Discount: Mug")
        assert (discount.quantity, discount.sale_vat_rate) == (1, Decimal("0.2"))
        assert sums(file) == (29, Decimal("34.8"))

    def test_is_said_with_the_prices_that_the_order_says(self):
        (_, discount) = made(lines=[MUG | {"discount": 1}]).items
        assert (discount.unit_sale_price, discount.unit_sale_price_inc_tax) == (-1, None)

    def test_by_rounding_is_an_item_without_tax(self):
        (_, rounding) = made(rounding="-0.02").items
        assert rounding.unit_sale_price == rounding.unit_sale_price_inc_tax == Decimal("-0.02")
        assert rounding.sale_vat_rate == 0

    def test_by_cancelling_is_not_in_the_file(self):
        file = made(lines=[MUG, MUG | {"id": "2", "sku": "BIB"}], cancelled=(1, 2))
        assert [(item.id, item.quantity) for item in file.items] == [("1", 1)]


class TestTax:
    def test_stated_as_an_amount_stands_in_an_attribute(self):
        (item,) = made(lines=[MUG | {"tax_rate": None, "tax_amount": "2.50"}]).items
        assert item.attributes == (("tax_amount", "2.5"),)


class TestCarriage:
    TWENTY = {"price": 3, "price_inc_tax": "3.6", "tax_rate": "0.2"}
    ZERO = {"price": 2, "price_inc_tax": 2, "tax_rate": 0}

    def test_of_several_rates_is_one_whose_tax_its_prices_tell(self):
        file = made(shipping=[self.TWENTY, self.ZERO])
        assert (file.shipping_price, file.shipping_price_inc_tax) == (5, Decimal("5.6"))
        assert file.shipping_tax_rate is None

    def test_of_one_rate_in_two_parts_keeps_it(self):
        file = made(shipping=[self.TWENTY, {"price": 1, "tax_rate": "0.2"}, {}])
        assert (file.shipping_price, file.shipping_price_inc_tax, file.shipping_tax_rate) == (4, None, Decimal("0.2"))

    @pytest.mark.parametrize(
        "parts",
        [
            [{"price": 3, "tax_rate": "0.2"}, {"price": 2, "tax_rate": 0}],
            [{"price": 3, "tax_rate": "0.2"}, {"price_inc_tax": 2, "tax_rate": "0.2"}],
        ],
        ids=["two rates, one price", "one rate, no price that both name"],
    )
    def test_whose_tax_nobody_could_tell_holds_the_order(self, parts):
        assert made(shipping=parts) == Hold(FileCause.CARRIAGE_IN_PIECES)

    def test_that_is_not_named_is_left_empty(self):
        assert made().shipping_price is None


class TestMoments:
    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            ("2026-07-01T10:00:00", datetime(2026, 7, 1, 10)),  # noqa: DTZ001
            ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 11)),  # noqa: DTZ001 - London's summer
            ("2026-07-01", datetime(2026, 7, 1)),  # noqa: DTZ001
            (None, None),
        ],
    )
    def test_are_read_off_the_oms_s_clock(self, sent, expected):
        assert made(ordered_at=sent).sale_datetime == expected

    def test_tell_when_it_was_dispatched_else_completed(self):
        assert made(completed_at="2026-11-20T08:00:00").completion_datetime.hour == 8
        both = made(completed_at="2026-11-20T08:00:00", dispatched_at="2026-11-20T09:00:00")
        assert both.completion_datetime.hour == 9
