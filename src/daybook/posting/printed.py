"""The invoices that wait, printed and put into mails: before anything is locked or committed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from daybook.connections import endpoints, mailing
from daybook.connections.models import Connection
from daybook.connections.outgoing import MailAccess
from daybook.connections.schedules import Every
from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.kit import clock
from daybook.ledgers.mail import messages
from daybook.ledgers.mail.reasons import MailCause
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.posting import outgoing

AT_ONCE = 10
"""Mails of one round; each has an attempt of its own, which must leave within a minute."""
MOST_IN_A_RUN = 2000
"""Invoices that are looked through for those of one customer."""
MOST_IN_ONE = 100
"""Invoices in one PDF."""
LARGEST = 20_000_000
"""Bytes of one mail: few servers take more."""

log = structlog.get_logger("daybook.posting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(outgoing.Prepared):
    """A mail."""

    to: str


def prepared(connection: Connection, plan: MailAccess) -> list[Prepared]:
    """Return the next mails; an empty list: nothing waits. Nothing is locked."""
    is_together = plan.is_together and plan.every != Every.AT_ONCE
    waiting = _waiting(connection, most=MOST_IN_A_RUN if is_together else AT_ONCE)
    read = [(entry, stored.read(entry.document, entry.kind)) for entry in waiting]
    good = [(entry, paper) for entry, paper in read if isinstance(paper, MailedInvoice)]
    broken = [
        _held([entry], Hold(Cause.DEFECT, entry.number, stored.UNREADABLE))
        for entry, paper in read
        if not isinstance(paper, MailedInvoice)
    ]
    groups = list(_by_customer(good)) if is_together else [[each] for each in good]
    return [*broken, *(_mailed(group, plan) for group in groups[:AT_ONCE])]


def _waiting(connection: Connection, *, most: int) -> list[Entry]:
    kinds = list(endpoints.ledger_of(connection).forms)
    entries = queue.waiting(connection.company_id, connection.organisation_id, clock.now())
    return [entry for kind in kinds for entry in queue.next_of(entries, kind, most=most)]


Group = Sequence[tuple[Entry, MailedInvoice]]


def _by_customer(good: Group) -> Iterator[Group]:
    groups: dict[str, list[tuple[Entry, MailedInvoice]]] = {}
    for entry, paper in good:
        groups.setdefault(paper.email.casefold(), []).append((entry, paper))
    for group in groups.values():
        for start in range(0, len(group), MOST_IN_ONE):
            yield group[start : start + MOST_IN_ONE]


def _mailed(group: Group, plan: MailAccess) -> Prepared:
    entries, papers = [entry for entry, _ in group], [paper for _, paper in group]
    pdf = pdf_of(papers, plan)
    if isinstance(pdf, Hold):
        return _held(entries, pdf)
    envelope = mailing.envelope_of(plan)
    mail = messages.mail(papers, pdf, envelope, mark=entries[0].public_id, moment=clock.now())
    if len(mail) > LARGEST:
        return _held(entries, Hold(MailCause.MAIL_REFUSED, "", f"The mail has {len(mail):,} bytes."))
    return Prepared(documents=_documents(entries), made=mail, to=papers[0].email)


def pdf_of(papers: Sequence[MailedInvoice], plan: MailAccess) -> bytes | Hold:
    """Return the invoices as one PDF, or why there is none."""
    from daybook.printing import fonts  # noqa: PLC0415  # takes a third of a second, and only who prints needs it
    from daybook.printing.invoice import invoice_pdf  # noqa: PLC0415  # as above

    try:
        return invoice_pdf(papers, mailing.letterhead_of(plan))
    except fonts.NoFontError as error:
        return Hold(MailCause.NO_FONT, error.characters)
    except Exception as error:  # one order's odd text must not keep the others
        log.exception("an invoice could not be printed")
        return Hold(MailCause.PRINTING_FAILED, type(error).__name__)


def _held(entries: Sequence[Entry], why: Hold) -> Prepared:
    return Prepared(documents=_documents(entries), made=why, to="")


def _documents(entries: Sequence[Entry]) -> dict[int, object]:
    return {entry.pk: entry.document for entry in entries}
