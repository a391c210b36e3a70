"""Which connections a company has, and what each posts."""

from django.db import transaction
from django.db.models import QuerySet

from daybook.companies.models import Company
from daybook.connections.models import KNOWN_LEDGERS, Connection, Organisation, PostingSettings
from daybook.kit import clock


class NoSuchConnectionError(Exception):
    """The company has no such connection, or several to choose from; the text says which there are."""


def reachable() -> QuerySet[Connection]:
    """Return the connections of all companies through which calls may be made."""
    connected = Connection.objects.filter(status=Connection.Status.CONNECTED, closed_at=None, ledger__in=KNOWN_LEDGERS)
    return connected.exclude(organisation=None).select_related("organisation")


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
    return of_company(company).first() or Connection.objects.create(company=company, started_at=clock.now())


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
    names = "; ".join(f"{each.public_id} ({each.facts.name or each.get_status_display()})" for each in mine)
    raise NoSuchConnectionError(f"{company} has these connections, name one of them: {names}")


def posting_of(connection: Connection) -> PostingSettings:
    """Return what is posted through the connection and how; the defaults where nobody has saved any."""
    return PostingSettings.objects.filter(connection=connection).first() or PostingSettings(connection=connection)


def organisation_of(connection: Connection, their_id: str, name: str = "") -> Organisation:
    """Return the organisation's row, made where the company meets it for the first time."""
    known = {"name": name[:255], "connection": connection}
    return Organisation.objects.get_or_create(
        company_id=connection.company_id, ledger=connection.ledger, their_id=their_id, defaults=known
    )[0]
