"""What differs between supplies: where it is kept what is there, how that is looked up, and what is remembered.

items      the organisation's list is read again: it shows all that there is
contacts   only those wanted are asked for: an organisation may have a hundred thousand others
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.db.models.functions import Upper

from daybook.catalog import customers, facts, matching, refresh
from daybook.catalog.matching import Make, Match
from daybook.catalog.models import Item
from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.documents.causes import AnyCause, Cause, Hold
from daybook.kit import clock
from daybook.ledgers.exchange import Wanted
from daybook.ledgers.ledger import Supply
from daybook.ledgers.lists import ACTIVE, Contact
from daybook.posting.ground import Sender

ITEMS, CONTACTS = "items", "contacts"
"""Names of supplies."""
Made = Mapping[str, tuple[Wanted, str]]
"""By key what was made, and the ledger's id of it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has shown of what was wanted; what it found is remembered already."""

    missing: Sequence[Wanted] = ()
    """To be made: of contacts, each by a name that is free."""
    unfit: Mapping[str, Hold] = field(default_factory=dict)
    """By key, what can be neither used nor made, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where one supply is kept."""

    there: Callable[[int | None, Collection[str]], dict[str, str]]
    """Of these keys those that are there and may be named, as last read: our key -> theirs."""
    look: Callable[[Connection, Sender, Supply, Sequence[Wanted]], Looked]
    """Asks the ledger for what is wanted. Raises WireError."""
    remember: Callable[[Connection, Made], None]
    """What was just made."""
    refused: Callable[[Wanted, Sequence[str]], Hold]
    """Why documents wait, of the ledger's words."""
    otherwise: Callable[[Wanted, AnyCause], Wanted | None] = lambda _wanted, _cause: None
    """As it may be made instead, where it was refused for this; None: it may not."""


def _look_for_items(connection: Connection, sender: Sender, supply: Supply, wanted: Sequence[Wanted]) -> Looked:
    refresh.refresh(connection, resources=(supply.listed_in,), client=sender.client)
    untracked = _items(connection, [each.key for each in wanted]).filter(is_tracked=False)
    unfit = {code.upper(): Hold(Cause.ITEM_NOT_TRACKED, code) for code in untracked.values_list("code", flat=True)}
    there = facts.tracked_codes(connection.organisation_id, [each.key for each in wanted])
    missing = [each for each in wanted if each.key not in there and each.key.upper() not in unfit]
    return Looked(missing, unfit)


def _items(connection: Connection, codes: Iterable[str]) -> QuerySet[Item]:
    mine = Item.objects.filter(organisation=connection.organisation_id)
    return mine.annotate(upper=Upper("code")).filter(upper__in=[code.upper() for code in codes])


def _remember_items(connection: Connection, made: Made) -> None:
    for each, item_id in made.values():
        Item.objects.update_or_create(
            organisation=connection.organisation,
            code=each.key,
            defaults={"item_id": item_id, "is_tracked": True, "read_at": clock.now()},
        )


def _item_refused(item: Wanted, words: Sequence[str]) -> Hold:
    return Hold(Cause.ITEM_REFUSED, item.key, "; ".join(words))


def _look_for_contacts(connection: Connection, sender: Sender, supply: Supply, wanted: Sequence[Wanted]) -> Looked:
    """Look at those that stood for a customer by their ids, for all others by number, address and name."""
    assert connection.organisation_id is not None  # noqa: S101 - a drain has one
    organisation_id = connection.organisation_id
    ids = customers.stored(organisation_id, [each.key for each in wanted])
    matches = customers.look_at(connection, ids, client=sender.client)
    nameless = [each for each in wanted if each.key not in matches and not each.description]
    matches |= {each.key: Hold(Cause.CUSTOMER_FORGOTTEN) for each in nameless}
    others = [each for each in wanted if each.key not in matches]
    if others and supply.look is not None:
        there = calls.carry(connection, supply.look(others), client=sender.client)
        known = customers.whose(organisation_id, [each.contact_id for each in there])
        matches |= {each.key: matching.match(each.party, there, known) for each in others if each.party is not None}
        matches |= customers.followed(connection, matches, client=sender.client)
        made = {each.key: each for each in others if isinstance(matches.get(each.key), Make)}
        missing = _by_free_names(made, matches, there)
    else:
        missing = []
    customers.remember_matches(organisation_id, matches, ids)
    return Looked(missing, {key.upper(): each for key, each in matches.items() if isinstance(each, Hold)})


def _by_free_names(
    made: Mapping[str, Wanted], matches: Mapping[str, Match], there: Sequence[Contact]
) -> Sequence[Wanted]:
    pairs = [
        (each.party, match.name) for key, each in made.items() if each.party and isinstance(match := matches[key], Make)
    ]
    free = matching.names(pairs, [each.name for each in there if each.is_active])
    return [replace(each, description=name) for each, name in zip(made.values(), free, strict=True)]


def _remember_contacts(connection: Connection, made: Made) -> None:
    if made and connection.organisation_id is not None:
        rows = {
            key: Contact(contact_id=contact_id, name=each.description, status=ACTIVE)
            for key, (each, contact_id) in made.items()
        }
        customers.remember(connection.organisation_id, rows)


def _contact_refused(_contact: Wanted, words: Sequence[str]) -> Hold:
    return Hold(Cause.CONTACT_REFUSED, "", "; ".join(words))


def _by_another_name(contact: Wanted, cause: AnyCause) -> Wanted | None:
    """Somebody has the name in a spelling that the look did not find, or has it since."""
    name = matching.with_number(contact.party) if contact.party is not None else contact.description
    is_another = cause == Cause.CONTACT_NAME_TAKEN and name != contact.description
    return replace(contact, description=name) if is_another else None


SHELVES: Mapping[str, Shelf] = {
    ITEMS: Shelf(there=facts.tracked_codes, look=_look_for_items, remember=_remember_items, refused=_item_refused),
    CONTACTS: Shelf(
        there=customers.known,
        look=_look_for_contacts,
        remember=_remember_contacts,
        refused=_contact_refused,
        otherwise=_by_another_name,
    ),
}
