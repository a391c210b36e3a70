"""Time passes as everywhere, but in a trial, where it may pass faster."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from daybook.kit import clock
from daybook.kit.clock import REAL, Pace, read_pace

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def _real_afterwards() -> Iterator[None]:
    yield
    clock.run_at(REAL)


class TestAPace:
    def test_agrees_with_the_machine_at_its_beginning_and_runs_away_from_it(self):
        pace = Pace(20, NOON)
        assert pace.at(NOON) == NOON
        assert pace.at(NOON + timedelta(seconds=3)) == NOON + timedelta(minutes=1)

    def test_may_be_ahead_or_behind(self):
        assert Pace(ahead=timedelta(minutes=-5)).at(NOON) == NOON - timedelta(minutes=5)

    def test_is_the_same_in_every_process_that_is_told_the_same(self):
        assert read_pace("20@2026-11-20T12:00:00Z") == read_pace("20@2026-11-20T12:00:00") == Pace(20, NOON)

    def test_is_real_where_nothing_is_said(self):
        assert read_pace("").is_real
        assert not read_pace("20@2026-11-20T12:00:00Z").is_real

    @pytest.mark.parametrize("text", ["20", "0@2026-11-20T12:00:00Z", "2.5@2026-11-20", "20@noon", "-1@2026-11-20"])
    def test_that_makes_no_sense_is_refused(self, text):
        with pytest.raises(ValueError, match=r".*"):
            read_pace(text)


class TestTheClock:
    @pytest.mark.usefixtures("_real_afterwards")
    def test_shows_the_time_at_its_pace_and_makes_waits_as_much_shorter(self):
        clock.run_at(Pace(60, datetime.now(UTC) - timedelta(minutes=1)))
        assert clock.now() - datetime.now(UTC) > timedelta(minutes=58)
        assert clock.lasting(timedelta(minutes=4)) == clock.lasting(240.0) == 4

    def test_shows_the_machines_time_otherwise(self):
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=10)
        assert clock.lasting(30) == 30
