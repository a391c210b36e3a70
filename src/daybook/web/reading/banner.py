"""What is wrong with a company as a whole: it stands on every page of it until it is cured."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateWorker

from daybook.catalog import problems
from daybook.companies import closed
from daybook.companies.models import Company
from daybook.connections import roster, standing, stopping
from daybook.connections.models import Connection
from daybook.kit.translation import gettext, gettext_noop, retold
from daybook.ledgers import registry
from daybook.web import buttons
from daybook.web.buttons import Button

KEPT = gettext_noop("Orders are received and wait; what waits goes by itself afterwards.")
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
    resume: str = ""
    """Where a person may end a pause: *Try now*; empty: it is none."""
    sets_up: str = ""
    """The public id of the connection whose set-up says it by itself; "": none does."""


def troubles(company: Company, now: datetime) -> list[Trouble]:
    """Return what is wrong, worst first; of several connections each says which it is."""
    if company.is_closed:
        return [
            Trouble(
                title=gettext("{company} is closed: it can be read, and nothing else").format(company=company),
                words=closed.words(company),
            )
        ]
    connections = list(roster.of_company(company)) or [roster.first(company)]
    said: list[Trouble] = []
    for connection in connections:
        of_it = [*_connection(connection, now), *_settings(connection)]
        said += [_named(each, connection) for each in of_it] if len(connections) > 1 else of_it
    return [*said, *_worker(now)]


def _named(trouble: Trouble, connection: Connection) -> Trouble:
    return replace(trouble, title=f"{connection.name}: {trouble.title}")


def _connection(connection: Connection, now: datetime) -> Iterator[Trouble]:
    """Say what keeps the connection from its ledger, and where it is cured."""
    ledger = registry.title(connection.ledger)
    place = buttons.connect_place(connection)
    resume = buttons.connection_page(connection, name="connection-resume")
    for stop in stopping.blocks(connection):
        if stop.cure is standing.Cure.FIRST_LOOK:
            continue  # the overview says it, with the button: nothing is wrong
        said = retold(stop.words)
        yield Trouble(
            title=retold(stop.title),
            words=said if stop.cure is standing.Cure.REOPEN else f"{said} {gettext(KEPT)}",
            tone="bad",
            links=_lifted_at(connection, stop.cure),
        )
    stands = standing.blocked(connection, now)
    if stands is None:
        if connection.status == Connection.Status.NOT_CONNECTED and connection.started_at is not None:
            links = [Button(gettext("Connect to {ledger}").format(ledger=ledger), place)]
            title = gettext("Not connected to {ledger}").format(ledger=ledger)
            yield Trouble(title=title, words=gettext(KEPT), links=links, sets_up=connection.public_id)
        return
    title, said = retold(stands.title), retold(stands.words)
    match stands.cure:
        case standing.Cure.CONSENT:
            words, links = f"{said} {gettext(KEPT)}", [Button(gettext("Connect again"), place)]
            yield Trouble(title=title, words=words, tone="bad", links=links, sets_up=connection.public_id)
        case standing.Cure.CHOOSE:
            words, links = f"{said} {gettext(KEPT)}", [Button(gettext("Choose it"), place)]
            yield Trouble(title=title, words=words, links=links, sets_up=connection.public_id)
        case standing.Cure.UPDATE:
            yield Trouble(title=title, words=f"{said} {gettext(KEPT)}", tone="bad")
        case standing.Cure.APP:
            links = [Button(gettext("Type them again"), buttons.settings_place(connection, "id_client_secret"))]
            words = f"{said} {gettext(KEPT)}"
            steps = "" if connection.is_connected else connection.public_id
            yield Trouble(title=title, words=words, tone="bad", links=links, resume=resume, sets_up=steps)
        case _:
            asked = gettext("{ledger} itself named that time, so trying earlier changes nothing.").format(ledger=ledger)
            yield Trouble(
                title=gettext("Nothing is sent to {ledger} for the moment").format(ledger=ledger),
                words=f"{said} {asked}" if stands.try_from else said,
                links=[Button(words, place) for words, place in _places(connection, stands.cure)],
                until=stands.until,
                resume=resume,
            )


def _lifted_at(connection: Connection, cure: standing.Cure) -> list[Button]:
    """Return where a stop is lifted; what is not here is lifted elsewhere."""
    if cure is standing.Cure.REOPEN:
        return [Button(gettext("See what is left"), reverse("web:company", args=[connection.company.public_id]))]
    if cure not in _LIFTED_AT:
        return []
    anchor, words = _LIFTED_AT[cure]
    return [Button(gettext(words), buttons.settings_place(connection, anchor))]


_LIFTED_AT = {
    standing.Cure.LIFT: ("stop", gettext_noop("Let it go on")),
    standing.Cure.RECONCILE: ("restored", gettext_noop("See what is to be done")),
}


def _places(connection: Connection, cure: standing.Cure) -> Iterator[tuple[str, str]]:
    """Yield where a folder's pause is cured."""
    if cure is standing.Cure.COMPARE_KEYS:
        yield gettext("Compare the keys"), buttons.settings_place(connection, "check")
    elif cure is standing.Cure.PLACE:
        yield gettext("See the key and the folder"), buttons.settings_place(connection, "check")


def _settings(connection: Connection) -> Iterator[Trouble]:
    """Before an organisation is connected there is nothing to complete the settings with."""
    found = problems.settings_problems(connection) if connection.is_connected else []
    if not found:
        return
    links = [
        Button(retold(problem.words), buttons.settings_place(connection, buttons.field_anchor(problem.field)))
        for problem in found
    ]
    if any(problem.blocks for problem in found):
        title, words = gettext("The settings are not complete"), gettext("Until they are, no document is made:")
    else:
        title, words = gettext("A setting is no longer right"), gettext("The orders that it concerns wait:")
    yield Trouble(title=title, words=words, links=links, sets_up=connection.public_id)


def _worker(now: datetime) -> Iterator[Trouble]:
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    if last is None or last < now - QUIET_FOR:
        words = gettext(
            "The part of Daybook that posts is not running, so orders are received and wait. Tell whoever runs Daybook: "
            "daybook up, or daybook worker."
        )
        yield Trouble(title=gettext("Nothing is being posted"), words=words, tone="bad")
