"""What `daybook status` says: figures of each company and of the queue."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.outbox import counting


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
    orders_need_a_person: int
    """As the overview counts: each order once, held itself or with a document that needs a person."""
    orders: Mapping[str, int]
    """Count of each standing that occurs."""
    oldest_waiting_seconds: int | None
    """Age of the oldest document on its way; None: none waits."""

    @property
    def needs_a_person(self) -> bool:
        """Return whether anything here goes on only after a person did something."""
        return bool(self.orders_need_a_person or self.connection == Connection.Status.NEEDS_CONSENT)


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
    connection = roster.of_company(company).first() or Connection(company=company)
    counts = counting.counts(company)
    oldest = counts.oldest_under_way_since
    return CompanyStatus(
        id=company.public_id,
        name=company.name,
        connection=connection.status,
        connection_says=connection.status_reason or connection.get_status_display(),
        organisation=connection.facts.name,
        paused_until=connection.paused_until if connection.paused_until and connection.paused_until > now else None,
        pause_reason=connection.pause_reason if connection.paused_until and connection.paused_until > now else "",
        documents=counts.documents,
        documents_need_a_person=counts.documents_need_a_person,
        orders_need_a_person=counts.orders_need_a_person,
        orders=counts.orders,
        oldest_waiting_seconds=int((now - oldest).total_seconds()) if oldest else None,
    )
