"""One order, one file: the table of what a look means, and a folder where anything happens at any moment."""

import contextlib
from collections.abc import Generator

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from daybook.documents.causes import Hold
from daybook.ledgers.files.reasons import REASONS, FileCause
from daybook.ledgers.files.talks import Confirmed, Step, look, next_step, publish, send
from daybook.wire.asks import FileThere, Gone, List, Listing, NameTaken, Put, Rename, Renamed, Stored

NAME, PART = "WEB-1.xml", "WEB-1.xml.k3h9.part"
OURS = Confirmed(NAME, PART, 100)
TAKEN = Hold(FileCause.FILE_NAME_TAKEN, NAME)
CHANGED = Hold(FileCause.PART_FILE_CHANGED, PART, "It was written with 100 bytes and has 40 now.")


def there(name, size=100, modified=7):
    return FileThere(name, size, modified)


class TestALook:
    @pytest.mark.parametrize(
        ("confirmed", "files", "expected"),
        [
            (None, [], Step.SEND),
            (None, [there("OTHER.xml")], Step.SEND),
            (None, [there("WEB-1.xml.old1.part", 40)], Step.SEND),
            (None, [there(NAME)], TAKEN),
            (None, [there("web-1.XML")], TAKEN),
            (OURS, [there(PART)], Step.RENAME),
            (OURS, [there(PART, 40)], CHANGED),
            (OURS, [there(NAME)], Step.POSTED),
            (OURS, [there(NAME, 40)], Step.POSTED),
            (OURS, [], Step.COLLECTED),
            (OURS, [there("OTHER.xml")], Step.COLLECTED),
            (OURS, [there(NAME, 40), there(PART)], TAKEN),
            (OURS, [there(NAME, 100, 8), there(PART, 100, 7)], TAKEN),
            (OURS, [there(NAME, 40), there(PART, 40)], TAKEN),
            (OURS, [there(NAME, 100, None), there(PART, 100, None)], TAKEN),
            (OURS, [there(NAME), there(PART)], Step.POSTED),
        ],
    )
    def test_means(self, confirmed, files, expected):
        assert next_step(NAME, confirmed, Listing(tuple(files))) == expected

    def test_prefers_the_very_name_to_one_that_differs_in_case(self):
        listing = Listing((there("web-1.xml", 1), there(NAME, 2)))
        assert listing.named(NAME).size == 2

    def test_is_one_ask_for_many_files(self):
        talk = look("/in", [(NAME, OURS), ("WEB-2.xml", None)])
        assert next(talk) == List("/in")
        assert answer(talk, Listing((there(PART),))) == [Step.RENAME, Step.SEND]

    def test_for_nothing_asks_nothing(self):
        with pytest.raises(StopIteration) as ended:
            next(look("/in", []))
        assert ended.value.value == []


class TestTheFirstStep:
    def test_writes_under_the_attempt_s_name_and_leaves_what_is_to_be_committed(self):
        talk = send("/in", NAME, "k3h9", b"x" * 100)
        assert next(talk) == Put(f"/in/{PART}", b"x" * 100)
        assert answer(talk, Stored(100)) == OURS

    @pytest.mark.parametrize(
        ("answered", "cause"),
        [
            (Gone(), FileCause.PART_FILE_TAKEN),
            (NameTaken(), FileCause.PART_FILE_CHANGED),
            (Stored(99), FileCause.PART_FILE_CHANGED),
        ],
    )
    def test_asks_a_person_where_somebody_touches_unfinished_files(self, answered, cause):
        talk = send("/in", NAME, "k3h9", b"x" * 100)
        next(talk)
        assert answer(talk, answered) == Hold(cause, PART)


class TestTheSecondStep:
    def test_renames_and_asks_no_more(self):
        talk = publish("/in", OURS)
        assert next(talk) == Rename(f"/in/{PART}", f"/in/{NAME}")
        assert answer(talk, Renamed()) == Step.POSTED

    @pytest.mark.parametrize(
        ("answered", "files", "expected"),
        [
            (Gone(), [], Step.COLLECTED),
            (Gone(), [there(NAME)], Step.POSTED),
            (NameTaken(), [there(NAME)], Step.POSTED),
            (NameTaken(), [there(NAME, 40), there(PART)], TAKEN),
        ],
    )
    def test_that_could_not_be_done_looks_why(self, answered, files, expected):
        talk = publish("/in", OURS)
        next(talk)
        assert talk.send(answered) == List("/in")
        assert answer(talk, Listing(tuple(files))) == expected

    def test_gives_up_where_somebody_else_s_files_come_and_go(self):
        talk = publish("/in", OURS)
        asked = next(talk)
        for _ in range(2):
            assert isinstance(asked, Rename)
            assert isinstance(talk.send(NameTaken()), List)
            asked = talk.send(Listing((there(PART),)))
        talk.send(NameTaken())
        assert answer(talk, Listing((there(PART),))) == TAKEN


def answer(talk: Generator, given):
    """Give the last answer, and return what the talk found."""
    with pytest.raises(StopIteration) as ended:
        talk.send(given)
    return ended.value.value


def test_causes_are_those_that_everybody_knows():
    assert set(REASONS) == set(FileCause)


DEATHS = [(3, False), (2, True), (3, True), (2, False), (1, True), None]
"""At which ask, and whether after it was carried out; a look is the first, the writing the second, the renaming the third."""


class Killed(Exception):  # noqa: N818
    """The process dies here."""


class OneOrderOneFile(RuleBasedStateMachine):
    """A worker that dies at any ask, before or after it was carried out; a reader that collects at any moment; others."""

    CONTENT = b"x" * 100

    def __init__(self):
        super().__init__()
        self.folder: dict[str, bytes] = {}
        self.collected: list[bytes] = []
        self.attempts = 0
        self.confirmed: Confirmed | None = None
        self.posted = False
        self.held: Hold | None = None

    # the worker

    @precondition(lambda self: not self.posted)
    @rule(dies=st.sampled_from(DEATHS), reader=st.sampled_from([set(), {1}, {2}, {3}]))
    def works(self, dies, reader):
        """Look, then do what the look says; the reader comes right after some asks."""
        self.asked = 0
        self.dies, self.reader_comes_after = dies, reader
        with contextlib.suppress(Killed):
            self._work()

    def _work(self):
        self.held = None
        (step,) = self._carry(look("", [(NAME, self.confirmed)]))
        if step is Step.SEND:
            self.attempts += 1
            step = self._carry(send("", NAME, f"a{self.attempts}", self.CONTENT))
            if isinstance(step, Confirmed):
                self.confirmed, step = step, Step.RENAME  # committed
        if step is Step.RENAME:
            step = self._carry(publish("", self.confirmed))
        self.posted = step in {Step.POSTED, Step.COLLECTED}
        self.held = step if isinstance(step, Hold) else None

    def _carry(self, talk):
        given = None
        while True:
            try:
                ask = talk.send(given)
            except StopIteration as ended:
                return ended.value
            given = self._answered(ask)

    def _answered(self, ask):
        self.asked += 1
        if self.dies == (self.asked, False):
            raise Killed
        given = self._done(ask)
        if self.asked in self.reader_comes_after:
            self.reader_collects()
        if self.dies == (self.asked, True):
            raise Killed
        return given

    def _done(self, ask):
        match ask:
            case List():
                return Listing(tuple(FileThere(name, len(held), 1) for name, held in self.folder.items()))
            case Put(path, content):
                if path in self.folder:
                    return NameTaken()
                self.folder[path] = content
                return Stored(len(content))
            case Rename(path, new_path):
                if new_path in self.folder:
                    return NameTaken()
                if path not in self.folder:
                    return Gone()
                self.folder[new_path] = self.folder.pop(path)
                return Renamed()

    # everybody else

    @rule()
    def reader_collects(self):
        for name in [name for name in self.folder if name.endswith(".xml")]:
            self.collected.append(self.folder.pop(name))

    @precondition(lambda self: NAME not in self.folder)
    @rule(size=st.sampled_from([40, 99]))
    def a_stranger_puts_a_file_of_our_name(self, size):
        self.folder[NAME] = b"?" * size

    @precondition(lambda self: self.attempts > 0 and self.confirmed is None)
    @rule(size=st.integers(0, 99))
    def the_first_step_turns_out_half_done(self, size):
        part = f"{NAME}.a{self.attempts}.part"
        if part in self.folder:
            self.folder[part] = self.CONTENT[:size]

    # what must hold

    @property
    def ours(self):
        return [each for each in [*self.collected, *self._published()] if each == self.CONTENT]

    def _published(self):
        return [held for name, held in self.folder.items() if name.endswith(".xml")]

    @invariant()
    def there_is_never_a_second_file(self):
        assert len(self.ours) <= 1

    @invariant()
    def nothing_half_written_is_ever_collected(self):
        assert all(each == self.CONTENT or each.startswith(b"?") for each in [*self.collected, *self._published()])

    @invariant()
    def what_is_posted_is_there_or_collected(self):
        assert not self.posted or len(self.ours) == 1

    def teardown(self):
        """Left alone, the order is posted: the stranger's file is moved away, and the worker lives."""
        self.reader_collects()
        self.dies, self.reader_comes_after = None, set()
        for _ in range(2):
            if not self.posted:
                self.asked = 0
                self._work()
        assert self.posted, self.held
        assert len(self.ours) == 1


TestOneOrderOneFile = OneOrderOneFile.TestCase
TestOneOrderOneFile.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
