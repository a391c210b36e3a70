"""Trying documents again because a person asks: a bounded number at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from daybook.catalog import cures, refresh
from daybook.companies.models import Company, Person
from daybook.connections import calls, roster
from daybook.connections.models import Connection
from daybook.documents.causes import Cause
from daybook.intake import prepare
from daybook.intake.keeping_back import keep_back
from daybook.intake.rules import load_rules
from daybook.kit import clock
from daybook.outbox import wake
from daybook.outbox.explanations import explain
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web.reading import needs
from daybook.wire.errors import WireError

AT_ONCE = 100
MOST_AT_ONCE = 200
"""Of what is not tried again but put aside: nothing is mapped for that."""
RETRYABLE = (State.HELD, State.REJECTED)
JUST_NOW = timedelta(seconds=10)
TOLD_BY_LISTS = frozenset(
    {
        Cause.PERIOD_LOCKED,
        Cause.CURRENCY_NOT_ENABLED,
        Cause.ITEM_NOT_TRACKED,
        Cause.COST_UNKNOWN,
        Cause.SETTINGS_INCOMPLETE,
        *cures.LIST_OF,
    }
)
"""Causes that are cured at the far side: the organisation's lists say whether they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a retry."""

    again: int = 0
    """Are ready now."""
    still: int = 0
    """Wait for the same as before."""
    left: int = 0
    """With this cause, beyond what is tried at once: a job takes them."""
    waits_for: str = ""
    """What the last of those that still wait is waiting for, in words."""


def retry(company: Company, public_ids: Sequence[str], person: Person) -> Result:
    """Try these documents again; those that are not the company's, or not waiting, are passed over."""
    wanted = waiting(company, "", public_ids)
    _read_first(company, set(wanted.values_list("cause", flat=True)))
    return _retry(wanted, person)


def retry_cause(company: Company, cause: str, person: Person, connection: Connection | None = None) -> Result:
    """Try all documents with this cause again, and look at the orders that wait for it; a job takes all but the first.

    `connection`: of this one alone.
    """
    wanted = waiting(company, cause, ())
    if connection is not None:
        wanted = wanted.filter(organisation__connection=connection)
    _read_first(company, {cause})
    result = _retry(wanted[:AT_ONCE], person)
    wake.wake_prepare(company.pk, cause=cause)
    left = wanted.count() - result.still
    return replace(result, left=max(0, left))


def retry_orders(company: Company, cause: str, connection: Connection) -> int:
    """Look again at the orders that wait for this at the connection, so many as are tried at once; return how many."""
    held = needs.held_orders(company, cause, connection).order_by("order_id")
    order_ids = list(held.values_list("order_id", flat=True)[:AT_ONCE])
    if order_ids:
        _read_first(company, {cause})
        prepare.prepare_orders(company, order_ids, rules=[load_rules(connection)], cured=frozenset({cause}))
    return len(order_ids)


def skip(waiting: QuerySet[Entry], person: Person, note: str) -> int:
    """Have the oldest of these documents not posted, because a person says so; return how many."""
    return sum(prepare.cancel(entry, person, note) for entry in _oldest(waiting))


def keep_back_all(waiting: QuerySet[Entry], person: Person, note: str) -> int:
    """Let the oldest of these documents wait until a person lets them go; return how many."""
    return sum(keep_back(entry, person, note) for entry in _oldest(waiting))


def attend_cause(company: Company, cause: str, connection: Connection, person: Person, note: str) -> int:
    """Take this flag off documents, because a person says that it is done; return how many."""
    return sum(prepare.attend(entry, person, note) for entry in _oldest(needs.flagged(company, cause, connection)))


def _oldest(entries: QuerySet[Entry]) -> list[Entry]:
    return list(entries.select_related("organisation").order_by("id")[:MOST_AT_ONCE])


def _read_first(company: Company, causes: set[str]) -> None:
    """Read the organisation's lists where they say whether one of these is cured; without an answer they stay as they are."""
    if causes.isdisjoint(TOLD_BY_LISTS):
        return
    for connection in roster.called().filter(company=company):
        try:
            refresh.refresh(connection, max_age=JUST_NOW)
        except WireError as error:
            calls.react(connection.pk, error, clock.now())


def waiting(company: Company, cause: str, public_ids: Sequence[str]) -> QuerySet[Entry]:
    """Return what a retry of all with a cause tries, the first of it now; without one: of these documents, so many at once."""
    rows = _waiting(company)
    return rows.filter(cause=cause) if cause else rows.filter(public_id__in=list(public_ids)[:AT_ONCE])


def sums(entries: QuerySet[Entry]) -> list[tuple[str, str, int, Decimal | None]]:
    """Return (kind, currency, how many, their gross): amounts of two kinds or currencies are never one sum."""
    rows = entries.order_by("kind", "currency").values_list("kind", "currency")
    return list(rows.annotate(Count("pk"), Sum("gross")))


def _waiting(company: Company) -> QuerySet[Entry]:
    return Entry.objects.filter(company=company, state__in=RETRYABLE).select_related("organisation").order_by("id")


def _retry(entries: Iterable[Entry], person: Person) -> Result:
    again = still = 0
    waits_for = ""
    for entry in list(entries):
        prepare.retry(entry, person)
        entry.refresh_from_db(fields=["state", "cause", "subject"])
        if entry.state in RETRYABLE:
            still += 1
            waits_for = explain(entry.cause, entry.subject, ledger=entry.organisation.ledger).title
        else:
            again += 1
    return Result(again=again, still=still, waits_for=waits_for)
