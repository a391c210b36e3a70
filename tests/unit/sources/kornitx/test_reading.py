"""Kornit X's objects as canonical orders."""

from decimal import Decimal

import pytest

from daybook.sources import json_text
from daybook.sources.kornitx import reading
from daybook.sources.problems import NotAnOrderError

PUSH = {"id": 7, "ref": "AB", "items": [{"id": 1, "ref": "L1", "quantity": 1}]}


def push(**changes):
    return reading.read_push(PUSH | changes)


def line(**changes):
    return push(items=[PUSH["items"][0] | changes]).lines[0]


class TestWhichOrderItIs:
    @pytest.mark.parametrize(
        ("given", "source_id", "ref"),
        [
            ({"id": 7, "ref": "AB"}, "7", "AB"),
            ({"id": "7", "ref": ""}, "7", "7"),
            ({"id": 0, "ref": "AB"}, "AB", "AB"),
            ({"id": None, "ref": "AB", "external_ref": "X"}, "AB", "AB"),
        ],
    )
    def test_is_told_by_id_and_ref(self, given, source_id, ref):
        assert (push(**given).id, push(**given).ref) == (source_id, ref)

    def test_is_never_told_by_the_shops_reference(self):
        with pytest.raises(NotAnOrderError):
            push(id=0, ref="", external_ref="WEB-1")


class TestDispatched:
    @pytest.mark.parametrize("status", [8, 64, "8", Decimal(8)])
    def test_is_status_8_and_64(self, status):
        assert push(status=status).dispatched

    @pytest.mark.parametrize("status", [1, 4, 128, 256, 516, 9, 72, None, "x", "1e999999", []])
    def test_is_no_other_status(self, status):
        assert not push(status=status).dispatched

    def test_is_an_order_that_has_been_completed(self):
        assert push(status=516, has_been_completed=True).dispatched
        assert push(status=516, has_been_completed="1").dispatched

    def test_is_told_by_name_where_the_code_is_not_known(self):
        assert push(status=900, status_name="Delivered (Retailer Notified)").dispatched


class TestOtherStatuses:
    def test_on_hold_is_256_and_every_name_that_says_so(self):
        assert push(status=256).on_hold
        assert push(status=901, status_name="On Hold (Supplier)").on_hold

    def test_cancelled_is_128(self):
        assert push(status=128, status_name="Cancelled").cancelled

    def test_are_kept_in_the_vendors_words(self):
        assert push(status=902, status_name="Stock Picking").status == "Stock Picking (902)"


class TestPrices:
    @pytest.mark.parametrize("name", ["unit_sale_price", "sale_price", "unit_price"])
    def test_are_found_under_each_name(self, name):
        found = line(**{name: 6.25, f"{name}_inc_tax": "7.5"})
        assert (found.unit_price, found.unit_price_inc_tax) == (Decimal("6.25"), Decimal("7.5"))

    @pytest.mark.parametrize("name", ["unit_cost_price", "unit_cost", "cost_price"])
    def test_at_cost_too(self, name):
        assert line(**{name: 2}).unit_cost == 2

    def test_that_are_missing_are_not_there(self):
        assert line(unit_sale_price=None, unit_sale_price_inc_tax="").unit_price is None

    def test_with_more_decimals_than_sense_are_rounded(self):
        assert line(unit_sale_price=Decimal("6.249999999999")).unit_price == Decimal("6.25")

    def test_bear_their_rate_as_a_fraction_and_junk_is_dropped(self):
        assert line(sale_vat_rate=Decimal("0.2")).tax_rate == Decimal("0.2")
        assert line(sale_vat_rate=20).tax_rate is None
        assert push(shipping_tax_rate="INF").shipping.tax_rate is None
        assert push(shipping_tax_rate=Decimal("0.19999999999")).shipping.tax_rate == Decimal("0.2")

    def test_may_come_beside_a_rate_that_is_no_json(self):
        body = json_text.parse(b'{"id":7,"items":[],"shipping_tax_rate":NaN}', junk_numbers=True)
        assert reading.read_push(body).shipping.tax_rate is None

    @pytest.mark.parametrize(("stated", "kept"), [("0.05", None), ("0.2", Decimal("0.2")), ("0", Decimal(0))])
    def test_is_no_mix_of_those_of_the_items(self, stated, kept):
        items = [
            {"id": 1, "quantity": 1, "unit_sale_price": "10", "sale_vat_rate": "0.2"},
            {"id": 2, "quantity": 3, "unit_sale_price": "10", "unit_sale_price_inc_tax": "10"},
        ]
        assert push(items=items, shipping_tax_rate=stated).shipping.tax_rate == kept


class TestDates:
    @pytest.mark.parametrize("nothing", ["0000-00-00 00:00:00", "-0001-11-30 00:00:00", "0", 0, "", None])
    def test_of_zeros_are_none(self, nothing):
        assert push(completion_datetime=nothing).completed_at is None

    def test_are_kept_as_they_were_sent(self):
        assert push(completion_datetime="2026-07-01 00:30:00").completed_at == "2026-07-01 00:30:00"

    def test_as_a_number_are_no_times(self):
        with pytest.raises(NotAnOrderError, match="completion_datetime: A number names no moment"):
            push(completion_datetime=1_700_000_000)


class TestACallback:
    def test_names_lines_by_ref_and_the_shops_name(self):
        items = [{"quantity": 1, "ref": "L1", "external_ref": "W-1"}, {"quantity": "2", "external_ref": "W-2"}]
        told = reading.read_callback({"id": 7, "status": 4, "new_cancellations": [{"items": items}]})

        parts = told.notice.cancellations[0].lines
        assert [(part.line, part.external_ref, part.quantity) for part in parts] == [
            ("L1", "W-1", 1),
            ("W-2", "W-2", 2),
        ]

    def test_may_leave_out_everything_but_the_order(self):
        assert reading.read_callback({"ref": "AB"}).notice.shipments == []


class TestItemsOfOneId:
    def test_are_told_apart_by_their_place(self):
        items = [{"id": 77, "quantity": 1}, {"id": 77, "ref": "b", "quantity": 1}, {"id": 78, "quantity": 1}]
        names = [(line.id, line.ref) for line in push(items=items).lines]
        assert names == [("", "77"), ("", "b"), ("78", "")]
