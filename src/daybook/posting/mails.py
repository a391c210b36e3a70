"""Invoices are mailed: printed beforehand, the attempt committed, handed over once, settled.

    printed --> claim: the attempts, committed --> handed over to the mail server --> settled

Nobody can look whether a mail arrived. So whatever dies between the beginning of the sending and its answer leaves a
document whose outcome a person tells: it is never sent again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from daybook.connections import mailing, running
from daybook.connections.models import Connection
from daybook.connections.outgoing import MailAccess
from daybook.documents.causes import Hold
from daybook.kit import clock, ids
from daybook.ledgers.exchange import NotSent, Unknown
from daybook.ledgers.mail.ledger import MAIL, MAILS, SENT
from daybook.ledgers.mail.reasons import MailCause
from daybook.outbox import queue, settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.queue import Call
from daybook.outbox.retrying import LEAVES_WITHIN
from daybook.outbox.settling import Booked, Settling
from daybook.outbox.states import Mover
from daybook.posting import outgoing, printed, runs
from daybook.posting.printed import Prepared
from daybook.posting.settling import changed_meanwhile
from daybook.wire import errors
from daybook.wire.http import HttpClient
from daybook.wire.smtp import AddressRefused, SmtpSession, Taken

MOST_ROUNDS = 50
"""Of so many mails in one drain; the sweep wakes the next."""
NOT_NOW = timedelta(minutes=15)
"""After so long a mail goes again that the server took not now, while it takes others (RFC 5321, 4.5.4.1)."""
Became = AttemptEntry.Outcome
Outcome = Taken | Hold | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class NotNow(NotSent):
    """The server takes other mails, and this one later."""


Claimed = outgoing.Claimed[Prepared]

log = structlog.get_logger("daybook.posting")


def drain(connection: Connection, client: HttpClient) -> None:
    """Mail what waits for one connection; what cannot go now waits for the sweep."""
    del client  # no calls are made here
    plan = running.mail_of(connection)
    if not plan.is_enabled or not runs.is_due(connection, plan):
        return
    for _ in range(MOST_ROUNDS):
        prepared = printed.prepared(connection, plan)
        if not prepared:
            runs.is_over(connection, plan)
            return
        claimed = _claim(connection, plan, prepared)
        if claimed is None or not _deliver(connection, plan, claimed):
            return


def _claim(connection: Connection, plan: MailAccess, prepared: Sequence[Prepared]) -> list[Claimed] | None:
    server = mailing.server_of(plan)

    def call_of(each: Prepared, mail: bytes, first: Entry) -> Call:
        del each
        return Call(
            resource=MAILS,
            organisation_id=first.organisation_id,
            token_fingerprint="",
            method="SEND",
            url=f"smtp://{server.host}:{server.port}",
            body=mail,
            idempotency_key=f"daybook-mail-{ids.public_id(24)}",
        )

    return outgoing.claim(connection, prepared, call_of, MailCause.MAY_BE_MAILED)


def _deliver(connection: Connection, plan: MailAccess, claimed: Sequence[Claimed]) -> bool:
    """Hand over each mail and settle it; False where the server failed, and nothing more may go now."""
    trouble: errors.WireError | None = None
    with mailing.session(plan) as session:
        for each in claimed:
            if trouble is not None:
                _settle(each, NotSent(trouble.words))
                continue
            outcome, trouble = _send(each, connection, plan, session)
            _settle(each, outcome)
    if trouble is None:
        mailing.works(plan)
        return True
    log.warning("mails stopped", connection=connection.public_id, error=type(trouble).__name__)
    mailing.react(connection.pk, trouble, clock.now())
    return False


def _send(
    claimed: Claimed, connection: Connection, plan: MailAccess, session: SmtpSession
) -> tuple[Outcome, errors.WireError | None]:
    """Return what became of one mail, and the server's failure where no other may go either."""
    attempt, _, prepared = claimed
    is_young = clock.now() - attempt.created_at <= LEAVES_WITHIN
    try:
        if is_young:
            session.check()  # a server that is away is no reason to doubt whether the mail left
    except errors.WireError as error:
        return NotSent(error.words), error
    if not is_young or not queue.begin_sending(attempt, connection.pk, clock.now()):
        return NotSent("too old to be sent, or the connection rests, or posting is stopped"), None
    try:
        return session.send(plan.sender, prepared.to, mailing.copies_of(plan), bytes(attempt.body)), None
    except AddressRefused as error:
        return Hold(MailCause.ADDRESS_REFUSED, prepared.to, error.words), None
    except errors.Refused as error:
        return Hold(MailCause.MAIL_REFUSED, "", error.words), None
    except errors.OutcomeUnknown as error:
        return Unknown(error.words), error
    except errors.NotSent as error:
        return (NotNow(error.words), None) if error.http_status else (NotSent(error.words), error)
    except errors.WireError as error:
        return NotSent(error.words), error


_ENDS = {
    NotSent: Attempt.Result.NOT_SENT,
    NotNow: Attempt.Result.NOT_SENT,
    Unknown: Attempt.Result.UNKNOWN,
    Hold: Attempt.Result.REFUSED,
}


@transaction.atomic
def _settle(claimed: Claimed, outcome: Outcome) -> None:
    """Write down what became of one mail and of its attempt; of one that was given up only what proves it taken."""
    (attempt, entries, _), now = claimed, clock.now()
    attempt.result = _ENDS.get(type(outcome), Attempt.Result.ANSWERED)
    pending = Attempt.objects.filter(pk=attempt.pk, company_id=attempt.company_id, result=Attempt.Result.PENDING)
    pending.update(result=attempt.result, ended_at=now, note=_words(outcome)[:500])
    batch = settling.begin(attempt, mover=Mover.POSTING, now=now, title=MAIL.title)
    for member in list(batch.members.values()):
        _write(batch, member.entry, outcome)
    settling.save(batch)
    for order_id in changed_meanwhile(attempt, sorted({entry.order_id for entry in entries})):
        wake.wake_prepare_order(order_id)


def _write(batch: Settling, entry: Entry, outcome: Outcome) -> None:
    match outcome:
        case NotSent(reason):
            settling.release(batch, entry, reason=f"not sent: {reason}")
            entry.not_before = batch.now + NOT_NOW if isinstance(outcome, NotNow) else None
            settling.note(batch, entry, Became.NOT_SENT, (reason,))
        case Unknown(reason):
            settling.doubt(batch, entry, reason=f"no clear answer: {reason}")
            settling.note(batch, entry, Became.UNKNOWN, (reason,))
        case Hold(cause=cause, subject=subject, detail=words):
            settling.reject(batch, entry, cause=cause, subject=subject, words=words)
            settling.note(batch, entry, Became.REJECTED, (words,))
        case Taken(words=words, refused=refused):
            taken = "the mail server has taken it"
            reason = "the mail server has taken it, but not every copy" if refused else taken
            settling.post(
                batch, entry, Booked(their_id=batch.attempt.public_id, their_status=SENT, totals=None), reason=reason
            )
            settling.note(batch, entry, Became.POSTED, (words,))


def _words(outcome: Outcome) -> str:
    match outcome:
        case NotSent(reason) | Unknown(reason):
            return reason
        case Hold(detail=detail):
            return detail
        case Taken(words=words):
            return words
