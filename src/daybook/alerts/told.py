"""What was told already, of connections and of feeds: read together, written each to its own table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from daybook.alerts.deciding import Foreseen, Key, Known, Waiting, still_known
from daybook.alerts.models import Told, ToldOfFeed

WARNINGS = [each.value for each in Foreseen]
_SAID = ("count", "newest_id", "newest_at", "told_at")


def known() -> dict[Key, Known]:
    """Return it by what it is about."""
    of_connections = Told.objects.exclude(cause__in=WARNINGS).values_list("company", "connection", "cause", *_SAID)
    of_feeds = ToldOfFeed.objects.values_list("company", "feed", "cause", *_SAID)
    found = {(company, there, "", cause): _known(*said) for company, there, cause, *said in of_connections}
    return found | {(company, 0, feed, cause): _known(*said) for company, feed, cause, *said in of_feeds}


def _known(count: int, newest_id: int, newest_at: datetime | None, told_at: datetime) -> Known:
    return Known(count=count, newest_id=newest_id, newest_at=newest_at, told_at=told_at)


def lower(found: Mapping[Key, Waiting], rows: Mapping[Key, Known]) -> None:
    """Fewer wait where some were cured: then the next one is news, though no more wait than were told of once."""
    for key, row in rows.items():
        company, connection, feed, cause = key
        left = still_known(found.get(key), row)
        if left < row.count and connection:
            Told.objects.filter(company=company, connection=connection, cause=cause).update(count=left)
        elif left < row.count:
            ToldOfFeed.objects.filter(company=company, feed=feed, cause=cause).update(count=left)


def note(news: Collection[Waiting], now: datetime) -> None:
    """Keep that these are told now."""
    keep([Told(connection_id=each.connection_id, **_fields(each, now)) for each in news if each.connection_id])
    ToldOfFeed.objects.bulk_create(
        [ToldOfFeed(feed=each.feed, **_fields(each, now)) for each in news if not each.connection_id],
        update_conflicts=True,
        unique_fields=["company", "feed", "cause"],
        update_fields=_SAID,
    )


def keep(rows: Sequence[Told]) -> None:
    """Keep what was told of connections, in the place of what was told of the same before."""
    Told.objects.bulk_create(rows, update_conflicts=True, unique_fields=["connection", "cause"], update_fields=_SAID)


def _fields(each: Waiting, now: datetime) -> dict[str, object]:
    return {
        "company_id": each.company_id,
        "cause": each.cause,
        "count": each.count,
        "newest_id": each.newest_id,
        "newest_at": each.newest_at,
        "told_at": now,
    }
