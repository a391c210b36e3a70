"""Changing tables for little, and so that it can be done again: what migrations that do so have in common.

After every operation Django makes the classes of nearly all models anew, which costs more than the statement itself. In
a group they are made once.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import NotSupportedError
from django.db.migrations.operations import AddConstraint, RemoveConstraint, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.models import Index


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


class AddIndexBeside(AddIndexConcurrently):
    """Build an index beside those who write, anew where a run that was killed left some of it.

    Such a migration is no transaction. Killed in the midst of an index it leaves that one invalid, for ever; killed
    after it, the index is there and nothing notes it. Either would be in the way of the next run.

    Where an index of that name is known already, this one takes its place, and must find all that it found: so that
    what it holds besides can grow. While it is built, neither is there.
    """

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Say that the model has it, in the place of one of its name."""
        if self._replaced(app_label, state):
            state.remove_index(app_label, self.model_name_lower, self.index.name)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop what bears the index's name, if anything does, and build it. Raises NotSupportedError in a transaction."""
        self._ensure_not_in_transaction(schema_editor)
        schema_editor.remove_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it, and build anew the one whose place it took. Raises NotSupportedError in a transaction."""
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        for index in self._replaced(app_label, to_state):
            model = to_state.apps.get_model(app_label, self.model_name)
            schema_editor.add_index(model, index, concurrently=True)

    def _replaced(self, app_label: str, before: Any) -> list[Index]:
        known = before.models[app_label, self.model_name_lower].options.get("indexes", [])
        return [each for each in known if each.name == self.index.name]


class AddTriggerBeside(RunSQL):
    """Have PostgreSQL note in a new table what is written to an old one, whichever version writes it.

    `after`: upon what, such as "INSERT"; `each`: the trigger's words from there on; `does`: its function's text in
    PL/pgSQL, which may only add rows to tables that older versions do not know; `there`: the statement that notes what
    is there already. Writers of the table wait while the trigger is made, and not while that is noted: such a migration is
    no transaction. One that held the first table while it waited for the second would stop, and be stopped by, who writes
    them the other way round. All of it may be done again.
    """

    def __init__(self, table: str, name: str, *, after: str, each: str, does: str, there: str = "") -> None:
        self.table, self.name, self.after, self.each, self.does, self.there = table, name, after, each, does, there
        function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$"
        trigger = f"CREATE OR REPLACE TRIGGER {name} AFTER {after} ON {table} {each} EXECUTE FUNCTION {name}()"
        super().__init__(
            [each for each in (function, trigger, there) if each],
            [f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"],
        )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the trigger, then note what is there. Raises NotSupportedError in a transaction."""
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(f"{self.name}: set atomic = False on the migration")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return what it does."""
        return f"Note by {self.name} what is written to {self.table}"


_OF_ONE_COLUMN = """
    SELECT index.indexrelid::regclass::text FROM pg_index index
    JOIN pg_attribute part ON part.attrelid = index.indrelid AND part.attnum = index.indkey[0]
    WHERE index.indrelid = %s::regclass AND part.attname = ANY(%s) AND index.indnatts = 1
        AND NOT index.indisunique AND index.indpred IS NULL AND index.indexprs IS NULL
"""


def without_indexes(table: str, columns: Sequence[str], fields: Sequence[Operation]) -> SeparateDatabaseAndState:
    """Drop the plain indexes of these columns alone; Django gives every unique text a second one.

    `fields`: what Django calls that; it leaves the constraint of a text that is unique no more by its field as it is.
    The way back leaves the indexes dropped.
    """

    def run(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_OF_ONE_COLUMN, [table, list(columns)])
            for (name,) in cursor.fetchall():
                schema_editor.execute(f"DROP INDEX {name}")

    return SeparateDatabaseAndState([RunPython(run, RunPython.noop)], [AtOnce(fields)])


def vacuumed_sooner(table: str) -> RunSQL:
    """Have the autovacuum come by after a twentieth of the table changed, and a fiftieth for what the planner knows.

    PostgreSQL's fifth is millions of rows of a table that grows for ever: until then counts read rows instead of their
    index alone, and dead ones pile up.
    """
    names = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor")
    sooner = ", ".join([*(f"{name} = 0.05" for name in names), "autovacuum_analyze_scale_factor = 0.02"])
    again = ", ".join([*names, "autovacuum_analyze_scale_factor"])
    return RunSQL(f"ALTER TABLE {table} SET ({sooner})", f"ALTER TABLE {table} RESET ({again})")
