"""A person lets a document wait, until a person lets it go."""

from django.db import transaction

from daybook.companies.models import Person
from daybook.documents.causes import Cause
from daybook.orders.models import Order
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.outbox.states import MAPPABLE


@transaction.atomic
def keep_back(entry: Entry, person: Person, note: str = "") -> bool:
    """Hold a document because a person says so; no cure sends it, only *Try again* (`prepare.retry`).

    False, and nothing is done: it is under way or final, or kept back already.
    """
    Order.objects.select_for_update().get(company_id=entry.company_id, pk=entry.order_id)  # as preparing locks
    mine = queue.locked(Entry.objects.filter(company_id=entry.company_id, pk=entry.pk)).get()
    if mine.state not in MAPPABLE or mine.cause == Cause.KEPT_BACK:
        return False
    queue.keep_back(mine, person=person, note=note)
    return True
