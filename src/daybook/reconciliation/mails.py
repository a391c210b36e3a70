"""Mails whose worker died: what never left goes again; what may have left, nobody can look for, and a person tells."""

from collections.abc import Sequence

from django.db import transaction

from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.ledgers.ledger import Form
from daybook.ledgers.mail.ledger import MAIL
from daybook.outbox import settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.states import Mover, State
from daybook.wire.http import HttpClient

NEVER_LEFT = told("its sending was never begun")


def look_and_settle(connection: Connection, client: HttpClient, form: Form, entries: Sequence[Entry]) -> int:
    """Let go again what never left, and doubt what was left in the middle; return how many were settled."""
    del client, form
    found: dict[int, Attempt] = {}
    for entry in entries:
        if entry.last_attempt is not None:
            found[entry.last_attempt.pk] = entry.last_attempt
    for attempt in found.values():
        _settle(attempt, [entry.pk for entry in entries if entry.last_attempt_id == attempt.pk])
    wake.wake_drain(connection.pk)
    return len(entries)


@transaction.atomic
def _settle(attempt: Attempt, only: Sequence[int]) -> None:
    batch = settling.begin(attempt, mover=Mover.RECONCILIATION, now=clock.now(), title=MAIL.title, only=only)
    for member in list(batch.members.values()):
        fresh = member.entry
        if fresh.last_attempt_id != attempt.pk or fresh.state not in {State.UNKNOWN, State.SENDING}:
            continue
        settling.doubt(batch, fresh, reason=told("its sending ended without being settled"))
        if attempt.sent_at is None:
            settling.release(batch, fresh, reason=told("{what}: it may be sent again", what=NEVER_LEFT))
            settling.note(batch, fresh, AttemptEntry.Outcome.NOT_SENT, (NEVER_LEFT,))
        else:
            settling.note(
                batch, fresh, AttemptEntry.Outcome.UNKNOWN, (told("its worker ended before the answer was kept"),)
            )
    settling.save(batch)
