"""What a commit draws."""

from tests.chaos import seeds

TESTS = [f"tests/test_it.py::test_{number}" for number in range(200)]


def drawn(by: str) -> list[str]:
    return [each for each in TESTS if seeds.draws(by, each, one_in=5)]


def test_a_commit_draws_about_as_many_as_it_should_and_always_the_same():
    assert drawn("0123456789ab") == drawn("0123456789ab") != drawn("ba9876543210")
    assert 20 < len(drawn("0123456789ab")) < 60


def test_where_git_names_no_commit_all_are_drawn():
    assert drawn("") == TESTS


def test_what_changed_is_named_by_its_place_or_a_pattern_of_places():
    changed = {"src/daybook/orders/migrations/0001_orders.py", "tests/journeys/test_payments.py"}
    assert seeds.touches(changed, ["tests/journeys/test_payments.py"])
    assert seeds.touches(changed, ["docs/*", "src/daybook/*/migrations/*"])
    assert not seeds.touches(changed, ["tests/journeys/test_refunds.py", "src/daybook/orders/models.py"])
    assert not seeds.touches((), ["*"])
