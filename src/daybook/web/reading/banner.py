"""What is wrong with a company as a whole: it stands on every page of it until it is cured."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateWorker

from daybook.catalog import facts
from daybook.companies.models import Company
from daybook.connections import standing
from daybook.connections.models import Connection
from daybook.web import buttons
from daybook.web.buttons import Button

KEPT = "Orders are received and wait; what waits goes by itself afterwards."
QUIET_FOR = timedelta(minutes=1)
"""A worker tells every 10 seconds that it lives; one that was killed is no longer believed after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong: what happened, what follows from it, and what to press."""

    title: str
    words: str
    tone: str = "warn"
    """`warn`, or `bad` where nothing goes on before a person has done something."""
    links: list[Button] = field(default_factory=list)
    """Where it is cured; of several fields each has its own words."""
    until: datetime | None = None
    """When it ends by itself."""
    is_pause: bool = False
    """A person may end it: *Try now*."""


def troubles(company: Company, connection: Connection, now: datetime) -> list[Trouble]:
    """Return what is wrong, worst first."""
    return [*_connection(company, connection, now), *_settings(company, connection), *_worker(now)]


def _connection(company: Company, connection: Connection, now: datetime) -> Iterator[Trouble]:
    """Say what keeps the connection from Xero, and where it is cured."""
    place = buttons.settings_place(company, "connect")
    stands = standing.trouble(connection, now)
    if stands is None:
        if connection.status == Connection.Status.NOT_CONNECTED:
            yield Trouble(title="Not connected to Xero", words=KEPT, links=[Button("Connect to Xero", place)])
        return
    match stands.cure:
        case standing.Cure.CONSENT:
            words, links = f"{stands.words} {KEPT}", [Button("Connect again", place)]
            yield Trouble(title=stands.title, words=words, tone="bad", links=links)
        case standing.Cure.CHOOSE:
            yield Trouble(title=stands.title, words=f"{stands.words} {KEPT}", links=[Button("Choose it", place)])
        case standing.Cure.APP:
            links = [Button("Type them again", buttons.settings_place(company, "id_client_secret"))]
            yield Trouble(title=stands.title, words=f"{stands.words} {KEPT}", tone="bad", links=links, is_pause=True)
        case _:
            asked = " Xero itself named that time, so trying earlier changes nothing." if stands.try_from else ""
            yield Trouble(
                title="Nothing is sent to Xero for the moment",
                words=f"{stands.words}{asked}",
                until=stands.until,
                is_pause=True,
            )


def _settings(company: Company, connection: Connection) -> Iterator[Trouble]:
    """Before an organisation is connected there is nothing to complete the settings with."""
    problems = facts.settings_problems(connection) if connection.is_connected else []
    if not problems:
        return
    links = [
        Button(problem.words, buttons.settings_place(company, buttons.field_anchor(problem.field)))
        for problem in problems
    ]
    if any(problem.blocks for problem in problems):
        yield Trouble(title="The settings are not complete", words="Until they are, no document is made:", links=links)
    else:
        yield Trouble(title="A setting is no longer right", words="The orders that it concerns wait:", links=links)


def _worker(now: datetime) -> Iterator[Trouble]:
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    if last is None or last < now - QUIET_FOR:
        words = (
            "The part of Daybook that posts is not running, so orders are received and wait. Tell whoever runs Daybook: "
            "daybook up, or daybook worker."
        )
        yield Trouble(title="Nothing is being posted", words=words, tone="bad")
