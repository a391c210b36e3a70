"""Documents that wait for others: what they wait for is written down here, and counted down as it is settled.

A claim reads `Entry.open_needs` alone (one partial index), so that it never looks through what waits.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from daybook.outbox.models import Entry, EntryNeed
from daybook.outbox.needs import Need, Until, judge
from daybook.outbox.states import State


@dataclass(frozen=True, slots=True)
class Told:
    """What became of those that wait for a document."""

    met: list[Entry] = field(default_factory=list)
    lost: list[Entry] = field(default_factory=list)
    """They wait for what never comes."""


def add(entry: Entry, needed: Entry, until: Until, now: datetime) -> Need:
    """Let `entry` wait for `needed`, and return how that stands. Both must come locked, of one company."""
    need = judge(until, state=State(needed.state), their_status=needed.their_status)
    met_at = now if need is Need.MET else None
    EntryNeed.objects.create(company_id=entry.company_id, entry=entry, needed=needed, until=until.value, met_at=met_at)
    if need is not Need.MET:
        entry.open_needs += 1
        entry.save(update_fields=["open_needs"])
        needed.is_needed = True
        needed.save(update_fields=["is_needed"])
    return need


def tell(needed: Entry, now: datetime) -> Told:
    """Count down what waits for a document that has moved, in the transaction that moved it."""
    told = Told()
    waiting = EntryNeed.objects.filter(company_id=needed.company_id, needed=needed, met_at=None)
    for row in waiting.select_related("entry").order_by("entry"):
        need = judge(Until(row.until), state=State(needed.state), their_status=needed.their_status)
        if need is Need.MET:
            row.met_at = now
            row.save(update_fields=["met_at"])
            Entry.objects.filter(company_id=needed.company_id, pk=row.entry_id).update(open_needs=F("open_needs") - 1)
            told.met.append(row.entry)
        elif need is Need.LOST:
            told.lost.append(row.entry)
    return told
