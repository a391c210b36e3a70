"""Which documents go in the next call, and the attempt that will send them: one short transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max

from daybook.connections import calls
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import Written
from daybook.documents.kinds import SPECS
from daybook.kit import clock
from daybook.ledgers import exchange
from daybook.ledgers.exchange import Before, Sendable, Settled, Target
from daybook.ledgers.ledger import Ledger, Route, kinds_of
from daybook.outbox import orphans, queue
from daybook.outbox.models import Attempt, Entry, EntryNeed
from daybook.outbox.needs import Until
from daybook.outbox.states import Mover, State
from daybook.posting import batching, given_back, ground, supplies
from daybook.posting.batching import Batch, Waiting
from daybook.posting.ground import Sender
from daybook.posting.pacing import room
from daybook.tables import writing

Asked = Mapping[int, Before]
"""By document what `Route.before` says of it."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A committed attempt, and what is in it, in its order."""

    attempt: Attempt
    route: Route
    entries: Sequence[Entry]
    sent: Sequence[Sendable]


def waiting(connection: Connection, ledger: Ledger) -> list[Waiting]:
    """Return what waits, by route: of each kind no more is looked at than one call takes, and whether there is more.

    What was in a call already has lingered: the far side's waits are not followed by ours. While full calls of others
    wait, what waited for its invoice counts from when that stood: else what each call of invoices lets go would go at
    once, in calls that are not full.
    """
    rows = queue.first_going(connection, clock.now(), ledger.forms, most=batching.MAX_DOCUMENTS + 1)
    found = []
    for route in ledger.routes.values():
        kinds = kinds_of(ledger, route.name)
        since = {pk: LONG_AGO if last else at for kind, at, last, pk in rows if kind in kinds}
        if since:
            rank = min(SPECS[kind].rank for kind in kinds)
            times = since.values()
            found.append((Waiting(route.name, len(since), min(times), room(route), max(times), rank), since))
    return _from_when_they_might(connection, found)


def _from_when_they_might(
    connection: Connection, found: Sequence[tuple[Waiting, dict[int, datetime]]]
) -> list[Waiting]:
    """Return what waits; behind full calls a part one counts from when what it waited for was there."""
    part = [pk for rows, since in found if not rows.is_full for pk, at in since.items() if at != LONG_AGO]
    if not part or not any(rows.is_full for rows, _ in found):
        return [rows for rows, _ in found]
    met = EntryNeed.objects.filter(company_id=connection.company_id, entry__in=part).order_by().values_list("entry")
    free_at = dict(met.annotate(Max("met_at")))
    return [
        replace(rows, oldest=min(max(at, free_at.get(pk) or at) for pk, at in since.items()))
        if not rows.is_full
        else rows
        for rows, since in found
    ]


def claim(connection: Connection, sender: Sender, batch: Batch) -> Claimed | None:
    """Take the batch's documents and commit the attempt that will send them; None where none of them can go now.

    What is about another document is asked about first, with no transaction open.
    """
    route = sender.ledger.routes[batch.route]
    asked = _ask_before(connection, sender, route) if route.before else None
    return _commit(connection, sender, route, asked)


def _ask_before(connection: Connection, sender: Sender, route: Route) -> Asked:
    """Return what is said of each of the next call's documents. Raises WireError."""
    if route.before is None:
        return {}
    ready, most = queue.going(connection, clock.now()), room(route)
    found = [each for kind in kinds_of(sender.ledger, route.name) for each in queue.next_of(ready, kind, most=most)]
    pairs = list(_readable(connection, sender.ledger, sorted(found, key=lambda entry: entry.pk)[:most]))
    said = calls.carry(connection, route.before(given_back.with_others(connection, pairs)), client=sender.client)
    return {entry.pk: each for (entry, _), each in zip(pairs, said, strict=True)}


@transaction.atomic
def _commit(connection: Connection, sender: Sender, route: Route, asked: Asked | None) -> Claimed | None:
    """The connection's row is locked, so that nobody connects another organisation, or stops posting, at that moment."""
    locked = ground.may_commit(connection, sender)
    if locked is None:
        return None
    pairs = _sendable(connection, sender.ledger, route, asked, only=locked.only_these)
    if locked.has_orphans:  # an adoption may have ended since the connection was read
        orphans.keep_back(connection, [entry for entry, _ in pairs], sender.ledger)
        pairs = [(entry, sendable) for entry, sendable in pairs if entry.state == State.READY]
    if not pairs:
        return None
    pairs = pairs[: batching.together([entry.goes_with for entry, _ in pairs])]
    written: exchange.Written = route.write([sendable for _, sendable in pairs], sender.options)
    chosen = [pairs[place] for place in written.members]
    entries = [entry for entry, _ in chosen]
    resolved = {entry.pk: supplies.of_one(sender.ledger, sendable) for entry, sendable in chosen}
    _name_contacts(connection, chosen)
    attempt = queue.start(connection.company_id, sender.call(route.name, written.ask), entries, resolved)
    return Claimed(attempt, route, entries, [sendable for _, sendable in chosen])


def _name_contacts(connection: Connection, chosen: Sequence[tuple[Entry, Sendable]]) -> None:
    """Write into the documents of parties which contact they go to: looks and comparisons read it there."""
    named = [(entry, sendable.document) for entry, sendable in chosen if sendable.document.party is not None]
    for entry, document in named:
        entry.document = {**(entry.document or {}), "contact_id": document.contact_id}
    writing.save([entry for entry, _ in named], ("document",), company_id=connection.company_id)


def _sendable(
    connection: Connection, ledger: Ledger, route: Route, asked: Asked | None, *, only: Collection[int] | None
) -> list[tuple[Entry, Sendable]]:
    """Take up to one call's documents, oldest first; one that cannot go blocks no other. `only`: as of the locked row."""
    pairs: list[tuple[Entry, Sendable]] = []
    looked_at = last = 0
    while len(pairs) < room(route) and looked_at < supplies.MOST_ENTRIES:
        most = room(route) - len(pairs)
        kinds = kinds_of(ledger, route.name)
        company_id, organisation_id = connection.company_id, connection.organisation_id
        taken = queue.take(company_id, organisation_id, kinds, most=most, now=clock.now(), after=last, only=only)
        if taken:
            looked_at, last = looked_at + len(taken), taken[-1].id
            found = _readable(connection, ledger, _allowed(taken, asked))
            pairs += [(entry, _as_it_stands(entry, sendable, asked)) for entry, sendable in found]
        if len(taken) < most:
            break
    return pairs


def _as_it_stands(entry: Entry, sendable: Sendable, asked: Asked | None) -> Sendable:
    """Name the target as it was read just now: since it was posted, somebody may have changed it."""
    seen = asked.get(entry.pk) if asked else None
    return replace(sendable, targets=(seen,)) if isinstance(seen, Target) else sendable


def _allowed(taken: Collection[Entry], asked: Asked | None) -> list[Entry]:
    """Leave what was not asked about for the next call; hold what may not go, and end what somebody has settled."""
    if asked is None:
        return list(taken)
    for entry in taken:
        match asked.get(entry.pk):
            case Hold() as why:
                queue.hold(entry, why, mover=Mover.POSTING)
            case Settled(words):
                queue.end_as_settled(entry, words)
    return [entry for entry in taken if entry.pk in asked and not isinstance(asked[entry.pk], Hold | Settled)]


def _readable(connection: Connection, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Sendable]]:
    """Yield what can be written; what lacks its supplies waits for the next drain, which makes them first."""
    read = [(entry, stored.read(entry.document, entry.kind)) for entry in entries]
    documents = [document for _, document in read if isinstance(document, Written)]
    resolved = supplies.resolved(connection, ledger, documents)
    targets = _targets(connection, ledger, entries)
    for entry, document in read:
        if not isinstance(document, Written):
            _put_aside(entry)
        elif supplies.are_there(ledger, document, resolved):
            yield (
                entry,
                Sendable(
                    mark=entry.public_id,
                    kind=ledger.forms[entry.kind].kind,
                    number=entry.number,
                    document=supplies.addressed(document, resolved),
                    resolved=resolved,
                    targets=targets.get(entry.pk, ()),
                ),
            )


def _targets(connection: Connection, ledger: Ledger, entries: Sequence[Entry]) -> dict[int, tuple[Target, ...]]:
    """Return, by document, what it is about and then what else it needed, as last seen there.

    Nothing is read where none is about another one.
    """
    about = {entry.pk: [entry.about_id] for entry in entries if entry.about_id is not None}
    if not about:
        return {}
    needs = EntryNeed.objects.filter(company_id=connection.company_id, entry__in=about).exclude(until=Until.GONE)
    for entry_id, needed_id in needs.order_by("needed").values_list("entry", "needed"):
        if needed_id not in about[entry_id]:
            about[entry_id].append(needed_id)
    wanted = {pk for each in about.values() for pk in each}
    rows = Entry.objects.filter(company_id=connection.company_id, pk__in=wanted)
    there = {
        row.pk: Target(ledger.forms[row.kind].kind, row.their_id, row.their_version) for row in rows.defer("document")
    }
    return {entry_id: tuple(there[pk] for pk in each) for entry_id, each in about.items()}


def _put_aside(entry: Entry) -> None:
    queue.hold(entry, Hold(Cause.DEFECT, entry.number, stored.UNREADABLE), mover=Mover.POSTING)
