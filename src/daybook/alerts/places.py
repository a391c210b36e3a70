"""Where something waits: the connection, the feed or the company that a mail names and links to."""

from collections.abc import Sequence
from dataclasses import dataclass

from daybook.alerts.deciding import Waiting
from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.feeds.models import Feed


@dataclass(frozen=True, slots=True)
class Found:
    """Something that waits, with its place."""

    waiting: Waiting
    place: Connection | Feed | Company


def of(waiting: Sequence[Waiting]) -> list[Found]:
    """Return these with their places, in their order: of what named no feed the company. At most three statements."""
    rows = Connection.objects.select_related("company", "organisation", "last_organisation")
    connections = rows.in_bulk({each.connection_id for each in waiting if each.connection_id})
    named = {each.feed for each in waiting if each.feed}
    feeds = Feed.objects.select_related("company").in_bulk(named, field_name="public_id") if named else {}
    without = {each.company_id for each in waiting if not (each.connection_id or each.feed)}
    companies = Company.objects.in_bulk(without) if without else {}
    return [
        Found(each, connections.get(each.connection_id) or feeds.get(each.feed) or companies[each.company_id])
        for each in waiting
    ]
