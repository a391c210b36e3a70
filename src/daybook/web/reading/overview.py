"""What the overview says: what waits, what was posted, how the connection stands, what to do first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.urls import reverse

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents.kinds import SPECS, Kind
from daybook.kit.translation import gettext, ngettext
from daybook.outbox import approving, counting
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web import titles, words
from daybook.web.language import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """A connection through which nothing posts by itself yet."""

    connection: Connection
    first: Entry | None
    """The document to look at first; None: none is ready."""
    approved: Entry | None
    """The one that a person has approved."""


def first_looks(company: Company) -> list[FirstLook]:
    """Return the connected ones where a person has to approve a document before anything posts by itself."""
    waiting = [each for each in roster.of_company(company) if each.is_connected and approving.is_waited_for(each)]
    return [
        FirstLook(connection=each, first=approving.first(each), approved=approving.approved(each)) for each in waiting
    ]


def tiles(company: Company, connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return the numbers on top, each with the list that holds as many; what waits for approval only where something does."""
    documents = reverse("web:documents", args=[company.public_id])
    orders = reverse("web:orders", args=[company.public_id])
    posted = counting.posted_since(company, midnight(connection, now)).values_list("kind")
    today = dict(posted.annotate(count=Count("pk")).order_by("kind"))
    awaiting = counting.capped(counting.documents_awaiting_approval(company))
    moving = counting.capped(counting.documents_under_way(company))
    held = counting.capped(counting.few_orders_needing_a_person(company))
    early = counting.capped(counting.orders_not_due(company))
    waits = ngettext("waits for approval in {ledger}", "wait for approval in {ledger}", awaiting)
    approval = {
        "count": _in_words(awaiting),
        "name": waits.format(ledger=titles.of(connection.ledger)),
        "url": f"{documents}?state=approval",
    }
    return [
        {"count": sum(today.values()), "name": gettext("posted today"), "hint": zone_of_the_days(connection),
         "parts": kinds_in_words(today), "url": f"{documents}?state=today"},
        {"count": _in_words(moving), "name": ngettext("document on its way", "documents on their way", moving),
         "url": f"{documents}?state=under_way"},
        {"count": _in_words(held), "name": ngettext("order needs a person", "orders need a person", held),
         "url": f"{orders}?standing=held"},
        {"count": _in_words(early), "name": ngettext("order not due yet", "orders not due yet", early),
         "url": f"{orders}?standing=waiting"},
        *([approval] if awaiting else []),
    ]  # fmt: skip


def _counted(rows: QuerySet[Any, Any]) -> str:
    return _in_words(counting.capped(rows))


def _in_words(capped: int) -> str:
    return figures.figure(counting.in_words(capped))


def kinds_in_words(counts: Mapping[str, int]) -> str:
    """Return how many there are of each kind, where there are several: "7 invoices, 2 credit notes"."""
    ordered = sorted(counts, key=lambda kind: (SPECS[Kind(kind)].rank, kind))
    told = [words.counted(kind, counts[kind]) for kind in ordered]
    return ", ".join(told) if len(told) > 1 else ""


def by_connection(company: Company, now: datetime) -> list[dict[str, Any]]:
    """Return the figures of each connection where a company has several."""
    connections = list(roster.of_company(company))
    return [_figures(each, now) for each in connections] if len(connections) > 1 else []


def _figures(connection: Connection, now: datetime) -> dict[str, Any]:
    company = connection.company
    mine = Entry.objects.filter(company=company, organisation__connection=connection)
    return {
        "connection": connection,
        "badge": words.connection(connection.status),
        "posted_today": mine.filter(state=State.POSTED, posted_at__gte=midnight(connection, now)).count(),
        "under_way": _counted(counting.documents_under_way(company, connection)),
        "need_a_person": _counted(counting.few_orders_needing_a_person(company, connection)),
        "url": f"{reverse('web:documents', args=[company.public_id])}?connection={connection.public_id}",
    }


def zone_of_the_days(connection: Connection) -> str:
    """Return whose midnight ends a day of the counts, in words; times beside them are in UTC."""
    if not connection.facts.time_zone:
        return gettext("in UTC")
    return gettext("in the organisation's time zone, {zone}").format(zone=connection.facts.time_zone)


def midnight(connection: Connection, now: datetime) -> datetime:
    """Return when today began for the organisation."""
    return now.astimezone(zone_of(connection)).replace(hour=0, minute=0, second=0, microsecond=0)


def zone_of(connection: Connection) -> ZoneInfo:
    """Return the zone in which the organisation's days begin: UTC before one is connected."""
    return ZoneInfo(connection.facts.time_zone or "UTC")
