"""Tracked only: the items that documents name are made in Xero before the documents go."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Upper

from daybook.catalog import refresh
from daybook.catalog.models import Item
from daybook.connections import roster
from daybook.connections.models import Connection, PostingSettings
from daybook.documents.causes import Hold, HoldCause
from daybook.kit import clock
from daybook.ledgers.xero import outcomes, payloads
from daybook.ledgers.xero.payloads import NewItem
from daybook.outbox import queue
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.states import Mover
from daybook.posting import delivery
from daybook.posting.batching import MAX_DOCUMENTS
from daybook.posting.delivery import Sender

MOST_ENTRIES = 1000
"""Documents looked at in one go for items they name."""
MOST_TRIES = 8
"""Calls one after another without a clear answer before a person has to look: nothing is retried without end."""


def spellings(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return those of `codes` that stand as tracked items in the organisation, as last read, in its own spelling.

    Item codes are compared without case: two that differ only so would be one item to an accounts person.
    """
    ours = list(codes)
    theirs = {
        code.upper(): code for code in _items(connection, ours).filter(is_tracked=True).values_list("code", flat=True)
    }
    return {code: theirs[code.upper()] for code in ours if code.upper() in theirs}


def _items(connection: Connection, codes: Iterable[str]) -> QuerySet[Item]:
    mine = Item.objects.filter(organisation=connection.organisation_id)
    return mine.annotate(upper=Upper("code")).filter(upper__in=[code.upper() for code in codes])


def ensure(connection: Connection, sender: Sender) -> None:
    """Make every tracked item that waiting documents name and the organisation lacks; hold what cannot be made.

    Raises WireError where Xero cannot be reached: the documents then simply wait.
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
    ready = queue.waiting(connection.company_id, connection.organisation_id, clock.now()).order_by("id")[:MOST_ENTRIES]
    named = queue.needing_items(ready)
    known = spellings(connection, named)
    missing = {code.upper(): code for code in reversed(named) if code not in known}
    return {code: named[code] for code in reversed(missing.values())}


def _hold_untracked(connection: Connection, wanted: Mapping[str, str]) -> None:
    for code in _items(connection, wanted).filter(is_tracked=False).values_list("code", flat=True):
        _hold_documents(connection, code, Hold(HoldCause.ITEM_NOT_TRACKED, code))


def _make(connection: Connection, sender: Sender, wanted: Mapping[str, str]) -> None:
    sender = sender.renewed()  # reading the items may have renewed the token
    settings = roster.posting_of(connection)
    body, taken = payloads.batch_body(payloads.ITEMS, [_element(settings, *item) for item in wanted.items()])
    with transaction.atomic():
        attempt = queue.start(connection.company_id, sender.call(payloads.ITEMS, body), ())
    codes = list(wanted)[:taken]
    delivered = delivery.deliver(attempt, sender, codes, payloads.ITEMS)
    is_given_up = _has_tried_enough(connection)
    for code, outcome in zip(codes, delivered, strict=True):
        match outcome:
            case outcomes.Posted():
                _remember(connection, code, outcome.their_id)
            case outcomes.Rejected():
                _hold_documents(connection, code, Hold(HoldCause.ITEM_REFUSED, code, "; ".join(outcome.words)))
            case outcomes.Unknown() if is_given_up:
                _hold_documents(connection, code, Hold(HoldCause.ITEM_REFUSED, code, outcome.reason))
            case _:  # not sent, or unknown: the next drain reads the items again and sees what is there
                continue


def _element(settings: PostingSettings, code: str, description: str) -> dict[str, Any]:
    return payloads.item_payload(
        NewItem(
            code=code,
            name=description or code,
            inventory_account=settings.inventory_account,
            cogs_account=settings.cogs_account,
            sales_account=settings.sales_account,
        )
    )


def _has_tried_enough(connection: Connection) -> bool:
    """Tell whether the last calls all came to nothing that is clear; say an item that exists in another spelling."""
    mine = Attempt.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, resource=payloads.ITEMS.resource
    )
    results = list(mine.order_by("-id").values_list("result", flat=True)[:MOST_TRIES])
    return len(results) == MOST_TRIES and set(results) == {Attempt.Result.UNKNOWN}


def _remember(connection: Connection, code: str, item_id: str) -> None:
    Item.objects.update_or_create(
        organisation=connection.organisation,
        code=code,
        defaults={"item_id": item_id, "is_tracked": True, "read_at": clock.now()},
    )


@transaction.atomic
def _hold_documents(connection: Connection, code: str, why: Hold) -> None:
    naming: list[Entry] = [
        entry
        for entry in queue.locked(queue.waiting(connection.company_id, connection.organisation_id, clock.now()))
        if code.upper() in {named.upper() for named in queue.needing_items([entry])}
    ]
    for entry in naming:
        queue.hold(entry, why, mover=Mover.POSTING)
