"""Enqueue, claim, settle: the only writers of `Entry.state`. Every move is checked and leaves a Transition.

All functions want an open transaction of the caller's where they take locks; none of them calls Xero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from daybook.companies.models import Person
from daybook.kit import clock
from daybook.mapping.documents import Document
from daybook.mapping.holds import Hold
from daybook.orders.models import Order, Revision
from daybook.outbox import documents
from daybook.outbox.models import Attempt, AttemptEntry, Entry, Kind, Transition
from daybook.outbox.states import IN_FLIGHT, MAPPABLE, Mover, State, check_move


class NumberTakenError(Exception):
    """Another document of this organisation already has the number (compared without case)."""

    def __init__(self, number: str, other: Entry | None) -> None:
        super().__init__(number)
        self.number, self.other = number, other


class NotMappableError(Exception):
    """The document is under way or final, so that it cannot be mapped anew."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"{entry.number} is {entry.state}")
        self.entry = entry


def locked(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return the entries locked for this transaction, in one order, so that two lockers never wait for each other."""
    return entries.select_for_update(of=("self",)).order_by("id")


def enter(
    *, order: Order, revision: Revision, kind: Kind, tenant_id: str, number: str, mapped: Document | Hold, generation: int = 1
) -> Entry:
    """Write a new document into the day book, `ready` or `held`. Raises NumberTakenError."""
    entry = Entry(
        company_id=order.company_id,
        order=order,
        kind=kind,
        generation=generation,
        tenant_id=tenant_id,
        number=number,
        state=State.HELD if isinstance(mapped, Hold) else State.READY,
    )
    _write_mapping(entry, revision, mapped)
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        other = Entry.objects.filter(tenant_id=tenant_id, kind=kind, number__iexact=number).first()
        if other is None or "entry_number_once" not in str(error):
            raise
        raise NumberTakenError(number, other) from error
    _note(entry, old="", mover=Mover.MAPPING, reason=_mapping_reason(mapped))
    return entry


def remap(
    entry: Entry, *, revision: Revision, mapped: Document | Hold, mover: Mover = Mover.MAPPING, person: Person | None = None
) -> None:
    """Give a waiting document new content, same number. Raises NotMappableError where it may be in Xero already.

    `entry` must come from `locked(...)`.
    """
    if entry.state not in MAPPABLE:
        raise NotMappableError(entry)
    new_state = State.HELD if isinstance(mapped, Hold) else State.READY
    _write_mapping(entry, revision, mapped)
    if entry.state == new_state:
        entry.save()
        return
    _move(entry, new_state, mover=mover, reason=_mapping_reason(mapped), person=person, keep_cause=True)


def hold(entry: Entry, why: Hold, *, mover: Mover, person: Person | None = None) -> None:
    """Hold a waiting document. `entry` must come from `locked(...)`."""
    entry.cause, entry.subject, entry.detail = why.cause, why.subject[:500], why.detail
    if entry.state == State.HELD:
        entry.save()
        return
    _move(entry, State.HELD, mover=mover, reason=_mapping_reason(why), person=person, keep_cause=True)


def cancel(entry: Entry, *, reason: str, mover: Mover, person: Person | None = None) -> None:
    """End a document that was never sent. `entry` must come from `locked(...)`."""
    _move(entry, State.CANCELLED, mover=mover, reason=reason, person=person)


def flag(entry: Entry, attention: str, detail: str) -> None:
    """Mark a document that needs a person, without moving it."""
    entry.attention, entry.attention_detail = attention, detail
    entry.save(update_fields=["attention", "attention_detail"])


def _write_mapping(entry: Entry, revision: Revision, mapped: Document | Hold) -> None:
    entry.revision = revision
    if isinstance(mapped, Hold):
        entry.document = None
        entry.cause, entry.subject, entry.detail = mapped.cause, mapped.subject[:500], mapped.detail
        return
    entry.cause = entry.subject = entry.detail = ""
    entry.document = documents.dump(mapped)
    entry.date, entry.currency = mapped.date, mapped.currency
    entry.net, entry.tax, entry.gross = mapped.totals


def _mapping_reason(mapped: Document | Hold) -> str:
    return f"held: {mapped.cause}" if isinstance(mapped, Hold) else f"mapped: {mapped.form or 'complete'}"


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
