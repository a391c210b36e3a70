"""Documents that wait for others: what they wait for is written down here, and counted down as it is settled.

A claim reads `Entry.open_needs` alone (one partial index), so that it never looks through what waits.
"""

from collections import Counter
from collections.abc import Sequence
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
    lost: list[tuple[Entry, Entry]] = field(default_factory=list)
    """They wait for what never comes, each with that."""


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


def tell(needed: Sequence[Entry], now: datetime) -> Told:
    """Count down what waits for documents that have moved, in the transaction that moved them, however many they are."""
    told, by_id = Told(), {each.pk: each for each in needed}
    if not by_id:
        return told
    company_id = needed[0].company_id
    waiting = EntryNeed.objects.filter(company_id=company_id, needed__in=by_id, met_at=None)
    met: list[int] = []
    for row in waiting.select_related("entry").order_by("entry"):
        one = by_id[row.needed_id]
        need = judge(Until(row.until), state=State(one.state), their_status=one.their_status)
        if need is Need.MET:
            met.append(row.pk)
            told.met.append(row.entry)
        elif need is Need.LOST:
            told.lost.append((row.entry, one))
    if met:
        EntryNeed.objects.filter(company_id=company_id, pk__in=met).update(met_at=now)
    for times, entries in _by_times(told.met).items():
        mine = Entry.objects.filter(company_id=company_id, pk__in=entries)
        mine.update(open_needs=F("open_needs") - times)
    return told


def _by_times(met: Sequence[Entry]) -> dict[int, list[int]]:
    """Return, by how many of its needs were met, the documents: nearly all wait for one."""
    found: dict[int, list[int]] = {}
    for entry, times in Counter(each.pk for each in met).items():
        found.setdefault(times, []).append(entry)
    return found
