"""Closing a company, and opening it again while it is kept.

    begin: posting stops --> what is under way settles, or a person settles it
      --> finish: disconnected at the ledgers, feeds closed, keys ended, read-only for the years set
        --> deletion.py: deleted, with a certificate

Each step can be done again: what is done already is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from daybook.companies import closed, invitations, keys
from daybook.companies.models import ApiKey, Company, Invitation, Person
from daybook.connections import calls, endpoints, reaching, stopping
from daybook.connections.models import Connection, Consent, TokenSet
from daybook.connections.stopping import Why
from daybook.feeds import roster as feeds
from daybook.feeds.models import Feed
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.wire.http import HttpClient

KEPT_OPEN = "Nobody is closing it any more: it was kept open meanwhile."
BEING_CLOSED = "The company is being closed"
UNDER_WAY = (State.SENDING, State.UNKNOWN)
GIVEN_UP = (State.READY, State.HELD, State.REJECTED)
"""What stands so when a company is closed is never posted: it is said how many there are."""


class NotYetError(Exception):
    """Something is under way or unclear: what, and what to do, stand in the text. Posting stays stopped meanwhile."""


class BeingDeletedError(Exception):
    """The years are over and deleting has begun: nothing brings the company back."""


@dataclass(frozen=True, slots=True)
class Left:
    """The documents that are not through, by state."""

    states: Mapping[str, int]

    @property
    def under_way(self) -> int:
        """Return how many must be settled before the company can be closed."""
        return sum(self.states.get(state, 0) for state in UNDER_WAY)

    @property
    def given_up(self) -> int:
        """Return how many will never be posted."""
        return sum(self.states.get(state, 0) for state in GIVEN_UP)


def left(company: Company) -> Left:
    """Return what is not through of a company's documents."""
    rows = Entry.objects.filter(company=company, state__in=[*UNDER_WAY, *GIVEN_UP])
    return Left(dict(rows.values_list("state").annotate(Count("id")).order_by()))


@transaction.atomic
def begin(company: Company, by: Person | None = None) -> None:
    """Stop posting through every connection of the company, for as long as it is being closed. Raises ClosedError."""
    row = closed.refuse(_locked(company))
    if row.closing_at is None:
        row.closing_at = clock.now()
        row.save(update_fields=["closing_at"])
        telling.tell(_about(company), What.CLOSING, by=by)
    _stop_all(company, by)
    company.refresh_from_db()


@transaction.atomic
def keep_open(company: Company, by: Person | None = None) -> None:
    """Close it after all not: posting goes on where nothing else stops it. Raises ClosedError."""
    row = closed.refuse(_locked(company))
    if row.closing_at is not None:
        _open(row, by)
    company.refresh_from_db()


def finish(company: Company, *, years: int, by: Person | None = None, client: HttpClient | None = None) -> Left:
    """Disconnect, end what sends, and keep the company for so many years, to be read; return what is given up with it.

    Posting must have been stopped (`begin`). Raises NotYetError while something is under way; WireError where a ledger could
    not be told: the same may be done again.
    """
    if company.closing_at is None:
        raise NotYetError(KEPT_OPEN)
    _stop_all(company, by)  # one may have been added since
    standing = left(company)
    if standing.under_way:
        raise NotYetError(_waits_for(standing))
    for connection in Connection.objects.filter(company=company).select_related("organisation").order_by("id"):
        _disconnect(connection, by, client)
    with transaction.atomic():
        row = closed.refuse(_locked(company))
        if row.closing_at is None:
            raise NotYetError(KEPT_OPEN)
        _end_what_sends(row, by)
        row.closed_at, row.closed_by = clock.now(), by
        row.kept_until = years_after(row.closed_at, years)
        row.save(update_fields=["closed_at", "closed_by", "kept_until"])
        after = {
            "kept_until": row.kept_until.isoformat(),
            **{state: str(count) for state, count in standing.states.items()},
        }
        telling.tell(_about(company), What.CLOSED, by=by, after=after)
    company.refresh_from_db()
    return standing


@transaction.atomic
def reopen(company: Company, by: Person | None = None) -> bool:
    """Open a closed company again; False where it is open. Keys, feeds and connections are made anew by its people.

    Raises BeingDeletedError.
    """
    row = _locked(company)
    if row.deleting_at is not None:
        raise BeingDeletedError(f"{company} is being deleted since {row.deleting_at:%-d %B %Y}")
    if row.closed_at is None and row.closing_at is None:
        return False
    _open(row, by)
    company.refresh_from_db()
    return True


def years_after(moment: datetime, years: int) -> datetime:
    """Return the same moment so many years later; of 29 February the first of March. PURE."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def _stop_all(company: Company, by: Person | None) -> None:
    for connection_id in _connections(company):
        stopping.stop(connection_id, Why.CLOSED, BEING_CLOSED, by)


def _open(row: Company, by: Person | None) -> None:
    row.closing_at = row.closed_at = row.closed_by = row.kept_until = None
    row.save(update_fields=["closing_at", "closed_at", "closed_by", "kept_until"])
    telling.tell(_about(row), What.REOPENED, by=by)
    for connection_id in _connections(row):
        stopping.lift(connection_id, Why.CLOSED, by)


def _waits_for(standing: Left) -> str:
    count, are = standing.under_way, "is" if standing.under_way == 1 else "are"
    return (
        f"{count} document{'' if count == 1 else 's'} {are} under way or without a clear answer. Daybook looks for them by "
        "itself; what it cannot look for a person settles on the document's page, with Settle it. Then close again."
    )


def _disconnect(connection: Connection, by: Person | None, client: HttpClient | None) -> None:
    """Raises WireError. A ledger that this version does not know cannot be told."""
    if endpoints.has_own_page(connection):
        if connection.organisation_id is not None:
            reaching.disconnect(connection, by)
    elif connection.is_ledger_known and _reaches(connection):
        calls.disconnect(connection, client=client, by=by)
    TokenSet.objects.filter(connection=connection).delete()


def _reaches(connection: Connection) -> bool:
    has_tokens = TokenSet.objects.filter(connection=connection).exists()
    return has_tokens or connection.organisation_id is not None or connection.status != Connection.Status.NOT_CONNECTED


def _end_what_sends(company: Company, by: Person | None) -> None:
    """Feeds, API keys, open invitations, and trips to a consent page that have not come back."""
    for feed in Feed.objects.filter(company=company, closed_at=None):
        feeds.close(feed, by)
    for key in ApiKey.objects.filter(company=company, revoked_at=None):
        keys.revoke(key, by)
    for invitation in Invitation.objects.filter(company=company, answer=Invitation.Answer.NONE):
        invitations.withdraw(invitation, by)
    Consent.objects.filter(connection__company=company).delete()


def _connections(company: Company) -> list[int]:
    return list(Connection.objects.filter(company=company).order_by("id").values_list("id", flat=True))


def _locked(company: Company) -> Company:
    return Company.objects.select_for_update().get(pk=company.pk)


def _about(company: Company) -> About:
    return About(company.pk, Subject.COMPANY, company.pk)
