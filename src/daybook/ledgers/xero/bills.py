"""PURE: bills in Xero: ACCPAY (xero-rules.md 5.1).

Their numbers are not unique and they have no reference, so nothing is sent twice, the mark stands in the first line's
description, and just before a call it is asked what stands there under the number and of the same contact (4.2).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Bill
from daybook.documents.kinds import Kind
from daybook.kit.money import figure
from daybook.ledgers.exchange import (
    Before,
    Changes,
    Listed,
    Outcome,
    Period,
    Sendable,
    Settled,
    Since,
    Sought,
    Theirs,
    Written,
)
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import answers, elements, links, looking, protocol, writing
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.invoices import INVOICES
from daybook.ledgers.xero.payments import TOKENS_LIVE
from daybook.wire.asks import Answer

PURCHASE = "ACCPAY"
_DEAD = frozenset({"VOIDED", "DELETED"})
_MINE = {"where": f'Type=="{PURCHASE}"'}


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that creates a bill."""
    bill = _bill(sendable)
    shared = {name: value for name, value in writing.shared(bill, {}).items() if name != "Reference"}
    return {"Type": PURCHASE, "InvoiceNumber": bill.number, **shared, "DueDate": bill.due_date.isoformat()}


def _bill(sendable: Sendable) -> Bill:
    if not isinstance(sendable.document, Bill):
        raise TypeError(sendable.document)
    return sendable.document


def write(sendables: Sequence[Sendable], _options: frozenset[str]) -> Written:
    """Return the call that creates bills."""
    return writing.batch(INVOICES, [element(each) for each in sendables])


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each bill."""
    return answers.read_answer(answer, [each.number for each in sent], INVOICES, resent=is_resent)


def before(sendables: Sequence[Sendable]) -> Talk[list[Before]]:
    """Return of each bill whether it may go: one that somebody has entered there is not made a second time."""
    there = yield from _numbered([each.number for each in sendables])
    return [_judged(_bill(each), [row for row in there if _is_like(row, _bill(each))]) for each in sendables]


def _is_like(row: Element, bill: Bill) -> bool:
    theirs = looking.theirs(row, INVOICES)
    is_same = theirs.number.upper() == bill.number.upper() and theirs.contact_id == bill.contact_id
    return is_same and theirs.status not in _DEAD


def _judged(bill: Bill, alike: Sequence[Element]) -> Before:
    if not alike:
        return None
    if any(elements.number(row, "Total") == bill.totals.gross for row in alike):
        return Settled(
            f"A bill {bill.number} of {bill.contact_name} over {figure(bill.totals.gross)} stands there already."
        )
    there = figure(elements.number(alike[0], "Total") or bill.totals.gross)
    words = f"It is over {there}, and the fees are {figure(bill.totals.gross)} {bill.currency}."
    return Hold(Cause.BILLED_OTHERWISE, bill.number, words)


def _numbered(numbers: Sequence[str]) -> Talk[list[Element]]:
    """Return the bills under these numbers with their lines, in whatever status."""
    found: list[Element] = []
    for begin in range(0, len(numbers), looking.NUMBERS_IN_ONE_CALL):
        wanted = ",".join(numbers[begin : begin + looking.NUMBERS_IN_ONE_CALL])
        query = {"InvoiceNumbers": wanted, "page": "1", "pageSize": str(looking.PAGE_SIZE)}
        rows = elements.elements((yield protocol.ask(f"/{INVOICES.name}", query)), INVOICES.name)
        found += [row for row in rows if row.get("Type") == PURCHASE]
    return found


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return what bills stand under these numbers."""
    return [_theirs(row) for row in (yield from _numbered([each.number for each in sought]))]


def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the bills of these ids, one call each: only so their lines are told."""
    found: list[Theirs] = []
    for each in their_ids:
        found += [_theirs(row) for row in (yield from looking.element(INVOICES, each))]
    return found


def _theirs(row: Element) -> Theirs:
    """Read one bill; in the place of a reference stands what its first line says."""
    return looking.theirs({**row, "Reference": _description(row)}, INVOICES)


def _description(row: Element) -> str:
    lines = row.get("LineItems")
    first = lines[0] if isinstance(lines, list) and lines else {}
    return elements.text(first, "Description", longest=4000) if isinstance(first, dict) else ""


def changed(since: Since, now: datetime) -> Talk[Changes]:
    """Return a page of the bills that changed."""
    return looking.changed(INVOICES, since, now, query=_MINE, read=_theirs)


def newest(_since: datetime | None) -> Talk[list[Theirs]]:
    """Return nothing, and ask nothing: what stands there under a bill's number is asked just before it is made."""
    yield from ()
    return []


def listed(period: Period, page: int) -> Talk[Listed]:
    """Return a page of the bills that this app made, with their lines."""
    where = " AND ".join([_MINE["where"], *looking.dated(period)])
    return looking.listed(INVOICES, page, {"createdByMyApp": "true", "where": where}, read=_theirs)


def link(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a bill, by way of the log-in that switches to its organisation (xero-rules.md 8)."""
    return links.by_login(base, short_code, f"/AccountsPayable/Edit.aspx?InvoiceID={quote(their_id, safe='')}")


ROUTE = Route(
    name="Bills",
    documents_a_call=writing.MAX_ELEMENTS,
    write=write,
    read=read,
    before=before,
    reads_before=1,
    is_resent=False,
)
FORM = Form(
    kind=Kind.BILL,
    route=ROUTE.name,
    listed_in=ROUTE.name,
    number_space="bill",
    feature="bills",
    known_by=KnownBy.NUMBER,
    number_length=255,
    number_alphabet=r"[A-Za-z0-9._-]",
    has_draft=True,
    doubt_lasts=TOKENS_LIVE,
    seekable_at_once=100,
    element=element,
    look=look,
    look_by_ids=look_by_ids,
    changed=changed,
    newest=newest,
    link=link,
    listed=listed,
)
