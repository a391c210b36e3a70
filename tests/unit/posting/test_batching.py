"""Which documents travel together, and when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daybook.ledgers.xero.writing import MAX_BYTES, fitting
from daybook.posting.batching import MAX_DOCUMENTS, Batch, Waiting, linger, next_batch

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
        waiting = [Waiting("invoice", 2, LONG_AGO), Waiting("purchase_order", 50, NOW)]
        assert next_batch(waiting, now=NOW, lingers=linger(0)) == Batch("purchase_order", 50)

    def test_takes_the_kind_that_has_waited_longer(self):
        waiting = [Waiting("invoice", 2, LONG_AGO + timedelta(seconds=1)), Waiting("purchase_order", 1, LONG_AGO)]
        assert next_batch(waiting, now=NOW, lingers=linger(0)) == Batch("purchase_order", 1)

    def test_has_nothing_to_send_where_nothing_waits(self):
        assert next_batch([], now=NOW, lingers=linger(0)) is None


class TestFitting:
    @given(st.lists(st.integers(min_value=1, max_value=MAX_BYTES), min_size=1, max_size=60))
    def test_never_exceeds_the_limit_with_more_than_one_document(self, sizes):
        count = fitting(sizes)
        assert 1 <= count <= len(sizes)
        assert count == 1 or sum(sizes[:count]) + count <= MAX_BYTES

    @given(st.lists(st.integers(min_value=1, max_value=1000), min_size=1, max_size=60))
    def test_takes_all_where_all_fit(self, sizes):
        assert fitting(sizes) == len(sizes)
