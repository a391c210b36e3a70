"""When a document may go that waits for another one."""

import pytest

from daybook.outbox.needs import Need, Until, judge
from daybook.outbox.states import State

UNDER_WAY = [State.HELD, State.READY, State.SENDING, State.UNKNOWN, State.REJECTED]


class TestANeed:
    @pytest.mark.parametrize("until", Until)
    @pytest.mark.parametrize("state", UNDER_WAY)
    def test_is_open_while_nobody_knows_how_the_needed_one_ends(self, until, state):
        assert judge(until, state=state, their_status="") is Need.OPEN

    @pytest.mark.parametrize(
        ("until", "their_status", "need"),
        [
            (Until.POSTED, "DRAFT", Need.MET),
            (Until.AUTHORISED, "DRAFT", Need.OPEN),
            (Until.AUTHORISED, "AUTHORISED", Need.MET),
            (Until.AUTHORISED, "PAID", Need.MET),
            (Until.AUTHORISED, "VOIDED", Need.LOST),
            (Until.POSTED, "DELETED", Need.LOST),
            (Until.GONE, "AUTHORISED", Need.OPEN),
            (Until.GONE, "VOIDED", Need.MET),
        ],
    )
    def test_of_a_posted_one_is_as_it_stands_there(self, until, their_status, need):
        assert judge(until, state=State.POSTED, their_status=their_status) is need

    def test_is_lost_where_the_needed_one_was_cancelled_unless_that_was_meant(self):
        assert judge(Until.POSTED, state=State.CANCELLED, their_status="") is Need.LOST
        assert judge(Until.AUTHORISED, state=State.CANCELLED, their_status="") is Need.LOST
        assert judge(Until.GONE, state=State.CANCELLED, their_status="") is Need.MET
