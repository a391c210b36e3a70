"""Finding the contact that stands for a company. Contacts are looked up, never made."""

from collections.abc import Collection

from daybook.connections import calls, endpoints
from daybook.connections.models import Connection
from daybook.ledgers.lists import Contact
from daybook.ledgers.registry import title
from daybook.wire.http import HttpClient

SHORTEST_SOUGHT, LONGEST_SOUGHT = 2, 100
"""Characters of what is searched for."""


def find_contacts(connection: Connection, name: str, *, client: HttpClient | None = None) -> list[Contact]:
    """Return the contacts of this name, active ones first; spaces and case do not count.

    None where the ledger has no lists. Raises what `connections.calls.carry` raises.
    """
    wanted, theirs = " ".join(name.split()), endpoints.lists_of(connection)
    if not wanted or theirs is None:
        return []
    found = calls.carry(connection, theirs.contacts_by_name(wanted), client=client)
    return sorted(found, key=lambda contact: not contact.is_active)


def search(connection: Connection, text: str, *, client: HttpClient | None = None) -> list[Contact]:
    """Return active contacts that a typed text may mean, some ten at most; one call, none for less than two characters.

    Raises what `connections.calls.carry` raises.
    """
    wanted, theirs = " ".join(text.split())[:LONGEST_SOUGHT], endpoints.lists_of(connection)
    if len(wanted) < SHORTEST_SOUGHT or theirs is None:
        return []
    if theirs.contacts_like is None:
        return [each for each in find_contacts(connection, wanted, client=client) if each.is_active]
    found = calls.carry(connection, theirs.contacts_like(wanted), client=client)
    return sorted((each for each in found if each.is_active), key=lambda each: each.name.casefold())


def look_up(connection: Connection, name: str, *, client: HttpClient | None = None) -> str:
    """Return the id of the one active contact of this name.

    Raises ContactNotFoundError where there is none, or more than one, and what `connections.calls.carry` raises.
    """
    found = find_contacts(connection, name, client=client)
    active = [contact for contact in found if contact.is_active]
    if len(active) != 1:
        raise ContactNotFoundError(_why_not(connection, name, len(active), archived=len(found) > len(active)))
    return active[0].contact_id


class ContactNotFoundError(Exception):
    """There is not exactly one active contact of the name; the text says what to do."""


def _why_not(connection: Connection, name: str, active: int, *, archived: bool) -> str:
    there = title(connection.ledger)
    if active > 1:
        return (
            f"{there} has {active} active contacts named “{name}”. Rename or archive all but one there, then save "
            "again."
        )
    if archived:
        return f"“{name}” is archived in {there}. Restore it there (Contacts, Archived), or name another contact."
    return f"{there} has no contact named “{name}”. Create it there, or correct the name: it must match exactly."


def get_contacts(
    connection: Connection, contact_ids: Collection[str], *, client: HttpClient | None = None
) -> list[Contact]:
    """Return those of some contacts that this organisation has, archived ones too; a call for 40. Raises as above."""
    theirs = endpoints.lists_of(connection)
    if theirs is None or not contact_ids:
        return []
    return calls.carry(connection, theirs.contacts_by_id(contact_ids), client=client)
