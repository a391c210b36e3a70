"""Hold, claim, settle: with `entering`, the only writers of `Entry.state`. Every move is checked and leaves a Transition.

All functions want an open transaction of the caller's where they take locks; none of them calls Xero.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog
from django.db.models import Q, QuerySet

from daybook.companies.models import Person
from daybook.documents import stored
from daybook.documents.causes import Hold, HoldCause
from daybook.kit import clock
from daybook.kit.money import Totals
from daybook.outbox import needing
from daybook.outbox.models import Attempt, AttemptEntry, Entry, Transition
from daybook.outbox.needs import Need, Until
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, MOVES, Mover, State, check_move

log = structlog.get_logger("daybook.outbox")


def locked(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return the entries locked for this transaction, in one order, so that two lockers never wait for each other."""
    return entries.select_for_update(of=("self",)).order_by("id")


def hold(entry: Entry, why: Hold, *, mover: Mover, person: Person | None = None) -> None:
    """Hold a waiting document. `entry` must come from `locked(...)`."""
    entry.cause, entry.subject, entry.detail = why.cause, why.subject[:500], why.detail
    if entry.state == State.HELD:
        entry.save()
        return
    _move(entry, State.HELD, mover=mover, reason=f"held: {why.cause}", person=person, keep_cause=True)


def cancel(entry: Entry, *, reason: str, mover: Mover, person: Person | None = None) -> None:
    """End a document that is not in Xero, and free its number where that is certain. `entry` must come from `locked(...)`."""
    entry.is_number_free = _is_number_free(entry)
    _move(entry, State.CANCELLED, mover=mover, reason=reason, person=person)


def _is_number_free(entry: Entry) -> bool:
    """Tell whether nothing of a document can stand in Xero: it never left, or Xero refused it, or a look found nothing."""
    if {"posted_late", "posted_twice"} & {entry.attention, *entry.attention_done}:
        return False
    sendings = AttemptEntry.objects.filter(company_id=entry.company_id, entry=entry, attempt__sent_at__isnull=False)
    if not sendings.exists():
        return True
    ends = Transition.objects.filter(company_id=entry.company_id, entry=entry, old_state__in=IN_FLIGHT)
    end = ends.exclude(new_state__in=IN_FLIGHT).order_by("-id").first()
    return end is not None and (end.new_state == State.READY or end.mover == Mover.POSTING)


def give_up(entry: Entry, *, person: Person, note: str = "") -> None:
    """End a document because a person says that it shall not be posted. `entry` must come from `locked(...)`."""
    entry.given_up_at, entry.given_up_by = clock.now(), person
    reason = _with_note("A person said that it shall not be posted", note)
    cancel(entry, reason=reason, mover=Mover.PERSON, person=person)


def take_back(entry: Entry, *, person: Person) -> None:
    """Note that a person wants posted after all what a person gave up. It stays cancelled: another one is made."""
    entry.given_up_at = entry.given_up_by = None
    entry.save(update_fields=["given_up_at", "given_up_by"])
    reason = "It shall be posted after all: another document is made in its place"
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=reason, person=person)


def need(entry: Entry, needed: Entry, until: Until) -> None:
    """Let a document wait until another one has come so far. Both must come from `locked(...)`."""
    if needing.add(entry, needed, until, clock.now()) is Need.LOST:
        hold(entry, Hold(HoldCause.NEEDED_ENDED, needed.number), mover=Mover.MAPPING)


def tell_those_behind(entry: Entry) -> None:
    """Let go what waited for this document and may go now; hold what waits for what will not come."""
    if not entry.is_needed:
        return
    lost = [each.pk for each in needing.tell(entry, clock.now()).lost]
    mine = Entry.objects.filter(company_id=entry.company_id, pk__in=lost, state__in=MAPPABLE)
    for behind in locked(mine) if lost else ():
        hold(behind, Hold(HoldCause.NEEDED_ENDED, entry.number), mover=Mover.MAPPING)


def flag(entry: Entry, attention: str, detail: str) -> None:
    """Mark a document that needs a person, without moving it; not again for what a person said is done."""
    if entry.attention_done.get(attention) == detail:
        return
    entry.attention, entry.attention_detail = attention, detail
    entry.save(update_fields=["attention", "attention_detail"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a posted document stands in Xero now, and what follows from it."""

    status: str
    totals: Totals | None
    paid: Decimal
    credited: Decimal
    due: Decimal | None
    updated_at: datetime | None
    differs: str = ""
    news: Sequence[str] = ()
    """What was done there since, each a line of the document's history."""
    attention: str = ""
    detail: str | None = None
    """None: the flag's words stay as they are."""


def observe(entry: Entry, seen: Seen, *, now: datetime) -> bool:
    """Write down how a posted document stands in Xero, without moving it; return whether anything was news.

    `entry` must come from `locked(...)`.
    """
    entry.their_status = seen.status
    if seen.totals is not None:
        entry.their_net, entry.their_tax, entry.their_gross = seen.totals
    entry.their_paid, entry.their_credited, entry.their_due = seen.paid, seen.credited, seen.due
    entry.their_updated_at, entry.their_seen_at = seen.updated_at or entry.their_updated_at, now
    is_news = bool(seen.news) or seen.differs != entry.their_differs or seen.attention != entry.attention
    entry.their_differs, entry.attention = seen.differs, seen.attention
    if seen.detail is not None:
        entry.attention_detail = seen.detail
    entry.save()
    tell_those_behind(entry)
    for line in seen.news:
        _note(entry, old=entry.state, mover=Mover.RECONCILIATION, reason=line)
    return is_news


def attend(entry: Entry, *, what: str, person: Person, note: str = "") -> None:
    """Take a flag off because a person says that it is done. `entry` must come from `locked(...)`.

    `what`: the flag in words, for the history.
    """
    entry.attention_done = {**entry.attention_done, entry.attention: entry.attention_detail}
    entry.attention = entry.attention_detail = ""
    entry.save(update_fields=["attention", "attention_detail", "attention_done"])
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=_with_note(f"Done: {what}", note), person=person)


def _with_note(words: str, note: str) -> str:
    note = " ".join(note.split())
    return f"{words}. Note: {note}" if note else f"{words}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A writing call about to be committed as an attempt."""

    resource: str
    organisation_id: int
    token_fingerprint: str
    method: str
    url: str
    body: bytes
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a document is in Xero, as an answer or a look showed it."""

    their_id: str
    their_status: str
    totals: Totals | None
    warnings: tuple[str, ...] = ()
    """Xero's own words about what it saved otherwise than it was sent."""


def waiting(company_id: int, organisation_id: int | None, now: datetime) -> QuerySet[Entry]:
    """Return the documents of one company and organisation that may go now."""
    ready = Entry.objects.filter(company_id=company_id, organisation=organisation_id, state=State.READY, open_needs=0)
    return ready.filter(Q(not_before=None) | Q(not_before__lte=now))


def take(
    company_id: int, organisation_id: int | None, kind: str, *, most: int, now: datetime, after: int = 0
) -> list[Entry]:
    """Return up to `most` waiting documents, oldest first, locked for this transaction; other workers skip them.

    `after`: only those behind the entry of this id.
    """
    entries = waiting(company_id, organisation_id, now).filter(kind=kind, id__gt=after)
    return list(entries.select_for_update(of=("self",), skip_locked=True).order_by("id")[:most])


def start(company_id: int, call: Call, entries: Sequence[Entry]) -> Attempt:
    """Write the attempt and move its entries to `sending`; when the transaction commits the call may be made."""
    attempt = Attempt.objects.create(
        company_id=company_id,
        resource=call.resource,
        organisation_id=call.organisation_id,
        token_fingerprint=call.token_fingerprint,
        method=call.method,
        url=call.url,
        body=call.body,
        body_hash=hashlib.sha256(call.body).hexdigest(),
        idempotency_key=call.idempotency_key,
    )
    AttemptEntry.objects.bulk_create(
        AttemptEntry(company_id=company_id, attempt=attempt, entry=entry, position=position)
        for position, entry in enumerate(entries)
    )
    for entry in entries:
        check_move(State(entry.state), State.SENDING, Mover.POSTING)
    now = clock.now()
    Entry.objects.filter(id__in=[entry.id for entry in entries]).update(
        state=State.SENDING, state_since=now, last_attempt=attempt, cause="", subject="", detail=""
    )
    Transition.objects.bulk_create(
        Transition(
            company_id=company_id,
            entry=entry,
            old_state=State.READY,
            new_state=State.SENDING,
            mover=Mover.POSTING,
            reason=f"document {position + 1} of {len(entries)} in the call",
            attempt=attempt,
            at=now,
        )
        for position, entry in enumerate(entries)
    )
    return attempt


def begin_sending(attempt: Attempt, now: datetime) -> bool:
    """Note that the call leaves now; False where the attempt was given up meanwhile, so that it must not leave."""
    return bool(
        Attempt.objects.filter(
            id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, sent_at=None
        ).update(sent_at=now)
    )


def begin_resending(attempt: Attempt, now: datetime) -> bool:
    """Note that the same bytes leave a second time; False where that happened already or the attempt was given up."""
    return bool(
        Attempt.objects.filter(
            id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, resent_at=None
        ).update(resent_at=now)
    )


def sending_in(attempt: Attempt) -> dict[int, Entry]:
    """Return the attempt's entries by id, locked for this transaction, whatever state they have by now."""
    mine = Entry.objects.filter(company_id=attempt.company_id, memberships__attempt=attempt)
    return {entry.id: entry for entry in locked(mine)}


def post(entry: Entry, standing: Standing, *, mover: Mover, attempt: Attempt, reason: str) -> None:
    """Settle a document as standing in Xero. A second Xero id for one document raises an alarm instead.

    An answer may come late: it may only turn `unknown` into `posted` (how a document stays single, 7).
    """
    if entry.state == State.POSTED:
        if entry.their_id != standing.their_id:
            flag(entry, "posted_twice", f"Xero holds it as {entry.their_id} and as {standing.their_id}")
        return
    if entry.state != State.UNKNOWN and not _concerns(entry, attempt):
        flag(entry, "posted_late", f"an earlier call turned out to have made {standing.their_id} in Xero")
        return
    if entry.attention == "posted_late":
        entry.attention = entry.attention_detail = ""
    entry.their_id, entry.their_status = standing.their_id, standing.their_status
    entry.posted_at = clock.now()
    if standing.totals is not None:
        entry.their_net, entry.their_tax, entry.their_gross = standing.totals
        if standing.totals != (entry.net, entry.tax, entry.gross):
            entry.attention = "totals_differ"
            entry.attention_detail = _figures(entry, standing.totals)
    if standing.warnings and entry.attention in ("", "booking_doubtful"):
        doubts = entry.attention_detail.splitlines()
        entry.attention, entry.attention_detail = "xero_warned", "\n".join((*standing.warnings, *doubts))
    _move(entry, State.POSTED, mover=mover, reason=reason, attempt=attempt)


def reject(entry: Entry, *, cause: str, subject: str, words: str, mover: Mover, attempt: Attempt) -> None:
    """Settle a document as refused by Xero, with Xero's own words; a late answer moves nothing."""
    if not _may_settle(entry, attempt, State.REJECTED, mover):
        return
    entry.cause, entry.subject, entry.detail = cause, subject[:500], words
    _move(entry, State.REJECTED, mover=mover, reason=f"Xero said no: {words}", attempt=attempt, keep_cause=True)
    log.warning("rejected", company=entry.company_id, document=entry.public_id, kind=entry.kind, cause=cause)


def release(entry: Entry, *, reason: str, mover: Mover, attempt: Attempt, not_before: datetime | None = None) -> None:
    """Make a document ready again of which nothing is in Xero; a late answer moves nothing."""
    if not _may_settle(entry, attempt, State.READY, mover):
        return
    entry.not_before = not_before
    _move(entry, State.READY, mover=mover, reason=reason, attempt=attempt)


def doubt(entry: Entry, *, reason: str, mover: Mover, attempt: Attempt) -> None:
    """Note that nobody knows yet whether a document is in Xero."""
    if not _may_settle(entry, attempt, State.UNKNOWN, mover):
        return
    _move(entry, State.UNKNOWN, mover=mover, reason=reason, attempt=attempt)


def note_outcome(attempt: Attempt, entry: Entry, outcome: str, words: Iterable[str]) -> None:
    """Write down what became of a document in one attempt, with Xero's own words."""
    AttemptEntry.objects.filter(company_id=attempt.company_id, attempt=attempt, entry=entry).update(
        outcome=outcome, words="\n".join(words)
    )


def _concerns(entry: Entry, attempt: Attempt) -> bool:
    """Whether the entry is still where this attempt left it."""
    return entry.last_attempt_id == attempt.id and entry.state in {State.SENDING, State.UNKNOWN}


def _may_settle(entry: Entry, attempt: Attempt, new: State, mover: Mover) -> bool:
    """Whether this attempt still has a say: once it was given up, its worker may only turn `unknown` into `posted`."""
    return _concerns(entry, attempt) and mover in MOVES.get((State(entry.state), new), frozenset())


def _figures(entry: Entry, theirs: Totals) -> str:
    return (
        f"ours: net {entry.net}, tax {entry.tax}, gross {entry.gross}; "
        f"Xero's: net {theirs.net}, tax {theirs.tax}, gross {theirs.gross}"
    )


def needing_items(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the item codes that documents name, each with a description to make the item with."""
    written = (stored.read(entry.document, entry.kind) for entry in entries)
    lines = (line for document in written if document is not None for line in document.lines)
    return {line.item_code: line.description for line in lines if line.item_code}


def _move(
    entry: Entry,
    new: State,
    *,
    mover: Mover,
    reason: str,
    attempt: Attempt | None = None,
    person: Person | None = None,
    keep_cause: bool = False,
) -> None:
    check_move(State(entry.state), new, mover)
    old, entry.state, entry.state_since = entry.state, new, clock.now()
    if not keep_cause:
        entry.cause = entry.subject = entry.detail = ""
    entry.save()
    tell_those_behind(entry)
    _note(entry, old=old, mover=mover, reason=reason, attempt=attempt, person=person)


def _note(
    entry: Entry, *, old: str, mover: Mover, reason: str, attempt: Attempt | None = None, person: Person | None = None
) -> None:
    Transition.objects.create(
        company_id=entry.company_id,
        entry=entry,
        old_state=old,
        new_state=entry.state,
        mover=mover,
        reason=reason[:500],
        attempt=attempt,
        person=person,
    )
