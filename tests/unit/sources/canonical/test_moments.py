"""Moments as they were sent, and the day and instant they stand for."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.sources.canonical import moments
from daybook.sources.canonical.moments import Zones

LONDON, NEW_YORK, SYDNEY = map(ZoneInfo, ("Europe/London", "America/New_York", "Australia/Sydney"))
ZONES = st.sampled_from([UTC, LONDON, NEW_YORK, SYDNEY, ZoneInfo("Pacific/Kiritimati")])
DAYS = st.dates(min_value=date(1991, 1, 1), max_value=date(2099, 12, 31))


class TestTheDay:
    @pytest.mark.parametrize(
        ("sent", "zones", "day"),
        [
            ("2026-11-20", Zones(NEW_YORK, NEW_YORK), date(2026, 11, 20)),
            ("2026-06-30T14:30:00Z", Zones(SYDNEY, SYDNEY), date(2026, 7, 1)),
            ("2026-06-30T15:30:00", Zones(SYDNEY, SYDNEY), date(2026, 6, 30)),
            ("2026-06-30T15:30:00", Zones(UTC, SYDNEY), date(2026, 7, 1)),
            ("2026-03-29T01:30:00", Zones(LONDON, LONDON), date(2026, 3, 29)),
            ("2026-10-25 01:30", Zones(LONDON, LONDON), date(2026, 10, 25)),
            ("2026-06-30T23:40:00", Zones(LONDON, LONDON), date(2026, 6, 30)),
            ("2026-11-20 23:10:00 +0100", Zones(UTC, SYDNEY), date(2026, 11, 21)),
            ("2026-11-20T23:10:00-05", Zones(UTC, NEW_YORK), date(2026, 11, 20)),
            ("2026-11-20T23:10:00.1234567UTC", Zones(SYDNEY, NEW_YORK), date(2026, 11, 20)),
        ],
    )
    def test_is_that_of_the_organisation(self, sent, zones, day):
        assert moments.day(sent, zones) == day

    @given(DAYS, ZONES, ZONES)
    def test_of_a_bare_day_and_of_midnight_without_a_zone_is_that_day_everywhere(self, day, sender, documents):
        for sent in (day.isoformat(), f"{day}T00:00", f"{day} 00:00:00.000"):
            assert moments.day(sent, Zones(sender, documents)) == day

    @given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 31)), ZONES)  # noqa: DTZ001
    def test_of_a_time_on_the_organisations_own_clock_is_never_in_doubt(self, moment, zone):
        assert moments.day(moment.isoformat(), Zones(zone, zone)) == moment.date()

    @given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 31)), ZONES)  # noqa: DTZ001
    def test_of_an_instant_is_the_organisations_whoever_sent_it(self, moment, documents):
        moment = moment.replace(tzinfo=UTC)
        assert moments.day(moment.isoformat(), Zones(SYDNEY, documents)) == moment.astimezone(documents).date()
        assert moments.instant(moment.isoformat(), NEW_YORK) == moment


class TestAnHourThatComesTwice:
    def test_has_a_first_and_a_last_instant(self):
        first, last = (moments.instant("2026-10-25T01:30", LONDON, latest=latest) for latest in (False, True))
        assert (last - first).total_seconds() == 3600
