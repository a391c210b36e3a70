"""What happened to an order is told by the history; batch by batch, each note gone here when it is there.

A note that told who typed the day of dispatch names the person by id there, where it is clear whose name stands in it.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.models import Q

from daybook.moving import in_batches

BEGINNINGS = {
    "Received.": "received", "Changed by the OMS: ": "changed", "The OMS called back: ": "called_back",
    "Refused: ": "refused", "A late retry of ": "ignored", "An older state of the order ": "ignored",
}  # fmt: skip
DATED = re.compile(r"(?s)(.+) said that it was dispatched on (\d{4}-\d\d-\d\d)\.")
TAKEN_AWAY = re.compile(r"(?s)(.+) took the typed day away\.")


def to_events(apps: Any, notes: Sequence[Any]) -> None:
    event = apps.get_model("history", "Event")
    event.objects.bulk_create(
        event(company_id=note.company_id, at=note.at, subject_kind="order", subject_id=note.order_id, **_told(apps, note))
        for note in notes
    )
    type(notes[0]).objects.filter(pk__in=[note.pk for note in notes]).delete()


def _told(apps: Any, note: Any) -> dict[str, Any]:
    for beginning, what in BEGINNINGS.items():
        if note.text.startswith(beginning):
            return {"what": what, "mover": "sender", "reason": "" if what == "received" else note.text}
    found = DATED.fullmatch(note.text) or TAKEN_AWAY.fullmatch(note.text)
    person = _person(apps, note.company_id, found[1]) if found else None
    if not found or person is None:
        return {"what": "noted", "mover": "person" if found else "daybook", "reason": note.text}
    day = found[2] if found.re is DATED else ""
    return {"what": "dated", "mover": "person", "person_id": person, "after": {"typed_date": day}}


def _person(apps: Any, company_id: int, name: str) -> int | None:
    """The id of the company's member of this name; None where there is none any more, or several."""
    members = apps.get_model("companies", "Membership").objects.filter(company_id=company_id)
    named = members.filter(Q(person__name=name) | Q(person__name="", person__email=name))
    ids = list(named.values_list("person_id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("orders", "0008_orders_known_by_their_feeds"),
        ("history", "0001_events"),
        ("companies", "0009_a_shops_secrets_are_its_feeds"),
    ]
    operations = [in_batches("orders", "OrderNote", waiting=lambda rows: rows, move=to_events)]
