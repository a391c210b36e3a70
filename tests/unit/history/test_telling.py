"""What a person changed, as the history tells it."""

from daybook.history.telling import Secret, differences


def test_only_what_differs_is_told():
    assert differences({"prefix": "A", "days": "7"}, {"prefix": "B", "days": "7"}) == ({"prefix": "A"}, {"prefix": "B"})


def test_what_comes_and_goes_stands_on_one_side():
    assert differences({"tax.0.2": "OUTPUT2"}, {"tax.0.05": "RROUTPUT"}) == (
        {"tax.0.2": "OUTPUT2"},
        {"tax.0.05": "RROUTPUT"},
    )


def test_of_a_secret_nobody_learns_more_than_that_it_changed():
    before, after = differences({"client_secret": Secret("old")}, {"client_secret": Secret("new")})
    assert (before, after) == ({}, {"client_secret": "changed"})
    assert differences({"key": Secret("old")}, {"key": Secret("old")}) == ({}, {})
