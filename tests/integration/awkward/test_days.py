"""Awkward moments: which day a document bears, and which word of the sender counts."""

from datetime import timedelta

import pytest

from daybook.connections.models import PostingSettings
from daybook.kit import clock
from daybook.outbox.models import Entry
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.awkward.companies import ash, booked, briar, clover, dated, take, take_unposted, waiting
from tests.world import posting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def mug(name: str, **more: object) -> dict[str, object]:
    lines = [{"id": "1", "description": "Mug", "quantity": 1, "unit_price": "10.00", "tax_rate": "0.2"}]
    order = {"source": "shop", "id": name, "currency": "GBP", "lines": lines, "dispatched": True}
    return order | {"dispatched_at": "2026-11-20T10:00:00Z"} | more


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def shop(xero):
    return ash(xero)


class TestTheDay:
    def test_is_the_organisations_where_the_sender_names_a_zone_or_none(self, xero):
        shop = briar(xero)
        lines = [{"sku": "CUP", "description": "Cup", "quantity": 1, "unit_price": "9", "tax_rate": 0, "unit_cost": 2}]
        for number, moment in (("WITH", "2026-06-30T14:30:00Z"), ("WITHOUT", "2026-06-30T15:30:00")):
            take(shop, mug(number, currency="AUD", lines=lines, dispatched_at=moment))
        assert dated(shop) == {"WITH": "2026-07-01", "WITHOUT": "2026-06-30"}

    @pytest.mark.parametrize("moment", ["2026-11-20", "2026-11-20T00:00:00", "2026-11-20T23:59"])
    def test_is_the_one_that_was_sent_west_of_greenwich(self, xero, moment):
        shop = clover(xero)
        lines = [{"description": "Tote", "quantity": 1, "unit_price": "10", "tax_rate": 0}]
        take(shop, mug("TOTE", currency="USD", lines=lines, dispatched_at=moment))
        assert dated(shop) == {"TOTE": "2026-11-20"}

    def test_is_sure_in_hours_that_are_not_there_or_come_twice(self, shop):
        PostingSettings.objects.filter(connection__company=shop.company).update(order_time_zone="Europe/London")
        moments = {"A": "2026-03-29T01:30:00", "B": "2026-10-25T01:30:00", "C": "2026-06-30T23:40:00"}
        for number, moment in moments.items():
            take(shop, mug(number, dispatched_at=moment))
        assert dated(shop) == {number: moment[:10] for number, moment in moments.items()}

    def test_is_never_today_for_old_history_without_a_date(self, shop):
        receipt = take(shop, mug("OLD", dispatched_at=None, ordered_at="2025-03-01T10:00:00Z"))
        assert booked(shop) == {}
        assert "2025" in receipt.outlook.explanation

    def test_is_the_day_of_the_news_where_the_order_was_known_before(self, shop):
        order = mug("MADE", dispatched=False, dispatched_at=None, ordered_at="2025-03-01T10:00:00Z")
        take(shop, order, order | {"dispatched": True})
        assert dated(shop) == {"MADE": clock.now().date().isoformat()}


class TestTheLastWord:
    def test_counts_where_a_change_is_taken_back_before_posting(self, shop):
        two = mug("BACK", lines=[{"description": "Mug", "quantity": 2, "unit_price": "10.00", "tax_rate": "0.2"}])
        take_unposted(shop, two, mug("BACK"), two)
        assert booked(shop) == {"BACK": "GBP 20.00 + 4.00 = 24.00"}

    def test_counts_where_a_cancellation_is_taken_back_after_posting(self, shop):
        take(shop, mug("SLIP"), mug("SLIP", cancelled=True), mug("SLIP"))
        assert booked(shop) == {"SLIP": "GBP 10.00 + 2.00 = 12.00"}
        assert Entry.objects.get(company=shop.company).attention == ""

    def test_counts_where_an_order_is_put_on_hold_and_let_go(self, shop):
        take(shop, mug("PAUSE", on_hold=True), mug("PAUSE"))
        take(shop, mug("AGAIN"), mug("AGAIN", on_hold=True), mug("AGAIN"))
        assert set(booked(shop)) == {"PAUSE", "AGAIN"}


class TestNumbers:
    def test_of_an_order_cancelled_before_it_left_is_free_for_the_next(self, shop):
        wrong = mug("B1", number="N-900", totals={"net": "45", "tax": "9", "gross": "54"})
        take(shop, wrong, wrong | {"cancelled": True}, mug("B2", number="N-900"))
        assert booked(shop) == {"N-900": "GBP 10.00 + 2.00 = 12.00"}

    def test_stays_plain_where_the_order_comes_back_before_posting(self, shop):
        take_unposted(shop, mug("B3"), mug("B3", cancelled=True), mug("B3"))
        assert booked(shop) == {"B3": "GBP 10.00 + 2.00 = 12.00"}

    def test_that_differ_in_capitals_only_are_not_told_apart(self, shop):
        for source_id, number in (("M2", "A-77b"), ("M3", "#a-77B"), ("M4", "A/77b")):
            receipt = take(shop, mug(source_id, number=number))
        assert set(booked(shop)) == {"A-77b"}
        assert len(waiting(shop)) + len({"A-77b"}) == 3 or "A-77b" in receipt.outlook.explanation

    def test_that_somebody_used_in_xero_holds_the_order(self, shop, xero):
        contact = posting(shop.company).contact_id
        with signed_in(xero, shop.tenant_id) as client:
            by_hand = {"Type": "ACCREC", "InvoiceNumber": "BB-7001", "Contact": {"ContactID": contact}}
            goods = {"Description": "By hand", "Quantity": 1, "UnitAmount": 99, "AccountCode": "200"}
            assert client.put("/Invoices", json={**by_hand, "LineItems": [goods]}).status_code == 200
        PostingSettings.objects.filter(connection__company=shop.company).update(number_prefix="BB-")
        take(shop, mug("7001"))
        assert booked(shop) == {}
        assert list(waiting(shop)) == ["invoice BB-7001"]


class TestAPartShipment:
    def test_is_shown_to_a_person_after_a_time(self, shop):
        long_ago = (clock.now() - timedelta(days=29)).date().isoformat()
        shipped = [{"dispatched_at": f"{long_ago}T10:00:00Z", "lines": [{"line": "1", "quantity": 3}]}]
        chairs = [{"id": "1", "description": "Chair", "quantity": 5, "unit_price": "40", "tax_rate": "0.2"}]
        receipt = take(shop, mug("CHAIRS", dispatched=False, dispatched_at=None, lines=chairs, shipments=shipped))
        assert booked(shop) == {}
        assert "3" in receipt.outlook.explanation
