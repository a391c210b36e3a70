"""Which files of a watched place are whole."""

from daybook.intake import settled
from daybook.wire.asks import FileThere


def choose(*files, seen=None, marker="", now=1000):
    return settled.choose(files, seen or {}, marker=marker, now=now)


def test_a_file_is_whole_once_it_looked_the_same_for_a_while():
    file = FileThere("o.csv", 10, 900)
    first = choose(file)
    assert (list(first.ready), first.waiting) == ([], {"o.csv": [10, 900, 1000, ""]})
    assert not choose(file, seen=first.waiting, now=1002).ready
    assert list(choose(file, seen=first.waiting, now=1005).ready) == [file]
    assert not choose(FileThere("o.csv", 11, 900), seen=first.waiting, now=1005).ready


def test_what_could_not_be_moved_is_looked_at_again_after_an_hour():
    stuck = {"o.csv": [10, 900, 1000, settled.STUCK]}
    file = FileThere("o.csv", 10, 900)
    assert not choose(file, seen=stuck, now=2000).ready
    assert choose(file, seen=stuck, now=1000 + settled.HELD_SECONDS[settled.STUCK]).ready
    assert choose(FileThere("o.csv", 12, 950), seen=stuck, now=1100).waiting["o.csv"][3] == ""


def test_folders_and_names_that_lead_elsewhere_are_no_files_of_orders():
    found = choose(FileThere("done", None), FileThere("../o.csv", 1), FileThere("a\\b.csv", 1), FileThere("x\ny", 1))
    assert (list(found.ready), dict(found.waiting), len(found.odd)) == ([], {}, 2)
