"""How often it was unknown whether a document is there."""

from collections.abc import Sequence

from django.db.models import Count

from daybook.outbox.models import Transition
from daybook.outbox.states import State


def of(company_id: int, entry_ids: Sequence[int]) -> dict[int, int]:
    """Return how often it was unknown so far whether each of these documents is there."""
    moves = Transition.objects.filter(company_id=company_id, entry__in=entry_ids, new_state=State.UNKNOWN)
    return dict(moves.order_by().values_list("entry_id").annotate(Count("id")))
