"""What is due to whom: told once, muted for an hour, summaries at seven by the organisation's clock."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.alerts import deciding
from daybook.alerts.deciding import Digest, Foreseen, Known, Outlook, Verdict, Waiting, next_digest, verdict

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONDON, SYDNEY = ZoneInfo("Europe/London"), ZoneInfo("Australia/Sydney")


def waiting(count: int = 1, newest_id: int = 1, at: datetime | None = NOW) -> Waiting:
    return Waiting(company_id=1, connection_id=1, cause="x", documents=count, newest_id=newest_id, newest_at=at)


def known(minutes_ago: int, count: int = 1, newest_id: int = 1, at: datetime | None = NOW) -> Known:
    return Known(count=count, newest_id=newest_id, newest_at=at, told_at=NOW - timedelta(minutes=minutes_ago))


def test_what_waits_at_one_place_for_one_cause_is_counted_together():
    one, other = (Waiting(company_id=1, cause="x", documents=1, orders=2, deliveries=number) for number in (3, 4))
    both = one.with_more(other)
    assert (both.documents, both.orders, both.deliveries, both.count) == (2, 4, 7, 13)


class TestWhatIsTold:
    def test_what_was_never_told(self):
        assert verdict(waiting(), None, NOW) is Verdict.TELL

    def test_nothing_that_is_as_it_was_told(self):
        assert verdict(waiting(), known(600), NOW) is Verdict.NOTHING

    @pytest.mark.parametrize(
        "more", [waiting(2, 2), waiting(1, 2), waiting(2, 1), waiting(1, 1, NOW + timedelta(seconds=1))]
    )
    def test_more_newer_or_again_once_the_hour_is_over(self, more):
        assert verdict(more, known(59), NOW) is Verdict.MUTED
        assert verdict(more, known(60), NOW) is Verdict.TELL

    def test_one_that_comes_after_others_were_cured(self):
        left = deciding.still_known(waiting(1), known(120, count=5))

        assert verdict(waiting(2), known(120, count=left), NOW) is Verdict.TELL
        assert deciding.still_known(None, known(120, count=5)) == 0

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), max_size=60))
    def test_is_never_told_twice_within_an_hour_and_never_left_untold(self, steps):
        """By the minute: some cured or some more; who is told last was told of all, but for the hour's rest."""
        row: Known | None = None
        told, now, newest = [], NOW, 0
        for count, minutes in steps:
            now += timedelta(minutes=minutes)
            newest += count
            found = waiting(count, newest, now if count else None) if count else None
            if found is not None and verdict(found, row, now) is Verdict.TELL:
                told.append(now)
                row = Known(count=count, newest_id=newest, newest_at=now, told_at=now)
            elif row is not None:
                left = deciding.still_known(found, row)
                row = Known(count=left, newest_id=row.newest_id, newest_at=row.newest_at, told_at=row.told_at)
            if found is not None:
                assert row is not None
                assert now - row.told_at < deciding.MUTED_FOR
        assert all(later - earlier >= deciding.MUTED_FOR for earlier, later in itertools.pairwise(told))


class TestSummaries:
    @pytest.mark.parametrize(
        ("digest", "after", "zone", "due"),
        [
            (Digest.DAILY, "2026-03-04T06:59Z", LONDON, "2026-03-04T07:00Z"),
            (Digest.DAILY, "2026-03-04T07:00Z", LONDON, "2026-03-05T07:00Z"),
            (Digest.DAILY, "2026-03-28T12:00Z", LONDON, "2026-03-29T06:00Z"),  # the clock goes forward
            (Digest.DAILY, "2026-03-04T12:00Z", SYDNEY, "2026-03-04T20:00Z"),
            (Digest.WEEKLY, "2026-03-04T12:00Z", LONDON, "2026-03-09T07:00Z"),
            (Digest.WEEKLY, "2026-03-09T06:00Z", LONDON, "2026-03-09T07:00Z"),
            (Digest.WEEKLY, "2026-03-09T08:00Z", LONDON, "2026-03-16T07:00Z"),
        ],
    )
    def test_are_due_at_seven_by_the_organisations_clock(self, digest, after, zone, due):
        assert next_digest(digest, datetime.fromisoformat(after), zone) == datetime.fromisoformat(due)

    def test_are_not_due_to_who_wants_none(self):
        assert next_digest(Digest.NEVER, NOW, LONDON) is None


class TestWarnings:
    @pytest.mark.parametrize(
        ("outlook", "found"),
        [
            (Outlook(), []),
            (Outlook(lapses_at=NOW + timedelta(days=8)), []),
            (Outlook(lapses_at=NOW + timedelta(days=6)), [Foreseen.CONSENT_LAPSES]),
            (Outlook(lapses_at=NOW - timedelta(days=1)), []),  # it is over: that is told as what it is
            (Outlook(calls_left=501, calls_a_day=5000), []),
            (Outlook(calls_left=500, calls_a_day=5000), [Foreseen.CALLS_RUN_OUT]),
            (Outlook(calls_left=0), []),  # of how many nobody knows
        ],
    )
    def test_come_before_the_end_and_not_for_nothing(self, outlook, found):
        assert deciding.warnings(outlook, NOW) == found

    def test_are_given_once_a_day(self):
        assert deciding.is_warned_again(None, NOW)
        assert not deciding.is_warned_again(NOW - timedelta(hours=23), NOW)
        assert deciding.is_warned_again(NOW - timedelta(hours=24), NOW)
