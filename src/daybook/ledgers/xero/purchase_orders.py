"""PURE: purchase orders in Xero (xero-rules.md 5.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from daybook.documents.document import PurchaseOrder
from daybook.documents.kinds import Kind
from daybook.ledgers.exchange import Changes, Listed, Outcome, Period, Sendable, Since, Sought, Theirs, Written
from daybook.ledgers.ledger import Form, KnownBy, Route, Talk
from daybook.ledgers.xero import answers, links, looking, writing
from daybook.ledgers.xero.items import SUPPLY
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer

PURCHASE_ORDERS = Resource("PurchaseOrders", "PurchaseOrderID", "PurchaseOrderNumber", (("summarizeErrors", "false"),))


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return the element that creates a purchase order."""
    order = sendable.document
    if not isinstance(order, PurchaseOrder):
        raise TypeError(order)
    return {"PurchaseOrderNumber": order.number, **writing.shared(order, sendable.resolved.get(SUPPLY.name, {}))}


def write(sendables: Sequence[Sendable], options: frozenset[str]) -> Written:  # noqa: ARG001 - as the port says
    """Return the call that creates purchase orders."""
    return writing.batch(PURCHASE_ORDERS, [element(each) for each in sendables])


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each purchase order."""
    return answers.read_answer(answer, [each.number for each in sent], PURCHASE_ORDERS, resent=is_resent)


def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
    """Return what stands under these numbers; there is no filter for them (xero-rules.md 5.4)."""
    return looking.by_number(PURCHASE_ORDERS, sought)


def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the purchase orders of these ids, one call each: their list has no such filter (xero-rules.md 5.4, 6)."""
    return looking.each_of(PURCHASE_ORDERS, their_ids)


def changed(since: Since, now: datetime) -> Talk[Changes]:
    """Return a page of the purchase orders that changed."""
    return looking.changed(PURCHASE_ORDERS, since, now, query={})


def newest(since: datetime | None) -> Talk[list[Theirs]]:
    """Return the purchase orders, the newest first, whoever made them: their list has no such filter (5.4)."""
    return looking.newest(PURCHASE_ORDERS, since, query={})


def listed(period: Period, page: int) -> Talk[Listed]:
    """Return a page of the purchase orders, with their lines, whoever made them (xero-rules.md 5.4)."""
    since = {"dateFrom": period.since.isoformat()} if period.since else {}
    until = {"dateTo": period.until.isoformat()} if period.until else {}
    return looking.listed(PURCHASE_ORDERS, page, since | until)


def link(base: str, short_code: str, their_id: str) -> str:
    """Return the address of a purchase order, by way of the log-in that switches to its organisation."""
    return links.by_login(base, short_code, f"/Accounts/Payable/PurchaseOrders/View/{quote(their_id, safe='')}/")


ROUTE = Route(name=PURCHASE_ORDERS.name, documents_a_call=writing.MAX_ELEMENTS, write=write, read=read)
FORM = Form(
    kind=Kind.PURCHASE_ORDER,
    route=ROUTE.name,
    listed_in=ROUTE.name,
    number_space="purchase_order",
    feature="purchase_orders",
    known_by=KnownBy.NUMBER,
    number_length=255,
    number_alphabet=r"[A-Za-z0-9._-]",
    has_draft=True,
    seekable_at_once=200,
    element=element,
    look=look,
    calls_of_look=lambda count: 1 + count,
    look_by_ids=look_by_ids,
    changed=changed,
    newest=newest,
    link=link,
    listed=listed,
)
