"""How many calls may start now."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daybook.ledgers.xero.ledger import XERO
from daybook.posting import limits
from daybook.posting.limits import Allowance, Windows

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONCURRENT = XERO.terms.calls_at_once - XERO.terms.calls_kept_at_once
RESERVE, OF_A_MINUTE = XERO.terms.calls_kept_for_people, XERO.terms.calls_kept_a_minute


def allowance(windows: Windows, *, in_flight: int, now: datetime) -> Allowance:
    return limits.allowance(windows, XERO.terms, in_flight=in_flight, now=now)


class TestAllowance:
    def test_is_four_at_once_where_nothing_is_known_and_one_is_left_to_what_is_read(self):
        assert allowance(Windows(None, None, None), in_flight=0, now=NOW).calls == CONCURRENT == 4

    def test_counts_calls_under_way(self):
        assert allowance(Windows(None, None, None), in_flight=3, now=NOW).calls == 1

    def test_is_nothing_during_a_pause_and_says_until_when(self):
        until = NOW + timedelta(minutes=3)
        given_now = allowance(Windows(500, 50, NOW, paused_until=until), in_flight=0, now=NOW)
        assert (given_now.calls, given_now.until) == (0, until)

    def test_goes_on_when_the_pause_is_over(self):
        assert allowance(Windows(500, 50, NOW, paused_until=NOW), in_flight=0, now=NOW).calls == CONCURRENT

    def test_stops_when_the_minute_is_used_up_and_says_until_when(self):
        used_up = allowance(Windows(500, 0, NOW), in_flight=0, now=NOW + timedelta(seconds=10))
        assert (used_up.calls, used_up.until) == (0, NOW + timedelta(seconds=60))

    def test_keeps_one_of_the_minute_for_what_is_read(self):
        assert allowance(Windows(500, OF_A_MINUTE, NOW), in_flight=0, now=NOW).calls == 0
        assert allowance(Windows(500, OF_A_MINUTE + 1, NOW), in_flight=0, now=NOW).calls == 1

    def test_forgets_a_minute_that_is_over(self):
        assert allowance(Windows(500, 0, NOW), in_flight=0, now=NOW + timedelta(seconds=61)).calls == CONCURRENT

    def test_begins_a_minute_anew_when_xero_said_so(self):
        told = Windows(500, 0, NOW, retry_at=NOW + timedelta(seconds=8))
        assert allowance(told, in_flight=0, now=NOW + timedelta(seconds=7)).calls == 0
        assert allowance(told, in_flight=0, now=NOW + timedelta(seconds=8)).calls == CONCURRENT

    def test_begins_a_day_anew_when_xero_said_so_but_keeps_its_reserve_after_a_minutes_wait(self):
        at, later = NOW + timedelta(seconds=8), NOW + timedelta(seconds=9)
        assert allowance(Windows(0, 0, NOW, retry_at=at), in_flight=0, now=later).calls == CONCURRENT
        assert allowance(Windows(RESERVE, 0, NOW, retry_at=at), in_flight=0, now=later).calls == 0

    def test_counts_what_was_read_after_the_moment_that_xero_named(self):
        read_since = Windows(500, 0, NOW, retry_at=NOW - timedelta(seconds=1))
        assert allowance(read_since, in_flight=0, now=NOW + timedelta(seconds=5)).calls == 0

    def test_keeps_a_reserve_of_the_day_for_people(self):
        assert allowance(Windows(RESERVE, 60, NOW), in_flight=0, now=NOW).calls == 0
        assert allowance(Windows(RESERVE + 2, 60, NOW), in_flight=0, now=NOW).calls == 2

    def test_goes_on_when_the_day_ends_that_the_answers_have_told(self):
        began = NOW - timedelta(hours=23, minutes=50)
        told = Windows(0, 60, NOW, day_began_at=began)
        used_up = allowance(told, in_flight=0, now=NOW + timedelta(minutes=2))
        assert (used_up.calls, used_up.until) == (0, began + timedelta(hours=24))
        assert allowance(told, in_flight=0, now=NOW + timedelta(minutes=10)).calls == CONCURRENT

    def test_asks_again_within_the_hour_where_nobody_has_told(self):
        assert allowance(Windows(0, 60, NOW), in_flight=0, now=NOW).until == NOW + timedelta(hours=1)

    def test_keeps_calls_for_the_looks_of_the_rest_of_the_day(self):
        left = limits.for_documents(500, XERO.terms, lists=2, lasts=timedelta(hours=10))
        assert left == 500 - RESERVE - 20

    @given(
        day=st.none() | st.integers(0, 5000),
        minute=st.none() | st.integers(0, 60),
        age=st.integers(0, 200_000),
        in_flight=st.integers(0, 4),
    )
    def test_never_allows_more_than_xero_said_is_left(self, day, minute, age, in_flight):
        calls = allowance(Windows(day, minute, NOW), in_flight=in_flight, now=NOW + timedelta(seconds=age)).calls
        assert 0 <= calls <= CONCURRENT - in_flight
        if minute is not None and age < 60:
            assert calls + in_flight <= max(minute, in_flight)
        if day is not None and age < 86_400:
            assert calls + in_flight <= max(day - RESERVE, in_flight)
