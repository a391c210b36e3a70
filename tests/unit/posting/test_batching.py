"""Which documents travel together, and when."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daybook.ledgers.xero.writing import MAX_BYTES, fitting
from daybook.outbox.retrying import MOST_TRIES, halved
from daybook.posting.batching import (
    AHEAD,
    AT_ONCE,
    MAX_DOCUMENTS,
    QUIET,
    Batch,
    Waiting,
    linger,
    next_at,
    next_batch,
    together,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=5)


class TestNextBatch:
    def test_sends_a_full_batch_at_once(self):
        waiting = [Waiting("invoice", 120, NOW)]
        assert next_batch(waiting, now=NOW, lingers=linger(10)) == Batch("invoice", MAX_DOCUMENTS)

    def test_lets_a_young_part_batch_wait_for_others(self):
        assert next_batch([Waiting("invoice", 49, NOW)], now=NOW, lingers=linger(0)) is None

    def test_sends_a_part_batch_whose_oldest_document_has_lingered(self):
        assert next_batch([Waiting("invoice", 3, LONG_AGO)], now=NOW, lingers=linger(5)) == Batch("invoice", 3)

    def test_keeps_a_part_batch_as_long_as_the_company_allows(self):
        assert next_batch([Waiting("invoice", 3, LONG_AGO)], now=NOW, lingers=linger(6)) is None

    def test_prefers_a_full_batch_to_an_older_part_one(self):
        waiting = [Waiting("invoice", 2, NOW - timedelta(seconds=50)), Waiting("purchase_order", 50, NOW)]
        assert next_batch(waiting, now=NOW, lingers=linger(0)) == Batch("purchase_order", 50)

    def test_lets_a_part_batch_wait_behind_full_ones_for_a_minute_and_no_longer(self):
        waiting = [Waiting("invoice", 2, LONG_AGO), Waiting("purchase_order", 51, LONG_AGO - timedelta(hours=1))]
        given = {"purchase_order": 1}
        assert next_batch(waiting, now=NOW, lingers=linger(0), given=given) == Batch("invoice", 2)

    def test_lets_kinds_take_turns_however_many_of_one_wait(self):
        waiting = [Waiting("allocation", 2, LONG_AGO, room=1), Waiting("invoice", 51, NOW)]
        given = Counter()
        for _ in range(10):
            given[next_batch(waiting, now=NOW, lingers=linger(0), given=given).route] += 1
        assert given == {"allocation": 5, "invoice": 5}

    def test_sends_what_others_speak_of_first_where_they_came_together(self):
        waiting = [Waiting("invoice", 50, NOW, rank=20), Waiting("purchase_order", 50, NOW, rank=10)]
        assert next_batch(waiting, now=NOW, lingers=linger(0)) == Batch("purchase_order", 50)

    def test_takes_the_kind_that_has_waited_longer(self):
        waiting = [Waiting("invoice", 2, LONG_AGO + timedelta(seconds=1)), Waiting("purchase_order", 1, LONG_AGO)]
        assert next_batch(waiting, now=NOW, lingers=linger(0)) == Batch("purchase_order", 1)

    def test_has_nothing_to_send_where_nothing_waits(self):
        assert next_batch([], now=NOW, lingers=linger(0)) is None


class TestAtOnce:
    """A company that chose no wait of its own, and has calls."""

    def test_a_single_document_goes_when_nothing_has_followed_it_for_a_moment(self):
        single = [Waiting("invoice", 1, NOW)]
        assert next_batch(single, now=NOW + QUIET / 2, lingers=AT_ONCE) is None
        assert next_at(single, AT_ONCE) == NOW + QUIET
        assert next_batch(single, now=NOW + QUIET, lingers=AT_ONCE) == Batch("invoice", 1)

    def test_documents_that_keep_coming_travel_together(self):
        coming = [Waiting("invoice", 20, NOW, newest=NOW + timedelta(seconds=2))]
        assert next_batch(coming, now=NOW + timedelta(seconds=2.1), lingers=AT_ONCE) is None
        assert next_at(coming, AT_ONCE) == NOW + timedelta(seconds=2.3)
        assert next_batch(coming, now=NOW + timedelta(seconds=2.3), lingers=AT_ONCE) == Batch("invoice", 20)

    def test_but_none_waits_longer_for_them_than_three_seconds(self):
        coming = [Waiting("invoice", 20, NOW, newest=NOW + timedelta(seconds=2.9))]
        assert next_batch(coming, now=NOW + timedelta(seconds=3), lingers=AT_ONCE) == Batch("invoice", 20)

    def test_is_over_while_the_days_calls_must_be_made_to_last(self):
        lingers = linger(0, timedelta(seconds=88))
        assert next_batch([Waiting("invoice", 1, NOW)], now=NOW + timedelta(seconds=87), lingers=lingers) is None
        assert next_batch([Waiting("invoice", 1, NOW)], now=NOW + timedelta(seconds=88), lingers=lingers) is not None

    def test_is_not_what_a_company_gets_that_chose_to_wait(self):
        assert linger(5).quiet == linger(5).most == timedelta(minutes=5) - AHEAD


class TestTogether:
    def test_all_go_together_of_which_nothing_is_known(self):
        assert together([None] * 50) == 50

    def test_what_was_in_a_call_of_which_nothing_came_goes_in_smaller_ones(self):
        assert together([25] * 50) == 25

    def test_those_before_it_do_not_go_with_what_goes_alone(self):
        assert together([None, None, 1, None]) == 2
        assert together([1, None]) == 1

    def test_one_always_goes(self):
        assert together([1]) == together([7]) == together([None]) == 1

    def test_fifty_are_halved_down_to_one_within_the_tries_that_there_are(self):
        documents, calls = MAX_DOCUMENTS, 0
        while documents > 1:
            documents, calls = halved(documents), calls + 1
        assert calls + 1 < MOST_TRIES


class TestFitting:
    @given(st.lists(st.integers(min_value=1, max_value=MAX_BYTES), min_size=1, max_size=60))
    def test_never_exceeds_the_limit_with_more_than_one_document(self, sizes):
        count = fitting(sizes)
        assert 1 <= count <= len(sizes)
        assert count == 1 or sum(sizes[:count]) + count <= MAX_BYTES

    @given(st.lists(st.integers(min_value=1, max_value=1000), min_size=1, max_size=60))
    def test_takes_all_where_all_fit(self, sizes):
        assert fitting(sizes) == len(sizes)
