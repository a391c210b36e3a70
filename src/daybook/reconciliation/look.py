"""Looking into Xero: which documents stand there under our numbers. Reads only, as few calls as it takes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.kit.money import ZERO
from daybook.ledgers.xero import elements, protocol
from daybook.reconciliation.compare import Theirs
from daybook.wire import errors
from daybook.wire.http import HttpClient

NUMBERS_IN_ONE_CALL = 40
"""Values of a filter list, bounded by the URL's length (xero-rules.md 2.2)."""
CLOCK_SKEW = timedelta(minutes=5)
"""Taken off If-Modified-Since: Xero's clock is not ours."""
PAGE_SIZE = 1000
"""Documents in one page (xero-rules.md 6)."""
MOST_PAGES = 20
"""Of changes in one look; the next look goes on from there."""


def look(
    connection: Connection, client: HttpClient, kind: str, numbers: Sequence[str], since: datetime
) -> list[Theirs]:
    """Return what Xero holds under `numbers`, in any status. Raises WireError.

    Invoices are asked for by number. Purchase orders have no such filter: one list of what changed since `since`
    (UTC, by our clock), paged, is searched instead (xero-rules.md 5.4).
    """
    if kind == Kind.INVOICE:
        return _invoices(connection, client, numbers)
    wanted = {number.upper() for number in numbers}
    return [
        theirs for theirs in _purchase_orders(connection, client, since - CLOCK_SKEW) if theirs.number.upper() in wanted
    ]


def look_singly(connection: Connection, client: HttpClient, numbers: Sequence[str]) -> list[Theirs]:
    """Return the purchase orders under `numbers`, however old, at one call each. Raises WireError."""
    found: list[Theirs] = []
    for number in numbers:
        try:
            answer = calls.read(connection, f"/PurchaseOrders/{number}", client=client)
        except errors.Refused as error:
            if error.http_status != HTTPStatus.NOT_FOUND:
                raise
            continue
        found += [
            _theirs(element, "PurchaseOrderID", "PurchaseOrderNumber")
            for element in elements.elements(answer, "PurchaseOrders")
        ]
    return found


RESOURCES: dict[str, str] = {Kind.INVOICE: "Invoices", Kind.PURCHASE_ORDER: "PurchaseOrders"}
_FIELDS: dict[str, tuple[str, str]] = {
    Kind.INVOICE: ("InvoiceID", "InvoiceNumber"),
    Kind.PURCHASE_ORDER: ("PurchaseOrderID", "PurchaseOrderNumber"),
}


def changed(
    connection: Connection, client: HttpClient, kind: str, since: datetime, *, page_size: int = PAGE_SIZE
) -> Iterator[tuple[list[Theirs], datetime]]:
    """Yield page after page what was made or changed since `since` (by Xero's clock), and where to begin next time.

    In the order of the changes; a full page is followed by what changed after its last document rather than by a
    second page, so that a document that changes meanwhile pushes none past us. Raises WireError.
    """
    query = {"pageSize": str(page_size), "order": "UpdatedDateUTC ASC"}
    if kind == Kind.INVOICE:
        query |= {"summaryOnly": "true", "where": 'Type=="ACCREC"'}
    page = 1
    for _ in range(MOST_PAGES):
        answer = calls.read(
            connection,
            f"/{RESOURCES[kind]}",
            query | {"page": str(page)},
            modified_since=since.strftime("%Y-%m-%dT%H:%M:%S"),
            client=client,
        )
        rows = elements.elements(answer, RESOURCES[kind]) if answer.status != HTTPStatus.NOT_MODIFIED else []
        found = [_theirs(row, *_FIELDS[kind]) for row in rows]
        if len(found) < page_size:
            yield found, (protocol.answered_at(answer) or clock.now()) - CLOCK_SKEW
            return
        last = found[-1].updated_at
        page = page + 1 if last is None or last <= since + timedelta(seconds=1) else 1
        since = max(since, last) if last is not None else since
        yield found, since


def look_by_ids(connection: Connection, client: HttpClient, kind: str, their_ids: Sequence[str]) -> list[Theirs]:
    """Return those of these documents that Xero has, whatever their numbers are by now. Raises WireError.

    40 invoices a call; purchase orders, whose list has no such filter, one call each (xero-rules.md 5.4, 6).
    """
    if kind == Kind.PURCHASE_ORDER:
        each = (look_at(connection, client, kind, their_id) for their_id in their_ids)
        return [theirs for theirs in each if theirs is not None]
    found: list[Theirs] = []
    for begin in range(0, len(their_ids), NUMBERS_IN_ONE_CALL):
        wanted = ",".join(their_ids[begin : begin + NUMBERS_IN_ONE_CALL])
        query = {"IDs": wanted, "summaryOnly": "true", "page": "1", "pageSize": str(PAGE_SIZE)}
        answer = calls.read(connection, "/Invoices", query, client=client)
        found += [_theirs(row, *_FIELDS[kind]) for row in elements.elements(answer, "Invoices")]
    return found


def look_at(connection: Connection, client: HttpClient, kind: str, their_id: str) -> Theirs | None:
    """Return one document by Xero's id, None where Xero has none of this id. Raises WireError."""
    resource = RESOURCES[kind]
    try:
        answer = calls.read(connection, f"/{resource}/{their_id}", client=client)
    except errors.Refused as error:
        if error.http_status != HTTPStatus.NOT_FOUND:
            raise
        return None
    rows = elements.elements(answer, resource)
    return _theirs(rows[0], *_FIELDS[kind]) if rows else None


def _invoices(connection: Connection, client: HttpClient, numbers: Sequence[str]) -> list[Theirs]:
    found: list[Theirs] = []
    for begin in range(0, len(numbers), NUMBERS_IN_ONE_CALL):
        wanted = ",".join(numbers[begin : begin + NUMBERS_IN_ONE_CALL])
        query = {"InvoiceNumbers": wanted, "summaryOnly": "true", "page": "1", "pageSize": str(PAGE_SIZE)}
        answer = calls.read(connection, "/Invoices", query, client=client)
        found += [
            _theirs(element, "InvoiceID", "InvoiceNumber")
            for element in elements.elements(answer, "Invoices")
            if element.get("Type") == "ACCREC"  # a bill may carry the same number; it is none of ours
        ]
    return found


def _purchase_orders(connection: Connection, client: HttpClient, since: datetime) -> Iterator[Theirs]:
    page, pages = 1, 1
    while page <= pages:
        query = {"page": str(page), "pageSize": str(PAGE_SIZE), "order": "UpdatedDateUTC ASC"}
        modified_since = since.strftime("%Y-%m-%dT%H:%M:%S")
        answer = calls.read(connection, "/PurchaseOrders", query, modified_since=modified_since, client=client)
        listed = elements.elements(answer, "PurchaseOrders") if answer.status != HTTPStatus.NOT_MODIFIED else []
        yield from (_theirs(element, "PurchaseOrderID", "PurchaseOrderNumber") for element in listed)
        pages = page + 1 if len(listed) == PAGE_SIZE else page
        page += 1


def _theirs(element: Mapping[str, Any], id_field: str, number_field: str) -> Theirs:
    contact = element.get("Contact")
    their_id = protocol.id_in(element, id_field)
    if not their_id:
        raise errors.Unexpected(f"a document in the list has no {id_field}")
    return Theirs(
        their_id=their_id,
        number=str(element.get(number_field) or ""),
        status=protocol.status_in(element),
        contact_id=str(contact.get("ContactID") or "") if isinstance(contact, dict) else "",
        currency=str(element.get("CurrencyCode") or ""),
        reference=str(element.get("Reference") or ""),
        totals=protocol.totals_in(element),
        contact_name=elements.text(contact, "Name") if isinstance(contact, dict) else "",
        paid=elements.number(element, "AmountPaid") or ZERO,
        credited=elements.number(element, "AmountCredited") or ZERO,
        due=elements.number(element, "AmountDue"),
        updated_at=elements.moment(element, "UpdatedDateUTC"),
    )
