"""What a seed says: the same on every machine, and every kind of blow in its turn."""

from collections import Counter

from tests.chaos.schedule import KINDS, SELDOM, Call, Deed, Step, schedule


class TestASchedule:
    def test_is_the_same_whenever_its_seed_is_played(self):
        assert schedule(7, 50, workers=3) == schedule(7, 50, workers=3)
        assert schedule(7, 50, workers=3) != schedule(8, 50, workers=3)

    def test_has_every_kind_before_any_comes_again(self):
        every = (*KINDS, *SELDOM)
        counted = Counter(each.kind for each in schedule(3, 2 * len(every), workers=2))
        assert counted == dict.fromkeys(every, 2)

    def test_has_nothing_that_takes_long_where_deaths_are_counted(self):
        assert not {each.kind for each in schedule(3, 200, workers=2, deaths=3)} & set(SELDOM)

    def test_keeps_within_its_part_of_the_trial_and_in_order(self):
        moments = [each.at for each in schedule(1, 40, workers=2, begin=0.5, end=0.75)]
        assert moments == sorted(moments)
        assert 0.5 <= moments[0] <= moments[-1] <= 0.75

    def test_strikes_every_worker_as_long_as_its_kind_says(self):
        blows = schedule(5, 300, workers=3)
        assert {each.worker for each in blows} == {0, 1, 2}
        assert all(each.kind.shortest <= each.lasts <= each.kind.longest for each in blows)

    def test_costs_no_more_processes_than_it_may(self):
        blows = schedule(5, 40, workers=2, deaths=3)
        assert len(blows) == 40
        assert sum(each.kind.deaths(2) for each in blows) == 3


class TestTheKinds:
    def test_kill_and_stop_workers_before_a_call_is_seen_after_it_is_booked_and_after_it_is_answered(self):
        struck = {(each.deed, each.step) for each in KINDS if each.call is Call.WRITE}
        assert {(deed, step) for deed in (Deed.KILL, Deed.PAUSE) for step in Step} <= struck

    def test_have_names_of_their_own(self):
        every = (*KINDS, *SELDOM)
        assert len({each.words for each in every}) == len(every)

    def test_name_a_step_where_they_wait_for_a_call(self):
        assert all((each.call is None) == (each.step is None) for each in (*KINDS, *SELDOM))
