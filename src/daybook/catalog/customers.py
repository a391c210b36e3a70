"""Which contact stands for which customer in an organisation: found or made once, then remembered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count

from daybook.catalog import matching
from daybook.catalog.matching import Found, Match, Merged
from daybook.catalog.models import CustomerContact
from daybook.connections import calls, roster
from daybook.connections.models import ChannelContact, Connection, Organisation
from daybook.connections.saving import about
from daybook.documents.causes import Cause, Hold
from daybook.history import telling
from daybook.history.kinds import Mover, What
from daybook.kit import clock
from daybook.ledgers.ledger import Supply
from daybook.ledgers.lists import ACTIVE, ARCHIVED, Contact
from daybook.ledgers.registry import LEDGERS
from daybook.wire.http import HttpClient

SUPPLY = "contacts"
MOST_DOUBTFUL = 400
"""Looked at again in one reading of the lists."""


def known(organisation_id: int | None, keys: Collection[str]) -> dict[str, str]:
    """Return, by the customer's key, the id of the contact that documents may name now."""
    if not keys:
        return {}
    mine = CustomerContact.objects.filter(organisation=organisation_id, key__in=keys, status=ACTIVE)
    return dict(mine.values_list("key", "contact_id"))


def stored(organisation_id: int, keys: Collection[str]) -> dict[str, str]:
    """Return, by key, the id of the contact that stood for a customer, whatever became of it."""
    mine = CustomerContact.objects.filter(organisation=organisation_id, key__in=keys)
    return dict(mine.values_list("key", "contact_id"))


def whose(organisation_id: int, contact_ids: Collection[str]) -> dict[str, str]:
    """Return, by id of a contact, the key of the customer that it stands for; of several the first."""
    mine = CustomerContact.objects.filter(organisation=organisation_id, contact_id__in=contact_ids)
    return dict(mine.order_by("-id").values_list("contact_id", "key"))


def remember(organisation_id: int, found: Mapping[str, Contact], merged_from: Mapping[str, str] | None = None) -> None:
    """Write down, by key, which contact stands for a customer, as it was just found or made; one statement."""
    before, now = merged_from or {}, clock.now()
    if not found:
        return
    rows = [
        CustomerContact(
            organisation_id=organisation_id,
            key=key,
            contact_id=contact.contact_id,
            name=contact.name[:255],
            status=contact.status,
            merged_from=before.get(key, ""),
            read_at=now,
        )
        for key, contact in sorted(found.items())  # in one order, so that two workers never wait for each other
    ]
    CustomerContact.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "key"],
        update_fields=["contact_id", "name", "status", "read_at", *(["merged_from"] if before else [])],
    )


def doubt(organisation_id: int, contact_ids: Collection[str]) -> int:
    """Have these looked at before a document names them again, because one was refused for its contact."""
    mine = CustomerContact.objects.filter(organisation=organisation_id, contact_id__in=contact_ids, status=ACTIVE)
    return mine.update(status="")


def look_again(connection: Connection, *, client: HttpClient | None = None) -> None:
    """Look at those that were not what they were when last seen: some are restored by now, or merged. Raises WireError."""
    organisation_id = connection.organisation_id
    if organisation_id is None:
        return
    rows = CustomerContact.objects.filter(organisation=organisation_id).exclude(status=ACTIVE)
    ids = dict(rows.order_by("read_at").values_list("key", "contact_id")[:MOST_DOUBTFUL])
    remember_matches(organisation_id, look_at(connection, ids, client=client), ids)


def look_at(connection: Connection, ids: Mapping[str, str], *, client: HttpClient | None = None) -> dict[str, Match]:
    """Return, by customer, what became of the contacts of these ids; one that is gone altogether is left out."""
    supply = _supply(connection)
    if not ids or supply is None or supply.look_by_ids is None:
        return {}
    found = calls.carry(connection, supply.look_by_ids(sorted(set(ids.values()))), client=client)
    there = {each.contact_id: each for each in found}
    matches: dict[str, Match] = {
        key: matching.usable(there[contact_id]) for key, contact_id in ids.items() if contact_id in there
    }
    return matches | followed(connection, matches, client=client)


def followed(
    connection: Connection, matches: Mapping[str, Match], *, client: HttpClient | None = None
) -> dict[str, Match]:
    """Return, of what was merged, the contact that it was merged into: one step, and no further."""
    supply = _supply(connection)
    merged = {key: each.into for key, each in matches.items() if isinstance(each, Merged)}
    if not merged or supply is None or supply.look_by_ids is None:
        return {}
    found = calls.carry(connection, supply.look_by_ids(sorted(set(merged.values()))), client=client)
    there = {each.contact_id: each for each in found}
    return {key: _end(there.get(into)) for key, into in merged.items()}


@transaction.atomic
def remember_matches(organisation_id: int, matches: Mapping[str, Match], ids: Mapping[str, str]) -> None:
    """Write down what a look found. `ids`: by key, the contact of before; one that cannot be named any more is noted so."""
    found = {key: each.contact for key, each in matches.items() if isinstance(each, Found)}
    before = {key: ids[key] for key, each in found.items() if ids.get(key, each.contact_id) != each.contact_id}
    remember(organisation_id, {key: each for key, each in found.items() if key not in before})
    remember(organisation_id, {key: found[key] for key in before}, before)
    _tell_of_merges(organisation_id, before, found)
    unfit = [key for key, each in matches.items() if key in ids and isinstance(each, Hold)]
    mine = CustomerContact.objects.filter(organisation=organisation_id, key__in=unfit)
    if unfit:
        mine.update(status=ARCHIVED, read_at=clock.now())


def _tell_of_merges(organisation_id: int, before: Mapping[str, str], found: Mapping[str, Contact]) -> None:
    """Tell the history which contacts were merged there, by their ids: names are persons'."""
    if before:
        organisation = Organisation.objects.select_related("connection").get(pk=organisation_id)
        stood = {f"contact.{contact_id}": ACTIVE for contact_id in before.values()}
        stands = {f"contact.{contact_id}": f"merged into {found[key].contact_id}" for key, contact_id in before.items()}
        telling.tell(about(organisation.connection), What.LISTED, mover=Mover.DAYBOOK, before=stood, after=stands)


def merged(organisation_id: int | None, *, most: int) -> list[CustomerContact]:
    """Return customers whose contacts a person merged into others there, the newest first."""
    mine = CustomerContact.objects.filter(organisation=organisation_id).exclude(merged_from="")
    return list(mine.order_by("-read_at")[:most])


def of_keys(organisation_id: int | None, keys: Collection[str]) -> list[CustomerContact]:
    """Return what is known of these customers' contacts, as far as documents may name them now."""
    mine = CustomerContact.objects.filter(organisation=organisation_id, key__in=keys, status=ACTIVE)
    return list(mine.order_by("key")) if keys else []


def shared(connection: Connection, contact_ids: Collection[str]) -> set[str]:
    """Return those that stand for more than one customer, or that a person chose in the settings."""
    mine = CustomerContact.objects.filter(organisation=connection.organisation_id, contact_id__in=contact_ids)
    several = mine.values("contact_id").annotate(customers=Count("id")).filter(customers__gt=1)
    channels = ChannelContact.objects.filter(connection=connection).values_list("contact_id", flat=True)
    posting = roster.posting_of(connection)
    chosen = {posting.contact_id, posting.supplier_contact_id, *channels}
    return chosen | set(several.values_list("contact_id", flat=True))


def note_names(rows: Sequence[CustomerContact], said: Mapping[str, tuple[str, date]]) -> None:
    """Write down how the newest documents name customers; by key the name and the day of the document."""
    newer = [row for row in rows if row.named_on is None or said[row.key][1] >= row.named_on]
    changed = [row for row in newer if (row.shop_name, row.named_on) != said[row.key]]
    for row in changed:
        row.shop_name, row.named_on = said[row.key]
    CustomerContact.objects.bulk_update(changed, ["shop_name", "named_on"])


@transaction.atomic
def note_renaming(connection: Connection, row: CustomerContact, name: str, *, is_done: bool) -> None:
    """Write down that a contact was renamed, or refused it; the history tells it by its id: names are persons'."""
    outcome = (
        "renamed with its customer"
        if is_done
        else f"keeps its name: {connection.ledger} refused the customer's new one"
    )
    if is_done:
        row.name, row.renamed_at, row.rename_refused_at = name, clock.now(), None
    else:
        row.rename_refused_at = clock.now()
    row.save(update_fields=["name", "renamed_at", "rename_refused_at"])
    stood, stands = {f"contact.{row.contact_id}": ACTIVE}, {f"contact.{row.contact_id}": outcome}
    telling.tell(about(connection), What.LISTED, mover=Mover.DAYBOOK, before=stood, after=stands)


def renamed(organisation_id: int | None, *, most: int) -> list[CustomerContact]:
    """Return customers whose contacts were renamed with them, the last first."""
    mine = CustomerContact.objects.filter(organisation=organisation_id).exclude(renamed_at=None)
    return list(mine.order_by("-renamed_at")[:most])


def not_renamed(organisation_id: int | None, *, most: int) -> list[CustomerContact]:
    """Return customers whose contacts keep a name because the ledger refused the new one, the last first."""
    mine = CustomerContact.objects.filter(organisation=organisation_id).exclude(rename_refused_at=None)
    return list(mine.order_by("-rename_refused_at")[:most])


def _end(contact: Contact | None) -> Match:
    match = matching.usable(contact) if contact is not None else None
    return match if isinstance(match, Found | Hold) else Hold(Cause.CONTACT_UNUSABLE)


def _supply(connection: Connection) -> Supply | None:
    ledger = LEDGERS.get(connection.ledger)
    return ledger.supplies.get(SUPPLY) if ledger is not None else None
