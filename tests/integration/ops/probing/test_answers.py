"""Every question, asked of the local Xero in both positions of its switch, over real HTTP."""

import msgspec
import pytest

from daybook.ledgers.registry import LEDGERS
from daybook.ops.probing.sheet import NO, YES
from localxero.switches import Switches

PROBING = LEDGERS["xero"].probing
PROBES = {each.name: each for each in PROBING.probes}
SWITCHES = msgspec.to_builtins(Switches())
ASKED = [name for name, each in PROBES.items() if each.is_switch]
FIXED = [name for name, each in PROBES.items() if not each.is_switch]


class TestTheTable:
    def test_answers_every_switch_or_says_why_not(self):
        assert sorted([*ASKED, *PROBING.not_asked]) == sorted(SWITCHES)

    def test_names_no_question_twice(self):
        assert len(PROBES) == len(PROBING.probes)

    def test_has_words_for_whatever_a_question_needs(self):
        needed = {name for each in PROBES.values() for name in each.needs}
        assert needed == set(PROBING.lacking)


def test_answers_are_the_switches(demo):
    sheet = demo.ask()
    assert sheet.switches == {name: SWITCHES[name] for name in ASKED}
    assert {name: sheet.answer_to(name).answer for name in FIXED} == dict.fromkeys(FIXED, YES)
    assert demo.left() == []


@pytest.mark.drawn
@pytest.mark.parametrize("name", ASKED)
def test_the_other_answer_is_seen_too(demo, flipped, name):
    switches = flipped(name)
    sheet = demo.ask(name)
    assert sheet.switches == {name: switches[name]}
    said = sheet.answer_to(name)
    assert said.answer == (YES if switches[name] else NO)
    assert said.words
    assert said.calls <= PROBES[name].calls
    assert demo.left() == []


def test_all_the_other_answers_together(demo, flipped):
    switches = flipped(*ASKED)
    sheet = demo.ask()
    assert sheet.switches == {name: switches[name] for name in ASKED}
    assert demo.left() == []
