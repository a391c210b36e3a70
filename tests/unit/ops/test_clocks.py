"""How far two clocks are apart is judged by what can have happened in between."""

import pytest

from daybook.ops.processes.clocks import difference


@pytest.mark.parametrize(
    ("asked_at", "theirs", "answered_at", "says"),
    [
        (1000.0, 1000.1, 1000.2, ""),
        (1000.0, 1119.0, 1000.2, ""),
        (4600.0, 1000.0, 4600.1, "60 minutes ahead of the database's"),
        (1000.0, 4600.0, 1000.1, "60 minutes behind the database's"),
        (1000.0, 1001.0, 9000.0, ""),  # it slept before it read the answer
        (1000.0, 8999.0, 9000.0, ""),  # it slept before it asked
    ],
)
def test_and_a_process_that_slept_meanwhile_accuses_nobody(asked_at, theirs, answered_at, says):
    said = difference(asked_at, theirs, answered_at)
    assert says in said
    assert bool(said) == bool(says)
