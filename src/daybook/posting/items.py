"""Tracked only: the items that documents name are made in Xero before the documents go."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from daybook.catalog import refresh
from daybook.catalog.models import Item
from daybook.companies.models import CompanySettings
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.mapping.holds import Hold, HoldCause
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.outbox.states import Mover
from daybook.posting import delivery, outcomes, payloads
from daybook.posting.batching import MAX_DOCUMENTS
from daybook.posting.delivery import Sender
from daybook.posting.payloads import NewItem

MOST_ENTRIES = 1000
"""Documents looked at in one go for items they name."""


def tracked_codes(connection: Connection, codes: Iterable[str]) -> set[str]:
    """Return those of `codes` that stand as tracked items in the organisation, as last read."""
    rows = Item.objects.filter(
        company_id=connection.company_id, tenant_id=connection.tenant_id, code__in=list(codes), is_tracked=True
    )
    return set(rows.values_list("code", flat=True))


def ensure(connection: Connection, sender: Sender) -> None:
    """Make every tracked item that waiting documents name and the organisation lacks; hold what cannot be made.

    Raises XeroError where Xero cannot be reached: the documents then simply wait.
    """
    wanted = _missing(connection)
    if not wanted:
        return
    refresh.refresh(connection, resources=(refresh.ITEMS,), client=sender.client)
    _hold_untracked(connection, wanted)
    missing = list(_missing(connection).items())
    for begin in range(0, len(missing), MAX_DOCUMENTS):
        _make(connection, sender, dict(missing[begin : begin + MAX_DOCUMENTS]))


def _missing(connection: Connection) -> dict[str, str]:
    ready = queue.waiting(connection.company_id, connection.tenant_id, clock.now()).order_by("id")[:MOST_ENTRIES]
    named = queue.needing_items(ready)
    known = tracked_codes(connection, named)
    return {code: description for code, description in named.items() if code not in known}


def _hold_untracked(connection: Connection, wanted: Mapping[str, str]) -> None:
    untracked = Item.objects.filter(
        company_id=connection.company_id, tenant_id=connection.tenant_id, code__in=list(wanted), is_tracked=False
    )
    for code in untracked.values_list("code", flat=True):
        _hold_documents(connection, code, Hold(HoldCause.ITEM_NOT_TRACKED, code))


def _make(connection: Connection, sender: Sender, wanted: Mapping[str, str]) -> None:
    settings = CompanySettings.objects.get(company_id=connection.company_id)
    elements = [
        payloads.item_payload(
            NewItem(
                code=code,
                name=description or code,
                inventory_account=settings.inventory_account,
                cogs_account=settings.cogs_account,
                sales_account=settings.sales_account,
            )
        )
        for code, description in wanted.items()
    ]
    body, taken = payloads.batch_body(payloads.ITEMS, elements)
    with transaction.atomic():
        attempt = queue.start(connection.company_id, sender.call(payloads.ITEMS, body), ())
    delivered = delivery.deliver(attempt, sender, list(wanted)[:taken], payloads.ITEMS)
    for code, outcome in zip(list(wanted)[:taken], delivered, strict=True):
        match outcome:
            case outcomes.Posted():
                _remember(connection, code, outcome.xero_id)
            case outcomes.Rejected():
                _hold_documents(connection, code, Hold(HoldCause.ITEM_REFUSED, code, "; ".join(outcome.words)))
            case _:  # not sent, or unknown: the next drain reads the items again and sees what is there
                continue


def _remember(connection: Connection, code: str, item_id: str) -> None:
    Item.objects.update_or_create(
        company_id=connection.company_id,
        tenant_id=connection.tenant_id,
        code=code,
        defaults={"item_id": item_id, "is_tracked": True, "read_at": clock.now()},
    )


@transaction.atomic
def _hold_documents(connection: Connection, code: str, why: Hold) -> None:
    naming: list[Entry] = [
        entry
        for entry in queue.locked(queue.waiting(connection.company_id, connection.tenant_id, clock.now()))
        if code in queue.needing_items([entry])
    ]
    for entry in naming:
        queue.hold(entry, why, mover=Mover.POSTING)
