"""A person's companies side by side: a line each, what most wants a person first; a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, QuerySet

from daybook.companies import second_factor
from daybook.companies.models import Company, Membership, Person
from daybook.connections.models import Connection
from daybook.feeds.models import Feed
from daybook.orders.models import Order, OrderStanding
from daybook.outbox import approving, counting
from daybook.outbox.models import Entry
from daybook.tables import days as by_days
from daybook.web import words

UTC = ZoneInfo("UTC")
_BADGES = {"bad": 0, "warn": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One company on the page."""

    company: Company
    role: str
    is_told: bool
    """The company asks for a second factor that this person has not set up: then nothing of it is told."""
    badge: words.Badge
    """Of the connection that stands worst."""
    connection: str
    documents: int = 0
    """That need a person."""
    orders: int = 0
    """That are held."""
    under_way: int = 0
    oldest: datetime | None = None
    """Since when the oldest document on its way is in its state."""
    posted: int = 0
    """Since midnight UTC."""
    feeds: int = 0
    """With a problem."""

    @property
    def urgency(self) -> tuple[int, int, str]:
        """Return by what the lines are sorted: the worst first."""
        waits = self.documents + self.orders + self.feeds
        rank = 0 if self.badge.tone == "bad" else 1 if waits else 2 if self.badge.tone == "warn" else 3
        return rank, -waits, self.company.name


def lines(person: Person, now: datetime) -> list[Line]:
    """Return a line for each company that the person belongs to, the worst first."""
    places = list(person.memberships.select_related("company__settings"))
    has_factor = second_factor.is_on(person)
    told = [each.company for each in places if has_factor or not _asks_for_factor(each.company)]
    figures, worst = _figures(told, now), _worst(told)
    found = [_line(each, figures, worst.get(each.company_id), is_told=each.company in told) for each in places]
    return sorted(found, key=lambda line: line.urgency)


def _asks_for_factor(company: Company) -> bool:
    return hasattr(company, "settings") and company.settings.require_second_factor


def _line(
    place: Membership, figures: Mapping[str, Mapping[int, Any]], connection: Connection | None, *, is_told: bool
) -> Line:
    company = place.company
    badge = (
        words.Badge("Closed", "calm", "It can be read, and nothing else") if company.is_closed else _badge(connection)
    )
    found = {name: counts[company.pk] for name, counts in figures.items() if company.pk in counts}
    name = connection.name if connection and is_told else ""
    return Line(company=company, role=place.role, is_told=is_told, badge=badge, connection=name, **found)


def _figures(companies: Sequence[Company], now: datetime) -> dict[str, dict[int, Any]]:
    """Return each number of a line by company, a statement each."""
    entries = Entry.objects.filter(company__in=companies)
    held = OrderStanding.objects.filter(company__in=companies, standing=Order.Standing.HELD)
    moving = entries.filter(state__in=counting.UNDER_WAY).exclude(counting.AWAITS_APPROVAL)
    midnight = by_days.begin(now.date(), UTC)
    stopped = entries.filter(state__in=["held", "rejected"]).exclude(counting.FOR_A_CLOSED_CONNECTION)
    documents = _counted(stopped)
    for company, flagged in _counted(entries.exclude(attention="").exclude(state__in=["held", "rejected"])).items():
        documents[company] = documents.get(company, 0) + flagged
    return {
        "documents": documents,
        "orders": _counted(held.filter(connection__closed_at=None)),
        "under_way": _counted(moving),
        "oldest": dict(moving.order_by().values_list("company").annotate(Min("state_since"))),
        "posted": _counted(entries.filter(state="posted", posted_at__gte=midnight)),
        "feeds": _counted(Feed.objects.filter(company__in=companies, closed_at=None).exclude(problem="")),
    }


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("company").annotate(Count("pk")))


def _worst(companies: Sequence[Company]) -> dict[int, Connection]:
    """Return of each company the open connection that stands worst."""
    rows = Connection.objects.filter(company__in=companies, closed_at=None)
    found: dict[int, Connection] = {}
    for each in rows.select_related("organisation", "last_organisation").order_by("-id"):
        known = found.get(each.company_id)
        if known is None or _rank(each) <= _rank(known):
            found[each.company_id] = each
    return found


def _rank(connection: Connection) -> int:
    return _BADGES.get(_badge(connection).tone, 2)


def _badge(connection: Connection | None) -> words.Badge:
    if connection is not None and connection.is_connected and approving.is_waited_for(connection):
        return words.Badge("Not switched on yet", "warn", "Somebody looks at the first document and approves it")
    if connection is not None and connection.is_posting_stopped and not approving.is_waited_for(connection):
        return words.Badge("Posting is stopped", "bad", "Nothing is sent until a person lets it go on")
    return words.connection(connection.status if connection else Connection.Status.NOT_CONNECTED)
