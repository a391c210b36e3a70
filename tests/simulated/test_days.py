"""Whole days of posting in seconds: what 1,000 calls carry, how long orders wait for each other, and what was foreseen."""

from datetime import datetime, timedelta

import pytest

from daybook.posting import budget
from tests.simulated import days
from tests.simulated.model import (
    ALLOCATED,
    ALLOCATIONS,
    INVOICES,
    MINUTE,
    NINE,
    NOTES,
    ORDERS,
    PAID,
    PAYMENTS,
    REFUNDED,
    REFUNDS,
    ROOMS,
    Company,
    Xero,
)

SINGLE = {INVOICES: 50, ORDERS: 50, ALLOCATIONS: 1}


def is_in_at(company: Company) -> datetime:
    """When the last of its documents stood in Xero."""
    return max(moment for moment, _ in company.posted_by)


class TestABacklog:
    @pytest.mark.parametrize(("rooms", "orders"), [(days.UNTRACKED, 45_000), (ROOMS, 22_000)], ids=["invoices", "both"])
    def test_of_fifty_thousand_orders_goes_as_far_as_a_starters_day_carries(self, rooms, orders):
        company = days.backlog(50_000, rooms)
        company.play(company.xero.day_ends(NINE))
        assert company.xero.calls <= 1_000
        assert sum(company.sizes) / len(company.sizes) >= 45
        assert sum(company.sizes) // len(rooms) >= orders

    def test_uses_the_minutes_up_and_provokes_no_refusal(self):
        company = days.backlog(200_000, days.UNTRACKED, a_day=100_000)
        company.play(NINE + timedelta(hours=1))
        assert company.xero.calls / 3_600 >= 0.97
        assert company.xero.turned_away == 0

    def test_goes_on_to_the_second_when_the_day_begins_of_which_xero_told(self):
        company = days.backlog(60_000, days.UNTRACKED)
        begins = company.xero.day_ends(NINE)
        company.play(begins + timedelta(minutes=10))
        first = min(moment for moment, _ in company.posted_by if moment > begins)
        assert first - begins < timedelta(seconds=4)

    def test_of_one_kind_keeps_no_other_back(self):
        company = Company(Xero(), rooms=SINGLE)
        company.comes(NINE, {ALLOCATIONS: 5_000})
        company.comes(NINE + MINUTE, {INVOICES: 100, ORDERS: 30})
        company.play(NINE + 2 * MINUTE)
        assert len(company.queues[INVOICES]) == 0
        company.play(NINE + 3 * MINUTE)
        assert len(company.queues[ORDERS]) == 0
        assert len(company.queues[ALLOCATIONS]) > 4_700


class TestATrickle:
    def test_of_five_thousand_orders_within_five_minutes(self):
        company = days.trickle(5_000, within=5)
        assert company.xero.calls <= 1_000
        assert company.wait_at(0.95) <= 300

    def test_lasts_the_day_at_once_too_because_documents_linger_by_themselves(self):
        company = days.trickle(5_000)
        assert (company.left, company.xero.turned_away) == (0, 0)
        assert company.xero.calls <= 1_000
        assert company.wait_at(0.95) <= 120

    def test_that_the_calls_carry_one_by_one_goes_at_once(self):
        company = days.trickle(600)
        assert company.wait_at(0.95) <= 2
        assert company.xero.calls <= 1_000

    def test_of_two_kinds_lasts_too(self):
        company = days.trickle(1_500, ROOMS, days=2)
        assert (company.left, company.xero.turned_away) == (0, 0)
        assert company.wait_at(0.95) <= budget.MOST_LINGER.total_seconds()

    def test_an_import_of_single_orders_travels_in_full_calls(self):
        company = Company(Xero(), rooms=days.UNTRACKED)
        for serial in range(1_000):
            company.comes(NINE + timedelta(seconds=serial / 20), {INVOICES: 1})
        company.play(NINE + 3 * MINUTE)
        assert len(company.sizes) <= 22
        assert company.wait_at(0.95) <= 5


class TestTheForecast:
    @pytest.mark.parametrize("orders", [12_000, 120_000])
    @pytest.mark.parametrize("rooms", [days.UNTRACKED, ROOMS, SINGLE], ids=["invoices", "both", "allocations"])
    def test_is_what_then_happens(self, rooms, orders):
        orders = orders // 20 if rooms is SINGLE else orders
        company = days.backlog(orders, rooms, day_phase=NINE.timestamp() % 86_400)
        company.play(NINE + 2 * MINUTE)  # the answers have told when a minute begins
        self.holds(company)

    @pytest.mark.parametrize("orders", [10_000, 40_000, 100_000])
    def test_is_what_then_happens_with_payments_behind_their_invoices(self, orders):
        """On a Starter's plan; each call that pays takes another one before it."""
        company = days.backlog(orders, PAID, day_phase=NINE.timestamp() % 86_400)
        company.play(NINE + 2 * MINUTE)
        self.holds(company)

    @pytest.mark.parametrize("allocated", [0, 400, 800], ids=["all paid back", "half set against invoices", "all set"])
    def test_is_what_then_happens_of_an_ordinary_backlog(self, allocated):
        """10,000 orders with payments, 8 % of them refunded, on a Starter's plan: minutes, a day, three days."""
        rooms = ALLOCATED if allocated else REFUNDED
        company = Company(Xero(day_phase=NINE.timestamp() % 86_400), rooms=rooms)
        after = {NOTES: 800, REFUNDS: 800 - allocated} | ({ALLOCATIONS: allocated} if allocated else {})
        company.comes(NINE, {INVOICES: 10_000, PAYMENTS: 10_000, **after})
        company.play(NINE + 2 * MINUTE)
        self.holds(company)

    def test_counts_what_is_read_before_each_call_that_pays(self):
        company = days.backlog(10_000, PAID, a_day=5_000)
        foreseen = company.forecast(5_000)
        assert foreseen.calls == pytest.approx(200 + 2 * 200, rel=0.05)
        company.play(foreseen.is_in_at + MINUTE)
        assert company.left == 0
        assert sum(company.sizes) / len(company.sizes) >= 45

    def test_is_what_then_happens_while_more_keep_coming(self):
        company = days.trickle(1_500, days=2)
        company.comes(company.now, {INVOICES: 60_000})
        for serial in range(3_000):
            company.comes(company.now + timedelta(seconds=serial * 60), {INVOICES: 1})
        company.play(company.now + timedelta(seconds=1))
        self.holds(company)

    def test_says_how_many_calls_it_takes(self):
        company = days.backlog(10_000, ROOMS, a_day=5_000)
        begun, left = len(company.sizes), company.left
        foreseen = company.forecast(5_000)
        company.play(foreseen.is_in_at + MINUTE)
        assert foreseen.waiting == left
        assert foreseen.calls == pytest.approx(len(company.sizes) - begun, rel=0.05)

    def test_of_nothing_is_nothing(self):
        assert Company(Xero()).forecast().is_in_at is None

    def holds(self, company: Company) -> None:
        now, already = company.now, sum(company.sizes)
        waiting = company.left
        foreseen = company.forecast(company.xero.a_day)
        assert foreseen.is_in_at is not None
        company.play(foreseen.is_in_at + (foreseen.is_in_at - now) / 4 + MINUTE)
        posted = 0
        for moment, count in company.posted_by:
            posted += count
            if posted >= already + waiting:
                assert abs(foreseen.is_in_at - moment) <= 0.05 * (moment - now)
                return
        raise AssertionError(foreseen.is_in_at, company.left)
