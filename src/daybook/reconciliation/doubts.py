"""How often it was unknown whether a document is there."""

from collections.abc import Sequence

from django.db.models import Count

from daybook.history.kinds import Subject
from daybook.history.models import Event
from daybook.outbox.states import State


def of(company_id: int, entry_ids: Sequence[int]) -> dict[int, int]:
    """Return how often it was unknown so far whether each of these documents is there."""
    told = Event.objects.filter(
        company_id=company_id, subject_kind=Subject.ENTRY, subject_id__in=entry_ids, new_state=State.UNKNOWN
    )
    return dict(told.order_by().values_list("subject_id").annotate(Count("id")))
