"""Settle every document whose outcome nobody knows: look there first, then decide.

A call counts as lost when its worker cannot be waiting for an answer any more. Only some time after a call has ended is
the ledger asked, so that a booking still under way there is seen (how a document stays single, 5 and 6).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from daybook.connections import calls, endpoints, roster
from daybook.connections.models import Connection
from daybook.documents import stored
from daybook.documents.causes import Cause
from daybook.documents.document import Written
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.ledgers.exchange import Sought, Theirs
from daybook.ledgers.ledger import Form, KnownBy, Ledger, Wire
from daybook.outbox import orphans, settling, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.retrying import LEAVES_WITHIN, MOST_TRIES, halved
from daybook.outbox.settling import Booked, Settling
from daybook.outbox.states import Mover, State
from daybook.reconciliation import compare, doubts, files, mails, sendings
from daybook.reconciliation.compare import Ours, Sent, Verdict, recognise
from daybook.tables.outages import is_database_away
from daybook.wire import errors
from daybook.wire.http import HttpClient

Became = AttemptEntry.Outcome

log = structlog.get_logger("daybook.reconciliation")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before looking."""

    call_timeout: timedelta
    look_after: timedelta

    @property
    def lost_after(self) -> timedelta:
        """Return how long after its commit an attempt without an answer can have none any more.

        It leaves, or leaves again, within a minute; each sending waits for a connection and an answer, and reads for
        as long again.
        """
        return LEAVES_WITHIN + 3 * self.call_timeout


def patience() -> Patience:
    """Return this installation's patience."""
    return Patience(
        call_timeout=timedelta(seconds=settings.CALL_TIMEOUT_SECONDS),
        look_after=timedelta(seconds=settings.LOOK_AFTER_SECONDS),
    )


def resolve(client: HttpClient, *, now: datetime, patience: Patience) -> int:
    """Give up lost calls, look for what is unknown, and settle it; returns how many documents settled."""
    give_up_lost(now=now, patience=patience)
    settled = 0
    for connection, form, entries in _due(now, patience):
        try:
            look = _BY_WIRE[endpoints.ledger_of(connection).wire]
            settled += look(connection, client, form, entries)
        except errors.Paused:
            continue  # the look before it, or another job, was told to wait
        except errors.WireError as error:
            log.warning("look failed", connection=connection.public_id, error=type(error).__name__)
            calls.react(connection.id, error, clock.now(), client=client)
        except Exception as error:  # one organisation's trouble must not keep the others waiting
            if is_database_away(error):
                raise  # for all of them
            log.exception("look stumbled", connection=connection.public_id)
            calls.stumble(connection.id, clock.now())
    return settled


def give_up_lost(*, now: datetime, patience: Patience) -> None:
    """Turn attempts whose worker is gone into unknown ones; from then on they can no longer leave."""
    lost = Attempt.objects.filter(result=Attempt.Result.PENDING, created_at__lt=now - patience.lost_after)
    for attempt_id in list(lost.values_list("id", flat=True)):
        _give_up(attempt_id, patience)


@transaction.atomic
def _give_up(attempt_id: int, patience: Patience) -> None:
    attempt = Attempt.objects.select_for_update().get(id=attempt_id)
    if attempt.result != Attempt.Result.PENDING:
        return
    attempt.result, attempt.note = Attempt.Result.UNKNOWN, told("its worker ended before an answer was written down")
    attempt.ended_at = attempt.created_at + patience.lost_after
    attempt.save(update_fields=["result", "note", "ended_at"])
    batch = settling.begin(attempt, mover=Mover.RECONCILIATION, now=clock.now(), title="")
    for member in batch.members.values():
        settling.doubt(batch, member.entry, reason=attempt.note)
    settling.save(batch)


def _due(now: datetime, patience: Patience) -> Iterator[tuple[Connection, Form, list[Entry]]]:
    """Yield what may be looked for now, by connection and kind; no company's backlog keeps another waiting.

    A `sending` document whose call ended but was never settled belongs here too: the worker died in between.
    """
    doubtful = Entry.objects.filter(
        state__in=[State.UNKNOWN, State.SENDING], last_attempt__ended_at__lt=now - patience.look_after
    ).select_related("last_attempt", "about")
    reachable = roster.reachable().exclude(paused_until__gt=now)
    concerned = doubtful.filter(company=OuterRef("company"), organisation=OuterRef("organisation"))
    for connection in reachable.filter(Exists(concerned)).order_by("checked_at"):
        mine = doubtful.filter(company_id=connection.company_id, organisation=connection.organisation_id).order_by("id")
        kinds = set(mine.order_by().values_list("kind", flat=True).distinct())
        for form in (each for each in endpoints.ledger_of(connection).forms.values() if each.kind in kinds):
            in_doubt = mine.filter(kind=form.kind, last_attempt__ended_at__lt=now - form.doubt_lasts)
            if form.known_by is KnownBy.NOTHING:  # what may have left, a person tells: no look does
                in_doubt = in_doubt.filter(Q(state=State.SENDING) | Q(last_attempt__sent_at=None))
            entries: list[Entry] = list(in_doubt.annotate(sendings=Count("memberships"))[: form.seekable_at_once])
            if entries:
                yield connection, form, entries


def _look_and_settle(connection: Connection, client: HttpClient, form: Form, entries: Sequence[Entry]) -> int:
    found = calls.carry(connection, form.look([_sought(entry) for entry in entries]), client=client)
    ledger = endpoints.ledger_of(connection)
    for attempt in {entry.last_attempt_id: entry.last_attempt for entry in entries}.values():
        if attempt is not None:
            settle(attempt, [entry.pk for entry in entries if entry.last_attempt_id == attempt.pk], found, ledger)
    wake.wake_drain(connection.id)
    log.info("looked", connection=connection.public_id, kind=form.kind, documents=len(entries))
    return len(entries)


_BY_WIRE: Mapping[Wire, Callable[[Connection, HttpClient, Form, Sequence[Entry]], int]] = {
    Wire.CALLS: _look_and_settle,
    Wire.FILES: files.look_and_settle,
    Wire.MAIL: mails.look_and_settle,
}


def _sought(entry: Entry) -> Sought:
    """What was sent before and is in no list of changes may be something older that holds the number."""
    since = entry.last_attempt.created_at if entry.last_attempt else entry.created_at
    is_stubborn = getattr(entry, "sendings", 0) > 1
    if entry.about is None:
        return Sought(entry.number, since, is_stubborn=is_stubborn)
    paper = stored.read(entry.document, entry.kind)
    document = paper if isinstance(paper, Written) else None
    return Sought(entry.number, since, is_stubborn=is_stubborn, target=entry.about.their_id, document=document)


@transaction.atomic
def settle(attempt: Attempt, entry_ids: Sequence[int], found: Sequence[Theirs], ledger: Ledger) -> None:
    """Settle the documents of one call by what the look showed, unless they have moved on since."""
    batch = settling.begin(attempt, mover=Mover.RECONCILIATION, now=clock.now(), title=ledger.title, only=entry_ids)
    so_far, sent = doubts.of(attempt.company_id, entry_ids), sendings.of(attempt.company_id, entry_ids)
    former = orphans.marks_of(attempt.company_id, entry_ids)
    documents = AttemptEntry.objects.filter(company_id=attempt.company_id, attempt=attempt).count()
    for member in batch.members.values():
        entry = member.entry
        if entry.last_attempt_id != attempt.pk or entry.state not in {State.UNKNOWN, State.SENDING}:
            continue
        was_sending = entry.state == State.SENDING
        settling.doubt(batch, entry, reason=told("its call ended without being settled"))
        is_marked = ledger.forms[entry.kind].known_by is KnownBy.NUMBER
        verdict, theirs = recognise(_ours(entry, sent, former), found, is_marked=is_marked)
        end = _End(documents, is_refused=attempt.http_status == HTTPStatus.BAD_REQUEST, words=attempt.note)
        _write(batch, entry, verdict, theirs, ledger, tries=so_far.get(entry.pk, 0) + was_sending, end=end)
    settling.save(batch)
    for order_id in sorted({entry.order_id for entry in batch.changed.values()}):
        wake.wake_prepare_order(order_id)


@dataclass(frozen=True, slots=True)
class _End:
    """How a call ended of which nobody knows what it made."""

    documents: int
    is_refused: bool
    """The ledger said no to all of it, and named nobody."""
    words: str

    def goes_with(self, tries: int) -> int | None:
        """Return how many documents the next call may carry with one of it that is not there; None: as many as before.

        What ended unclear once may have met a fault that passes: only the second time one of its documents is
        suspected.
        """
        return halved(self.documents) if self.is_refused or tries > 1 else None

    def is_clear(self, tries: int) -> bool:
        """Tell whether a document that is not there was refused: it went alone, and not for the first time."""
        return self.is_refused and self.documents == 1 and tries > 1


def _write(
    batch: Settling, entry: Entry, verdict: Verdict, theirs: Theirs | None, ledger: Ledger, *, tries: int, end: _End
) -> None:
    title = ledger.title
    if verdict == Verdict.OURS and theirs is not None:
        settling.post(
            batch,
            entry,
            _booked(entry, theirs),
            reason=told("found in {ledger} under its number and mark", ledger=title),
        )
        if theirs.status in ledger.statuses.dead and entry.state == State.POSTED:
            why = told("It was voided or deleted there before Daybook had its answer.")
            settling.flag(batch, entry, Cause.VOIDED, why)
        settling.note(batch, entry, Became.POSTED, (told("found in {ledger}", ledger=title),))
    elif verdict == Verdict.NOT_THERE and end.is_clear(tries):
        cause, subject = ledger.why((end.words,))
        settling.reject(batch, entry, cause=cause, subject=subject, words=end.words)
        settling.note(batch, entry, Became.REJECTED, (end.words,))
    elif verdict == Verdict.NOT_THERE and tries < MOST_TRIES:
        reason = told("not in {ledger}: it may be sent again", ledger=title)
        settling.release(batch, entry, reason=reason, goes_with=end.goes_with(tries))
        settling.note(batch, entry, Became.NOT_SENT, (told("looked for in {ledger}, not there", ledger=title),))
    else:
        cause, words = _refusal(verdict, theirs, title)
        settling.reject(batch, entry, cause=cause, subject=entry.number, words=words)
        settling.note(batch, entry, Became.REJECTED, (words,))


def _booked(entry: Entry, theirs: Theirs) -> Booked:
    """An earlier sending may have made it: then it is not as the document is written now."""
    contact_id = sendings.contact_of(entry)
    return Booked(
        their_id=theirs.their_id,
        their_status=theirs.status,
        totals=theirs.totals,
        version=theirs.version,
        currency=theirs.currency,
        differs=compare.differs(theirs, number=entry.number, contact_id=contact_id, currency=entry.currency),
    )


def _refusal(verdict: Verdict, theirs: Theirs | None, title: str) -> tuple[Cause, str]:
    if verdict == Verdict.NOT_OURS and theirs is not None:
        words = told(
            "{ledger} holds {number} already, and it is not this order's document", ledger=title, number=theirs.number
        )
        return Cause.NUMBER_TAKEN, words
    if verdict == Verdict.SEVERAL:
        return Cause.FOUND_SEVERAL, told(
            "{ledger} holds more than one document with this number and mark", ledger=title
        )
    if verdict == Verdict.PERHAPS:
        return Cause.PERHAPS_TAKEN_BACK, told(
            "not in {ledger}, and what it settles was changed there since it was sent", ledger=title
        )
    return Cause.GAVE_UP, told(
        "sent {count} times without a clear answer, and not in {ledger}", count=MOST_TRIES, ledger=title
    )


def _ours(entry: Entry, sent: Mapping[int, frozenset[Sent]], former: Mapping[int, frozenset[str]]) -> Ours:
    """What was sent before its sendings were kept went as it is written now."""
    as_written = frozenset({Sent(sendings.contact_of(entry), entry.currency)})
    marks = former.get(entry.pk, frozenset())
    return Ours(number=entry.number, mark=entry.public_id, former=marks, sent=sent.get(entry.pk) or as_written)
