"""How far setting a connection up has come: which steps a person went past or set aside, and their ready-made answers.

What a step decides stands in the settings. Here stands only that a person has seen it: two who set up together lose
neither's step, because each change is one step's, made on the row as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from daybook.companies.models import Person
from daybook.kit import clock

if TYPE_CHECKING:
    from daybook.connections.models import Connection

DONE, ASIDE = "done", "aside"


class SetUp(models.Model):
    """The set-up wizard's own page of notes; a connection without one has not been set up with it."""

    connection = models.OneToOneField("Connection", on_delete=models.CASCADE, related_name="set_up", primary_key=True)
    answers = models.JSONField(default=dict, blank=True, db_default={})
    """To the opening questions, by name; empty: nobody has answered them."""
    marks = models.JSONField(default=dict, blank=True, db_default={})
    """By step `{"as": "done" | "aside", "of": [what was set aside], "at", "by"}`."""

    def __str__(self) -> str:
        return f"set-up of {self.connection}"


def notes(connection: Connection) -> SetUp:
    """Return what is noted, as of now; nothing is written."""
    return SetUp.objects.filter(connection=connection).first() or SetUp(connection=connection)


def mark(connection: Connection, step: str, *, by: Person, as_: str = DONE, of: Sequence[str] = ()) -> None:
    """Note that a person went past a step, or set it aside (`of`: the parts of it that wait). Twice is once."""
    note = {"as": as_, "of": sorted(of), "at": clock.now().isoformat(), "by": by.pk}
    with transaction.atomic():
        row = _locked(connection)
        row.marks = {**row.marks, step: note}
        row.save(update_fields=["marks"])


def answer(connection: Connection, answers: Mapping[str, Any]) -> None:
    """Keep the answers to the opening questions."""
    with transaction.atomic():
        row = _locked(connection)
        row.answers = dict(answers)
        row.save(update_fields=["answers"])


def _locked(connection: Connection) -> SetUp:
    return SetUp.objects.select_for_update().get_or_create(connection=connection)[0]
