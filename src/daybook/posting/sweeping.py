"""Finding which connections have something to post: the rows are the truth, whatever hint was lost."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from daybook.connections import roster
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.posting.ground import SOON


def due(now: datetime) -> list[int]:
    """Return the ids of connections with documents that may go now or before the next sweep: at no rest, not stopped.

    A connection whose last drain saw that they go later is left alone until then.
    """
    waiting = Entry.objects.filter(
        company=OuterRef("company"), organisation=OuterRef("organisation"), state=State.READY, open_needs=0
    ).filter(Q(not_before=None) | Q(not_before__lte=now))
    going = roster.reachable().filter(Q(posting_stops={}) | ~Q(let_through=[]), is_look_due=False)
    open_for_calls = going.exclude(paused_until__gt=now).exclude(post_at__gt=now + SOON)
    return list(open_for_calls.filter(Exists(waiting)).values_list("id", flat=True))
