"""Hold, claim, settle: with `entering` and `settling`, the only writers of `Entry.state`. Every move leaves an event.

All functions want an open transaction of the caller's where they take locks; none of them calls the ledger.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import structlog
from django.db.models import Exists, Q, QuerySet

from daybook.companies.models import Person
from daybook.connections.models import Connection
from daybook.connections.stopping import Why
from daybook.documents.causes import Cause, Hold
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.kit.money import Totals
from daybook.kit.translation import told
from daybook.ledgers import ledger as port
from daybook.ledgers import registry
from daybook.outbox import arrivals, moves, needing
from daybook.outbox.judging import Verdict
from daybook.outbox.models import TURN, Attempt, AttemptEntry, Entry
from daybook.outbox.needs import Need, Until
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State, check_move
from daybook.tables import reading, writing

NOTHING: Mapping[int, Mapping[str, Any]] = {}

log = structlog.get_logger("daybook.outbox")
_SAID = {
    Verdict.STANDS: told("A person said that it stands there"),
    Verdict.MISSING: told("A person said that it does not stand there"),
    Verdict.GIVEN_UP: told("A person gave it up: whether it stands there can not be found out"),
}


def locked(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return the entries locked for this transaction, in one order, so that two lockers never wait for each other."""
    return entries.select_for_update(of=("self",)).order_by("id")


def number_space(identity: str, kind: Kind, mark: str) -> str:
    """Return the space of a document's number, as its ledger's form says (`ledgers/ledger.py`)."""
    form = registry.ledger(identity.partition(":")[0]).forms[kind]
    return port.number_space(identity, form, mark)


def hold(entry: Entry, why: Hold, *, mover: Mover, person: Person | None = None) -> None:
    """Hold a waiting document. `entry` must come from `locked(...)`."""
    entry.cause, entry.subject, entry.detail = why.cause, why.subject[:500], why.detail
    if entry.state == State.HELD:
        entry.save()
        return
    _move(entry, State.HELD, mover=mover, cause=why.cause, person=person, keep_cause=True)


def cancel(entry: Entry, *, reason: str, mover: Mover, person: Person | None = None) -> None:
    """End a document that is not there, and free its number where that is certain. `entry` must come from `locked(...)`."""
    entry.is_number_free = _is_number_free(entry)
    _move(entry, State.CANCELLED, mover=mover, reason=reason, person=person)


def end_as_settled(entry: Entry, words: str) -> None:
    """End a document of which nothing is left to do, because somebody has settled there what it was to settle.

    `entry` must come from `locked(...)`. No other one is made in its place unless a person wants it (`take_back`).
    """
    entry.cause, entry.subject, entry.detail = Cause.SETTLED_THERE, entry.number, words
    _move(entry, State.CANCELLED, mover=Mover.POSTING, reason=words, cause=Cause.SETTLED_THERE, keep_cause=True)


def _is_number_free(entry: Entry) -> bool:
    """Tell whether nothing of a document can stand there: it never left, or it was refused, or a look found nothing."""
    if {Cause.POSTED_LATE, Cause.POSTED_TWICE} & {entry.attention, *entry.attention_done}:
        return False
    sendings = AttemptEntry.objects.filter(company_id=entry.company_id, entry=entry, attempt__sent_at__isnull=False)
    if not sendings.exists():
        return True
    end = entry.events.filter(old_state__in=IN_FLIGHT).exclude(new_state__in=IN_FLIGHT).last()
    return end is not None and (end.new_state == State.READY or end.mover == Mover.POSTING)


def give_up(entry: Entry, *, person: Person, note: str = "") -> None:
    """End a document because a person says that it shall not be posted. `entry` must come from `locked(...)`."""
    entry.given_up_at, entry.given_up_by = clock.now(), person
    reason = _with_note(told("A person said that it shall not be posted"), note)
    cancel(entry, reason=reason, mover=Mover.PERSON, person=person)


def settle_doubt(entry: Entry, verdict: Verdict, *, person: Person, their_id: str = "", note: str = "") -> None:
    """Settle what nobody knows and no look can tell as a person says. `entry` must come from `locked(...)`.

    Whether they may say so is asked before (`judging.verdicts`). `their_id`: the ledger's id or number of it, where it
    stands there.
    """
    reason = _with_note(_SAID[verdict], note)
    match verdict:
        case Verdict.STANDS:
            entry.their_id, entry.posted_at = their_id, clock.now()
            _move(entry, State.POSTED, mover=Mover.PERSON, reason=reason, person=person)
        case Verdict.MISSING:
            _move(entry, State.READY, mover=Mover.PERSON, reason=reason, person=person)
        case Verdict.GIVEN_UP:
            entry.given_up_at, entry.given_up_by = clock.now(), person
            cancel(entry, reason=reason, mover=Mover.PERSON, person=person)


def keep_back(entry: Entry, *, person: Person, note: str = "") -> None:
    """Hold a waiting document until a person lets it go. `entry` must come from `locked(...)`."""
    old, said = entry.state, _with_note(told("A person said that it shall wait"), note)
    hold(entry, Hold(Cause.KEPT_BACK, entry.number, said), mover=Mover.PERSON, person=person)
    if old == State.HELD:
        _note(entry, old=old, mover=Mover.PERSON, reason=said, cause=Cause.KEPT_BACK, person=person)


def approved(entry: Entry, *, person: Person) -> None:
    """Note that a person approved a waiting document by hand. `entry` must come from `locked(...)`."""
    reason = "A person looked at it and approved it, before anything posts by itself"
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=reason, person=person)


def take_back(entry: Entry, *, person: Person) -> None:
    """Note that a person wants posted after all what a person gave up. It stays cancelled: another one is made."""
    entry.given_up_at = entry.given_up_by = None
    entry.cause = entry.subject = entry.detail = ""
    entry.save(update_fields=["given_up_at", "given_up_by", "cause", "subject", "detail"])
    reason = "It shall be posted after all: another document is made in its place"
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=reason, person=person)


def sent_anew(entry: Entry, *, person: Person) -> None:
    """Note that a person wants a posted document sent once more. It stays posted: another one is made beside it."""
    reason = "It shall be sent again: another one is made beside it"
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=reason, person=person)


def need(entry: Entry, needed: Entry, until: Until) -> None:
    """Let a document wait until another one has come so far. Both must come from `locked(...)`."""
    if needing.add(entry, needed, until, clock.now()) is Need.LOST:
        hold(entry, Hold(Cause.NEEDED_ENDED, needed.number), mover=Mover.MAPPING)


def tell_those_behind(*entries: Entry) -> None:
    """Let go what waited for these documents of one company and may go now; hold what waits for what will not come."""
    told = needing.tell([each for each in entries if each.is_needed], clock.now())
    if not told.lost:
        return
    ended = {entry.pk: needed for entry, needed in told.lost}
    mine = Entry.objects.filter(company_id=entries[0].company_id, pk__in=ended, state__in=MAPPABLE)
    for behind in locked(mine):
        hold(behind, Hold(Cause.NEEDED_ENDED, ended[behind.pk].number), mover=Mover.MAPPING)


def flag(entry: Entry, attention: str, detail: str) -> None:
    """Mark a document that needs a person, without moving it; not again for what a person said is done."""
    if entry.attention_done.get(attention) == detail:
        return
    entry.attention, entry.attention_detail = attention, detail
    entry.save(update_fields=["attention", "attention_detail"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a posted document stands in the ledger now, and what follows from it."""

    status: str
    totals: Totals | None
    paid: Decimal
    credited: Decimal
    due: Decimal | None
    updated_at: datetime | None
    version: str = ""
    differs: str = ""
    news: Sequence[str] = ()
    """What was done there since, each a line of the document's history."""
    attention: str = ""
    detail: str | None = None
    """None: the flag's words stay as they are."""


def observe(entry: Entry, seen: Seen, *, now: datetime) -> bool:
    """Write down how a posted document stands in the ledger, without moving it; return whether anything was news.

    `entry` must come from `locked(...)`.
    """
    entry.their_status, entry.their_version = seen.status, seen.version or entry.their_version
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
    _note(entry, old=entry.state, mover=Mover.PERSON, reason=_with_note(told(f"Done: {what}"), note), person=person)


def _with_note(words: str, note: str) -> str:
    note = " ".join(note.split())
    return told(f"{words}. Note: {note}") if note else f"{words}."


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


def waiting(
    company_id: int, organisation_id: int | None, now: datetime, only: Collection[int] | None = None
) -> QuerySet[Entry]:
    """Return the documents of one company and organisation that may go now; `only`: of these, None: of all."""
    ready = Entry.objects.filter(company_id=company_id, organisation=organisation_id, state=State.READY, open_needs=0)
    due = ready.filter(Q(not_before=None) | Q(not_before__lte=now))
    return due if only is None else due.filter(pk__in=only)


def going(connection: Connection, now: datetime) -> QuerySet[Entry]:
    """Return the documents that may go now through a connection as it was read."""
    return waiting(connection.company_id, connection.organisation_id, now, connection.only_these)


def take(
    company_id: int,
    organisation_id: int | None,
    kinds: Collection[str],
    *,
    most: int,
    now: datetime,
    after: int = 0,
    only: Collection[int] | None = None,
) -> list[Entry]:
    """Return up to `most` waiting documents, oldest first, locked for this transaction; other workers skip them.

    `after`: only those behind the entry of this id. Each kind by itself: its index gives one kind in turn. `only`: as of
    `waiting`.
    """
    entries = waiting(company_id, organisation_id, now, only).select_for_update(of=("self",), skip_locked=True)
    found = [entry for kind in kinds for entry in next_of(entries, kind, most=most, after=after)]
    return sorted(found, key=lambda entry: entry.pk)[:most]


def take_these(company_id: int, organisation_id: int | None, chosen: Collection[int], now: datetime) -> list[Entry]:
    """Return those of the chosen documents that still wait, oldest first, locked for this transaction."""
    entries = waiting(company_id, organisation_id, now).filter(pk__in=chosen)
    return list(entries.select_for_update(of=("self",), skip_locked=True).order_by("id"))


def next_of(entries: QuerySet[Entry], kind: str, *, most: int, after: int = 0) -> QuerySet[Entry]:
    """Return the oldest of one kind, of those waiting; nothing else is read for it, whatever the backlog."""
    return entries.filter(kind=kind).alias(turn=TURN).filter(turn__gt=after).order_by("turn")[:most]


def first_going(
    connection: Connection, now: datetime, kinds: Collection[str], *, most: int
) -> list[tuple[str, datetime, int | None, int]]:
    """Return of each kind the `most` oldest that may go now, unlocked: kind, since when, last attempt, id.

    As `next_of` of `going`, kind by kind; a drain asks several times.
    """
    asked, values = first_of_each(connection, now, kinds, most=most)
    return reading.ask(asked, values)


def first_of_each(
    connection: Connection, now: datetime, kinds: Collection[str], *, most: int
) -> tuple[str, dict[str, Any]]:
    """Return the statement of `first_going`, to be asked or to be part of another one, and its values."""
    values = {"company": connection.company_id, "organisation": connection.organisation_id, "now": now}
    if connection.only_these is None:
        return _first_of_each(tuple(kinds), most, ""), values
    return _first_of_each(tuple(kinds), most, " AND id = ANY(%(chosen)s)"), values | {"chosen": connection.only_these}


@lru_cache
def _first_of_each(kinds: tuple[str, ...], most: int, chosen: str) -> str:
    return " UNION ALL ".join(f"({_FIRST_OF_ONE.format(kind=kind, most=most, chosen=chosen)})" for kind in kinds)


_FIRST_OF_ONE = (
    'SELECT kind, state_since, last_attempt_id, id FROM "outbox_entry" WHERE company_id = %(company)s'
    " AND organisation_id = %(organisation)s AND state = 'ready' AND open_needs = 0"
    " AND (not_before IS NULL OR not_before <= %(now)s) AND kind = '{kind}'{chosen} ORDER BY (id + 0) LIMIT {most}"
)
"""The conditions of `waiting`, in the turn of `next_of`. A kind is a word of our code's."""


def start(
    company_id: int, call: Call, entries: Sequence[Entry], resolved: Mapping[int, Mapping[str, Any]] = NOTHING
) -> Attempt:
    """Write the attempt and move its entries to `sending`; when the transaction commits the call may be made.

    `resolved`: by entry, what stands for what there (`AttemptEntry.resolved`).
    """
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
    writing.insert(
        [
            AttemptEntry(
                company_id=company_id,
                attempt=attempt,
                entry=entry,
                position=position,
                resolved=resolved.get(entry.pk, {}),
            )
            for position, entry in enumerate(entries)
        ]
    )
    for entry in entries:
        check_move(State(entry.state), State.SENDING, Mover.POSTING)
    arrivals.count(company_id, call.organisation_id, entries)
    now = clock.now()
    Entry.objects.filter(id__in=[entry.id for entry in entries]).update(
        state=State.SENDING, state_since=now, last_attempt=attempt, cause="", subject="", detail=""
    )
    writing.insert(
        [
            moves.event(
                entry,
                old=State.READY,
                new=State.SENDING,
                mover=Mover.POSTING,
                reason=f"document {position + 1} of {len(entries)} in the call",
                attempt=attempt,
                at=now,
            )
            for position, entry in enumerate(entries)
        ]
    )
    return attempt


def doubt_unsent(entry: Entry, attempt: Attempt, *, reason: str) -> None:
    """Turn a ready document into one in doubt, because an attempt that the day book had forgotten may have made it.

    `entry` must come from `locked(...)`. Only a look sends it again, as after any doubt.
    """
    entry.last_attempt = attempt
    _move(entry, State.SENDING, mover=Mover.POSTING, reason=reason, attempt=attempt)
    _move(
        entry, State.UNKNOWN, mover=Mover.POSTING, reason="whether it still stands there is looked up", attempt=attempt
    )


def begin_sending(attempt: Attempt, connection_id: int, now: datetime, *, by_hand: bool = False) -> bool:
    """Note that the call leaves now; False where the attempt was given up meanwhile or nothing may go: it stays.

    One statement: the last look before the call, because others pause the connection, or stop posting, meanwhile.
    `by_hand`: it carries no document, and a person pressed a button for it: a first look does not keep it back.
    """
    pending = Attempt.objects.filter(
        id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, sent_at=None
    )
    return bool(pending.exclude(_keeps_back(connection_id, now, by_hand=by_hand)).update(sent_at=now))


def begin_resending(attempt: Attempt, connection_id: int, now: datetime, *, by_hand: bool = False) -> bool:
    """Note that the same bytes leave a second time; False where that happened already, and where a first may not go."""
    pending = Attempt.objects.filter(
        id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, resent_at=None
    )
    return bool(pending.exclude(_keeps_back(connection_id, now, by_hand=by_hand)).update(resent_at=now))


def _keeps_back(connection_id: int, now: datetime, *, by_hand: bool) -> Exists:
    """A connection that rests, or through which posting is stopped."""
    others = [why.value for why in Why if why is not Why.FIRST_LOOK]
    is_shut = Q(posting_stops__has_any_keys=others) if by_hand else ~Q(posting_stops={}) & Q(let_through=[])
    nothing_goes = Q(paused_until__gt=now) | is_shut
    return Exists(Connection.objects.filter(nothing_goes, pk=connection_id))


def _move(
    entry: Entry,
    new: State,
    *,
    mover: Mover,
    reason: str = "",
    cause: str = "",
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
    _note(entry, old=old, mover=mover, reason=reason, cause=cause, attempt=attempt, person=person)


def _note(
    entry: Entry,
    *,
    old: str,
    mover: Mover,
    reason: str = "",
    cause: str = "",
    attempt: Attempt | None = None,
    person: Person | None = None,
) -> None:
    moves.event(
        entry, old=old, new=entry.state, mover=mover, reason=reason, cause=cause, attempt=attempt, person=person
    ).save(force_insert=True)
