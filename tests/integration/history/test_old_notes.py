"""The table that told what happened to orders before the history did: nothing of it is lost, and it is gone."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from daybook.companies import people
from daybook.history.models import Event
from daybook.kit import clock, translation
from daybook.web.reading import orders
from localxero import LocalXero
from tests.world import connected

MIGRATION = "daybook.orders.migrations.0009_notes_become_events"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def note(transactional_db: None) -> Iterator[Any]:
    """The table as it was."""
    state = MigrationLoader(connection).project_state(("orders", "0008_orders_known_by_their_feeds"))
    model = state.apps.get_model("orders", "OrderNote")
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield model
    with connection.schema_editor() as editor:
        editor.delete_model(model)


def test_become_events_that_read_as_before_and_name_people_by_id(note: Any) -> None:
    cast = connected(LocalXero(limits="off"), untouched=True)
    order = cast.ready_invoice().order
    new = Event.objects.latest("id").pk
    ann = people.add_person("ann@example.com", name="Ann Miller")
    people.join(cast.company, ann, "owner")
    began = clock.now() - timedelta(days=400)
    for minute, text in enumerate(NOTES):
        note.objects.create(
            company_id=order.company_id, order_id=order.pk, text=text, at=began + timedelta(minutes=minute)
        )
    with connection.schema_editor(atomic=False) as editor:
        import_module(MIGRATION).Migration.operations[0].code(Tables(note), editor)

    told = Event.objects.filter(pk__gt=new, subject_kind="order").order_by("id")
    assert list(told.values_list("what", "mover", "person_id")) == [
        ("received", "sender", None), ("changed", "sender", None), ("dated", "person", ann.pk),
        ("dated", "person", ann.pk), ("noted", "person", None), ("called_back", "sender", None),
        ("ignored", "sender", None), ("noted", "daybook", None),
    ]  # fmt: skip
    assert "Miller" not in " ".join(told.exclude(what="noted").values_list("reason", flat=True))
    read = [each.text.replace("version", "revision") for each in orders.history(order)]
    assert read[: len(NOTES)] == [translation.day(each) for each in NOTES]
    assert not note.objects.exists()


NOTES = [
    "Received.",
    "Changed by the OMS: revision 2, as it stood in revision 1.",
    "Ann Miller said that it was dispatched on 2025-11-02.",
    "Ann Miller took the typed day away.",
    "Who left long ago said that it was dispatched on 2025-11-03.",
    "The OMS called back: status Shipped.",
    "A late retry of revision 1 came and was ignored.",
    "Something that nobody tells any more.",
]


class Tables:
    """Today's tables, and the one that is gone; stands for Django's historical apps."""

    def __init__(self, note: Any) -> None:
        self.note = note

    def get_model(self, app: str, name: str) -> Any:
        return self.note if name == "OrderNote" else apps.get_model(app, name)
