"""What an answer meant for each document of a call is written down: one short transaction."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F

from daybook.catalog import cures, customers
from daybook.documents.causes import Cause
from daybook.kit import clock
from daybook.ledgers.exchange import NotSent, Outcome, Posted, Rejected, Unknown
from daybook.ledgers.ledger import Ledger
from daybook.orders.models import Order
from daybook.outbox import settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.retrying import halved
from daybook.outbox.settling import Booked, Settling
from daybook.outbox.states import Mover
from daybook.posting import delivery
from daybook.posting.claiming import Claimed
from daybook.posting.ground import Sender

LISTS_AFTER_A_REFUSAL = timedelta(minutes=5)
"""A refusal often means that a list has changed; so often at most are they read for it."""
OF_CONTACTS = frozenset({Cause.CONTACT_ARCHIVED, Cause.CONTACT_MISSING})
"""Refusals that say that a contact is not any more what it was."""
Became = AttemptEntry.Outcome

log = structlog.get_logger("daybook.posting")


def carry_out(claimed: Claimed, sender: Sender) -> bool:
    """Send one committed attempt and settle each of its documents on its own; return whether any may go again now."""
    read = delivery.deliver(
        claimed.attempt,
        sender,
        len(claimed.sent),
        lambda answer, is_resent: claimed.route.read(answer, claimed.sent, is_resent),
    )
    settle(claimed.attempt, [entry.pk for entry in claimed.entries], read, sender.ledger)
    causes = {sender.ledger.why(each.words).cause for each in read if isinstance(each, Rejected)}
    _doubt_contacts(claimed, read, sender)
    if causes & cures.LIST_OF.keys():
        wake.wake_read_lists(sender.connection.id, older_than=LISTS_AFTER_A_REFUSAL)
    log.info("attempt settled", attempt=claimed.attempt.public_id)
    are_others_behind = any(entry.is_needed for entry in claimed.entries)
    return are_others_behind or any(isinstance(_of_one(each, len(read)), NotSent) for each in read)


def _doubt_contacts(claimed: Claimed, read: Sequence[Outcome], sender: Sender) -> None:
    """Have the contacts of parties looked at again whose documents were refused for them: merged, archived, gone."""
    refused = {
        sendable.document.contact_id
        for sendable, outcome in zip(claimed.sent, read, strict=True)
        if sendable.document.party is not None
        and isinstance(outcome, Rejected)
        and sender.ledger.why(outcome.words).cause in OF_CONTACTS
    }
    if refused:
        customers.doubt(claimed.attempt.organisation_id, refused)


@transaction.atomic
def settle(attempt: Attempt, entry_ids: Sequence[int], read: Sequence[Outcome], ledger: Ledger) -> None:
    """Write each document's outcome; one refusal never sinks its neighbours."""
    batch = settling.begin(attempt, mover=Mover.POSTING, now=clock.now(), title=ledger.title)
    for entry_id, outcome in zip(entry_ids, read, strict=True):
        _settle_one(batch, batch.members[entry_id].entry, _of_one(outcome, len(read)), ledger, len(read))
    settling.save(batch)
    for order_id in changed_meanwhile(attempt, [member.entry.order_id for member in batch.members.values()]):
        wake.wake_prepare_order(order_id)


def _of_one(outcome: Outcome, documents: int) -> Outcome:
    """Return what an answer means for one of so many: a no to all of them together is none to this one."""
    if isinstance(outcome, Rejected) and outcome.of_the_call and documents > 1:
        return NotSent(f"refused with others, and nothing of it booked: {'; '.join(outcome.words)}", is_halved=True)
    return outcome


def _settle_one(batch: Settling, entry: Entry, outcome: Outcome, ledger: Ledger, documents: int) -> None:
    match outcome:
        case Posted(warnings=warnings):
            booked = Booked(
                their_id=outcome.their_id,
                their_status=outcome.their_status,
                totals=outcome.totals,
                warnings=warnings,
                version=outcome.version,
            )
            settling.post(batch, entry, booked, reason=f"{ledger.title} took it")
            settling.note(batch, entry, Became.POSTED, warnings)
        case Rejected(words):
            cause, subject = ledger.why(words)
            if cause == Cause.PERIOD_LOCKED and entry.date is not None:
                subject = str(entry.date)  # what it is about is the document; their words name the lock date
            settling.reject(batch, entry, cause=cause, subject=subject, words="\n".join(words))
            settling.note(batch, entry, Became.REJECTED, words)
        case NotSent(reason, is_halved):
            goes_with = halved(documents) if is_halved else None
            settling.release(batch, entry, reason=f"not sent: {reason}", goes_with=goes_with)
            settling.note(batch, entry, Became.NOT_SENT, (reason,))
        case Unknown(reason):
            settling.doubt(batch, entry, reason=f"no clear answer: {reason}")
            settling.note(batch, entry, Became.UNKNOWN, (reason,))


def changed_meanwhile(attempt: Attempt, order_ids: Sequence[int]) -> list[int]:
    """Return those of the orders that changed while their documents were under way: they are looked at again now that these are settled."""
    changed = Order.objects.filter(pk__in=order_ids, changed_at__gte=attempt.created_at)
    # not the bare column: while a table is new, all the company's orders would be read through by an index of it
    mine = changed.alias(owner=F("company_id") + 0).filter(owner=attempt.company_id)
    return list(mine.order_by("id").values_list("id", flat=True))  # two settlers wake in one order
