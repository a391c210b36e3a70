"""PURE: credit notes set against invoices in Xero: one note a call, only what is new (xero-rules.md 5.10).

An allocation has no number, no reference and no mark: what stands there is told by the note it is of. So nothing is sent
twice, and just before a call the note and the invoice are read: what somebody did behind our back is left to people.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Settlement
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, Totals, figure
from daybook.ledgers.exchange import (
    Before,
    Changes,
    Listed,
    NotSent,
    Outcome,
    Period,
    Posted,
    Rejected,
    Sendable,
    Settled,
    Since,
    Sought,
    Theirs,
    Unknown,
    Written,
)
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import credit_notes, elements, looking, protocol, writing
from daybook.ledgers.xero.credit_notes import CREDIT_NOTES
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.invoices import INVOICES
from daybook.ledgers.xero.writing import Resource
from daybook.wire import errors
from daybook.wire.asks import Answer

NAME = "Allocations"
AUTHORISED = "AUTHORISED"
"""An allocation has no status there: it stands or it does not."""
_TOKENS_LIVE = timedelta(minutes=35)
"""Bytes that a paused worker lets go later come with a token that has ended, and nothing is booked (xero-rules.md 1.4)."""
_DEAD = frozenset({"VOIDED", "DELETED"})


def _settlement(sendable: Sendable) -> Settlement:
    if not isinstance(sendable.document, Settlement) or len(sendable.targets) < 2:
        raise TypeError(sendable.document)
    return sendable.document


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that sets a part of a credit note against an invoice; its day is Xero's own (xero-rules.md 5.10)."""
    settled, invoice = _settlement(sendable), sendable.targets[1]
    return {"Amount": settled.totals.gross, "Invoice": {"InvoiceID": invoice.their_id}}


def write(sendables: Sequence[Sendable], _options: frozenset[str]) -> Written:
    """Return the call for the first of them: an allocation is an address of its note's."""
    first = sendables[0]
    body = b'{"Allocations":[%s]}' % writing.encoder.encode(element(first))
    path = f"/{CREDIT_NOTES.name}/{first.targets[0].their_id}/{NAME}"
    ask = protocol.ask(path, {"summarizeErrors": "false"}, method="PUT", body=body)
    return Written(ask, (0,), range(1, len(sendables)))


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of the one allocation of the call."""
    return [_outcome(answer, is_resent=is_resent)] * len(sent)


def _outcome(answer: Answer, *, is_resent: bool) -> Outcome:
    if answer.status != 200:
        return _failed(answer, is_resent=is_resent)
    try:
        body = protocol.read_json(answer)
    except errors.OutcomeUnknown as error:
        return Unknown(error.words)
    rows = [row for row in protocol.listed(body, NAME) if isinstance(row, dict)]
    if len(rows) != 1:
        return Unknown("the answer does not mention the allocation")
    row = rows[0]
    words = protocol.validation_messages(row)
    if words or str(row.get("StatusAttributeString") or "OK").upper() == "ERROR":
        return Rejected(words or ("Xero marked the allocation as wrong and gave no reason",))
    their_id, amount = protocol.id_in(row, "AllocationID"), elements.number(row, "Amount")
    if not their_id:
        return Unknown("the answer gives the allocation no id")
    return Posted(their_id=their_id, their_status=AUTHORISED, totals=_totals(amount))


def _failed(answer: Answer, *, is_resent: bool) -> Outcome:
    """A refused call may have booked all the same (xero-rules.md 4.3): its note tells."""
    error = protocol.error_in(answer)
    return NotSent(str(error)) if protocol.is_turned_away(error) and not is_resent else Unknown(str(error))


def _totals(amount: Decimal | None) -> Totals | None:
    return None if amount is None else Totals(amount, ZERO, amount)


def before(sendables: Sequence[Sendable]) -> Talk[list[Before]]:
    """Return of each whether it may go, as note and invoice stand now: two calls each, and an allocation is one more."""
    said: list[Before] = []
    for each in sendables:
        settled, (note, invoice, *_) = _settlement(each), each.targets
        noted = yield from _one(CREDIT_NOTES, note.their_id)
        billed = yield from _one(INVOICES, invoice.their_id)
        said.append(_judged(settled, noted, billed))
    return said


def _judged(settled: Settlement, note: Element | None, invoice: Element | None) -> Before:
    if note is None or protocol.status_in(note) in _DEAD:
        return Hold(Cause.NEEDED_ENDED, settled.reference)
    if invoice is None or protocol.status_in(invoice) in _DEAD:
        return Hold(Cause.NEEDED_ENDED, settled.settles)
    amount = settled.totals.gross
    if any(_is_this(row, settled) for row in _rows(note)):
        words = f"{figure(amount)} of {settled.reference} are set against {settled.settles} already."
        return Settled(words)
    left, due = elements.number(note, "RemainingCredit"), elements.number(invoice, "AmountDue")
    if left is None or due is None or min(left, due) < amount:
        words = (
            f"{figure(amount)} {settled.currency} of {settled.reference} were to be set against {settled.settles}; of the "
            f"credit note {figure(left or ZERO)} are left, and on the invoice {figure(due or ZERO)} are outstanding."
        )
        return Hold(Cause.SETTLED_OTHERWISE, settled.settles, words)
    return None


def _one(resource: Resource, their_id: str) -> Talk[Element | None]:
    return next(iter((yield from looking.element(resource, their_id))), None)


def _rows(note: Element) -> list[Element]:
    return [row for row in protocol.listed(note, NAME) if isinstance(row, dict)]


def _is_this(row: Element, settled: Settlement) -> bool:
    number = elements.text(elements.part(row, "Invoice"), "InvoiceNumber")
    is_same = number.upper() == settled.settles.upper() and elements.number(row, "Amount") == settled.totals.gross
    return is_same and row.get("IsDeleted") is not True


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return which of these stand there: the notes they are of say so, at one call each; under our own number.

    One that was booked and that a person has taken off again leaves no row. But then note and invoice were both changed
    since it was sent, which nothing else of ours does to both: it is found without an id, so that it is not sent again.
    """
    found: list[Theirs] = []
    for each in sought:
        note = (yield from _one(CREDIT_NOTES, each.target)) if each.target else None
        if note is None or not isinstance(each.document, Settlement):
            continue
        rows = _rows(note)
        mine = [row for row in rows if _is_this(row, each.document)]
        found += [_theirs(row, each) for row in mine]
        if not mine and _changed_since(note, each.since):
            invoice = yield from _one(INVOICES, each.document.settles)
            if invoice is not None and _changed_since(invoice, each.since):
                found.append(_perhaps(each))
    return found


def _changed_since(row: Element, since: datetime) -> bool:
    changed = elements.moment(row, "UpdatedDateUTC")
    return changed is not None and changed >= since


def _perhaps(sought: Sought) -> Theirs:
    return Theirs(their_id="", number=sought.number, status="", contact_id="", currency="", reference="", totals=None)


def listed(period: Period, page: int) -> Talk[Listed]:
    """Return what a page of credit notes is set against: an allocation is of the day of its note."""
    notes = yield from looking.page_of(CREDIT_NOTES, page, credit_notes.dated(period))
    live = [row for note in notes for row in _rows(note) if row.get("IsDeleted") is not True]
    found = [_theirs(row) for row in live if protocol.id_in(row, "AllocationID")]
    return Listed(found, is_last=len(notes) < looking.PAGE_SIZE)


def _theirs(row: Element, sought: Sought | None = None) -> Theirs:
    settled = sought.document if sought is not None else None
    their_id = protocol.id_in(row, "AllocationID")
    if not their_id:
        raise errors.Unexpected("an allocation of a credit note has no AllocationID")
    return Theirs(
        their_id=their_id,
        number=sought.number if sought is not None else "",
        status=AUTHORISED,
        contact_id="",
        currency="" if settled is None else settled.currency,
        reference="",
        totals=_totals(elements.number(row, "Amount")),
    )


def look_by_ids(_their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return nothing: an allocation has no address of its own; its note tells of it."""
    yield from ()
    return []


def changed(since: Since, now: datetime) -> Talk[Changes]:
    """Return nothing, and ask nothing: there is no list of allocations; what changes one changes its note and invoice."""
    yield from ()
    return Changes((), Since(max(since.moment, now)), is_last=True)


def newest(_since: datetime | None) -> Talk[list[Theirs]]:
    """Return nothing, and ask nothing: an allocation bears no mark, and is told by its note just before it is made."""
    yield from ()
    return []


ROUTE = Route(name=NAME, documents_a_call=1, write=write, read=read, before=before, reads_before=2, is_resent=False)
FORM = Form(
    kind=Kind.ALLOCATION,
    route=ROUTE.name,
    listed_in=ROUTE.name,
    number_space="allocation",
    feature="credit_notes",
    known_by=KnownBy.TARGET,
    number_length=255,
    number_alphabet=r"[A-Za-z0-9._-]",
    has_draft=False,
    doubt_lasts=_TOKENS_LIVE,
    seekable_at_once=40,
    element=element,
    look=look,
    look_by_ids=look_by_ids,
    changed=changed,
    newest=newest,
    link=lambda _base, _short_code, _their_id: "",
    listed=listed,
)
