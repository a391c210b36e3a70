"""How each feed is doing: what it last brought, what went wrong, what waits, how much comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from daybook.alerts.deciding import QUIET_AFTER
from daybook.companies.models import Company
from daybook.feeds import dues
from daybook.feeds.models import Backfill, Feed
from daybook.kit import clock
from daybook.kit.translation import gettext, retold
from daybook.orders.models import Delivery, Order, OrderStanding
from daybook.sources.registry import SOURCES
from daybook.web.words import Badge

MOST_COUNTED = 10_000
"""Orders that wait; more are not counted."""
SOME_WHILE = timedelta(minutes=1)
"""Until then it needs no saying that a page of the past is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One feed on the page of feeds."""

    feed: Feed
    badge: Badge
    last_hour: int
    """Orders that came for the first time."""
    waiting: int
    """Orders that are not due yet, or need a person."""
    refused: int
    """Deliveries that nobody has replayed or put aside."""
    kept: int
    """Deliveries that wait for the feed to be resumed, or for their order."""
    backfill: Backfill | None
    """The newest one."""
    last_received: datetime | None
    """When something last came; of what our own API takes, of which nobody notes it, the newest delivery's time."""

    @property
    def past_goes_on(self) -> datetime | None:
        """Return when the next page of the past is asked for, where that is some while from now.

        Who asks for one right now has claimed it for longer, as had a process that died over it.
        """
        at = self.backfill.due_at if self.backfill is not None else None
        if self.backfill is None or at is None:
            return None
        wait = at - clock.now()
        is_asked_now = wait > dues.LEASE - SOME_WHILE and not self.backfill.problem
        return at if wait > SOME_WHILE and not is_asked_now else None


def states(company: Company, feeds: Sequence[Feed]) -> list[State]:
    """Return how the feeds are doing, in a fixed number of statements."""
    ids = [feed.pk for feed in feeds]
    since = clock.now() - timedelta(hours=1)
    came = _counted(Order.objects.filter(company=company, feed__in=ids, first_received_at__gte=since))
    waiting = _waiting(company)
    open_ones = Delivery.objects.filter(company=company, settled_at=None, feed__in=ids)
    refused = _counted(open_ones.filter(result=Delivery.Result.REFUSED))
    kept = _counted(open_ones.filter(result=Delivery.Result.WAITING))
    newest = _newest(company, [feed.pk for feed in feeds if feed.last_received_at is None])
    backfills = {each.feed_id: each for each in Backfill.objects.filter(company=company, feed__in=ids).order_by("id")}
    return [
        State(
            feed=feed,
            badge=badge(feed),
            last_hour=came.get(feed.pk, 0),
            waiting=waiting.get(feed.pk, 0),
            refused=refused.get(feed.pk, 0),
            kept=kept.get(feed.pk, 0),
            backfill=backfills.get(feed.pk),
            last_received=feed.last_received_at or newest.get(feed.pk),
        )
        for feed in feeds
    ]


def _newest(company: Company, feeds: Sequence[int]) -> dict[int, datetime | None]:
    """Return when each feed's newest delivery came."""
    mine = Delivery.objects.filter(company=company, feed=OuterRef("pk")).order_by("-id").values("received_at")[:1]
    return dict(Feed.objects.filter(company=company, pk__in=feeds).values_list("pk", Subquery(mine)))


def badge(feed: Feed) -> Badge:
    """Return in a word how the feed stands, the worst first."""
    now = clock.now()
    if feed.closed_at is not None:
        return Badge("Closed", "warn", "What it sends is refused")
    if feed.paused_at is not None:
        return Badge("Paused", "warn", "It is not pulled; what it sends is kept until it is resumed")
    if feed.problem:
        return Badge("Problem", "bad", retold(feed.problem))
    if feed.is_pulled:
        minutes = gettext("Every {count} minutes").format(count=feed.every // timedelta(minutes=1))
        return Badge("Pulled", "good", minutes)
    last = feed.last_received_at
    if feed.is_built_in:
        return Badge("Open|a feed", "good", "What the REST API and files send")
    if last is None:
        return Badge("Nothing yet", "calm", "Nothing was received yet")
    if now - last > QUIET_AFTER:
        return Badge("Quiet", "warn", "Nothing came for some days")
    return Badge("Receives", "good", "What it sends is taken in")


def doors() -> dict[str, str]:
    """Return by which way a delivery came, in words, by its `door`."""
    named = {"api": gettext("REST API"), "file": gettext("File import")}
    for source in SOURCES.values():
        named |= {f"{source.name}_{door.name}": gettext(door.title) for door in source.doors}
        named[f"{source.name}_pull"] = gettext("{source}, pulled").format(source=gettext(source.title))
    return named


def _waiting(company: Company) -> dict[int, int]:
    """Return how many orders of each feed wait, of as many as are looked at."""
    rows = OrderStanding.objects.filter(company=company, standing__in=[Order.Standing.WAITING, Order.Standing.HELD])
    found: dict[int, int] = {}
    for feed in rows.values_list("order__feed_id", flat=True)[:MOST_COUNTED]:
        found[feed] = found.get(feed, 0) + 1
    return found


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("feed_id").annotate(Count("id")))
