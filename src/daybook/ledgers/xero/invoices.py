"""PURE: sales invoices in Xero: ACCREC (xero-rules.md 5.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from daybook.documents.document import Invoice
from daybook.documents.kinds import Kind
from daybook.ledgers.exchange import Changes, Listed, Outcome, Period, Sendable, Since, Sought, Theirs, Written
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import answers, elements, links, looking, protocol, writing
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.items import SUPPLY
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer

INVOICES = Resource("Invoices", "InvoiceID", "InvoiceNumber", (("summarizeErrors", "false"), ("unitdp", "4")))
SALE = "ACCREC"
ALLOW_BACKORDERS = "allow_backorders"


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that creates an invoice."""
    invoice = sendable.document
    if not isinstance(invoice, Invoice):
        raise TypeError(invoice)
    written = {
        "Type": SALE,
        "InvoiceNumber": invoice.number,
        **writing.shared(invoice, sendable.resolved.get(SUPPLY.name, {})),
        "DueDate": invoice.due_date.isoformat(),
    }
    rate = {} if invoice.currency_rate is None else {"CurrencyRate": invoice.currency_rate}
    return written | rate | ({"Url": invoice.url} if invoice.url else {})


def write(sendables: Sequence[Sendable], options: frozenset[str]) -> Written:
    """Return the call that creates invoices; backorders are a matter of sales only (xero-rules.md 5.1)."""
    extra = {"allowBackorders": "true"} if ALLOW_BACKORDERS in options else {}
    return writing.batch(INVOICES, [element(each) for each in sendables], extra)


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each invoice."""
    return answers.read_answer(answer, [each.number for each in sent], INVOICES, resent=is_resent)


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return what stands under these numbers. A bill may carry the same one; it is none of ours."""
    rows = yield from looking.filtered(INVOICES, "InvoiceNumbers", [each.number for each in sought])
    return [looking.theirs(row, INVOICES) for row in rows if row.get("Type") == SALE]


def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the invoices of these ids, 40 a call; a single one by its own address."""
    if len(their_ids) == 1:
        return (yield from looking.one(INVOICES, their_ids[0]))
    rows = yield from looking.filtered(INVOICES, "IDs", their_ids)
    return [looking.theirs(row, INVOICES) for row in rows]


def summaries(their_ids: Sequence[str]) -> Talk[dict[str, Element]]:
    """Return invoices and bills by id, without their lines; 50 a call: so many fit into an address, commas as they are."""
    found: dict[str, Element] = {}
    for begin in range(0, len(their_ids), writing.MAX_ELEMENTS):
        wanted = ",".join(their_ids[begin : begin + writing.MAX_ELEMENTS])
        query = {"IDs": wanted, "summaryOnly": "true", "page": "1", "pageSize": str(looking.PAGE_SIZE)}
        rows = elements.elements((yield protocol.ask(f"/{INVOICES.name}", query, plain=",")), INVOICES.name)
        found |= {their_id: row for row in rows if (their_id := protocol.id_in(row, INVOICES.id_field))}
    return found


def changed(since: Since, now: datetime) -> Talk[Changes]:
    """Return a page of the sales invoices that changed."""
    return looking.changed(INVOICES, since, now, query={"summaryOnly": "true", "where": f'Type=="{SALE}"'})


def newest(since: datetime | None) -> Talk[list[Theirs]]:
    """Return the sales invoices that this app made, the newest first."""
    query = {"createdByMyApp": "true", "summaryOnly": "true", "where": f'Type=="{SALE}"'}
    return looking.newest(INVOICES, since, query=query)


def listed(period: Period, page: int) -> Talk[Listed]:
    """Return a page of the sales invoices that this app made, with their lines (xero-rules.md 6)."""
    where = " AND ".join([f'Type=="{SALE}"', *looking.dated(period)])
    return looking.listed(INVOICES, page, {"createdByMyApp": "true", "where": where})


def link(base: str, short_code: str, their_id: str) -> str:
    """Return the address of an invoice for people (xero-rules.md 8)."""
    return links.in_app(base, short_code, f"invoicing/view/{quote(their_id, safe='')}")


ROUTE = Route(name=INVOICES.name, documents_a_call=writing.MAX_ELEMENTS, write=write, read=read)
FORM = Form(
    kind=Kind.INVOICE,
    route=ROUTE.name,
    listed_in=ROUTE.name,
    number_space="invoice",
    feature="invoices",
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
