"""What every list and every single get have in common."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from localkit.answers import Answer, StopError, json_answer
from localkit.ids import seeded_id
from localkit.json_values import Json
from localxero.books import Books
from localxero.books.records import Document
from localxero.gate.calls import Call
from localxero.gate.errors import not_found
from localxero.queries import lists
from localxero.queries.lists import Fields, Listing, Page, Test
from localxero.queries.where import where
from localxero.render.values import moment

R = TypeVar("R")
T = TypeVar("T")


def envelope(call: Call, plural: str, elements: Iterable[Json], pagination: Mapping[str, int] | None = None) -> Answer:
    """Wrap elements as every JSON answer of the accounting API is wrapped."""
    outer: Json = {
        "Id": seeded_id("answer", str(call.entry.number), call.books.organisation.tenant_id),
        "Status": "OK",
        "ProviderName": call.state.identity.apps[call.token.grant.client_id].name,
        "DateTimeUTC": moment(call.state.clock.milliseconds()).replace("+0000", ""),
    }
    if pagination:
        outer["pagination"] = pagination
    outer[plural] = list(elements)
    return json_answer(outer)


def found(record: T | None) -> T:
    """Return the record, or end the request with 404."""
    if record is None:
        raise StopError(not_found())
    return record


def listed(
    call: Call,
    records: Iterable[R],
    listing: Listing[R],
    *,
    tests: Iterable[Test[R] | None] = (),
    always_paged: bool = False,
) -> Page[R]:
    """Filter by tests, If-Modified-Since and `where`, then order and page."""
    args, order = call.args, call.args.get("order")
    wanted = [test for test in tests if test]
    since = lists.modified_since(call.request.headers.get("If-Modified-Since"))
    if since and "UpdatedDateUTC" in listing.fields:
        wanted.append(_changed_since(listing.fields, since))
    asked: frozenset[str] = frozenset()
    if text := args.get("where", "").strip() if listing.has_where else "":
        read = where(text, listing.fields, listing.of)
        asked = read.fields
        wanted.append(read.test)
    held = list(records)
    lists.check_volume(len(held), listing.optimised, asked=asked, order=order)
    kept = [record for record in held if all(test(record) for test in wanted)] if wanted else held
    return lists.paged(lists.ordered(kept, order, listing), args, always=always_paged)


def _changed_since(fields: Fields[R], since: datetime) -> Test[R]:
    updated = fields["UpdatedDateUTC"]
    return lambda record: bool(updated(record) >= since)


def contact_fields(books: Books) -> dict[str, Callable[[Any], Any]]:
    """Name what `where` may ask of a document's contact."""

    def contact(attribute: str) -> Callable[[Document], Any]:
        return lambda record: getattr(books.contacts.get(record.contact_id), attribute, None)

    return {
        "Contact.ContactID": lambda record: record.contact_id,
        "Contact.Name": contact("name"),
        "Contact.ContactNumber": contact("contact_number"),
        "Contact.EmailAddress": contact("email_address"),
    }


def one_of(call: Call, parameter: str, get: Callable[[R], str]) -> Test[R] | None:
    """Make the test for a comma-separated parameter such as Statuses or ContactIDs."""
    wanted = {value.casefold() for value in lists.listed(call.args, parameter)}
    return (lambda record: get(record).casefold() in wanted) if wanted else None


def mentions(call: Call, *gets: Callable[[R], str | None]) -> Test[R] | None:
    """Make the test for searchTerm: without case, in any of these fields."""
    term = call.args.get("searchTerm", "").strip().casefold()
    return (lambda record: any(term in (get(record) or "").casefold() for get in gets)) if term else None
