"""What a company was, said once before its rows are deleted, so that the figures outlive them."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Count, Max, Min, QuerySet, Sum

from daybook.companies.models import Company
from daybook.ending.models import Certificate
from daybook.ending.tables import tables
from daybook.history import sealing
from daybook.history.kinds import What
from daybook.history.models import Event
from daybook.kit.money import plain
from daybook.outbox.models import Entry

COMMAND_LINE = "the command line"


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of one kind, currency and state."""

    kind: str
    currency: str
    state: str
    count: int
    net: str
    tax: str
    gross: str
    first: date | None
    last: date | None
    """Dates on the documents."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An export that somebody took."""

    at: datetime
    by: str
    sha256: str


class Says(msgspec.Struct, frozen=True, kw_only=True):
    """All that stays."""

    made_at: datetime
    closed_at: datetime
    closed_by: str
    kept_until: datetime
    documents: list[Documents]
    rows: dict[str, int]
    """By table."""
    first_event_at: datetime | None
    last_event_at: datetime | None
    first_position: int
    last_position: int
    """Of the company's own events in the chain."""
    chain_position: int
    chain_seal: str
    """The end of the whole installation's chain, as it stood then."""
    export_sha256: str
    """Of all rows as they would have been exported then."""
    exports: list[Taken]


def say(company: Company, *, export_sha256: str, now: datetime) -> Says:
    """Return what a closed company was. Its events must be sealed."""
    if company.closed_at is None or company.kept_until is None:
        raise ValueError(f"{company} is not closed")
    events = Event.objects.filter(company=company)
    found = events.aggregate(Min("at"), Max("at"), Min("position"), Max("position"))
    position, seal = sealing.head()
    return Says(
        made_at=now,
        closed_at=company.closed_at,
        closed_by=str(company.closed_by or COMMAND_LINE),
        kept_until=company.kept_until,
        documents=list(_documents(company)),
        rows={table.model._meta.db_table: table.of(company.pk).count() for table in tables()},  # noqa: SLF001  # Django's name
        first_event_at=found["at__min"],
        last_event_at=found["at__max"],
        first_position=found["position__min"] or 0,
        last_position=found["position__max"] or 0,
        chain_position=position,
        chain_seal=seal,
        export_sha256=export_sha256,
        exports=list(_exports(events)),
    )


def read(certificate: Certificate) -> Says:
    """Return what a certificate says."""
    return msgspec.convert(certificate.says, type=Says)


def written(certificate: Certificate) -> str:
    """Return the certificate as text for people."""
    says = read(certificate)
    ended = f"{certificate.deleted_at:%Y-%m-%d %H:%M:%S} UTC" if certificate.deleted_at else "being deleted"
    return "\n".join(
        [
            f"Certificate {certificate.public_id}",
            f"Company: {certificate.company_name}, id {certificate.company_public_id}",
            f"Closed: {says.closed_at:%Y-%m-%d %H:%M:%S} UTC by {says.closed_by}; kept until {says.kept_until:%Y-%m-%d}",
            f"Deleted: {ended}, by Daybook itself, because the years were over",
            "",
            *(_line(each) for each in says.documents),
            "",
            *(f"{table}: {count} rows" for table, count in sorted(says.rows.items()) if count),
            "",
            f"History: positions {says.first_position} to {says.last_position}",
            f"The chain's end then: position {says.chain_position}, seal {says.chain_seal}",
            f"SHA-256 of the whole export then: {says.export_sha256}",
            *(f"Exported {each.at:%Y-%m-%d %H:%M} UTC by {each.by}: {each.sha256}" for each in says.exports),
        ]
    )


def _line(each: Documents) -> str:
    dates = f", dated {each.first} to {each.last}" if each.first and each.last else ""
    kind = each.kind.replace("_", " ")
    return (
        f"{each.count} {kind}, {each.state}: net {each.net}, tax {each.tax}, gross {each.gross} {each.currency}{dates}"
    )


def _documents(company: Company) -> Iterator[Documents]:
    groups = (
        Entry.objects.filter(company=company).values("kind", "currency", "state").order_by("kind", "currency", "state")
    )
    for row in groups.annotate(Count("id"), Sum("net"), Sum("tax"), Sum("gross"), Min("date"), Max("date")):
        yield Documents(
            kind=row["kind"],
            currency=row["currency"],
            state=row["state"],
            count=row["id__count"],
            net=plain(row["net__sum"] or Decimal(0)),
            tax=plain(row["tax__sum"] or Decimal(0)),
            gross=plain(row["gross__sum"] or Decimal(0)),
            first=row["date__min"],
            last=row["date__max"],
        )


def _exports(events: "QuerySet[Event]") -> Iterator[Taken]:
    taken: Any = events.filter(what=What.EXPORTED).select_related("person").order_by("id")
    for event in taken:
        if sha256 := (event.after or {}).get("sha256", ""):
            yield Taken(at=event.at, by=str(event.person or COMMAND_LINE), sha256=sha256)
