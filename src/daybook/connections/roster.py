"""Which connections a company has, and what each posts."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from daybook.companies.models import Company, Person
from daybook.connections import stopping
from daybook.connections.models import Connection, Organisation, PostingSettings
from daybook.connections.saving import about
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.ledgers.ledger import Wire
from daybook.ledgers.registry import LEDGERS, USUAL


class NoSuchConnectionError(Exception):
    """The company has no such connection, or several to choose from; the text says which there are."""


def reachable() -> QuerySet[Connection]:
    """Return the connections of all companies through which calls may be made."""
    connected = Connection.objects.filter(status=Connection.Status.CONNECTED, closed_at=None, ledger__in=list(LEDGERS))
    return connected.exclude(organisation=None).select_related("organisation")


def called() -> QuerySet[Connection]:
    """Return those of `reachable` whose ledgers can be asked: for lists, and for what stands there."""
    return reachable().filter(ledger__in=[each.name for each in LEDGERS.values() if each.wire is Wire.CALLS])


def of_company(company: Company) -> QuerySet[Connection]:
    """Return the company's connections that are not closed, the first one first."""
    mine = Connection.objects.filter(company=company, closed_at=None)
    return mine.select_related("company", "organisation", "last_organisation").order_by("id")


def first(company: Company) -> Connection:
    """Return the company's first connection; a company has one from the first look at it on, connected or not."""
    return of_company(company).first() or _begin(company)


@transaction.atomic
def _begin(company: Company) -> Connection:
    """Make the company's first connection; two who come at once make one."""
    Company.objects.select_for_update().get(pk=company.pk)
    return of_company(company).first() or _make(company, started_at=clock.now())


@transaction.atomic
def add(company: Company, by: Person | None = None, *, ledger: str = USUAL) -> Connection:
    """Make one more connection. Orders that come once it has reached an organisation are its own too."""
    first(company)
    Company.objects.select_for_update().get(pk=company.pk)
    made = _make(company, started_at=None, ledger=ledger)
    _tell(made, What.ADDED, by)
    return made


def _tell(connection: Connection, what: What, by: Person | None) -> None:
    telling.tell(about(connection), what, by=by)


def _make(company: Company, *, started_at: datetime | None, ledger: str = USUAL) -> Connection:
    """Where a document cannot be looked at before it stands in somebody's books, the first one waits for a person."""
    last = Connection.objects.filter(company=company).aggregate(last=Max("position"))["last"] or 0
    is_called = ledger in LEDGERS and LEDGERS[ledger].wire is Wire.CALLS
    stops = stopping.from_the_start() if is_called else {}
    made = {"position": last + 1, "started_at": started_at, "ledger": ledger, "posting_stops": stops}
    return Connection.objects.create(company=company, **made)


def close(connection: Connection, by: Person | None = None) -> bool:
    """End a connection for good. What it posted, its settings and its orders' standings stay.

    False, and nothing is done: it still reaches an organisation, or it is the company's last one.
    """
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=connection.company_id)
        mine = Connection.objects.select_for_update().get(company=connection.company_id, pk=connection.pk)
        others = of_company(connection.company).exclude(pk=mine.pk)
        if mine.organisation_id is not None or not others.exists():
            return False
        if Connection.objects.filter(pk=mine.pk, closed_at=None).update(closed_at=clock.now()):
            _tell(mine, What.CLOSED, by)
    return True


@transaction.atomic
def reopen(connection: Connection, by: Person | None = None) -> None:
    """Take a closed connection up again; orders that came meanwhile are not its own without a backfill."""
    mine = Connection.objects.filter(company=connection.company_id, pk=connection.pk)
    if mine.exclude(closed_at=None).update(closed_at=None):
        _tell(connection, What.REOPENED, by)


def closed(company: Company) -> QuerySet[Connection]:
    """Return the company's connections that were ended for good."""
    mine = Connection.objects.filter(company=company).exclude(closed_at=None)
    return mine.select_related("company", "organisation", "last_organisation").order_by("id")


def taking_orders(company: Company) -> list[Connection]:
    """Return the company's connections that documents are made for; where there is none yet, its first one."""
    started = list(of_company(company).exclude(started_at=None))
    return started or [first(company)]


def chosen(company: Company, public_id: str = "") -> Connection:
    """Return the company's connection of this public id, or its only one. Raises NoSuchConnectionError."""
    mine = list(of_company(company)) or [first(company)]
    found = [each for each in mine if public_id in {"", each.public_id}]
    if len(found) == 1:
        return found[0]
    names = "; ".join(f"{each.public_id} ({each.name}, {each.get_status_display().lower()})" for each in mine)
    raise NoSuchConnectionError(f"{company} has these connections, name one of them: {names}")


def posting_of(connection: Connection) -> PostingSettings:
    """Return what is posted through the connection and how; the defaults where nobody has saved any."""
    return PostingSettings.objects.filter(connection=connection).first() or PostingSettings(connection=connection)


def locked_posting(connection: Connection) -> PostingSettings:
    """Return the same, locked until the open transaction ends; made where nobody has saved any."""
    return PostingSettings.objects.select_for_update().get_or_create(connection=connection)[0]


def organisation_of(connection: Connection, their_id: str, name: str = "") -> Organisation:
    """Return the organisation's row, made where the company meets it for the first time."""
    known = {"name": name[:255], "connection": connection}
    return Organisation.objects.get_or_create(
        company_id=connection.company_id, ledger=connection.ledger, their_id=their_id, defaults=known
    )[0]
