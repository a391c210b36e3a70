"""Every move of a document is told by the history; batch by batch, each one gone here when it is there."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations

from daybook.moving import in_batches

HELD, SKIPPED = "held: ", "the order is skipped: "
"""With these a cause stood in the reason."""
LONGEST_CAUSE = 40
"""What is longer is somebody's own words, and stays as it is."""


def to_events(apps: Any, moves: Sequence[Any]) -> None:
    event = apps.get_model("history", "Event")
    event.objects.bulk_create(event(**_told(move)) for move in moves)
    type(moves[0]).objects.filter(pk__in=[move.pk for move in moves]).delete()


def _told(move: Any) -> dict[str, Any]:
    kind, _, cause = move.reason.partition(": ")
    has_cause = move.reason.startswith((HELD, SKIPPED)) and len(cause) <= LONGEST_CAUSE
    return {
        "company_id": move.company_id,
        "at": move.at,
        "subject_kind": "entry",
        "subject_id": move.entry_id,
        "what": "noted" if move.old_state == move.new_state else "moved",
        "old_state": move.old_state,
        "new_state": move.new_state,
        "mover": move.mover,
        "person_id": move.person_id,
        "attempt_id": move.attempt_id,
        "cause": cause if has_cause else "",
        "reason": (kind if kind != "held" else "") if has_cause else move.reason,
    }


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0006_laws_of_an_organisation"), ("history", "0001_events")]
    operations = [in_batches("outbox", "Transition", waiting=lambda rows: rows, move=to_events)]
