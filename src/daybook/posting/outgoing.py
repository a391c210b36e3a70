"""Claiming what goes out as files or mails: what was prepared beforehand becomes attempts, if it still holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from daybook.connections.models import Connection
from daybook.documents.causes import AnyCause, Hold
from daybook.kit import clock
from daybook.outbox import orphans, queue
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.queue import Call
from daybook.outbox.states import Mover


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One file or mail, and the documents that it is made of as they were then."""

    documents: Mapping[int, object]
    """By entry what was stored of it."""
    made: bytes | Hold
    """To the byte; or why there is none."""


P = TypeVar("P", bound=Prepared)
CallOf = Callable[[P, bytes, Entry], Call]
"""Of what was prepared, its bytes and its first document."""
Claimed = tuple[Attempt, Sequence[Entry], P]
"""A committed attempt, and what is in it."""


@transaction.atomic
def claim(
    connection: Connection, prepared: Sequence[P], call_of: CallOf[P], suspected: AnyCause
) -> list[Claimed[P]] | None:
    """Commit the attempts of what was prepared; what cannot be written is held. None: nothing may go.

    The connection's row is locked meanwhile. What has changed since it was prepared waits for the next round.
    `suspected`: why what may have gone before a restore is held.
    """
    now = clock.now()
    row = Connection.objects.select_for_update(no_key=True).select_related(None).get(pk=connection.pk)
    is_resting = row.paused_until is not None and row.paused_until > now
    is_kept_back = is_resting or row.is_posting_stopped
    if is_kept_back or not row.is_connected or row.organisation_id != connection.organisation_id:
        return None
    wanted = [pk for each in prepared for pk in each.documents]
    taken = queue.take_these(row.company_id, row.organisation_id, wanted, now)
    if not taken:
        return None  # others have it
    if row.has_orphans:
        taken = orphans.hold_suspects(row, taken, suspected)
    there = {entry.pk: entry for entry in taken}
    return [claimed for each in prepared if (claimed := _claim_one(each, there, call_of)) is not None]


def _claim_one(prepared: P, there: Mapping[int, Entry], call_of: CallOf[P]) -> Claimed[P] | None:
    entries = [there[pk] for pk, document in prepared.documents.items() if _is_same(there.get(pk), document)]
    if not entries or len(entries) < len(prepared.documents):
        return None
    if isinstance(prepared.made, Hold):
        for entry in entries:
            queue.hold(entry, prepared.made, mover=Mover.POSTING)
        return None
    call = call_of(prepared, prepared.made, entries[0])
    return queue.start(entries[0].company_id, call, entries), entries, prepared


def _is_same(entry: Entry | None, document: object) -> bool:
    return entry is not None and entry.document == document
