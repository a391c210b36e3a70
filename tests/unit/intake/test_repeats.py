"""What counts is the last accepted delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.intake.repeats import Before, Result, Said, judge

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(hours):
    return Said(None, NOON + timedelta(hours=hours), NOON + timedelta(hours=hours))


def deliver(contents, *, answered):
    """Deliver one after the other as the storing does, and return what stands, and what became of each."""
    standing, results, sent = None, [], []
    for content, is_answered in zip(contents, answered, strict=True):
        before = Before(
            is_first=not sent,
            equals_standing=content == standing,
            same_body_unanswered=any(body == content and not was for body, was in sent),
        )
        results.append(judge(before))
        standing = content if results[-1] is Result.ACCEPTED else standing
        sent = [(body, was or (is_answered and body == content)) for body, was in sent] + [(content, is_answered)]
    return standing, results


class TestALastDelivery:
    @given(st.lists(st.sampled_from("ABC"), min_size=1))
    def test_that_was_meant_stands_whatever_stood_before(self, contents):
        standing, results = deliver(contents, answered=[True] * len(contents))
        assert standing == contents[-1]
        assert Result.LATE_RETRY not in results

    @given(st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), min_size=1))
    def test_that_is_accepted_stands_and_what_is_not_changes_nothing(self, sent):
        standing, results = deliver([content for content, _ in sent], answered=[answered for _, answered in sent])
        accepted = [content for (content, _), result in zip(sent, results, strict=True) if result is Result.ACCEPTED]
        assert standing == accepted[-1]


class TestARepeat:
    def test_is_what_stands_already(self):
        assert judge(Before(equals_standing=True, same_id=True), at(-1)) is Result.UNCHANGED

    def test_is_what_carries_an_id_seen_before(self):
        assert judge(Before(same_id=True)) is Result.LATE_RETRY

    def test_is_the_same_body_of_which_nobody_was_told(self):
        assert judge(Before(same_body_unanswered=True)) is Result.LATE_RETRY

    def test_is_nothing_that_its_sender_says_is_newer(self):
        assert judge(Before(same_body_unanswered=True, standing=at(0)), at(1)) is Result.ACCEPTED


class TestTheSendersOwnTime:
    @pytest.mark.parametrize(("hours", "result"), [(-1, "late_retry"), (0, "accepted"), (1, "accepted")])
    def test_makes_late_only_what_is_older(self, hours, result):
        assert judge(Before(standing=at(0)), at(hours)) == result

    def test_counts_for_nothing_where_one_of_the_two_has_none(self):
        assert judge(Before(standing=at(0)), Said()) is Result.ACCEPTED
        assert judge(Before(), at(0)) is Result.ACCEPTED

    def test_counts_after_the_sequence(self):
        newer, older = Said(8, NOON, NOON), Said(7, NOON + timedelta(1), NOON + timedelta(1))
        assert judge(Before(standing=newer), older) is Result.LATE_RETRY

    def test_of_an_hour_that_comes_twice_makes_nothing_late(self):
        either = Said(None, NOON - timedelta(hours=1), NOON)
        assert judge(
            Before(standing=Said(None, NOON - timedelta(minutes=5), NOON + timedelta(minutes=55))), either
        ) is (Result.ACCEPTED)
