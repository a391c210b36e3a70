"""Documents enter the day book and are brought up to date there, a batch with one statement a table.

Each change is made in memory first, its move checked against the table of states, with an event for every move; `save`
writes all of a batch. The rows are locked by the caller (`queue.locked`), in whose transaction all of it happens.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Q
from django.db.models.functions import Upper

from daybook.companies.models import Person
from daybook.connections import stopping
from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import Kind, Paper
from daybook.history.kinds import Subject
from daybook.history.models import Event
from daybook.orders.models import Order
from daybook.outbox import moves, queue
from daybook.outbox.models import AttemptEntry, Entry, EntryNeed
from daybook.outbox.needs import Need, Until, judge
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State, check_move
from daybook.tables import writing

_CHANGED = (
    "revision", "state", "state_since", "cause", "subject", "detail", "document", "date", "currency", "contact_name",
    "net", "tax", "gross", "cured_by", "attention", "attention_detail", "is_number_free", "is_needed",
)  # fmt: skip


class NumbersTakenError(Exception):
    """Another document of the organisation has one of these numbers already (compared without case)."""

    def __init__(self, numbers: Sequence[tuple[Kind, str]]) -> None:
        super().__init__(", ".join(number for _, number in numbers))
        self.numbers = numbers


class NotMappableError(Exception):
    """The document is under way or final, so that it cannot be mapped anew."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"{entry.number} is {entry.state}")
        self.entry = entry


@dataclass(slots=True, kw_only=True)
class Batch:
    """What is to be written of one company's documents."""

    company_id: int
    now: datetime
    made: list[Entry] = field(default_factory=list)
    needs: list[EntryNeed] = field(default_factory=list)
    changed: dict[int, Entry] = field(default_factory=dict)
    reshaped: set[int] = field(default_factory=set)
    """Waiting documents that say something else now."""
    moves: list[tuple[Entry, Event]] = field(default_factory=list)


def enter(  # noqa: PLR0913 - what makes a document
    batch: Batch,
    *,
    order: Order,
    kind: Kind,
    key: str = "",
    generation: int,
    organisation_id: int,
    identity: str,
    number: str,
    public_id: str,
    mapped: Paper | Hold,
    about: Entry | None = None,
    needs: Sequence[tuple[Entry, Until]] = (),
    attention: str = "",
    attention_detail: str = "",
) -> Entry:
    """Write a new document into the day book, `ready` or `held`, as it is mapped from the order's current content.

    `identity`: what names the organisation beyond its company. `public_id`: the mark that the Reference carries.
    `about`, `needs`: other documents of the order, locked, or new in this batch.
    """
    entry = Entry(
        public_id=public_id,
        company_id=batch.company_id,
        order=order,
        kind=kind,
        key=key,
        generation=generation,
        organisation_id=organisation_id,
        number=number,
        number_space=queue.number_space(identity, kind, public_id),
        state=State.HELD if isinstance(mapped, Hold) else State.READY,
        state_since=batch.now,
        attention=attention,
        attention_detail=attention_detail,
    )
    _map(entry, order, mapped)
    entry.about = about
    batch.made.append(entry)
    for needed, until in needs:
        _need(batch, entry, needed, until)
    _note(batch, entry, old="", mover=Mover.MAPPING, reason=_reason(mapped), cause=_cause(mapped))
    return entry


def remap(
    batch: Batch,
    entry: Entry,
    *,
    order: Order,
    mapped: Paper | Hold,
    mover: Mover = Mover.MAPPING,
    person: Person | None = None,
) -> None:
    """Give a waiting document new content, same number. Raises NotMappableError where it may be posted already."""
    if entry.state not in MAPPABLE:
        raise NotMappableError(entry)
    if not isinstance(mapped, Hold) and stored.read(entry.document, entry.kind) != mapped:
        batch.reshaped.add(entry.pk)
    _map(entry, order, mapped)
    new = State.HELD if isinstance(mapped, Hold) else State.READY
    _move(batch, entry, new, mover=mover, reason=_reason(mapped), cause=_cause(mapped), person=person)


def hold(batch: Batch, entry: Entry, why: Hold) -> None:
    """Hold a waiting document."""
    _because(entry, why)
    _move(batch, entry, State.HELD, mover=Mover.MAPPING, cause=why.cause)


def cancel(batch: Batch, entry: Entry, *, reason: str, is_number_free: bool, cause: str = "") -> None:
    """End a document that was not posted. `is_number_free`: by `free_numbers`."""
    entry.is_number_free = is_number_free
    entry.cause = entry.subject = entry.detail = ""
    _move(batch, entry, State.CANCELLED, mover=Mover.MAPPING, reason=reason, cause=cause)


def flag(batch: Batch, entry: Entry, attention: str, detail: str) -> None:
    """Show a document to a person, or take the flag away, without moving it."""
    entry.attention, entry.attention_detail = attention, detail
    batch.changed[entry.pk] = entry


def save(batch: Batch) -> None:
    """Write all of the batch. Raises NumbersTakenError; then the caller must give up its transaction or savepoint."""
    try:
        writing.save(list(batch.changed.values()), _CHANGED, company_id=batch.company_id)
        _insert(batch.made)
    except IntegrityError as error:
        if "entry_number_once" not in str(error):
            raise
        raise NumbersTakenError([(Kind(entry.kind), entry.number) for entry in batch.made]) from error
    for need in batch.needs:
        need.entry_id, need.needed_id = need.entry.pk, need.needed.pk  # which a new document has only now
    writing.insert(batch.needs)
    for entry, told in batch.moves:
        told.subject_id = entry.pk  # as above
    writing.insert([told for _, told in batch.moves])
    queue.tell_those_behind(*batch.changed.values())
    if batch.reshaped:
        stopping.take_back(batch.company_id, batch.reshaped)


def _insert(made: Sequence[Entry]) -> None:
    """Write new documents, those first that others are about."""
    waiting = list(made)
    while waiting:
        now = [entry for entry in waiting if entry.about is None or entry.about.pk is not None]
        for entry in now:
            entry.about_id = entry.about.pk if entry.about is not None else None
        writing.insert(now)
        waiting = [entry for entry in waiting if entry.pk is None]


def _need(batch: Batch, entry: Entry, needed: Entry, until: Until) -> None:
    """Let a new document wait for another one, as that stands now."""
    need = judge(until, state=State(needed.state), their_status=needed.their_status)
    met_at = batch.now if need is Need.MET else None
    batch.needs.append(
        EntryNeed(company_id=batch.company_id, entry=entry, needed=needed, until=until.value, met_at=met_at)
    )
    if need is Need.MET:
        return
    entry.open_needs += 1
    if not needed.is_needed:
        needed.is_needed = True
        if needed.pk is not None:
            batch.changed[needed.pk] = needed
    if need is Need.LOST:
        _because(entry, Hold(Cause.NEEDED_ENDED, needed.number))
        entry.state = State.HELD


def bearers(identity: str, numbers: Iterable[tuple[Kind, str]]) -> list[Entry]:
    """Return the documents of the organisation, of whatever company, that have one of these (kind, number)."""
    by_space: dict[str, set[str]] = {}
    for kind, number in numbers:
        by_space.setdefault(queue.number_space(identity, kind, ""), set()).add(number.upper())
    wanted = Q(pk__in=[])
    for space, upper in by_space.items():
        wanted |= Q(number_space=space, upper__in=sorted(upper))
    taken = Entry.objects.filter(is_number_free=False).annotate(upper=Upper("number"))
    return list(taken.filter(wanted).select_related("order__feed"))


def free_numbers(company_id: int, entries: Sequence[Entry]) -> set[int]:
    """Return those of which nothing can stand there: never sent, or refused, or a look found nothing."""
    sure = [
        entry
        for entry in entries
        if not {Cause.POSTED_LATE, Cause.POSTED_TWICE} & {entry.attention, *entry.attention_done}
    ]
    sent = _sent(company_id, [entry.pk for entry in sure if entry.last_attempt_id is not None])
    return {entry.pk for entry in sure if entry.pk not in sent or sent[entry.pk]}


def _sent(company_id: int, entry_ids: Collection[int]) -> dict[int, bool]:
    """Return the documents that left in an attempt, and whether the last doubt or call ended without one there."""
    if not entry_ids:
        return {}
    sendings = AttemptEntry.objects.filter(
        company_id=company_id, entry_id__in=entry_ids, attempt__sent_at__isnull=False
    )
    left = set(sendings.values_list("entry_id", flat=True))
    told = Event.objects.filter(company_id=company_id, subject_kind=Subject.ENTRY, subject_id__in=entry_ids)
    ends = told.filter(old_state__in=IN_FLIGHT).exclude(new_state__in=IN_FLIGHT).order_by("id")
    last = {entry_id: (new, mover) for entry_id, new, mover in ends.values_list("subject_id", "new_state", "mover")}
    return {pk: pk in last and (last[pk][0] == State.READY or last[pk][1] == Mover.POSTING) for pk in left}


def _map(entry: Entry, order: Order, mapped: Paper | Hold) -> None:
    entry.revision_id = order.current_revision_id
    if isinstance(mapped, Hold):
        entry.document, entry.cured_by = None, ""  # our own rules see the cause stand: its next cure counts
        _because(entry, mapped)
        return
    entry.cause = entry.subject = entry.detail = ""
    entry.document = stored.dump(mapped)
    entry.date, entry.currency, entry.contact_name = mapped.date, mapped.currency, mapped.contact_name
    entry.net, entry.tax, entry.gross = mapped.totals


def _because(entry: Entry, why: Hold) -> None:
    entry.cause, entry.subject, entry.detail = why.cause, why.subject[:500], why.detail


def _reason(mapped: Paper | Hold) -> str:
    return "" if isinstance(mapped, Hold) else f"mapped: {mapped.form or 'complete'}"


def _cause(mapped: Paper | Hold) -> str:
    return mapped.cause if isinstance(mapped, Hold) else ""


def _move(
    batch: Batch,
    entry: Entry,
    new: State,
    *,
    mover: Mover,
    reason: str = "",
    cause: str = "",
    person: Person | None = None,
) -> None:
    batch.changed[entry.pk] = entry
    if entry.state == new:
        return
    check_move(State(entry.state), new, mover)
    old, entry.state, entry.state_since = entry.state, new, batch.now
    _note(batch, entry, old=old, mover=mover, reason=reason, cause=cause, person=person)


def _note(
    batch: Batch, entry: Entry, *, old: str, mover: Mover, reason: str, cause: str, person: Person | None = None
) -> None:
    told = moves.event(
        entry, old=old, new=entry.state, mover=mover, reason=reason, cause=cause, person=person, at=batch.now
    )
    batch.moves.append((entry, told))
