"""Two deliberate faults, drawn by the commit, are noticed by the tests that they name. All of them: `make mutants`."""

import os
import random

import pytest

from tests.chaos import mutating, seeds
from tests.chaos.mutants import MUTANTS, Mutant, TextGoneError

SLOW = "test_killed_worker"
DRAWN = random.Random(seeds.drawn("mutants")).sample(
    [each for each in MUTANTS if not any(SLOW in test for test in each.tests)], 2
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_every_mutant_can_still_be_made(tmp_path, mutant):
    copy = tmp_path / "daybook" / mutant.file
    copy.parent.mkdir(parents=True)
    before = (seeds.ROOT / "src/daybook" / mutant.file).read_text()
    copy.write_text(before)
    mutant.put_into(tmp_path)
    compile(copy.read_text(), mutant.file, "exec")
    assert copy.read_text() != before


def test_a_mutant_whose_text_is_gone_says_so(tmp_path):
    gone = Mutant(name="gone", file="kit/clock.py", old="def then", new="", tests=())
    (tmp_path / "daybook/kit").mkdir(parents=True)
    (tmp_path / "daybook/kit/clock.py").write_text("def now(): ...")
    with pytest.raises(TextGoneError, match="holds 0 times"):
        gone.put_into(tmp_path)


def test_no_mutant_is_left_to_a_trial_alone_and_each_has_a_name_of_its_own():
    assert all(each.tests for each in MUTANTS)
    assert len({each.name for each in MUTANTS}) == len(MUTANTS) >= 12


@pytest.mark.long(20)
@pytest.mark.usefixtures("django_db_setup")  # which makes the tables that are copied
@pytest.mark.parametrize("mutant", DRAWN, ids=lambda each: each.name)
def test_a_mutant_drawn_by_the_commit_is_noticed(mutant):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    of_its_own = {"TOX_PARALLEL_ENV": f"mutant_{MUTANTS.index(mutant)}"}  # part of its test database's name
    verdict = mutating.by_tests(mutant, {**environ, **of_its_own})
    assert verdict.is_noticed, verdict.said
