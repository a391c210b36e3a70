"""The same orders and settings make the same documents, to the byte (see the package)."""

import os
from pathlib import Path

import pytest

from tests.golden import corpus, folders
from tests.golden.playing import Group, play
from tests.golden.writing import WRITE, difference

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
EXTRA, EXTRA_FILES = "DAYBOOK_GOLDEN_EXTRA", "DAYBOOK_GOLDEN_EXTRA_FILES"
"""Folders of orders of one's own, and the folder of what came out of them: written where it is not there yet."""
OF_FOLDERS = [group for folder in os.environ.get(EXTRA, "").split(os.pathsep) for group in folders.groups(folder)]


@pytest.mark.parametrize("group", corpus.GROUPS, ids=lambda group: group.name)
def test_the_same_comes_out_as_before(group: Group) -> None:
    fail_if(compared(group, HERE, os.environ.get(WRITE, "").split()))


if OF_FOLDERS:

    @pytest.mark.parametrize("group", OF_FOLDERS, ids=lambda group: group.name)
    def test_the_same_comes_out_of_the_orders_of_a_folder(group: Group) -> None:
        files = Path(os.environ[EXTRA_FILES])
        files.mkdir(parents=True, exist_ok=True)
        fail_if(compared(group, files, []))


def fail_if(differing: str) -> None:
    if differing:
        pytest.fail(differing, pytrace=False)


def compared(group: Group, folder: Path, to_write: list[str]) -> str:
    """Play a group; return what differs from the files of what is right, or write those."""
    pages, differing = vars(play(group)), []
    for name, page in pages.items():
        file = folder / f"{group.name}.{name}.json"
        if name in to_write or (folder != HERE and not file.exists()):
            file.write_text(str(page))
        differing.append(difference(file, str(page)))
    return "\n".join(filter(None, differing))
