"""What a person may say of a document of which nobody knows whether it stands there."""

from dataclasses import replace

import pytest

from daybook.ledgers.ledger import KnownBy
from daybook.ledgers.xero.invoices import FORM
from daybook.outbox.judging import Verdict, verdicts
from daybook.outbox.states import State

NOT_TO_BE_ASKED = replace(FORM, known_by=KnownBy.NOTHING)


class TestWhatAPersonMaySay:
    @pytest.mark.parametrize("state", [each for each in State if each != State.UNKNOWN])
    def test_is_nothing_of_what_is_known(self, state):
        assert verdicts(state, NOT_TO_BE_ASKED, is_reached=False) == ()

    def test_is_nothing_while_a_look_will_tell(self):
        assert verdicts(State.UNKNOWN, FORM, is_reached=True) == ()

    def test_never_sends_again_what_a_later_look_could_still_find(self):
        assert verdicts(State.UNKNOWN, FORM, is_reached=False) == (Verdict.STANDS, Verdict.GIVEN_UP)

    @pytest.mark.parametrize("is_reached", [True, False])
    def test_is_anything_where_the_ledger_cannot_be_asked(self, is_reached):
        assert verdicts(State.UNKNOWN, NOT_TO_BE_ASKED, is_reached=is_reached) == tuple(Verdict)

    def test_is_nothing_where_this_version_does_not_know_the_ledger(self):
        assert verdicts(State.UNKNOWN, None, is_reached=False) == ()
