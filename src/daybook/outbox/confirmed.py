"""What is on record of a file between its two steps: written whole under its temporary name, not yet renamed."""

import msgspec

from daybook.documents.causes import Hold
from daybook.ledgers.files.ledger import SENT
from daybook.ledgers.files.talks import Confirmed, Step
from daybook.outbox import settling
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.settling import Booked, Settling

SAID = {
    Step.POSTED: "it is there under its name",
    Step.COLLECTED: "it was there under its name, and has been collected",
    Step.SEND: "it never had its name there",
    Step.RENAME: "it is still there under its temporary name",
}
"""What a look shows, in words."""


def keep(attempt: Attempt, confirmed: Confirmed) -> bool:
    """Put on record that the file is there; False where the attempt was given up meanwhile: it must not be renamed then.

    Whoever gave it up locked its row: the file was not confirmed for them, and another attempt may write it by now.
    """
    pending = Attempt.objects.filter(pk=attempt.pk, company_id=attempt.company_id, result=Attempt.Result.PENDING)
    return bool(pending.update(answer=msgspec.json.encode(confirmed)))


def kept(attempt: Attempt) -> Confirmed | None:
    """Return what is on record of an attempt's file; None: it was never confirmed."""
    return msgspec.json.decode(bytes(attempt.answer), type=Confirmed) if attempt.answer else None


def settle(batch: Settling, entry: Entry, shown: Step | Hold) -> None:
    """Settle a file as posted, or before a person: what stands in the way there is nothing that waiting cures.

    What a file is known by there is the attempt that wrote it: no second one can be taken for it.
    """
    if isinstance(shown, Hold):
        words = " ".join(filter(None, (shown.subject, shown.detail)))
        settling.reject(batch, entry, cause=shown.cause, subject=shown.subject, words=words)
        settling.note(batch, entry, AttemptEntry.Outcome.REJECTED, (words,))
        return
    booked = Booked(their_id=batch.attempt.public_id, their_status=SENT, totals=None)
    settling.post(batch, entry, booked, reason=SAID[shown])
    settling.note(batch, entry, AttemptEntry.Outcome.POSTED, ())
