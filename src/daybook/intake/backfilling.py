"""A feed's past: begun by a person from a date, asked for page by page, at a pace that leaves live orders first.

After each page it rests as long as the page took, so that half of the time is left to everything else; and while much
of the company waits to be posted, it waits too: what comes now stands behind few documents of the past.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least

from daybook.companies.models import Person
from daybook.feeds import dues
from daybook.feeds.dues import Failure
from daybook.feeds.models import Backfill, Feed
from daybook.feeds.roster import FeedError
from daybook.feeds.saving import about
from daybook.history import telling
from daybook.history.kinds import What
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources.source import Pulled

MOST_WAITING = 200
"""Documents that wait to be posted; with more, no page of the past is asked for."""
LOOK_AGAIN = timedelta(seconds=30)
LEAST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(minutes=1)
FARTHEST = timedelta(days=366 * 10)


def of_feed(feed: Feed) -> Backfill | None:
    """Return the newest backfill of the feed."""
    return Backfill.objects.filter(company_id=feed.company_id, feed=feed).order_by("-id").first()


def begin(feed: Feed, since: datetime, by: Person | None = None) -> Backfill:
    """Begin to ask for what changed since then. Raises FeedError."""
    now = clock.now()
    if feed.row.since is None:
        raise FeedError(f"{feed.title} cannot be asked for the past: have it sent again from there.")
    if not feed.is_pulled:
        raise FeedError("The feed is paused or closed, or something is missing that asking it takes: see its settings.")
    if not now - FARTHEST <= since < now:
        raise FeedError("Enter a day in the past, at most ten years back.", "since")
    try:
        with transaction.atomic():
            made = Backfill.objects.create(
                company_id=feed.company_id, feed=feed, since=since, cursor=feed.row.since(since, now), due_at=now
            )
            telling.tell(about(feed), What.ADDED, by=by, after={"backfill": f"{since:%Y-%m-%d}"})
    except IntegrityError as error:
        raise FeedError("A backfill of this feed is under way already: let it end, or stop it first.") from error
    return made


def stop(backfill: Backfill, by: Person | None = None) -> None:
    """Ask for no further page; what was taken in stays."""
    mine = Backfill.objects.filter(company_id=backfill.company_id, pk=backfill.pk, ended_at=None, stopped_at=None)
    with transaction.atomic():
        if mine.update(stopped_at=clock.now(), due_at=None):
            telling.tell(about(backfill.feed), What.STOPPED, by=by, after={"backfill": f"{backfill.since:%Y-%m-%d}"})


def go_on(backfill: Backfill, by: Person | None = None) -> None:
    """Go on where it was stopped. Raises FeedError."""
    if not backfill.feed.is_pulled:
        raise FeedError("The feed is paused or closed: resume it first.")
    mine = Backfill.objects.filter(company_id=backfill.company_id, pk=backfill.pk, ended_at=None)
    with transaction.atomic():
        if mine.exclude(stopped_at=None).update(stopped_at=None, due_at=clock.now()):
            telling.tell(about(backfill.feed), What.RESUMED, by=by, after={"backfill": f"{backfill.since:%Y-%m-%d}"})


def must_wait(backfill: Backfill) -> bool:
    """Tell whether so much of the company waits to be posted that the past has to."""
    ready = Entry.objects.filter(company_id=backfill.company_id, state=State.READY).values("pk")[: MOST_WAITING + 1]
    return len(ready) > MOST_WAITING


def wait(backfill: Backfill, now: datetime) -> None:
    """Look again a little later."""
    _mine(backfill).update(due_at=now + LOOK_AGAIN)


def advance(backfill: Backfill, page: Pulled, results: Mapping[str, int], took: timedelta, now: datetime) -> bool:
    """Move on behind a page, in the transaction that stores it; False: somebody else did, or it was stopped."""
    refused = results.get("refused", 0)
    return bool(
        _mine(backfill)
        .filter(cursor=backfill.cursor)
        .update(
            cursor=page.cursor,
            done=page.done,
            total=page.total,
            accepted=F("accepted") + results.get("accepted", 0),
            unchanged=F("unchanged") + sum(results.values()) - results.get("accepted", 0) - refused,
            refused=F("refused") + refused,
            failures=0,
            problem="",
            due_at=None if page.is_last else now + min(max(took, LEAST_REST), LONGEST_REST),
            ended_at=now if page.is_last else None,
        )
    )


def failed(backfill: Backfill, failure: Failure, now: datetime) -> None:
    """Note why a page did not come, and ask for it again later."""
    _mine(backfill).update(failures=Least(F("failures") + 1, dues.MOST_COUNTED), problem=failure.words)
    wait_for = failure.wait or dues.grown(backfill.failures + 1)
    _mine(backfill).update(due_at=now + wait_for)


def _mine(backfill: Backfill) -> QuerySet[Backfill]:
    return Backfill.objects.filter(company_id=backfill.company_id, pk=backfill.pk, ended_at=None, stopped_at=None)
