"""What every list and every single get have in common."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from localxero import queries
from localxero.answers import Answer, StopError, json_answer, not_found
from localxero.books import Books, seeded_id
from localxero.calls import Call
from localxero.queries import Fields, Page, Test
from localxero.records import Document
from localxero.render import Json, moment

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
    fields: Fields[R],
    *,
    tests: Iterable[Test[R] | None] = (),
    always_paged: bool = False,
) -> Page[R]:
    """Filter by tests, If-Modified-Since and `where`, then order and page."""
    args = call.request.args
    wanted = [test for test in tests if test]
    since = queries.modified_since(call.request.headers.get("If-Modified-Since"))
    if since and "UpdatedDateUTC" in fields:
        wanted.append(_changed_after(fields, since))
    if text := args.get("where", "").strip():
        wanted.append(queries.where(text, fields))
    kept = [record for record in records if all(test(record) for test in wanted)] if wanted else list(records)
    return queries.paged(queries.ordered(kept, args.get("order"), fields), args, always=always_paged)


def _changed_after(fields: Fields[R], since: int) -> Test[R]:
    updated = fields["UpdatedDateUTC"]
    return lambda record: int(updated(record).timestamp() * 1000) > since


def contact_fields(books: Books) -> dict[str, Callable[[Any], Any]]:
    """Name what `where` may ask of a document's contact."""

    def contact(attribute: str) -> Callable[[Document], Any]:
        return lambda record: getattr(books.contacts.get(record.contact_id), attribute, None)

    return {
        "Contact.ContactID": lambda record: record.contact_id,
        "Contact.Name": contact("name"),
        "Contact.ContactNumber": contact("contact_number"),
    }


def one_of(call: Call, parameter: str, get: Callable[[R], str]) -> Test[R] | None:
    """Make the test for a comma-separated parameter such as Statuses or ContactIDs."""
    wanted = {value.casefold() for value in queries.listed(call.request.args, parameter)}
    return (lambda record: get(record).casefold() in wanted) if wanted else None


def mentions(call: Call, *gets: Callable[[R], str | None]) -> Test[R] | None:
    """Make the test for searchTerm: without case, in any of these fields."""
    term = call.request.args.get("searchTerm", "").strip().casefold()
    return (lambda record: any(term in (get(record) or "").casefold() for get in gets)) if term else None
