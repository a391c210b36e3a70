"""When a feed is asked next: on its row, claimed by whoever asks, never by two at once.

    due_at passed -> claimed: due_at = now + LEASE -> asked -> rests: due_at = now + its own minutes, or longer after a failure

A lane has one job at a time. What it died over is asked again by its next job, from the cursor that was saved with the
last page; should no such job come, the claim runs out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least

from daybook.feeds.models import Backfill, Feed
from daybook.feeds.wires import NotAllowed
from daybook.kit import clock
from daybook.sources.source import NoPageError
from daybook.wire.errors import (
    Full,
    HostKeyChanged,
    LoginRefused,
    NotSent,
    Offline,
    OutcomeUnknown,
    Refused,
    Throttled,
    WireError,
)

LEASE = timedelta(minutes=10)
"""Longer than a turn takes; a page's calls are bounded each. Who dies is mostly replaced sooner (`recover`)."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""After a first failure; it doubles with each."""
MOST_COUNTED = 16

_CLAIM = """
    UPDATE {table} SET due_at = %(until)s, asked_by = %(lane)s WHERE id = (
        SELECT id FROM {table} WHERE due_at <= %(now)s ORDER BY due_at FOR UPDATE SKIP LOCKED LIMIT 1
    ) RETURNING id
"""
_AGAIN = "Nothing is lost: the same is asked for again."
_WORDS: Mapping[type[WireError], str] = {
    Throttled: f"It asks to be called less often ({{}}). {_AGAIN}",
    Offline: f"It is out of order at the moment ({{}}). {_AGAIN}",
    NotSent: f"It could not be reached ({{}}). {_AGAIN}",
    OutcomeUnknown: f"It gave no whole answer ({{}}). {_AGAIN}",
    LoginRefused: "It does not let Daybook in ({}). Check the secrets of the feed, then press Pull now.",
    HostKeyChanged: "The server shows another key than the one that was confirmed ({}). Nothing was shown to it.",
    Full: "The disk or quota there is full ({}): have room made.",
    NotAllowed: "Daybook did not ask: {}. Check the settings of the feed, then press Pull now.",
    Refused: "It says no to what is asked ({}). Check the settings of the feed, then press Pull now.",
}
_UNFORESEEN = "Something unforeseen happened ({}). It is asked again; should it go on, show this to who runs Daybook."
_LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a pull came to nothing, and how long the shop itself asks to wait."""

    words: str
    wait: timedelta | None = None


def claim(now: datetime, lane: int | None = None) -> Feed | None:
    """Return a feed that is due, for this caller alone until LEASE is over; None where none is."""
    found = _claimed("feeds_feed", now, lane)
    return None if found is None else Feed.objects.select_related("company").get(pk=found)


def claim_backfill(now: datetime, lane: int | None = None) -> Backfill | None:
    """Return a backfill whose next page is due, for this caller alone until LEASE is over."""
    found = _claimed("feeds_backfill", now, lane)
    return None if found is None else Backfill.objects.select_related("company", "feed__company").get(pk=found)


def let_go(asked: Feed | Backfill, lane: int) -> None:
    """Note that the lane asks it no more; another lane's mark stays, which may have claimed it as soon as it was due."""
    mine = type(asked).objects.filter(company_id=asked.company_id, pk=asked.pk)
    mine.filter(asked_by=lane).update(asked_by=None)


def recover(lane: int, now: datetime) -> None:
    """Have asked again what the lane's last job was asking when it died: at once, and after further deaths later each time.

    Only a lane's job calls this, at its beginning: no other one of the lane runs beside it.
    """
    asked: list[Feed | Backfill] = [*Feed.objects.filter(asked_by=lane), *Backfill.objects.filter(asked_by=lane)]
    for left in asked:
        due = now + (grown(left.failures) if left.failures else timedelta())
        mine = type(left).objects.filter(company_id=left.company_id, pk=left.pk, asked_by=lane)
        sooner = Case(When(due_at__gt=due, then=Value(due)), default=F("due_at"))
        mine.update(failures=Least(F("failures") + 1, MOST_COUNTED), asked_by=None, due_at=sooner)


def are_due(now: datetime) -> int:
    """Return how many feeds and backfills are due, as far as it matters: at most 10."""
    feeds = Feed.objects.filter(due_at__lte=now).order_by("due_at").values("pk")[:10]
    backfills = Backfill.objects.filter(due_at__lte=now).order_by("due_at").values("pk")[:10]
    return min(10, len(feeds) + len(backfills))


def schedule(feed: Feed, *, at: datetime | None = None) -> None:
    """Let the feed be asked at that moment, now by default, or not at all where something for that is missing."""
    feed.due_at = (at or clock.now()) if feed.is_pulled else None
    Feed.objects.filter(company_id=feed.company_id, pk=feed.pk).update(due_at=feed.due_at)
    backfills = Backfill.objects.filter(company_id=feed.company_id, feed=feed, ended_at=None, stopped_at=None)
    backfills.update(due_at=feed.due_at)


def advance(feed: Feed, cursor: str) -> bool:
    """Move the feed's cursor on, in the transaction that stores its page; False: somebody else did, or it was stopped."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk, cursor=feed.cursor)
    if not mine.filter(closed_at=None, paused_at=None).update(cursor=cursor, last_received_at=clock.now()):
        return False
    feed.cursor = cursor
    return True


def went_well(feed: Feed, cursor: str, now: datetime) -> None:
    """Let the feed rest after a pull that came to its end, its cursor as the last page left it."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk, closed_at=None, paused_at=None)
    mine.filter(cursor=feed.cursor).update(
        cursor=cursor, due_at=now + feed.every, pulled_at=now, failures=0, problem="", problem_at=None
    )


def goes_on(feed: Feed, now: datetime) -> None:
    """Let others have their turn before the next page."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk, due_at__isnull=False)
    mine.update(due_at=now, failures=0, problem="", problem_at=None)


def failed(feed: Feed, failure: Failure, now: datetime) -> None:
    """Note why, and let the feed rest: as long as the shop says, else longer with each failure."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk)
    mine.update(failures=Least(F("failures") + 1, MOST_COUNTED), problem=failure.words, problem_at=now)
    wait = failure.wait or grown(mine.values_list("failures", flat=True).get())
    mine.filter(due_at__isnull=False).update(due_at=now + wait)


def grown(failures: int) -> timedelta:
    """Return how long to rest after so many failures in a row; PURE."""
    return min(FIRST_WAIT * (1 << max(failures - 1, 0)), LONGEST_WAIT)


def failure_of(error: WireError | NoPageError) -> Failure:
    """Return what a failure means for people, and the wait that the shop named; PURE."""
    if isinstance(error, NoPageError):
        return Failure(f"{error.problem} {error.cure}"[:500])
    named = error.retry_after if isinstance(error, Throttled | Offline) else None
    said = " ".join(error.words.split())[:_LONGEST_WORDS].rstrip(".") or type(error).__name__
    words = _WORDS.get(type(error), _UNFORESEEN).format(said)[:500]
    return Failure(words, timedelta(seconds=max(named, 1)) if named is not None else None)


def _claimed(table: str, now: datetime, lane: int | None) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=table), {"now": now, "until": now + LEASE, "lane": lane})
        found = cursor.fetchone()
    return None if found is None else found[0]
