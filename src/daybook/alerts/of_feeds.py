"""What waits for people where things come in, in all companies at once: two statements."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Max, Q

from daybook.alerts.deciding import FAILS, FEED_FAILS, FEED_QUIET, QUIET_AFTER, REFUSED, Waiting
from daybook.feeds.models import BUILT_IN, Feed
from daybook.orders.models import Delivery


def waiting(companies: "Iterable[int]", now: datetime) -> Iterator[Waiting]:
    """Yield what was refused and nobody has looked at, and which feeds fail or have become quiet."""
    yield from _refused(companies)
    yield from _feeds(companies, now)


def _refused(companies: "Iterable[int]") -> Iterator[Waiting]:
    rows = Delivery.objects.filter(company__in=companies, result=Delivery.Result.REFUSED, settled_at=None)
    by = rows.order_by().values_list("company", "feed__public_id").annotate(Count("pk"), Max("pk"), Max("received_at"))
    for company, feed, count, newest, at in by:
        yield Waiting(
            company_id=company, feed=feed or "", cause=REFUSED, deliveries=count, newest_id=newest, newest_at=at
        )


def _feeds(companies: "Iterable[int]", now: datetime) -> Iterator[Waiting]:
    """Each counts as one, so that it is told once until it works again."""
    stands_still = ~Q(problem="") | Q(watched__problem__gt="") | Q(last_received_at__lt=now - QUIET_AFTER)
    rows = Feed.objects.filter(stands_still, company__in=companies, closed_at=None, paused_at=None)
    for feed in rows.exclude(source=BUILT_IN).select_related("watched"):
        cause = FEED_FAILS if _fails(feed) else FEED_QUIET if _is_quiet(feed, now) else ""
        if cause:
            yield Waiting(company_id=feed.company_id, feed=feed.public_id, cause=cause, deliveries=1)


def _fails(feed: Feed) -> bool:
    """Tell whether it was asked in vain several times, its folder looked at so, or something lies there that stays there."""
    place = getattr(feed, "watched", None)
    is_stuck = place is not None and bool(place.problem) and (place.failures == 0 or place.failures >= FAILS)
    return is_stuck or (bool(feed.problem) and feed.failures >= FAILS)


def _is_quiet(feed: Feed, now: datetime) -> bool:
    """What is asked by us says so itself when it fails; what sends by itself just does not."""
    last = feed.last_received_at
    return not feed.is_pulled and last is not None and now - last > QUIET_AFTER
