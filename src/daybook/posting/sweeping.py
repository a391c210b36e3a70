"""Finding which connections have something to post: the rows are the truth, whatever hint was lost."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from daybook.connections.models import Connection
from daybook.outbox.models import Entry
from daybook.outbox.states import State


def due(now: datetime) -> list[int]:
    """Return the ids of connected, unpaused connections with documents that may go now."""
    waiting = Entry.objects.filter(
        company_id=OuterRef("company_id"), tenant_id=OuterRef("tenant_id"), state=State.READY
    ).filter(Q(not_before=None) | Q(not_before__lte=now))
    open_for_calls = Connection.objects.filter(status=Connection.Status.CONNECTED).exclude(paused_until__gt=now)
    return list(open_for_calls.filter(Exists(waiting)).values_list("id", flat=True))
