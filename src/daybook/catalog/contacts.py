"""Finding the contact that stands for a company. Contacts are looked up, never made."""

from collections.abc import Collection
from dataclasses import dataclass

from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.elements import Element
from daybook.wire.errors import Refused
from daybook.wire.http import HttpClient

MOST = 100
"""Contacts in one answer; a name that more share is too common to choose by."""
_NOT_IN_WHERE = frozenset('"\\')
"""A `where` with these is a QueryParseException, or another question (xero-rules.md 6; 10, 11)."""


@dataclass(frozen=True, slots=True)
class ContactFound:
    """A contact of the organisation."""

    contact_id: str
    name: str
    status: str
    """ACTIVE, ARCHIVED or GDPRREQUEST (xero-rules.md 5.6)."""

    @property
    def is_active(self) -> bool:
        """Return whether documents may name it: an archived contact cannot be invoiced."""
        return self.status == "ACTIVE"


def find_contacts(connection: Connection, name: str, *, client: HttpClient | None = None) -> list[ContactFound]:
    """Return the contacts of this name, active ones first; spaces and case do not count (xero-rules.md 10, 9).

    Raises what `connections.calls.read` raises.
    """
    wanted = " ".join(name.split())
    if not wanted:
        return []
    if _NOT_IN_WHERE.isdisjoint(wanted):
        found = _list(connection, {"where": f'Name=="{wanted}"'}, client)
    else:
        found = _list(connection, {"searchTerm": wanted}, client)
    same = [contact for contact in found if _key(contact.name) == _key(wanted)]
    return sorted(same, key=lambda contact: not contact.is_active)


def look_up(connection: Connection, name: str, *, client: HttpClient | None = None) -> str:
    """Return the id of the one active contact of this name.

    Raises ContactNotFoundError where there is none, or more than one, and what `connections.calls.read` raises.
    """
    found = find_contacts(connection, name, client=client)
    active = [contact for contact in found if contact.is_active]
    if len(active) != 1:
        raise ContactNotFoundError(_why_not(name, len(active), archived=len(found) > len(active)))
    return active[0].contact_id


class ContactNotFoundError(Exception):
    """There is not exactly one active contact of the name; the text says what to do."""


def _why_not(name: str, active: int, *, archived: bool) -> str:
    if active > 1:
        return (
            f"Xero has {active} active contacts named “{name}”. Rename or archive all but one there, then save again."
        )
    if archived:
        return f"“{name}” is archived in Xero. Restore it there (Contacts, Archived), or name another contact."
    return f"Xero has no contact named “{name}”. Create it there, or correct the name: it must match exactly."


def get_contacts(
    connection: Connection, contact_ids: Collection[str], *, client: HttpClient | None = None
) -> list[ContactFound]:
    """Return those of a few contacts that this organisation has, archived ones too; one call. Raises as above."""
    return _list(connection, {"IDs": ",".join(sorted(contact_ids))}, client) if contact_ids else []


def search_contacts(connection: Connection, words: str, *, client: HttpClient | None = None) -> list[ContactFound]:
    """Return active contacts that mention `words`, at most 100, to choose from. Raises as above."""
    wanted = " ".join(words.split())
    found = _list(connection, {"searchTerm": wanted}, client) if wanted else []
    return [contact for contact in found if contact.is_active]


def get_contact(connection: Connection, contact_id: str, *, client: HttpClient | None = None) -> ContactFound | None:
    """Return one contact as it is now, None where this organisation has none of this id. Raises as above."""
    try:
        answer = calls.read(connection, f"/Contacts/{contact_id}", client=client)
    except Refused as error:
        if error.http_status == 404:
            return None
        raise
    found = elements.elements(answer, "Contacts")
    return _contact(found[0]) if found else None


def _list(connection: Connection, query: dict[str, str], client: HttpClient | None) -> list[ContactFound]:
    """`summaryOnly` leaves out what is not needed: reading is metered (xero-rules.md 2.3, 6)."""
    query |= {"includeArchived": "true", "summaryOnly": "true", "page": "1", "pageSize": str(MOST)}
    answer = calls.read(connection, "/Contacts", query, client=client)
    return [_contact(element) for element in elements.elements(answer, "Contacts")]


def _contact(element: Element) -> ContactFound:
    return ContactFound(
        contact_id=elements.text(element, "ContactID", longest=36),
        name=" ".join(elements.text(element, "Name").split()),
        status=elements.text(element, "ContactStatus", longest=20).upper() or "ACTIVE",
    )


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
