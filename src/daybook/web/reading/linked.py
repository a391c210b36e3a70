"""How a company's documents hang together: what one is about, and what it waits for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from daybook.kit.translation import gettext, gettext_noop
from daybook.outbox.models import Entry, EntryNeed
from daybook.outbox.needs import Until

_UNTIL = {
    Until.POSTED: gettext_noop("is posted"),
    Until.AUTHORISED: gettext_noop("is approved there"),
    Until.GONE: gettext_noop("is cancelled here, or voided or deleted there"),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that a document waits for, or waited for."""

    other: Entry
    """The needed one; of what is waited for, the one that waits."""
    until: str
    """In words: "is posted"."""
    is_over: bool


def waits(company_id: int, entries: Collection[Entry]) -> dict[int, list[Wait]]:
    """Return, by document, what each of them waits for or waited for; documents that need nothing are missing."""
    rows = EntryNeed.objects.filter(company=company_id, entry__in=[entry.pk for entry in entries])
    found: dict[int, list[Wait]] = defaultdict(list)
    for row in rows.select_related("needed").defer("needed__document").order_by("id"):
        found[row.entry_id].append(_wait(row.needed, row))
    return dict(found)


def waiting_for(entry: Entry) -> list[Wait]:
    """Return what waits for this document, or waited for it."""
    if not entry.is_needed:
        return []
    rows = EntryNeed.objects.filter(company=entry.company_id, needed=entry).order_by("id")
    return [_wait(row.entry, row) for row in rows.select_related("entry").defer("entry__document")]


def _wait(other: Entry, need: EntryNeed) -> Wait:
    return Wait(other, gettext(_UNTIL[Until(need.until)]), need.met_at is not None)


def about(entry: Entry) -> QuerySet[Entry]:
    """Return the documents that are about this one, of whatever order."""
    return Entry.objects.filter(company=entry.company_id, about=entry).order_by("id")
