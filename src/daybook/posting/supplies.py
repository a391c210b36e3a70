"""What documents name must be there before they go: tracked items, contacts of customers.

One way for every supply: what waiting documents name and nobody has seen there is looked up, what is then still missing
is made, and only what cannot be made keeps its documents waiting, before a person. What differs is a shelf.

    missing -> looked up: found | not fit (its documents are held) | missing still -> made -> remembered
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F, Func, JSONField, QuerySet, Value

from daybook.connections import features
from daybook.connections.models import Connection
from daybook.documents.causes import Hold
from daybook.documents.document import Document, Settlement
from daybook.kit import clock
from daybook.ledgers.exchange import Posted, Rejected, Sendable, Unknown, Wanted
from daybook.ledgers.ledger import Ledger, Supply
from daybook.outbox import queue
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.retrying import MOST_TRIES, halved
from daybook.outbox.states import Mover
from daybook.posting import delivery, ground, renaming
from daybook.posting.ground import HELD_AT_ONCE, Sender
from daybook.posting.shelves import CONTACTS, SHELVES
from daybook.tables import reading

MOST_ENTRIES = 1000
"""Waiting documents looked at in one go for what they name."""
Resolved = Mapping[str, Mapping[str, str]]


def resolved(connection: Connection, ledger: Ledger, documents: Iterable[Document | Settlement]) -> Resolved:
    """Return, by supply, what these documents name and is there, as last read: our key -> theirs."""
    read = list(documents)
    return {
        supply.name: SHELVES[supply.name].there(
            connection.organisation_id, frozenset().union(*(supply.needed(document) for document in read))
        )
        for supply in ledger.supplies.values()
    }


def addressed(document: Document | Settlement, resolved: Resolved) -> Document | Settlement:
    """Return a document with the id of its contact, where that stands for a party."""
    if isinstance(document, Settlement) or document.party is None:
        return document
    return replace(document, contact_id=resolved.get(CONTACTS, {}).get(document.party.key, ""))


def of_one(ledger: Ledger, sendable: Sendable) -> dict[str, Any]:
    """Return what of one document was resolved, to be kept with its place in the attempt."""
    document, supplied = sendable.document, {}
    for supply in ledger.supplies.values():
        theirs = sendable.resolved.get(supply.name, {})
        if needed := supply.needed(document):
            supplied[supply.name] = {key: theirs[key] for key in sorted(needed) if key in theirs}
    return {"contact_id": document.contact_id, "currency": document.currency, **supplied}


def are_there(ledger: Ledger, document: Document | Settlement, resolved: Resolved) -> bool:
    """Tell whether all that a document names is there; one whose supplies are not waits for the next drain."""
    if document.party is not None and CONTACTS not in ledger.supplies:
        return False
    return all(supply.needed(document) <= resolved[supply.name].keys() for supply in ledger.supplies.values())


def ensure(connection: Connection, sender: Sender) -> bool:
    """Make what waiting documents name and the organisation lacks; hold the documents of what cannot be made.

    Return whether anything was wanting. Raises WireError where the far side cannot be reached: the documents then simply wait.
    """
    was_wanting = False
    named = _named_by_waiting(connection, sender.ledger)
    for supply in sender.ledger.supplies.values():
        wanted = _missing(connection, supply, named.get(supply.name, ()))
        if not wanted:
            continue
        was_wanting = True
        look = SHELVES[supply.name].look(connection, sender, supply, wanted)
        _hold_documents(connection, supply, look.unfit)
        if look.missing and not features.is_granted(sender.ledger, sender.token.scope, supply.feature):
            why = features.hold(supply.feature)
            _hold_documents(connection, supply, {each.key: why for each in look.missing})
            continue
        for begin in range(0, len(look.missing), supply.documents_a_call):
            _make(connection, sender, supply, look.missing[begin : begin + supply.documents_a_call])
    renaming.rename(connection, sender)
    return was_wanting


def _named_by_waiting(connection: Connection, ledger: Ledger) -> dict[str, list[Wanted]]:
    """Return, by supply, what the first waiting documents name; one statement for all supplies."""
    if not ledger.supplies:
        return {}
    first, values = queue.first_of_each(connection, clock.now(), ledger.forms, most=MOST_ENTRIES)
    supplies = list(ledger.supplies.values())
    rows = reading.ask(_NAMED_BY_WAITING.format(first=first), values | {"paths": [each.named_by for each in supplies]})
    named: dict[str, list[Wanted]] = {}
    for place, _, part in sorted(rows, key=lambda row: row[1]):
        supply = supplies[place - 1]
        named.setdefault(supply.name, []).append(supply.wanted(json.loads(part)))
    return named


_NAMED_BY_WAITING = (
    "SELECT supply.place, waiting.id, jsonb_path_query(waiting.document, supply.path::jsonpath)"
    ' FROM (SELECT id, document FROM "outbox_entry" WHERE company_id = %(company)s'
    " AND id IN (SELECT id FROM ({first}) AS first)) AS waiting,"
    " unnest(%(paths)s::text[]) WITH ORDINALITY AS supply (path, place)"
)


def _missing(connection: Connection, supply: Supply, named: Sequence[Wanted]) -> list[Wanted]:
    """Return what is named and not there, each once, compared without case.

    In the spelling of the first, with what the last of that spelling says of it.
    """
    spelt: dict[str, str] = {}
    last = {each.key: each for each in named}
    there = SHELVES[supply.name].there(connection.organisation_id, last)
    for each in named:
        if each.key not in there:
            spelt.setdefault(each.key.upper(), each.key)
    return [last[key] for key in spelt.values()]


def _parts(entries: QuerySet[Entry], supply: Supply) -> "QuerySet[Any]":
    """Add what these documents name, picked out by the database: documents that name nothing are not even read."""
    path = Func(
        F("document"), Value(supply.named_by), template="jsonb_path_query(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )  # fmt: skip
    return entries.annotate(part=path, supply=Value(supply.name))


def _named(entries: QuerySet[Entry], supply: Supply) -> list[tuple[int, Wanted]]:
    """Return what these documents name, with the document of each."""
    rows = _parts(entries, supply).order_by("id").values_list("id", "part")
    return [(entry_id, supply.wanted(part)) for entry_id, part in rows]


def _make(connection: Connection, sender: Sender, supply: Supply, wanted: Sequence[Wanted]) -> None:
    connection.refresh_from_db()
    sender = sender.renewed()  # reading the list may have renewed the token
    accounts = {name: getattr(sender.settings, name) for name in ("inventory_account", "cogs_account", "sales_account")}
    written = supply.write(wanted, accounts)
    with transaction.atomic():
        if not ground.may_commit(connection, sender):
            return
        attempt = queue.start(connection.company_id, sender.call(supply.route, written.ask), ())
    sent = [wanted[place] for place in written.members]
    read = delivery.deliver(attempt, sender, len(sent), lambda answer, is_resent: supply.read(answer, sent, is_resent))
    if len(sent) > 1 and all(isinstance(each, Rejected) and each.of_the_call for each in read):
        half = halved(len(sent))  # which of them is to blame was not said
        _make(connection, sender, supply, sent[:half])
        _make(connection, sender, supply, sent[half:])
        return
    is_given_up = _has_tried_enough(connection, supply)
    shelf, refused, made = SHELVES[supply.name], dict[str, Hold](), dict[str, tuple[Wanted, str]]()
    others: list[Wanted] = []
    for each, outcome in zip(sent, read, strict=True):
        match outcome:
            case Posted(their_id=their_id):
                made[each.key] = (each, their_id)
            case Rejected(words) if other := shelf.otherwise(each, sender.ledger.why(words).cause):
                others.append(other)
            case Rejected(words):
                refused[each.key] = shelf.refused(each, words)
            case Unknown(reason) if is_given_up:
                refused[each.key] = shelf.refused(each, (reason,))
            case _:  # not sent, or unknown: the next drain reads the list again and sees what is there
                continue
    shelf.remember(connection, made)
    _hold_documents(connection, supply, refused)
    if others:
        _make(connection, sender, supply, others)


def _has_tried_enough(connection: Connection, supply: Supply) -> bool:
    """Tell whether the last calls all came to nothing that is clear; say an item that exists in another spelling."""
    mine = Attempt.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, resource=supply.route
    )
    results = list(mine.order_by("-id").values_list("result", flat=True)[:MOST_TRIES])
    return len(results) == MOST_TRIES and set(results) == {Attempt.Result.UNKNOWN}


def _hold_documents(connection: Connection, supply: Supply, why: Mapping[str, Hold]) -> None:
    """Hold the waiting documents that name any of these, so many in a transaction; the database picks them out."""
    if not why:
        return
    holds = {key.upper(): hold for key, hold in why.items()}
    waiting = queue.waiting(connection.company_id, connection.organisation_id, clock.now())
    naming: dict[int, Hold] = {}
    for entry_id, each in _named(waiting, supply):
        if each.key.upper() in holds:
            naming.setdefault(entry_id, holds[each.key.upper()])
    ids = list(naming)
    for begin in range(0, len(ids), HELD_AT_ONCE):
        _hold(connection, {entry_id: naming[entry_id] for entry_id in ids[begin : begin + HELD_AT_ONCE]})


@transaction.atomic
def _hold(connection: Connection, naming: Mapping[int, Hold]) -> None:
    waiting = queue.waiting(connection.company_id, connection.organisation_id, clock.now()).filter(id__in=naming)
    for entry in queue.locked(waiting):
        queue.hold(entry, naming[entry.pk], mover=Mover.POSTING)
