"""PURE: what stands in Xero, asked for and read: pages, single documents, what changed since.

Sources: xero-rules.md 2.2 (values of a filter list), 5.4 (purchase orders have none), 6 (paging, If-Modified-Since).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from daybook.kit.money import ZERO, Totals
from daybook.ledgers.exchange import Changes, Listed, Period, Since, Sought, Theirs
from daybook.ledgers.ledger import Talk
from daybook.ledgers.xero import elements, protocol
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer
from daybook.wire.errors import Refused, Unexpected

NUMBERS_IN_ONE_CALL = 40
"""Values of a filter list, bounded by the URL's length (xero-rules.md 2.2)."""
PAGE_SIZE = 1000
"""Documents in one page (xero-rules.md 6)."""
OVERLAP = timedelta(minutes=5)
"""Taken off the moment of an answer before it is asked what changed since."""
NEWEST = 100
"""Documents that are asked for where nothing says since when; Xero's own size of a page."""
MOST_PAGES_OF_NEWEST = 5
Query = Mapping[str, str]
NO_QUERY: Query = {}


def filtered(resource: Resource, key: str, values: Sequence[str]) -> Talk[list[Mapping[str, Any]]]:
    """Return the elements whose `key` (InvoiceNumbers, IDs) is among `values`, 40 a call."""
    found: list[Mapping[str, Any]] = []
    for begin in range(0, len(values), NUMBERS_IN_ONE_CALL):
        wanted = ",".join(values[begin : begin + NUMBERS_IN_ONE_CALL])
        query = {key: wanted, "summaryOnly": "true", "page": "1", "pageSize": str(PAGE_SIZE)}
        answer = yield protocol.ask(f"/{resource.name}", query)
        found += elements.elements(answer, resource.name)
    return found


def calls_filtered(count: int) -> int:
    """Return the calls that `filtered` takes for so many values."""
    return -(-count // NUMBERS_IN_ONE_CALL)


def element(resource: Resource, key: str) -> Talk[list[Mapping[str, Any]]]:
    """Return the element under this id or number, however old; none where Xero knows none."""
    try:
        answer = yield protocol.ask(f"/{resource.name}/{key}")
    except Refused as error:
        if error.http_status != HTTPStatus.NOT_FOUND:
            raise
        return []
    return list(elements.elements(answer, resource.name))


def one(resource: Resource, key: str) -> Talk[list[Theirs]]:
    """Return the document under this id or number, however old; none where Xero knows none."""
    return [theirs(found, resource) for found in (yield from element(resource, key))]


def each_of(resource: Resource, keys: Sequence[str]) -> Talk[list[Theirs]]:
    """Return the documents under these ids or numbers at one call each."""
    found: list[Theirs] = []
    for key in keys:
        found += yield from one(resource, key)
    return found


def by_number(
    resource: Resource, sought: Sequence[Sought], *, query: Query = NO_QUERY, page_size: int = PAGE_SIZE
) -> Talk[list[Theirs]]:
    """Return what stands under these numbers, of a list that has no filter for them.

    What changed since the first was sent is searched, and only what is stubborn and not in it is asked for by itself, at
    one call each.
    """
    if not sought:
        return []
    since = min(each.since for each in sought) - OVERLAP
    listed = yield from _changed_since(resource, since, query=query, page_size=page_size)
    wanted = {each.number.upper() for each in sought}
    found = [theirs for theirs in listed if theirs.number.upper() in wanted]
    there = {theirs.number.upper() for theirs in found}
    stubborn = [each.number for each in sought if each.is_stubborn and each.number.upper() not in there]
    return found + (yield from each_of(resource, stubborn))


def _changed_since(resource: Resource, since: datetime, *, query: Query, page_size: int) -> Talk[list[Theirs]]:
    """Return all that changed since then, each as it was seen last: what changes between two pages is on both."""
    found: dict[str, Theirs] = {}
    page = Changes((), Since(since), is_last=False)
    while not page.is_last:
        page = yield from changed(resource, page.rest, since, query=query, page_size=page_size)
        found |= {theirs.their_id: theirs for theirs in page.found}
    return list(found.values())


def changed(
    resource: Resource,
    since: Since,
    now: datetime,
    *,
    query: Query,
    page_size: int = PAGE_SIZE,
    read: Callable[[Mapping[str, Any]], Theirs] | None = None,
) -> Talk[Changes]:
    """Return one page of what changed since, in the order of the changes.

    A full page is followed by what changed from the second of its last document on rather than by a second page, so that a
    document that changes meanwhile pushes none past us; by a second page only where that would be the same question.
    `now`: where Xero does not say when it answered. `read`: one element, where it is no document like the others.
    """
    order = {"pageSize": str(page_size), "order": "UpdatedDateUTC ASC"}
    answer = yield protocol.ask(
        f"/{resource.name}", order | dict(query) | {"page": str(since.page)}, modified_since=since.moment
    )
    found = _rows(answer, resource, read)
    if len(found) < page_size:
        return Changes(found, Since((protocol.answered_at(answer) or now) - OVERLAP), is_last=True)
    last = found[-1].updated_at
    if last is None or last.replace(microsecond=0) <= since.moment.replace(microsecond=0):  # Xero is told no fractions
        return Changes(found, Since(since.moment, since.page + 1), is_last=False)
    return Changes(found, Since(last), is_last=False)


def newest(resource: Resource, since: datetime | None, *, query: Query) -> Talk[list[Theirs]]:
    """Return what changed last, the newest first; since a moment all of it, as far as some pages reach."""
    size, most = (NEWEST, 1) if since is None else (PAGE_SIZE, MOST_PAGES_OF_NEWEST)
    found: list[Theirs] = []
    for page in range(1, most + 1):
        order = {"page": str(page), "pageSize": str(size), "order": "UpdatedDateUTC DESC"}
        answer = yield protocol.ask(f"/{resource.name}", order | dict(query), modified_since=since)
        rows = _rows(answer, resource)
        found += rows
        if len(rows) < size:
            break
    return found


def dated(period: Period) -> list[str]:
    """Return the conditions of a `where` for documents of these days."""
    return [
        *([f"Date>=DateTime({period.since:%Y,%m,%d})"] if period.since else []),
        *([f"Date<=DateTime({period.until:%Y,%m,%d})"] if period.until else []),
    ]


def listed(
    resource: Resource, page: int, query: Query, read: Callable[[Mapping[str, Any]], Theirs] | None = None
) -> Talk[Listed]:
    """Return one page of a list with its lines, in an order that nobody's change disturbs (xero-rules.md 6)."""
    rows = yield from page_of(resource, page, query)
    found = [theirs(element, resource) if read is None else read(element) for element in rows]
    return Listed(found, is_last=len(rows) < PAGE_SIZE)


def page_of(resource: Resource, page: int, query: Query) -> Talk[list[Mapping[str, Any]]]:
    """Return the elements of one page, in the order of their ids."""
    order = {"page": str(page), "pageSize": str(PAGE_SIZE), "order": f"{resource.id_field} ASC"}
    answer = yield protocol.ask(f"/{resource.name}", order | dict(query))
    return elements.elements(answer, resource.name)


def by_tax_type(element: Mapping[str, Any], totals: Totals | None) -> dict[str, Totals]:
    """Return what the lines come to by tax type; what they leave of the totals (RoundingAmount) is under "" (5.2)."""
    lines = element.get("LineItems")
    if totals is None or not isinstance(lines, list) or not lines:
        return {}
    sums: dict[str, list[Decimal]] = {}
    is_inclusive = element.get("LineAmountTypes") == "Inclusive"
    for line in lines:
        amount, tax = elements.number(line, "LineAmount") or ZERO, elements.number(line, "TaxAmount") or ZERO
        found = sums.setdefault(elements.text(line, "TaxType"), [ZERO, ZERO])
        found[0] += amount - tax if is_inclusive else amount
        found[1] += tax
    rest = [totals.net - sum(net for net, _ in sums.values()), totals.tax - sum(tax for _, tax in sums.values())]
    if any(rest):
        found = sums.setdefault("", [ZERO, ZERO])
        found[0], found[1] = found[0] + rest[0], found[1] + rest[1]
    return {name: Totals(net, tax, net + tax) for name, (net, tax) in sums.items() if net or tax}


def theirs(element: Mapping[str, Any], resource: Resource) -> Theirs:
    """Read one document. Raises Unexpected where it has no id."""
    their_id = protocol.id_in(element, resource.id_field)
    if not their_id:
        raise Unexpected(f"a document in the list has no {resource.id_field}")
    contact, totals = elements.part(element, "Contact"), protocol.totals_in(element)
    return Theirs(
        their_id=their_id,
        number=str(element.get(resource.number_field) or ""),
        status=protocol.status_in(element),
        contact_id=str(contact.get("ContactID") or ""),
        currency=str(element.get("CurrencyCode") or ""),
        reference=str(element.get("Reference") or ""),
        totals=totals,
        contact_name=elements.text(contact, "Name"),
        paid=elements.number(element, "AmountPaid") or ZERO,
        credited=elements.number(element, "AmountCredited") or ZERO,
        due=elements.number(element, "AmountDue"),
        updated_at=elements.moment(element, "UpdatedDateUTC"),
        by_tax_type=by_tax_type(element, totals),
    )


def _rows(
    answer: Answer, resource: Resource, read: Callable[[Mapping[str, Any]], Theirs] | None = None
) -> list[Theirs]:
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return []
    found = elements.elements(answer, resource.name)
    return [theirs(element, resource) if read is None else read(element) for element in found]
