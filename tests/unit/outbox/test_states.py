"""Which moves a document may make, and who may make them."""

import pytest

from daybook.outbox.states import FINAL, MOVES, IllegalMoveError, Mover, State, check_move


class TestMoves:
    def test_end_at_posted_and_cancelled(self):
        assert not [move for move in MOVES if move[0] in FINAL]

    def test_let_a_look_the_answer_itself_or_a_person_where_no_look_can_tell_end_a_doubt(self):
        movers = {mover for (old, _), allowed in MOVES.items() if old == State.UNKNOWN for mover in allowed}
        assert movers == {Mover.RECONCILIATION, Mover.POSTING, Mover.PERSON}
        assert MOVES[State.UNKNOWN, State.READY] == {Mover.RECONCILIATION, Mover.PERSON}
        assert MOVES[State.UNKNOWN, State.CANCELLED] == {Mover.PERSON}

    def test_never_let_a_mapping_touch_what_is_under_way_nor_a_person_what_is_being_sent(self):
        for (old, _), movers in MOVES.items():
            if old in {State.SENDING, State.UNKNOWN}:
                assert Mover.MAPPING not in movers
            if old == State.SENDING:
                assert Mover.PERSON not in movers

    def test_reach_sending_from_ready_only(self):
        assert [old for old, new in MOVES if new == State.SENDING] == [State.READY]

    def test_reach_posted_only_from_a_call_that_was_made(self):
        assert {old for old, new in MOVES if new == State.POSTED} == {State.SENDING, State.UNKNOWN}

    @pytest.mark.parametrize("old", State)
    @pytest.mark.parametrize("new", State)
    @pytest.mark.parametrize("mover", Mover)
    def test_are_refused_unless_the_table_holds_them(self, old, new, mover):
        if mover in MOVES.get((old, new), ()):
            check_move(old, new, mover)
        else:
            with pytest.raises(IllegalMoveError):
                check_move(old, new, mover)
