"""The table that told documents' moves before the history did: nothing of it is lost, and it is empty afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from daybook.companies.models import Person
from daybook.history.models import Event
from daybook.kit import clock
from localxero import LocalXero
from tests.world import connected

MIGRATION = "daybook.outbox.migrations.0007_moves_become_events"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def transition(transactional_db: None) -> Iterator[Any]:
    """The table as it was."""
    state = MigrationLoader(connection).project_state(("outbox", "0006_laws_of_an_organisation"))
    model = state.apps.get_model("outbox", "Transition")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield model
    with connection.schema_editor() as editor:
        editor.delete_model(model)


def test_become_events_in_their_order(transition: Any) -> None:
    entry, ann = (
        connected(LocalXero(limits="off"), untouched=True).ready_invoice(),
        Person.objects.create_user("ann@example.com"),
    )
    new = Event.objects.latest("id").pk
    began = clock.now() - timedelta(days=400)
    for minute, (old, state, mover, reason, person) in enumerate(MOVES):
        transition.objects.create(
            company_id=entry.company_id, entry_id=entry.pk, old_state=old, new_state=state, mover=mover,
            reason=reason, person_id=ann.pk if person else None, attempt_id=None, at=began + timedelta(minutes=minute),
        )  # fmt: skip
    with connection.schema_editor(atomic=False) as editor:
        import_module(MIGRATION).Migration.operations[0].code(Tables(transition), editor)

    told = Event.objects.filter(pk__gt=new).order_by("id")
    names = ("what", "old_state", "new_state", "mover", "cause", "reason", "person_id")
    assert list(told.values_list(*names)) == [
        ("moved", "", "held", "mapping", "sku_missing", "", None),
        ("moved", "held", "ready", "mapping", "", "mapped: exclusive lines", None),
        ("moved", "ready", "cancelled", "person", "", "Note: Mrs Miller rang.", ann.pk),
        ("noted", "cancelled", "cancelled", "person", "", "It shall be posted after all", ann.pk),
    ]
    assert [event.at for event in told] == [began + timedelta(minutes=minute) for minute in range(4)]
    assert {(event.company_id, event.subject_kind, event.subject_id) for event in told} == {
        (entry.company_id, "entry", entry.pk)
    }
    assert not transition.objects.exists()


MOVES = [
    ("", "held", "mapping", "held: sku_missing", False),
    ("held", "ready", "mapping", "mapped: exclusive lines", False),
    ("ready", "cancelled", "person", "Note: Mrs Miller rang.", True),
    ("cancelled", "cancelled", "person", "It shall be posted after all", True),
]


class Tables:
    """Today's tables, and the one that is gone; stands for Django's historical apps."""

    def __init__(self, transition: Any) -> None:
        self.transition = transition

    def get_model(self, app: str, name: str) -> Any:
        return self.transition if name == "Transition" else apps.get_model(app, name)
