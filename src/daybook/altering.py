"""Changing many things about tables for little: what migrations that do so have in common.

After every operation Django makes the classes of nearly all models anew, which costs more than the statement itself. In
a group they are made once.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, RemoveConstraint, RunPython
from django.db.migrations.operations.base import Operation


class NeedsItsMomentError(Exception):
    """The operation reads the models as they are between two others, which in a group they never are."""


class AtOnce(Operation):
    """Run operations one after the other, with the models of before them all and of after them all.

    A model that the group makes is made as the last operation leaves it: the others may not change it. Raises
    NeedsItsMomentError for a `RunPython`.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        if any(isinstance(each, RunPython) for each in operations):
            raise NeedsItsMomentError
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Say what all operations make of the models, and render none of them yet."""
        state.__dict__.pop("apps", None)  # rendered when next asked for, not after each of these
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change the tables, in the order of the operations."""
        for each in self.operations:
            # the condition of a constraint that goes may name a field that goes too
            after = from_state if isinstance(each, RemoveConstraint) else to_state
            each.database_forwards(app_label, schema_editor, from_state, after)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change the tables back, the last operation first."""
        for each in reversed(self.operations):
            before = from_state if isinstance(each, AddConstraint) else to_state
            each.database_backwards(app_label, schema_editor, from_state, before)

    def describe(self) -> str:
        """Return what each operation says of itself."""
        return "; ".join(each.describe() for each in self.operations)
