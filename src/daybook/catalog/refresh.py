"""Copies an organisation's lists from its ledger into the catalog's tables, one call each.

Short lists are read whole, so that what vanished there vanishes here. Of those that a ledger says are long, only what
changed is asked for, and the whole list once a week.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from daybook.catalog import contacts, customers
from daybook.catalog.models import Account, CatalogRead, CatalogRow, Contact, Currency, Item, TaxRate, TrackingOption
from daybook.connections import calls, endpoints, organisation, roster
from daybook.connections.models import (
    ChannelContact,
    Connection,
    Gateway,
    Organisation,
    PostingRule,
    PostingSettings,
)
from daybook.connections.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import Mover, What
from daybook.kit import clock
from daybook.ledgers.lists import ListName, Lists
from daybook.wire.http import HttpClient

DAY = timedelta(days=1)
WHOLE_AFTER = timedelta(days=7)
"""How long only changes are asked for: a deletion shows only in the whole list."""
OVERLAP = timedelta(minutes=2)
"""Taken off the ledger's clock, so that what changed during the reading is read again."""
BATCH = 1000

GONE = "GONE"
"""The status of a contact that the ledger does not know any more: merged or deleted."""

log = structlog.get_logger("daybook.catalog")


@dataclass(frozen=True, slots=True)
class _List:
    """Which rows are kept of a list."""

    model: type[CatalogRow]
    key: str
    """The field that tells rows apart within an organisation."""
    fields: tuple[str, ...]


_LISTS = {
    ListName.ACCOUNTS: _List(
        Account, "account_id", ("code", "name", "type", "use", "tax_type", "status", "takes_payments", "currency")
    ),
    ListName.TAX_RATES: _List(
        TaxRate,
        "tax_type",
        (
            "name",
            "status",
            "effective_rate",
            "applies_to_revenue",
            "applies_to_expenses",
            "applies_to_assets",
            "applies_to_liabilities",
        ),
    ),
    ListName.CURRENCIES: _List(Currency, "code", ("name",)),
    ListName.ITEMS: _List(Item, "code", ("item_id", "name", "is_tracked", "purchase_price", "on_hand", "stock_value")),
    ListName.TRACKING: _List(TrackingOption, "option_id", ("category_id", "category", "name", "status")),
}
OF_EACH = (ListName.ORGANISATION, ListName.CONTACTS)
"""What every ledger with lists can be asked for."""
ALL = (*OF_EACH, *_LISTS, ListName.REMINDERS)


def refresh(
    connection: Connection,
    *,
    resources: Collection[str] | None = None,
    max_age: timedelta | None = None,
    whole: bool = False,
    client: HttpClient | None = None,
) -> None:
    """Read `resources` (names of lists) from the ledger, except those read within `max_age`; by default all that the company needs.

    `whole`: also long lists, of which else only changes are asked for. Each list is one call and is stored on its own. Raises what `connections.calls.carry` raises; what was read
    before stays.
    """
    connection.refresh_from_db()
    theirs = endpoints.lists_of(connection)
    if theirs is None:
        return
    told = {ListName.REMINDERS} if theirs.reminders is not None else set()
    wanted = set(_needed(connection) if resources is None else resources) & {*OF_EACH, *theirs.whole, *told}
    reads = _reads(connection)
    now = clock.now()
    for resource in ALL:
        last, oldest = reads.get(resource), max_age
        if max_age is not None and resource is ListName.REMINDERS:
            oldest = WHOLE_AFTER  # people hardly ever change it
        if resource in wanted and not (last and oldest is not None and now - (last.asked_at or last.read_at) < oldest):
            _refresh_one(connection, theirs, resource, None if whole else last, client)


def refresh_all(*, max_age: timedelta = DAY / 2, client: HttpClient | None = None) -> None:
    """Refresh every connected organisation; one that fails is logged and never keeps the others waiting."""
    for connection in roster.called().order_by("id"):
        with calls.apart(connection, "catalog not read", client):
            refresh(connection, max_age=max_age, client=client)


def _needed(connection: Connection) -> Collection[str]:
    """Items matter to the Tracked method only, tracking categories where a rule names an option."""
    tracking = PostingRule.objects.filter(connection=OuterRef("pk")).exclude(tracking=[])
    mine = Connection.objects.filter(company=connection.company_id, pk=connection.pk)
    method, is_tracking = mine.values_list("posting__process_method", Exists(tracking)).get()
    unused = set() if method == PostingSettings.Method.TRACKED else {ListName.ITEMS}
    unused |= set() if is_tracking else {ListName.TRACKING}
    return tuple(resource for resource in ALL if resource not in unused)


def _reads(connection: Connection) -> dict[str, CatalogRead]:
    rows = CatalogRead.objects.filter(organisation=connection.organisation_id)
    return {row.resource: row for row in rows}


def _refresh_one(
    connection: Connection, theirs: Lists, name: ListName, last: CatalogRead | None, client: HttpClient | None
) -> None:
    if name is ListName.CONTACTS:
        _refresh_contacts(connection, client)
        return
    asked_at = clock.now()
    if name is ListName.ORGANISATION:
        answered_at = organisation.read_facts(connection, client=client)
        _note_read(connection, name, _read_at(answered_at), asked_at=asked_at, whole_at=None)
        return
    if name is ListName.REMINDERS:
        organisation.read_reminders(connection, client=client)
        _note_read(connection, name, asked_at, asked_at=asked_at, whole_at=None)
        return
    since = _since(last) if name in theirs.only_changes and last else None
    listing = calls.carry(connection, theirs.whole[name](since), client=client)
    read_at = _read_at(listing.answered_at)
    each = _LISTS[name]
    rows = [each.model(**asdict(row)) for row in listing.rows]
    with transaction.atomic():
        _store(connection, each, rows, read_at, whole=not since)
        _note_read(connection, name, read_at, asked_at=asked_at, whole_at=None if since else read_at)
    log.info("catalog read", connection=connection.public_id, resource=name, rows=len(rows), whole=not since)


def _refresh_contacts(connection: Connection, client: HttpClient | None) -> None:
    """Read the contacts that the settings name, and find those of which only the name is known yet."""
    asked_at = clock.now()
    customers.look_again(connection, client=client)
    _find_named(connection, client)
    ids = _named(connection)
    found = {each.contact_id: each for each in contacts.get_contacts(connection, ids, client=client)}
    ours = {"organisation_id": connection.organisation_id}
    with transaction.atomic():
        Contact.objects.filter(**ours).delete()
        Contact.objects.bulk_create(
            [
                Contact(
                    **ours,
                    contact_id=contact_id,
                    name=found[contact_id].name if contact_id in found else "",
                    status=found[contact_id].status if contact_id in found else GONE,
                    read_at=asked_at,
                )
                for contact_id in sorted(ids)  # in one order, so that two jobs never wait for each other
            ],
            update_conflicts=True,  # another job may have read the same meanwhile
            unique_fields=["organisation", "contact_id"],
            update_fields=["name", "status", "read_at"],
        )
        _note_read(connection, ListName.CONTACTS, asked_at, asked_at=asked_at, whole_at=asked_at)


def _named(connection: Connection) -> set[str]:
    """Return the contacts that the settings name: for sales, suppliers, channels and gateways' fees."""
    settings = roster.posting_of(connection)
    channels = ChannelContact.objects.filter(connection=connection).values_list("contact_id", flat=True)
    fees = Gateway.objects.filter(connection=connection).values_list("fees_contact_id", flat=True)
    return {settings.contact_id, settings.supplier_contact_id, *channels, *fees} - {""}


def _find_named(connection: Connection, client: HttpClient | None) -> None:
    """Find a contact whose name was set before there was an organisation to look in; no clear one is left to a person."""
    for name_field, id_field in (("contact_name", "contact_id"), ("supplier_contact_name", "supplier_contact_id")):
        nameless = PostingSettings.objects.filter(connection=connection, **{id_field: ""})
        name = nameless.exclude(**{name_field: ""}).values_list(name_field, flat=True).first()
        if name is None:
            continue
        try:
            contact_id = contacts.look_up(connection, name, client=client)
        except contacts.ContactNotFoundError:
            continue
        with transaction.atomic(), saving(connection, by=None, mover=Mover.DAYBOOK):
            nameless.filter(**{name_field: name}).update(**{id_field: contact_id})


def _since(last: CatalogRead) -> datetime | None:
    """Return since when changes are asked for, None where the whole list is due."""
    return None if last.whole_at is None or clock.now() - last.whole_at > WHOLE_AFTER else last.read_at


def _read_at(answered_at: datetime | None) -> datetime:
    """Return the ledger's time of an answer less the overlap; our own where it does not say."""
    return (answered_at or clock.now()) - OVERLAP


def _store(connection: Connection, each: _List, rows: list[CatalogRow], read_at: datetime, *, whole: bool) -> None:
    """Put the rows in place of the older ones; after a whole reading, what the ledger no longer lists goes."""
    by_key = {getattr(row, each.key): row for row in rows}  # a ledger may say one thing twice; the last word counts
    organisation = connection.facts
    for row in by_key.values():
        row.organisation, row.read_at = organisation, read_at
    ours = {"organisation": organisation}
    stood = _standing(each, organisation)
    stored = each.model._default_manager.filter(**ours)  # noqa: SLF001 - Django's public way to a model's manager
    if whole:
        stored.exclude(**{f"{each.key}__in": list(by_key)}).delete()
    elif each.model is Item:  # a code that was changed there: the old one is free again
        item_ids = [row.item_id for row in by_key.values() if isinstance(row, Item)]
        Item.objects.filter(**ours, item_id__in=item_ids).exclude(code__in=list(by_key)).delete()
    each.model._default_manager.bulk_create(  # noqa: SLF001 - as above
        by_key.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["organisation", each.key],
        update_fields=[*each.fields, "read_at"],
    )
    _tell_of_lists(connection, stood, _standing(each, organisation))


def _standing(each: _List, organisation: Organisation) -> dict[str, str]:
    """Return how what settings may name stands there: accounts and tax rates by what people call them."""
    if each.model is Account:
        accounts = Account.objects.filter(organisation=organisation).exclude(code="")
        return {f"account.{account.code}": account.status for account in accounts}
    if each.model is TaxRate:
        rates = TaxRate.objects.filter(organisation=organisation)
        return {f"tax_rate.{rate.tax_type}": rate.status for rate in rates}
    if each.model is TrackingOption:
        options = TrackingOption.objects.filter(organisation=organisation)
        return {f"tracking.{option.category}.{option.name}": option.status for option in options}
    return {}


def _tell_of_lists(connection: Connection, stood: Mapping[str, str], stands: Mapping[str, str]) -> None:
    """Tell what was archived, deleted, or is there again. What the ledger adds is no news: no setting names it yet."""
    before, after = telling.differences(stood, stands)
    if before:
        told = {name: status for name, status in after.items() if name in before}
        telling.tell(about(connection), What.LISTED, mover=Mover.DAYBOOK, before=before, after=told)


def _note_read(
    connection: Connection, resource: str, read_at: datetime, *, asked_at: datetime, whole_at: datetime | None
) -> None:
    changes = {"read_at": read_at, "asked_at": asked_at} | ({"whole_at": whole_at} if whole_at else {})
    CatalogRead.objects.update_or_create(organisation=connection.organisation, resource=resource, defaults=changes)
