"""Posting through a connection can be stopped: what is in flight settles, and nothing new goes until the stop is lifted.

A stop is no pause: no answer, no time, no "Try now", no new consent and no Save ends it. Each of its causes stands by
itself and is lifted by itself; posting goes on when none stands. Whoever commits an attempt locks the connection's row
and asks `Connection.is_posting_stopped` in the same transaction, so that none is committed after a stop was.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import transaction

from daybook.companies.models import Person
from daybook.connections.models import Connection
from daybook.connections.saving import about
from daybook.connections.standing import Blocked, Cure
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.ledgers.registry import title

log = structlog.get_logger("daybook.connections")

LONGEST_REASON = 500
"""Characters."""


class Why(StrEnum):
    """What stopped posting."""

    PERSON = "person"
    RESTORED = "restored"
    """The ledger holds what this day book does not know: it is older than what was posted."""
    CLOSED = "closed"
    """The company is being closed, or is closed."""
    FIRST_LOOK = "first_look"
    """Nobody has seen yet what is posted to this organisation: a person approves one document, then switches posting on."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One cause that stops posting through a connection."""

    why: Why
    at: datetime
    reason: str
    """In words: a person's, or ours."""
    person_id: int | None
    """Who stopped it; None: the command line, or Daybook itself."""


@transaction.atomic
def stop(connection_id: int, why: Why, reason: str, by: Person | None = None, *, mover: str = "") -> bool:
    """Stop posting through a connection; False where this cause stops it already, and its first words stay.

    When this has committed no further attempt is. `by`: None, and no `mover`: the command line.
    """
    row = locked(connection_id)
    if why in row.posting_stops:
        return False
    said = " ".join(reason.split())[:LONGEST_REASON]
    _keep(row, {**row.posting_stops, why.value: _stands(said, by)})
    telling.tell(about(row), What.STOPPED, by=by, mover=mover, reason=said, after={"why": why.value})
    log.warning("posting stopped", connection=row.public_id, why=why.value)
    return True


def from_the_start() -> dict[str, object]:
    """Return what stops posting through a new connection, until a person has approved a document."""
    return {Why.FIRST_LOOK.value: _stands("", None)}


@transaction.atomic
def let_through(connection_id: int, entry_id: int) -> bool:
    """Let one document go although nothing posts by itself yet; False where posting is on, or something else stops it.

    Who approves it tells the document's history, and wakes the drain after the commit.
    """
    row = locked(connection_id)
    if set(row.posting_stops) != {Why.FIRST_LOOK.value}:
        return False
    row.let_through = sorted({*row.let_through, entry_id})
    row.save(update_fields=["let_through"])
    return True


@transaction.atomic
def take_back(company_id: int, entry_ids: Collection[int]) -> None:
    """Take back what was approved of documents that say something else since: nobody has looked at that."""
    for row in Connection.objects.filter(company_id=company_id).exclude(let_through=[]):
        if not set(entry_ids).isdisjoint(row.let_through):
            mine = locked(row.pk)
            mine.let_through = [each for each in mine.let_through if each not in entry_ids]
            mine.save(update_fields=["let_through"])


@transaction.atomic
def lift(connection_id: int, why: Why, by: Person | None = None, *, mover: str = "", reason: str = "") -> bool:
    """Lift a stop of one cause; False where it did not stand. Others that stand go on stopping.

    Who lifts it wakes the drain after the commit (`outbox/wake.py`).
    """
    row = locked(connection_id)
    if why not in row.posting_stops:
        return False
    _keep(row, {cause: stands for cause, stands in row.posting_stops.items() if cause != why})
    telling.tell(about(row), What.LIFTED, by=by, mover=mover, reason=reason, before={"why": why.value})
    log.info("posting goes on", connection=row.public_id, why=why.value, still_stopped=row.is_posting_stopped)
    return True


def is_stopped(connection_id: int) -> bool:
    """Tell whether posting is stopped, read anew from the row; a hint where the row is not locked."""
    return Connection.objects.filter(pk=connection_id).exclude(posting_stops={}).exists()


def in_words(connection_id: int) -> str:
    """Return why nothing may be sent, read anew from the row; "" where nothing stops it."""
    row = Connection.objects.filter(pk=connection_id).exclude(posting_stops={}).first()
    return told(f"posting to {title(row.ledger)} is stopped") if row is not None else ""


def standing(connection: Connection) -> list[Standing]:
    """Return what stops posting through the connection as read, the first cause first. PURE."""
    found = [_read(why, stands) for why, stands in connection.posting_stops.items()]
    return sorted(found, key=lambda each: each.at)


def blocks(connection: Connection) -> Iterator[Blocked]:
    """Yield, of each cause that stops posting, the words for every page of the company. PURE."""
    ledger = title(connection.ledger)
    for each in standing(connection):
        if each.why is Why.FIRST_LOOK:
            if connection.is_connected:
                where = connection.facts.name or ledger
                yield Blocked("Nothing posts by itself yet", FIRST_LOOK.format(where=where), Cure.FIRST_LOOK)
            continue
        words, cure = _SAID[each.why]
        at, reason = f"{each.at:%-d %B %Y at %H:%M} UTC", each.reason.removesuffix(".")
        since = told(f"Stopped on {at}: {reason}.") if each.reason else told(f"Stopped on {at}.")
        yield Blocked(f"Posting to {ledger} is stopped", f"{since} {words.format(ledger=ledger)}", cure)


def said(connection: Connection) -> tuple[str, ...]:
    """Return, of each cause that stops posting, one sentence for machines and terminals. PURE."""
    return tuple(f"{each.title}. {each.words}" for each in blocks(connection))


FIRST_LOOK = (
    "Nobody has approved a document for {where} so far. Look at the first one and approve it; then switch posting on."
)
_SAID = {
    Why.PERSON: ("What was under way is settled; nothing new goes until a person lets it go on.", Cure.LIFT),
    Why.RESTORED: ("Nothing new goes until what {ledger} holds was taken up.", Cure.RECONCILE),
    Why.CLOSED: ("What is under way settles first; then an owner closes it.", Cure.REOPEN),
}


def locked(connection_id: int) -> Connection:
    """Return the connection's row, locked for this transaction."""
    return Connection.objects.select_for_update(no_key=True).get(pk=connection_id)


def _stands(reason: str, by: Person | None) -> dict[str, object]:
    return {"at": clock.now().isoformat(), "by": None if by is None else by.pk, "reason": reason}


def _keep(row: Connection, stops: dict[str, object]) -> None:
    """Any other stop holds back what was approved, too: it is approved anew once that one is lifted."""
    row.posting_stops, row.let_through = stops, []
    row.save(update_fields=["posting_stops", "let_through"])


def _read(why: str, stands: dict[str, object]) -> Standing:
    person = stands["by"]
    return Standing(
        Why(why),
        datetime.fromisoformat(str(stands["at"])),
        str(stands["reason"]),
        person if isinstance(person, int) else None,
    )
