"""When what goes out by a schedule goes next."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from daybook.connections.schedules import next_run

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("every", "at", "expected"),
    [
        ("hourly", time(0), datetime(2026, 11, 29, 18, tzinfo=UTC)),
        ("daily", time(18), datetime(2026, 11, 29, 18, tzinfo=UTC)),
        ("daily", time(17, 30), datetime(2026, 11, 30, 17, 30, tzinfo=UTC)),
        ("weekly", time(0), datetime(2026, 12, 6, tzinfo=UTC)),
        ("weekly", time(23), datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("monthly", time(6), datetime(2026, 12, 1, 6, tzinfo=UTC)),
    ],
)
def test_is_the_first_moment_behind_now(every, at, expected):
    assert next_run(every, NOW, at, LONDON) == expected


def test_is_none_where_all_goes_at_once():
    assert next_run("at_once", NOW, time(0), LONDON) is None


def test_goes_by_the_clock_of_the_place_also_when_that_is_put():
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night after, 01:00 becomes 02:00 in London
    first = next_run("daily", before, time(6), LONDON)
    assert first == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert next_run("daily", first, time(6), LONDON) == datetime(2026, 3, 30, 5, tzinfo=UTC)


def test_of_a_month_that_has_begun_is_the_next_one():
    assert next_run("monthly", datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC), time(0), UTC) == datetime(
        2027, 2, 1, tzinfo=UTC
    )
