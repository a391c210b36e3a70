"""Two people change one form: nothing of either is lost unseen."""

from hypothesis import given
from hypothesis import strategies as st

from daybook.web.settings.editing import merge

FORMS = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c"), st.sampled_from(["", "1", "2"])))


class TestMerging:
    @given(base=FORMS, theirs=FORMS, mine=FORMS)
    def test_every_change_of_either_stands_or_is_asked_about(self, base, theirs, mine):
        merged = merge(base, theirs, mine)

        for name in base:
            if name in merged.collisions:
                assert base[name] not in {theirs[name], mine[name]}
                assert theirs[name] != mine[name]
            else:
                changed = [form[name] for form in (theirs, mine) if form[name] != base[name]]
                assert merged.values[name] in (changed or [base[name]])
                assert len(set(changed)) <= 1
            assert (name in merged.taken) == (mine[name] == base[name] != theirs[name])

    @given(base=FORMS, mine=FORMS)
    def test_alone_one_s_own_form_is_as_it_was_sent(self, base, mine):
        merged = merge(base, base, mine)

        assert (merged.values, merged.taken, merged.collisions) == (mine, (), ())


def test_a_box_that_the_other_ticked_stays_ticked():
    assert merge({"box": ""}, {"box": "on"}, {}).values["box"] == "on"


def test_a_box_that_this_person_cleared_stays_cleared():
    merged = merge({"box": "on"}, {"box": "on"}, {})
    assert merged.values.get("box", "") == ""
