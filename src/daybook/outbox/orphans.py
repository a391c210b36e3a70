"""Documents that stand in a ledger, bear our mark, and are not in the day book: it was restored, and is older than they.

    a look finds them (`reconciliation/witness.py`) -> kept here -> a document of the same number is about to be sent:
    it is doubted instead, and the look settles it as the one that stands there

One that has another number of the same order's ("-R2") may be the same sale: then a person says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from daybook.companies.models import Person
from daybook.connections.models import Connection
from daybook.connections.saving import about
from daybook.documents.causes import AnyCause, Cause, Hold
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock, ids
from daybook.ledgers.exchange import Theirs
from daybook.ledgers.ledger import Ledger
from daybook.mapping import numbers, references
from daybook.outbox import queue
from daybook.outbox.models import Attempt, AttemptEntry, Entry, Orphan
from daybook.outbox.states import Mover, State

FORGOTTEN = "it was sent before the database was restored, which knows nothing of it"


@dataclass(frozen=True, slots=True)
class Match:
    """A document that was about to be sent, and the one that stands there and is its own."""

    entry: Entry
    orphan: Orphan


def unknown(organisation_id: int, found: Iterable[Theirs]) -> list[Theirs]:
    """Return those that bear a mark of ours and that the day book cannot have posted, nor be posting now.

    Whoever reads first and compares then never takes what is under way for one: its entry is committed before its call.
    """
    marked = {theirs.their_id: (references.mark_in(theirs.reference), theirs) for theirs in found}
    marks = {mark for mark, _ in marked.values() if mark}
    known = _known(organisation_id, marks) if marks else set()
    return [theirs for mark, theirs in marked.values() if mark and mark not in known]


def _known(organisation_id: int, marks: Collection[str]) -> set[str]:
    """A mark tells an entry of the whole installation: the organisation may have been another company's."""
    entries = Entry.objects.filter(public_id__in=marks).values_list("public_id", "state", "last_attempt")
    known = {mark for mark, state, attempt in entries if state == State.POSTED or attempt is not None}
    kept = Orphan.objects.filter(organisation=organisation_id, mark__in=marks)
    return known | set(kept.values_list("mark", flat=True))


def keep(connection: Connection, kind: str, found: Iterable[Theirs]) -> None:
    """Keep what `unknown` showed, once each."""
    if connection.organisation_id is None:
        return
    now = clock.now()
    rows = [
        Orphan(
            company_id=connection.company_id,
            organisation_id=connection.organisation_id,
            kind=kind,
            mark=(references.mark_in(theirs.reference) or "")[:32],
            number=theirs.number[:255],
            stem=numbers.stem(theirs.number)[:255],
            their_id=theirs.their_id,
            their_status=theirs.status,
            contact_id=theirs.contact_id,
            currency=theirs.currency,
            gross=theirs.totals.gross if theirs.totals else None,
            stood_at=theirs.updated_at or now,
        )
        for theirs in found
    ]
    Orphan.objects.bulk_create(rows, ignore_conflicts=True)
    note(connection)


def waiting(connection: Connection) -> QuerySet[Orphan]:
    """Return those whose order has not come again, by number."""
    mine = Orphan.objects.filter(company_id=connection.company_id, organisation=connection.organisation_id)
    return mine.filter(entry=None, dismissed_at=None).order_by("number", "id")


def note(connection: Connection) -> None:
    """Tell the claim whether there is anything to compare with, there or where the connection may lead again."""
    open_ones = Orphan.objects.filter(company=connection.company_id, entry=None, dismissed_at=None)
    this = Connection.objects.filter(company=connection.company_id, pk=connection.pk)
    this.update(has_orphans=open_ones.filter(organisation__connection=connection.pk).exists())


@transaction.atomic
def dismiss(connection: Connection, chosen: QuerySet[Orphan], person: Person) -> int:
    """Let nothing more be compared with them, because a person says that they are none of the orders that may come.

    `chosen`: of `waiting`. Return how many.
    """
    gone = list(chosen.select_for_update(of=("self",)))
    Orphan.objects.filter(company=connection.company_id, pk__in=[each.pk for each in gone]).update(
        dismissed_at=clock.now()
    )
    for each in gone:
        words = f"{each.number}, found after a restore, is none of the orders that may come"
        telling.tell(about(connection), What.NOTED, by=person, reason=words)
    note(connection)
    return len(gone)


def suspect(connection: Connection, entries: Iterable[Entry]) -> int:
    """Keep what may have been put where nothing can be looked up any more; return how many."""
    now = clock.now()
    rows = [
        Orphan(
            company_id=entry.company_id,
            organisation_id=entry.organisation_id,
            kind=entry.kind,
            mark=entry.public_id,
            number=entry.number,
            stem=numbers.stem(entry.number)[:255],
            their_id=entry.public_id,
            stood_at=now,
        )
        for entry in entries
    ]
    Orphan.objects.bulk_create(rows, ignore_conflicts=True)
    note(connection)
    return len(rows)


def hold_suspects(connection: Connection, entries: Sequence[Entry], why: AnyCause) -> list[Entry]:
    """Hold what may have been put there already, until a person says otherwise; return the others.

    The entries must come from `locked(...)`.
    """
    marks = set(
        waiting(connection).filter(mark__in=[each.public_id for each in entries]).values_list("mark", flat=True)
    )
    for entry in entries:
        if entry.public_id in marks:
            queue.hold(entry, Hold(why, entry.number), mover=Mover.POSTING)
    return [entry for entry in entries if entry.public_id not in marks]


def marks_of(company_id: int, entry_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return, by document, the marks of what it was recognised as."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Orphan.objects.filter(company=company_id, entry__in=entry_ids)
    for entry_id, mark in rows.values_list("entry_id", "mark"):
        if entry_id is not None:
            found[entry_id].add(mark)
    return {entry_id: frozenset(marks) for entry_id, marks in found.items()}


def keep_back(connection: Connection, entries: Sequence[Entry], ledger: Ledger) -> list[Attempt]:
    """Doubt what stands there already, and hold what may stand there under another number; return the doubts' attempts.

    The entries, ready ones, must come from `locked(...)`; those that are neither stay ready.
    """
    open_ones = _by_stem(connection, entries)
    attempts = []
    for entry in entries:
        like = open_ones.get((entry.kind, numbers.stem(entry.number)), [])
        same = next((each for each in like if _is_it(each, entry)), None)
        if same is not None:
            attempts.append(_doubt(Match(entry, same), ledger))
        elif like:
            queue.hold(entry, Hold(Cause.MAY_STAND_THERE, like[0].number), mover=Mover.POSTING)
    if attempts:
        note(connection)
    return attempts


def _by_stem(connection: Connection, entries: Sequence[Entry]) -> dict[tuple[str, str], list[Orphan]]:
    found: dict[tuple[str, str], list[Orphan]] = defaultdict(list)
    stems = {numbers.stem(entry.number) for entry in entries}
    for orphan in waiting(connection).filter(stem__in=stems):
        found[orphan.kind, orphan.stem].append(orphan)
    return found


def _is_it(orphan: Orphan, entry: Entry) -> bool:
    return orphan.mark == entry.public_id or orphan.number.upper() == entry.number.upper()


def _doubt(match: Match, ledger: Ledger) -> Attempt:
    """Put the attempt that the day book has forgotten in its place, as far as what stands there tells of it."""
    entry, orphan = match.entry, match.orphan
    attempt = Attempt.objects.create(
        company_id=entry.company_id,
        organisation_id=entry.organisation_id,
        resource=ledger.forms[entry.kind].route,
        token_fingerprint="",
        url="",
        body=b"",
        idempotency_key=f"daybook-restored-{ids.public_id(24)}",
        result=Attempt.Result.UNKNOWN,
        created_at=orphan.stood_at,
        sent_at=orphan.stood_at,
        ended_at=orphan.stood_at,
        note=FORGOTTEN,
    )
    named = {"contact_id": orphan.contact_id, "currency": orphan.currency}
    AttemptEntry.objects.create(
        company_id=entry.company_id, attempt=attempt, entry=entry, position=0, resolved=named,
        outcome=AttemptEntry.Outcome.UNKNOWN,
    )  # fmt: skip
    queue.doubt_unsent(entry, attempt, reason=FORGOTTEN)
    Orphan.objects.filter(company=entry.company_id, pk=orphan.pk).update(entry=entry)
    return attempt
