"""What a commit draws."""

import subprocess
from pathlib import Path

import pytest

from tests.chaos import seeds

TESTS = [f"tests/test_it.py::test_{number}" for number in range(200)]


def drawn(by: str) -> list[str]:
    return [each for each in TESTS if seeds.draws(by, each, one_in=5)]


def test_a_commit_draws_about_as_many_as_it_should_and_always_the_same():
    assert drawn("0123456789ab") == drawn("0123456789ab") != drawn("ba9876543210")
    assert 20 < len(drawn("0123456789ab")) < 60


def test_where_git_names_no_commit_all_are_drawn():
    assert drawn("") == TESTS


def git(folder: Path, *asked: str) -> None:
    ours = ("-c", "user.name=ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *ours, *asked], check=True, capture_output=True)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "whole"
    folder.mkdir()
    git(folder, "init", "-q")
    for number in range(seeds.LATELY + 1):
        git(folder, "commit", "-q", "--allow-empty", "-m", f"{number}")
    return folder


def test_where_git_knows_too_few_commits_to_say_what_changed_all_are_drawn(whole, tmp_path):
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", f"--depth={seeds.LATELY}", whole.as_uri(), str(shallow))
    assert drawn(seeds.drawer(shallow)) == TESTS
    assert drawn(seeds.drawer(whole)) != TESTS
    assert seeds.commit(shallow) == seeds.commit(whole) != ""


def test_what_changed_is_named_by_its_place_or_a_pattern_of_places():
    changed = {"src/daybook/orders/migrations/0001_orders.py", "tests/journeys/test_payments.py"}
    assert seeds.touches(changed, ["tests/journeys/test_payments.py"])
    assert seeds.touches(changed, ["docs/*", "src/daybook/*/migrations/*"])
    assert not seeds.touches(changed, ["tests/journeys/test_refunds.py", "src/daybook/orders/models.py"])
    assert not seeds.touches((), ["*"])
