"""The sheet of answers: a file that is whole after every step, for people, the local ledger and the next run."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from daybook.kit import ids
from daybook.ledgers.probing import Found, Left, Made, Probe
from daybook.ops.processes.stops import Exit, Stop

YES, NO, NEITHER, NOT_ASKED = "yes", "no", "neither", "not asked"
MARK = "DBPROBE-"
"""All that probes make is named after it."""


class Said(msgspec.Struct, kw_only=True):
    """The answer to one question."""

    name: str
    question: str
    rule: str
    answer: str
    words: str
    """The ledger's own, or why it was not asked."""
    asked: date | None = None
    calls: int = 0


class Thing(msgspec.Struct, kw_only=True):
    """Something that a probe may have made and that is not undone yet."""

    list: str
    name: str
    words: str = ""
    """Why it could not be undone, where that was tried."""


class Sheet(msgspec.Struct, kw_only=True):
    """What a file holds. `switches` is what a local ledger reads."""

    ledger: str
    organisation: str
    their_id: str
    mark: str
    turns: int = 0
    """Probes begun, ever: each has a mark of its own."""
    asked: date | None = None
    switches: dict[str, bool] = {}
    answers: list[Said] = []
    made: list[Thing] = []

    def answer_to(self, name: str) -> Said | None:
        """Return the answer to a question, None where there is none yet."""
        return next((each for each in self.answers if each.name == name), None)

    def begin(self, makes: Iterable[tuple[str, str]]) -> tuple[str, list[Made]]:
        """Note what is about to be made, by list and suffix; return the mark of its turn, and those things."""
        self.turns += 1
        mark = f"{self.mark}-{self.turns:03}"
        made = [Made(each, f"{mark}{suffix}") for each, suffix in makes]
        self.made += [Thing(list=each.list, name=each.name) for each in made]
        return mark, made

    def note_answer(self, probe: Probe, found: Found, *, today: date, calls: int) -> None:
        """Note what was answered."""
        word = NEITHER if found.answer is None else YES if found.answer else NO
        self._put(probe, Said(**_of(probe), answer=word, words=found.words, asked=today, calls=calls))
        self.asked = today
        self.switches.pop(probe.name, None)
        if probe.is_switch and found.answer is not None:
            self.switches[probe.name] = found.answer

    def note_not_asked(self, probe: Probe, why: str) -> None:
        """Note why a question could not be asked; an answer of before stays."""
        before = self.answer_to(probe.name)
        if before is None or before.answer in {NOT_ASKED, NEITHER}:
            self._put(probe, Said(**_of(probe), answer=NOT_ASKED, words=why))

    def _put(self, probe: Probe, said: Said) -> None:
        self.answers = [each for each in self.answers if each.name != probe.name] + [said]

    def note_undone(self, made: list[Made], left: list[Left]) -> None:
        """Forget what is undone; of what is left note the ledger's words."""
        words = {(each.made.list, each.made.name): each.words for each in left}
        gone = {(each.list, each.name) for each in made} - words.keys()
        self.made = [each for each in self.made if (each.list, each.name) not in gone]
        for each in self.made:
            each.words = words.get((each.list, each.name), each.words)


def _of(probe: Probe) -> dict[str, Any]:
    return {"name": probe.name, "question": probe.question, "rule": probe.rule}


@dataclass(frozen=True, slots=True)
class File:
    """Where a sheet lies."""

    path: Path

    def read(self) -> Sheet | None:
        """Return the sheet, None where there is no file yet. Raises Stop for a file that is none."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Sheet)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            message = f"{self.path} cannot be read as a sheet of answers: {error}. Name another one with --file"
            raise Stop(message, Exit.USAGE) from error

    def write(self, sheet: Sheet) -> None:
        """Put the sheet into the file, to the disk and in one step. Raises Stop where that cannot be done."""
        beside = self.path.with_name(f"{self.path.name}.part")
        try:
            with beside.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(sheet), indent=2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            message = f"{self.path} cannot be written, and without it nothing is asked: {error.strerror}"
            raise Stop(message, Exit.USAGE) from error


def new(ledger: str, organisation: str, their_id: str) -> Sheet:
    """Return an empty sheet of an organisation, with a mark of its own."""
    return Sheet(
        ledger=ledger, organisation=organisation, their_id=their_id, mark=f"{MARK}{ids.public_id()[-6:].upper()}"
    )
