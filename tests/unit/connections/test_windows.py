"""When a window of a minute begins is told by answers alone, and never believed to be earlier than it is."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from daybook.connections.windows import DAY, MINUTE, OUT_OF_ORDER, Noted, began, ceiling, ends, has_jumped, left
from daybook.ledgers.xero.ledger import XERO
from daybook.posting import limits

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
A_MINUTE = 60
SWEEP = timedelta(seconds=5)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class FarSide:
    """Counts calls in fixed windows that begin at a moment of its own."""

    def __init__(self, phase: float) -> None:
        self._phase, self._window, self._used = seconds(phase), -1, 0
        self.turned_away = 0

    def begins(self, now: datetime) -> datetime:
        return NINE + self._phase + MINUTE * ((now - NINE - self._phase) // MINUTE)

    def take(self, now: datetime) -> int:
        window = (now - NINE - self._phase) // MINUTE
        if window != self._window:
            self._window, self._used = window, 0
        if self._used == A_MINUTE:
            self.turned_away += 1
            return 0
        self._used += 1
        return A_MINUTE - self._used


class TestAWindow:
    def test_is_not_known_before_an_answer_tells(self):
        assert began(Noted(None, None, None), remaining=59, now=NINE) is None
        assert began(Noted(40, NINE, None), remaining=39, now=NINE + seconds(1)) is None
        assert ends(NINE, None) == NINE + MINUTE

    def test_has_begun_when_the_calls_left_jump_up(self):
        seen = began(Noted(3, NINE, None), remaining=59, now=NINE + seconds(20))
        assert seen == NINE + seconds(20)
        assert ends(NINE + seconds(30), seen) == NINE + seconds(80)

    def test_is_not_taken_for_a_new_one_where_answers_only_came_in_another_order(self):
        assert began(Noted(40, NINE, None), remaining=44, now=NINE + seconds(1)) is None

    def test_that_begins_as_it_was_known_is_not_moved_by_an_answer_that_came_later(self):
        assert began(Noted(0, NINE + seconds(50), NINE), remaining=58, now=NINE + seconds(64)) == NINE + MINUTE

    def test_that_was_believed_later_than_it_is_begins_earlier_from_then_on(self):
        noted = Noted(0, NINE + seconds(30), NINE + seconds(20))
        assert began(noted, remaining=59, now=NINE + seconds(71)) == NINE + seconds(71)

    def test_begins_when_the_far_side_said_so(self):
        noted = Noted(0, NINE + seconds(30), NINE + seconds(5), retry_at=NINE + seconds(41))
        assert began(noted, remaining=59, now=NINE + seconds(43)) == NINE + seconds(41)

    @given(st.floats(0, 59.999), st.lists(st.floats(0.01, 90), min_size=2, max_size=200))
    @example(0, [1] * 8 + [53, 59])  # the third window begins unseen
    def test_is_never_believed_to_end_before_it_does_but_where_it_began_unseen(self, phase, pauses):
        far, noted, now, is_unseen = FarSide(phase), Noted(None, None, None), NINE + MINUTE, False
        for pause in pauses:
            last, now = now, now + seconds(pause)
            left = far.take(now)
            if far.begins(now) != far.begins(last):
                is_unseen = not has_jumped(noted, left)
                assert not is_unseen or noted.remaining is None or A_MINUTE - noted.remaining <= OUT_OF_ORDER + 1
            found = began(noted, remaining=left, now=now)
            noted = Noted(left, now, found)
            if found is not None and not is_unseen:
                assert ends(now, found) >= far.begins(now) + MINUTE - seconds(0.001)


class TestABacklog:
    def post(self, *, minutes: int, phase: float, is_told: bool) -> tuple[float, int]:
        """Post as a drain does for so long; return the share of the calls that were made, and how many were refused."""
        far, noted, now, made = FarSide(phase), Noted(None, None, None), NINE, 0
        end = NINE + MINUTE * minutes
        while now < end:
            windows = limits.Windows(
                None, noted.remaining, noted.read_at, minute_began_at=noted.began_at if is_told else None
            )
            allowed = limits.allowance(windows, XERO.terms, in_flight=0, now=now)
            if allowed.calls:
                now += seconds(0.2)
                left = far.take(now)
                made += 1
                noted = Noted(left, now, began(noted, remaining=left, now=now))
            else:
                sweep = NINE + SWEEP * ((now - NINE) // SWEEP + 1)
                soon = allowed.until is not None and allowed.until - sweep <= seconds(6)
                now = max(sweep, allowed.until) if is_told and soon and allowed.until is not None else sweep
        return made / (minutes * A_MINUTE), far.turned_away

    def test_goes_through_at_the_speed_of_the_far_sides_limit(self):
        for phase in (0, 17.3, 41.9):
            share, turned_away = self.post(minutes=60, phase=phase, is_told=True)
            assert share >= 0.97
            assert turned_away == 0

    def test_lost_a_part_of_every_minute_while_windows_were_taken_to_begin_with_the_last_answer(self):
        share, _ = self.post(minutes=60, phase=17.3, is_told=False)
        assert share < 0.9


class TestADay:
    def test_begins_when_the_calls_left_jump_up_as_a_minute_does(self):
        noted = Noted(3, NINE, None)
        assert began(noted, remaining=990, now=NINE + timedelta(hours=2), length=DAY) == NINE + timedelta(hours=2)

    def test_is_known_the_better_the_earlier_it_was_seen_to_begin(self):
        noted = Noted(500, NINE + timedelta(hours=17), NINE - timedelta(hours=3))
        seen = began(noted, remaining=999, now=NINE + timedelta(hours=18), length=DAY)
        assert seen == NINE + timedelta(hours=18)
        assert ends(NINE + timedelta(hours=20), seen, DAY) == NINE + timedelta(hours=42)

    def test_does_not_begin_where_only_a_minutes_wait_was_named(self):
        noted = Noted(500, NINE, None, retry_at=NINE + seconds(30))
        assert began(noted, remaining=999, now=NINE + timedelta(hours=1), length=DAY) == NINE + timedelta(hours=1)

    def test_that_was_used_up_begins_when_the_far_side_said_so(self):
        noted = Noted(0, NINE, None, retry_at=NINE + timedelta(hours=5))
        assert began(noted, remaining=999, now=NINE + timedelta(hours=6), length=DAY) == NINE + timedelta(hours=5)


class TestAPlan:
    PLANS = (1_000, 5_000)

    def said(self, known: int | None, before: int | None, remaining: int) -> int | None:
        return ceiling(known, Noted(before, NINE, None), remaining=remaining, plans=self.PLANS)

    def test_is_told_by_what_only_the_larger_one_explains(self):
        assert self.said(None, None, 4_990) == 5_000

    def test_is_not_told_by_what_any_explains(self):
        assert self.said(None, None, 700) is None

    def test_is_told_where_a_day_has_just_begun(self):
        assert self.said(None, 20, 999) == 1_000

    def test_that_was_changed_for_a_lesser_one_shows_with_the_next_day(self):
        assert self.said(5_000, 900, 890) == 5_000
        assert self.said(5_000, 20, 999) == 1_000

    def test_larger_than_any_that_is_sold_is_as_large_as_it_shows(self):
        assert self.said(None, None, 9_999) == 10_000


class TestWhatIsLeft:
    def test_is_not_brought_back_by_an_answer_that_was_overtaken(self):
        assert left(Noted(40, NINE, None), 43) == 40

    def test_is_as_the_answer_says_otherwise(self):
        assert left(Noted(40, NINE, None), 39) == 39
        assert left(Noted(2, NINE, None), 59) == 59
        assert left(Noted(None, None, None), 59) == 59
