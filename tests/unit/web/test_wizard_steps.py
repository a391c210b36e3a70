"""How each step of the set-up stands, by what the connection says and what persons went past."""

import pytest

from daybook.web.wizard import steps
from daybook.web.wizard.steps import SLUGS, STEPS, Facts, Mark, State, plan

PASSED, ASIDE = Mark(is_aside=False), Mark(is_aside=True)
CONNECTED = frozenset({"connect", "currencies"})


def state(facts: Facts, slug: str, **marks: Mark) -> State:
    return plan(facts, marks).of(slug).state


class TestAStep:
    def test_that_needs_another_waits_for_it(self):
        stood = plan(Facts(), {}).of("tax")
        assert (stood.state, stood.says) == (State.BLOCKED, "First: Connect to {ledger}")
        assert state(Facts(decided=CONNECTED), "tax") is State.OPEN

    def test_is_done_by_what_stands_there_or_by_who_went_past_it(self):
        assert state(Facts(decided=CONNECTED | {"tax"}), "tax") is State.DONE
        assert state(Facts(decided=CONNECTED), "numbers", numbers=PASSED) is State.DONE
        assert state(Facts(decided=CONNECTED), "numbers") is State.OPEN

    def test_that_was_gone_past_is_open_again_where_something_is_missing(self):
        facts = Facts(decided=CONNECTED | {"contact"}, missing={"contact": "It was archived."})
        stood = plan(facts, {"contact": PASSED}).of("contact")
        assert (stood.state, stood.says) == (State.OPEN, "It was archived.")

    def test_that_nobody_has_begun_is_no_fault(self):
        facts = Facts(decided=CONNECTED, missing={"accounts": "Sales Account is not chosen."})
        assert plan(facts, {}).of("accounts").says == ""

    def test_is_set_aside_with_its_parts_and_opened_by_another_part(self):
        aside = Mark(is_aside=True, of=frozenset({"5 %"}))
        stood = plan(Facts(decided=CONNECTED, open={"tax": ("5 %",)}), {"tax": aside}).of("tax")
        assert (stood.state, stood.says) == (
            State.ASIDE,
            "Orders with a rate that is not decided wait. Set aside: 5 %.",
        )
        stood = plan(Facts(decided=CONNECTED, open={"tax": ("5 %", "17.5 %")}), {"tax": aside}).of("tax")
        assert (stood.state, stood.says) == (State.OPEN, "Not decided: 5 %, 17.5 %")

    def test_of_currencies_says_what_the_ledger_lacks(self):
        stood = plan(Facts(decided=CONNECTED, open={"currencies": ("CHF", "EUR")}), {}).of("currencies")
        assert (stood.state, stood.says) == (State.OPEN, "Not in {ledger} yet: CHF, EUR")

    def test_that_cannot_be_set_aside_stays_open(self):
        assert state(Facts(decided=CONNECTED), "when", when=ASIDE) is State.OPEN
        assert state(Facts(decided=CONNECTED), "source", source=ASIDE) is State.ASIDE

    def test_set_aside_is_done_once_it_is_decided(self):
        assert state(Facts(decided=CONNECTED | {"accounts"}), "accounts", accounts=ASIDE) is State.DONE

    def test_of_a_company_that_posts_is_done_unless_something_is_missing(self):
        posting = Facts(decided=CONNECTED, is_on=True, missing={"contact": "It was archived."})
        found = {each.slug: each.state for each in plan(posting, {}).stood}
        assert {slug for slug, each in found.items() if each is not State.DONE} == {"contact"}


class TestProgress:
    def test_goes_on_with_the_first_step_that_can_be_done(self):
        assert plan(Facts(), {}).here.slug == "answers"
        assert plan(Facts(), {"answers": PASSED}).here.slug == "connect"
        assert plan(Facts(decided=CONNECTED), {"answers": ASIDE}).here.slug == "method"

    def test_counts_what_is_done_and_is_over_when_the_rest_is_set_aside(self):
        facts = Facts(decided=CONNECTED | {"method", "accounts", "contact", "when", "first", "on", "tax"})
        marks = {"answers": ASIDE, "numbers": PASSED, "source": ASIDE, "rehearse": ASIDE}
        progress = plan(facts, marks)
        assert (progress.done, progress.total, progress.is_over) == (10, len(STEPS), True)
        assert [each.slug for each in progress.aside] == ["answers", "source", "rehearse"]
        assert progress.here is None
        assert progress.after("tax") is None

    def test_after_a_step_comes_the_next_that_is_left_and_then_what_was_passed_over(self):
        progress = plan(Facts(decided=CONNECTED | {"tax"}), {"answers": ASIDE})
        assert progress.after("accounts").slug == "contact"
        assert plan(Facts(decided=CONNECTED | {"on", "first"}), {}).after("on").slug == "answers"

    def test_before_a_step_comes_the_one_of_the_order(self):
        progress = plan(Facts(), {})
        assert progress.before("answers") is None
        assert progress.before("tax").slug == "accounts"

    def test_of_an_unknown_step_is_none(self):
        with pytest.raises(KeyError):
            plan(Facts(), {}).of("nothing")


def test_the_table_names_only_itself():
    assert len(set(SLUGS)) == len(SLUGS)
    assert {step.needs for step in STEPS} <= {"", *SLUGS}
    for step in STEPS:  # what is needed comes before
        assert not step.needs or SLUGS.index(step.needs) < SLUGS.index(step.slug)
    assert steps.plan(Facts(), {}).total == 13
