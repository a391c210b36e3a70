"""A day's calls are made to last: by what came in the last week."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.posting import budget
from daybook.posting.budget import MOST_LINGER, Expected, calls_an_hour, linger

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def hours_back(*counts: int) -> dict[datetime, int]:
    """The last hour first."""
    return {NOW - timedelta(hours=back): count for back, count in enumerate(counts, 1)}


def evenly(a_day: int) -> Expected:
    return Expected((a_day / 24,) * 24, 50)


class TestExpected:
    def test_of_a_company_that_was_never_seen_nothing_is_expected(self):
        assert sum(budget.expected({}, now=NOW)) == 0

    def test_what_came_in_the_last_hour_is_taken_to_go_on_where_there_is_no_other_witness(self):
        assert budget.expected(hours_back(200), now=NOW) == (200,) * 24

    def test_the_last_hour_is_the_last_sixty_minutes(self):
        later = NOW + timedelta(minutes=30)
        assert budget.expected({NOW: 50, NOW - timedelta(hours=1): 100}, now=later)[0] == 50 + 100 / 2

    def test_each_hour_is_as_it_was_on_the_last_days(self):
        came = hours_back(*([0] * 23 + [240] + [0] * 23 + [120]))
        expected = budget.expected(came, now=NOW)
        assert (expected[0], sum(expected)) == (180, 180)

    def test_a_day_that_is_busier_than_usual_is_expected_to_stay_so(self):
        usual = [100] * (24 * 7)
        came = hours_back(*([200, *usual]))
        assert budget.expected(came, now=NOW)[5] == pytest.approx(200, rel=0.15)


class TestLinger:
    def test_nothing_lingers_where_the_calls_carry_all_one_by_one(self):
        assert linger([evenly(800)], calls=950, lasts=DAY) == timedelta(0)

    def test_what_is_more_than_the_calls_waits_just_long_enough(self):
        wait = linger([evenly(5_000)], calls=950, lasts=DAY)
        assert timedelta(seconds=60) < wait < timedelta(seconds=95)
        assert 24 * calls_an_hour(5_000 / 24, 50, wait.total_seconds()) <= 950

    def test_spent_evenly_no_day_asks_for_more_than_its_length_over_its_calls(self):
        assert linger([evenly(10**6)], calls=960, lasts=DAY) == timedelta(seconds=90)

    def test_two_kinds_share_the_calls(self):
        assert linger([evenly(5_000)] * 2, calls=950, lasts=DAY) > linger([evenly(5_000)], calls=950, lasts=DAY)

    def test_few_calls_late_in_the_day_are_no_reason_to_wait_long(self):
        assert linger([evenly(5_000)], calls=50, lasts=timedelta(minutes=30)) < timedelta(seconds=60)

    @given(a_day=st.integers(0, 10**6), calls=st.integers(-50, 5_000), minutes=st.integers(1, 1_440))
    def test_it_never_waits_longer_than_is_promised(self, a_day, calls, minutes):
        assert timedelta(0) <= linger([evenly(a_day)], calls=calls, lasts=timedelta(minutes=minutes)) <= MOST_LINGER
