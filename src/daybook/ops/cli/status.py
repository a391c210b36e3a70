"""What `daybook status` says: figures of each company and of the queue."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob

from daybook.companies import closed
from daybook.companies.models import Company
from daybook.connections import roster, standing, stopping
from daybook.connections.models import Connection
from daybook.outbox import counting
from daybook.posting import foreseeing
from daybook.posting.forecast import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastStatus:
    """What is to be expected of what waits for a connection."""

    waiting: int
    calls: int
    """That it takes."""
    calls_left: int | None
    """Of today, for documents; None: not limited."""
    day_ends_at: datetime | None
    """When the day's calls begin anew, at the latest."""
    is_in_at: datetime | None
    """When all of it will be in; None: nothing waits, nothing goes by itself now, or it takes longer than a month."""
    lingers_seconds: int
    """How long documents wait for each other now."""

    @classmethod
    def of(cls, made: Forecast) -> "ForecastStatus":
        """Return a forecast's figures."""
        return cls(
            waiting=made.waiting,
            calls=made.calls,
            calls_left=made.day_left,
            day_ends_at=made.day_ends,
            is_in_at=made.is_in_at,
            lingers_seconds=round(made.lingers.total_seconds()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatus:
    """How one of a company's connections stands."""

    id: str
    ledger: str
    organisation: str
    status: str
    says: str
    paused_until: datetime | None
    posting_stopped: tuple[str, ...]
    """In words, what stops posting; empty: nothing does."""
    documents: Mapping[str, int]
    """Count of each state that occurs."""
    orders_need_a_person: int
    forecast: ForecastStatus | None
    """None: nothing is posted through it by calls, or it is not connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyStatus:
    """One company's figures."""

    id: str
    name: str
    connection: str
    connection_says: str
    organisation: str
    paused_until: datetime | None
    pause_reason: str
    documents: Mapping[str, int]
    """Count of each state that occurs."""
    documents_need_a_person: int
    documents_await_approval: int
    """They wait until somebody approves another document there; ready, but no part of the backlog."""
    orders_need_a_person: int
    """As the overview counts: each order once, held itself or with a document that needs a person."""
    orders: Mapping[str, int]
    """Count of each standing that occurs."""
    oldest_waiting_seconds: int | None
    """Age of the oldest document on its way; None: none waits, or the company is closed and nothing goes any more."""
    connections: tuple[ConnectionStatus, ...]
    """All that are not closed; what is said of *the* connection is of the first."""
    closed_until: datetime | None
    """Of a closed company: when it is deleted. Nothing of it needs a person."""

    @property
    def needs_a_person(self) -> bool:
        """Return whether anything here goes on only after a person did something."""
        statuses = {self.connection, *(each.status for each in self.connections)}
        is_stopped = any(each.posting_stopped for each in self.connections)
        if self.closed_until is not None:
            return False
        return bool(self.orders_need_a_person or is_stopped or Connection.Status.NEEDS_CONSENT in statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The installation's figures."""

    companies: tuple[CompanyStatus, ...]
    jobs: Mapping[str, int]
    """Count of each status that occurs; successful jobs are not kept."""

    @property
    def needs_a_person(self) -> bool:
        """Return whether any company needs one."""
        return any(company.needs_a_person for company in self.companies)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "needs_a_person": self.needs_a_person}


def read(now: datetime) -> Status:
    """Read all figures."""
    jobs = ProcrastinateJob.objects.values_list("status").annotate(Count("id"))
    companies = Company.objects.order_by("name")
    return Status(companies=tuple(_company(company, now) for company in companies), jobs=dict(jobs.order_by("status")))


def _company(company: Company, now: datetime) -> CompanyStatus:
    connections = list(roster.of_company(company))
    connection = connections[0] if connections else Connection(company=company)
    counts = counting.counts(company)
    oldest = counts.oldest_under_way_since
    return CompanyStatus(
        id=company.public_id,
        name=company.name,
        connection=connection.status,
        connection_says=_says(connection) if not company.is_closed else closed.words(company),
        organisation=connection.facts.name,
        paused_until=_pause(connection, now),
        pause_reason=connection.pause_reason if _pause(connection, now) else "",
        documents=counts.documents,
        documents_need_a_person=counts.documents_need_a_person,
        documents_await_approval=counts.documents_await_approval,
        orders_need_a_person=counts.orders_need_a_person,
        orders=counts.orders,
        oldest_waiting_seconds=int((now - oldest).total_seconds()) if oldest and not company.is_closed else None,
        connections=tuple(_connection(each, now) for each in connections),
        closed_until=company.kept_until,
    )


def _connection(connection: Connection, now: datetime) -> ConnectionStatus:
    counts, foreseen = counting.counts(connection.company, connection), foreseeing.of(connection, now)
    return ConnectionStatus(
        id=connection.public_id,
        ledger=connection.ledger,
        organisation=connection.facts.name,
        status=connection.status,
        says=_says(connection),
        paused_until=_pause(connection, now),
        posting_stopped=stopping.said(connection),
        documents=counts.documents,
        orders_need_a_person=counts.orders_need_a_person,
        forecast=ForecastStatus.of(foreseen) if foreseen is not None else None,
    )


def _says(connection: Connection) -> str:
    if not connection.is_ledger_known:
        return standing.UNKNOWN_LEDGER.format(connection.ledger)
    return connection.status_reason or connection.get_status_display()


def _pause(connection: Connection, now: datetime) -> datetime | None:
    return connection.paused_until if connection.paused_until and connection.paused_until > now else None
