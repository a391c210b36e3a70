"""PURE: credit notes for customers in Xero: ACCRECCREDIT (xero-rules.md 5.10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from string import digits
from typing import Any
from urllib.parse import quote

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import AmountType, CreditNote, Line
from daybook.documents.kinds import Kind
from daybook.kit.money import ZERO, figure, round2
from daybook.ledgers.exchange import Before, Changes, Listed, Outcome, Period, Sendable, Since, Sought, Theirs, Written
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import answers, elements, links, looking, protocol, writing
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.invoices import INVOICES, summaries
from daybook.ledgers.xero.items import SUPPLY
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer

CREDIT_NOTES = Resource(
    "CreditNotes", "CreditNoteID", "CreditNoteNumber", (("summarizeErrors", "false"), ("unitdp", "4"))
)
OF_CUSTOMERS = "ACCRECCREDIT"
_PAID_AHEAD = ("Prepayments", "Overpayments")
_DEAD = frozenset({"VOIDED", "DELETED"})
_MINE = {"where": f'Type=="{OF_CUSTOMERS}"'}


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that creates a credit note; it knows neither discounts nor a day on which it is due."""
    note = sendable.document
    if not isinstance(note, CreditNote):
        raise TypeError(note)
    rate = {} if note.currency_rate is None else {"CurrencyRate": note.currency_rate}
    return {
        "Type": OF_CUSTOMERS,
        "CreditNoteNumber": note.number,
        **writing.shared(note, sendable.resolved.get(SUPPLY.name, {})),
        **rate,
    }


def write(sendables: Sequence[Sendable], options: frozenset[str]) -> Written:  # noqa: ARG001 - as the port says
    """Return the call that creates credit notes."""
    return writing.batch(CREDIT_NOTES, [element(each) for each in sendables])


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each credit note."""
    return answers.read_answer(answer, [each.number for each in sent], CREDIT_NOTES, resent=is_resent)


def before(sendables: Sequence[Sendable]) -> Talk[list[Before]]:
    """Return of each whether it may go: not where somebody has voided what it gives back of, or credited too much of it.

    One call for all; what would be held for its credits is read alone first, so that nothing is left out of it.
    """
    there = yield from summaries(list(dict.fromkeys(target.their_id for each in sendables for target in each.targets)))
    said = _all_judged(sendables, there)
    doubtful = [each for each, why in zip(sendables, said, strict=True) if _is_for_credits(why)]
    for their_id in dict.fromkeys(target.their_id for each in doubtful for target in each.targets):
        for row in (yield from looking.element(INVOICES, their_id)):
            there[their_id] = row
    return _all_judged(sendables, there) if doubtful else said


def _is_for_credits(why: Before) -> bool:
    return isinstance(why, Hold) and why.cause == Cause.CREDITED_THERE


def _all_judged(sendables: Sequence[Sendable], there: Mapping[str, Element]) -> list[Before]:
    goes: dict[str, Decimal] = {}
    stays: dict[str, Decimal] = {}
    return [_judged(each, there, goes, stays) for each in sendables]


def _judged(
    sendable: Sendable, there: Mapping[str, Element], goes: dict[str, Decimal], stays: dict[str, Decimal]
) -> Before:
    """Return what is said of one note; it is added to what `goes` of its sale before those behind it, or `stays`.

    What our own notes give back of the sale is told with it, wherever that is set against: so their goodwill is told from
    it. What is set against the invoice under other numbers is somebody else's, and leaves as much less; so does what
    somebody changed of it. Where neither is, the notes fit by how they were planned, whatever was taken off for no line. A
    note that an older version wrote keeps nothing of its sale: for it what is set against that, and goes before it, counts.
    """
    note, rows = sendable.document, [there.get(target.their_id) for target in sendable.targets]
    if not isinstance(note, CreditNote):
        raise TypeError(note)
    alive = [row for row in rows if row is not None and protocol.status_in(row) not in _DEAD]
    if len(alive) < len(rows):
        return Hold(Cause.NEEDED_ENDED, note.credits)
    if not alive:
        return None
    key, amount, total = sendable.targets[0].their_id, _of_the_sale(note), _added(alive, "Total")
    ours = _credited_by_us(alive, sendable.number)
    others = max(_credited(alive) - ours, ZERO)
    if note.sale_gross:
        before = max(sendable.given_back - stays.get(key, ZERO), ZERO)
    else:
        before = goes.get(key, ZERO) + (ours if others else ZERO)
    is_as_posted = note.sale_gross > 0 and others + note.sale_gross - total <= 0
    if not is_as_posted and amount + before > total + note.goodwill_off - others:
        words = (
            f"It gives back {figure(amount)} {note.currency} of {note.credits}, which comes to {figure(total)} there, "
            f"with credit notes of {figure(others)} set against it"
            f"{f' beside those of Daybook, which give back {figure(before)} of it' if before else ''}."
        )
        stays[key] = stays.get(key, ZERO) + amount
        return Hold(Cause.CREDITED_THERE, note.credits, words)
    goes[key] = goes.get(key, ZERO) + amount
    return None


def _credited(rows: Sequence[Element]) -> Decimal:
    """Return what credit notes have taken off invoices: Xero counts what was paid ahead among it (its field AmountCredited)."""
    paid_ahead = [each for name in _PAID_AHEAD for each in _within(rows, name)]
    return _added(rows, "AmountCredited") - _added(paid_ahead, "AppliedAmount")


def _credited_by_us(rows: Sequence[Element], number: str) -> Decimal:
    """Return what the credit notes took off that are numbered as this one, but for the count at the end."""
    stem = number.rstrip(digits).upper()
    notes = _within(rows, CREDIT_NOTES.name)
    ours = [each for each in notes if elements.text(each, "CreditNoteNumber").rstrip(digits).upper() == stem]
    return _added(ours, "AppliedAmount")


def _within(rows: Sequence[Element], name: str) -> list[Element]:
    return [each for row in rows for each in protocol.listed(row, name) if isinstance(each, dict)]


def _added(rows: Sequence[Element], field: str) -> Decimal:
    return sum((elements.number(row, field) or ZERO for row in rows), ZERO)


def _of_the_sale(note: CreditNote) -> Decimal:
    """Return what a note gives back of lines of its sale; the rest of it is goodwill, or goes beyond the sale."""
    beside = [line for line, place in zip(note.lines, note.places, strict=True) if place is None]
    is_net = note.amount_type is AmountType.EXCLUSIVE
    amounts = (_amount(line) + ((line.tax_amount or line.tax or ZERO) if is_net else ZERO) for line in beside)
    return note.totals.gross - sum(amounts, ZERO)


def _amount(line: Line) -> Decimal:
    return line.line_amount or ZERO if line.unit_amount is None else round2(line.quantity * line.unit_amount)


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return what stands under these numbers; there is no filter for them (xero-rules.md 5.10)."""
    return looking.by_number(CREDIT_NOTES, sought, query=_MINE)


def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the credit notes of these ids, one call each: their list has no such filter."""
    return looking.each_of(CREDIT_NOTES, their_ids)


def changed(since: Since, now: datetime) -> Talk[Changes]:
    """Return a page of the credit notes for customers that changed."""
    return looking.changed(CREDIT_NOTES, since, now, query=_MINE)


def newest(since: datetime | None) -> Talk[list[Theirs]]:
    """Return the credit notes for customers, the newest first, whoever made them: their list has no such filter."""
    return looking.newest(CREDIT_NOTES, since, query=_MINE)


def listed(period: Period, page: int) -> Talk[Listed]:
    """Return a page of the credit notes for customers with their lines, whoever made them."""
    return looking.listed(CREDIT_NOTES, page, dated(period))


def dated(period: Period) -> Mapping[str, str]:
    """Return the query of the credit notes for customers of these days."""
    return {"where": " AND ".join([_MINE["where"], *looking.dated(period)])}


def link(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a credit note, by way of the log-in that switches to its organisation."""
    path = f"/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={quote(their_id, safe='')}"
    return links.by_login(base, short_code, path)


ROUTE = Route(
    name=CREDIT_NOTES.name,
    documents_a_call=writing.MAX_ELEMENTS,
    write=write,
    read=read,
    before=before,
    reads_before=1,
)
FORM = Form(
    kind=Kind.CREDIT_NOTE,
    route=ROUTE.name,
    listed_in=ROUTE.name,
    number_space="credit_note",
    feature="credit_notes",
    known_by=KnownBy.NUMBER,
    number_length=255,
    number_alphabet=r"[A-Za-z0-9._-]",
    has_draft=True,
    seekable_at_once=200,
    element=element,
    look=look,
    calls_of_look=looking.calls_filtered,
    look_by_ids=look_by_ids,
    changed=changed,
    newest=newest,
    link=link,
    listed=listed,
)
