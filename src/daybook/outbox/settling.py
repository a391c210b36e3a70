"""What a call, or a look, showed of documents is written into the day book: a batch with one statement a table.

Each change is made in memory first, its move checked against the table of states, with an event for every move;
`save` writes all of it. The rows come from `members`, locked, in the caller's transaction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from django.db.models.fields.json import KeyTextTransform

from daybook.documents import keys
from daybook.documents.causes import AnyCause, Cause
from daybook.documents.kinds import SPECS, Kind
from daybook.history.models import Event
from daybook.kit.money import Totals
from daybook.kit.translation import told
from daybook.outbox import moves, queue, wake
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.outbox.states import MOVES, Mover, State, check_move
from daybook.tables import writing

_CHANGED = (
    "state", "state_since", "cause", "subject", "detail", "not_before", "goes_with", "attention", "attention_detail", "posted_at",
    "their_id", "their_status", "their_version", "their_net", "their_tax", "their_gross", "their_differs",
)  # fmt: skip

log = structlog.get_logger("daybook.outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What a document is there, as an answer or a look showed it."""

    their_id: str
    their_status: str
    totals: Totals | None
    warnings: tuple[str, ...] = ()
    """Their own words about what was saved otherwise than it was sent."""
    version: str = ""
    """What the ledger wants named by whoever is about it."""
    currency: str = ""
    """Empty where an answer does not say: as it was sent."""
    differs: str = ""
    """In what else than amounts it is not as the document is written now, in words."""


@dataclass(slots=True, kw_only=True)
class Settling:
    """What one attempt meant for its documents, to be written together."""

    attempt: Attempt
    mover: Mover
    now: datetime
    title: str
    """What people call the ledger."""
    members: dict[int, AttemptEntry] = field(default_factory=dict)
    """By entry, with the entry itself, locked."""
    leave_refunds: Collection[int] = ()
    """Invoices that refunds of their order could not be taken off (`Invoice.leaves_refunds`), by id."""
    changed: dict[int, Entry] = field(default_factory=dict)
    noted: list[AttemptEntry] = field(default_factory=list)
    moves: list[Event] = field(default_factory=list)


def begin(
    attempt: Attempt, *, mover: Mover, now: datetime, title: str, only: Collection[int] | None = None
) -> Settling:
    """Lock the attempt's documents (or `only` these), whatever states they have by now, in the order of all lockers.

    The documents themselves are read only where a look is to be compared with them (`only`).
    """
    members = AttemptEntry.objects.filter(company_id=attempt.company_id, attempt=attempt)
    members = members.defer("entry__document") if only is None else members.filter(entry__in=only)
    members = members.annotate(leaves_refunds=KeyTextTransform("leaves_refunds", "entry__document"))
    locked = list(members.select_related("entry").select_for_update(of=("entry",)).order_by("entry_id"))
    found: dict[int, AttemptEntry] = {member.entry_id: member for member in locked}
    left = {member.entry_id for member in locked if member.leaves_refunds == "true"}
    return Settling(attempt=attempt, mover=mover, now=now, title=title, members=found, leave_refunds=left)


def post(batch: Settling, entry: Entry, booked: Booked, *, reason: str) -> None:
    """Settle a document as standing there. A second id for one document raises an alarm instead.

    An answer may come late: it may only turn `unknown` into `posted` (how a document stays single, 7).
    """
    if entry.state == State.POSTED:
        if entry.their_id != booked.their_id:
            flag(
                batch,
                entry,
                Cause.POSTED_TWICE,
                told(f"{batch.title} holds it as {entry.their_id} and as {booked.their_id}"),
            )
        return
    if entry.state != State.UNKNOWN and not _concerns(batch, entry):
        flag(
            batch,
            entry,
            Cause.POSTED_LATE,
            told(f"an earlier call turned out to have made {booked.their_id} in {batch.title}"),
        )
        return
    if entry.attention == Cause.POSTED_LATE:
        entry.attention = entry.attention_detail = ""
    entry.their_id, entry.their_status, entry.posted_at = booked.their_id, booked.their_status, batch.now
    entry.their_version = booked.version
    _compare(batch, entry, _as_sent_then(batch, entry, booked))
    _move(batch, entry, State.POSTED, reason)


def reject(batch: Settling, entry: Entry, *, cause: AnyCause, subject: str, words: str) -> None:
    """Settle a document as refused, with their own words; a late answer moves nothing."""
    if not _may_settle(batch, entry, State.REJECTED):
        return
    _move(batch, entry, State.REJECTED, f"{batch.title} said no: {words}", cause)
    entry.cause, entry.subject, entry.detail = cause, subject[:500], words
    log.warning("rejected", company=entry.company_id, document=entry.public_id, kind=entry.kind, cause=cause)


def release(batch: Settling, entry: Entry, *, reason: str, goes_with: int | None = None) -> None:
    """Make a document ready again of which nothing is there; a late answer moves nothing.

    `goes_with`: documents that its next call may carry at most; None: as many as before.
    """
    if _may_settle(batch, entry, State.READY):
        entry.not_before, entry.goes_with = None, goes_with or entry.goes_with
        _move(batch, entry, State.READY, reason)


def doubt(batch: Settling, entry: Entry, *, reason: str) -> None:
    """Note that nobody knows yet whether a document is there."""
    if _may_settle(batch, entry, State.UNKNOWN):
        _move(batch, entry, State.UNKNOWN, reason)


def flag(batch: Settling, entry: Entry, attention: Cause, detail: str) -> None:
    """Mark a document that needs a person, without moving it; not again for what a person said is done."""
    if entry.attention_done.get(attention) == detail:
        return
    entry.attention, entry.attention_detail = attention, detail
    batch.changed[entry.pk] = entry


def note(batch: Settling, entry: Entry, outcome: AttemptEntry.Outcome, words: Iterable[str]) -> None:
    """Write down what became of a document in this attempt, with their own words."""
    member = batch.members[entry.pk]
    member.outcome, member.words = outcome, "\n".join(words)
    batch.noted.append(member)


def save(batch: Settling) -> None:
    """Write all of it."""
    company_id = batch.attempt.company_id
    writing.save(list(batch.changed.values()), _CHANGED, company_id=company_id)
    writing.save(batch.noted, ("outcome", "words"), company_id=company_id)
    writing.insert(batch.moves)
    queue.tell_those_behind(*batch.changed.values())
    for order_id in sorted({each.order_id for each in batch.changed.values() if _lets_more_be_made(batch, each)}):
        wake.wake_prepare_order(order_id)


def _lets_more_be_made(batch: Settling, entry: Entry) -> bool:
    """Tell whether it stands there now and more of the order is made only then.

    Refunds that were told of with what was cancelled are paid out of its credit note; refunds of an order in parts, and
    what was paid beyond it, wait for the last part; refunds that could not be taken off an invoice for that.
    """
    if entry.state != State.POSTED:
        return False
    if entry.kind == Kind.CREDIT_NOTE:
        return entry.key.startswith(keys.CANCELLED)
    is_part = bool(entry.key) and SPECS[Kind(entry.kind)].is_the_sale
    return is_part or entry.pk in batch.leave_refunds


def _as_sent_then(batch: Settling, entry: Entry, booked: Booked) -> Booked:
    """Add to a late answer what its own sending named: the document may have been mapped and sent anew since."""
    sent = batch.members[entry.pk].resolved
    if entry.last_attempt_id == batch.attempt.pk or not sent:
        return booked
    named = (entry.document or {}).get("contact_id")  # "" of a party that was mapped anew since
    differs = "" if named in {"", sent["contact_id"]} else "Its contact there is the one that was chosen before."
    return replace(booked, currency=sent["currency"], differs=differs)


def _compare(batch: Settling, entry: Entry, booked: Booked) -> None:
    """Keep what stands there and their warnings; what is not as we worked it out is shown to a person."""
    entry.their_differs = booked.differs
    if booked.totals is not None:
        entry.their_net, entry.their_tax, entry.their_gross = booked.totals
        currency = booked.currency or entry.currency
        if (*booked.totals, currency) != (entry.net, entry.tax, entry.gross, entry.currency):
            figures = _figures(entry, booked.totals, currency, batch.title)
            entry.attention, entry.attention_detail = Cause.TOTALS_DIFFER, figures
    if booked.warnings and entry.attention in ("", Cause.BOOKING_DOUBTFUL):
        doubts = entry.attention_detail.splitlines()
        entry.attention, entry.attention_detail = Cause.WARNED, "\n".join((*booked.warnings, *doubts))


def _concerns(batch: Settling, entry: Entry) -> bool:
    """Whether the document is still where this attempt left it."""
    return entry.last_attempt_id == batch.attempt.pk and entry.state in {State.SENDING, State.UNKNOWN}


def _may_settle(batch: Settling, entry: Entry, new: State) -> bool:
    """Whether this attempt still has a say: once it was given up, its worker may only turn `unknown` into `posted`."""
    return _concerns(batch, entry) and batch.mover in MOVES.get((State(entry.state), new), frozenset())


def _figures(entry: Entry, theirs: Totals, currency: str, title: str) -> str:
    ours, there = ("", "") if currency == entry.currency else (f" {entry.currency}", f" {currency}")
    return told(
        f"ours: net {entry.net}, tax {entry.tax}, gross {entry.gross}{ours}; "
        f"{title}'s: net {theirs.net}, tax {theirs.tax}, gross {theirs.gross}{there}"
    )


def _move(batch: Settling, entry: Entry, new: State, reason: str, cause: str = "") -> None:
    check_move(State(entry.state), new, batch.mover)
    old, entry.state, entry.state_since = entry.state, new, batch.now
    entry.cause = entry.subject = entry.detail = ""
    batch.changed[entry.pk] = entry
    batch.moves.append(
        moves.event(
            entry, old=old, new=new, mover=batch.mover, reason=reason, cause=cause, attempt=batch.attempt, at=batch.now
        )
    )
