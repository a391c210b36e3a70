"""Which contact stands for which customer in an organisation: found or made once, then remembered.

Only queries and what a look has shown; each names its organisation.
"""

from collections.abc import Collection, Mapping, Sequence

from daybook.catalog.models import CustomerContact
from daybook.kit import clock
from daybook.ledgers.lists import ACTIVE, Contact


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


def doubtful(organisation_id: int, *, most: int) -> Sequence[CustomerContact]:
    """Return those of which a refusal says that they are no more what they were."""
    rows = CustomerContact.objects.filter(organisation=organisation_id).exclude(status=ACTIVE)
    return list(rows.order_by("read_at")[:most])
