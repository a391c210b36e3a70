"""Ask the shops that are asked, page by page, and take in what they answer.

    claimed (feeds/dues) -> a page is asked for, no transaction open -> stored with its cursor, one transaction
        -> acknowledged -> the next page, or rest

Who dies before the commit asks for the same page again; who dies after it goes on behind it. What comes twice changes
nothing, and an acknowledgement bears being repeated.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from daybook.connections import whereabouts
from daybook.feeds import dues, wires
from daybook.feeds.dues import Failure
from daybook.feeds.models import Backfill, Feed
from daybook.intake import backfilling, deliveries, receive
from daybook.intake.deliveries import Arrival
from daybook.intake.receipts import Receipt
from daybook.kit import clock
from daybook.orders.models import Delivery
from daybook.outbox import wake
from daybook.secrets.keyring import CannotOpenError
from daybook.sources.problems import Problem
from daybook.sources.source import ACCESS, NoPageError, Pulled, Taken, Tested
from daybook.wire.errors import WireError

log = structlog.get_logger("daybook.feeds")

LANES = 2
"""Feeds asked at once by all workers together: a shop that hangs keeps neither posting nor the other lane waiting."""
PAGES_A_TURN = 20
TURN = timedelta(seconds=60)
"""Then another feed that is due has its turn."""
SECRETS_CLOSED = Failure(
    "The stored secrets of the feed cannot be opened with the keys that this Daybook has. Enter them again."
)


class _MovedOnError(Exception):
    """Somebody else stored the page, or the feed was paused or closed meanwhile: this one is not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a pull brought."""

    results: Counter[str]
    """How many things of each result."""
    problem: str = ""
    """Why it ended before its end."""
    is_over: bool = True
    """Nothing more is there now."""


def wake_due() -> None:
    """Have the feeds asked that are due, by as many jobs as there are for that."""
    for lane in range(min(dues.are_due(clock.now()), LANES)):
        wake.defer(wake.PULL, lock=f"{wake.PULL}:{lane}", lane=lane)


def pull_due(*, seconds: float, lane: int = 0) -> int:
    """Ask the feeds that are due, one after the other, for so long; return how many had their turn.

    The past waits for the present: a page of a backfill is asked for while no feed is due.
    """
    ends, turns = time.monotonic() + clock.lasting(seconds), 0
    if not whereabouts.is_sure():
        return 0  # a copy of the database would take what is the true one's
    dues.recover(lane, clock.now())
    while time.monotonic() < ends and _take_turn(lane):
        turns += 1
    return turns


def _take_turn(lane: int) -> bool:
    """Ask a feed that is due, or for a page of the past; False: there is none. A process that is killed lets nothing go."""
    feed = dues.claim(clock.now(), lane)
    asked = feed or dues.claim_backfill(clock.now(), lane)
    if asked is None:
        return False
    try:
        pull(asked) if isinstance(asked, Feed) else fill(asked)
    finally:
        dues.let_go(asked, lane)
    return True


def pull(feed: Feed) -> Outcome:
    """Ask one feed for what is new, as far as a turn goes, and let it rest; its failures are noted on its row."""
    results: Counter[str] = Counter()
    try:
        return _pull(feed, results)
    except (WireError, NoPageError) as error:
        return _failed(feed, results, error)
    except CannotOpenError:
        dues.failed(feed, SECRETS_CLOSED, clock.now())
        return Outcome(results=results, problem=SECRETS_CLOSED.words)
    except _MovedOnError:
        return Outcome(results=results)


def _pull(feed: Feed, results: Counter[str]) -> Outcome:
    ends, access = time.monotonic() + clock.lasting(TURN.total_seconds()), ""
    with wires.opened(feed) as ask:
        for _ in range(PAGES_A_TURN):
            page = _asked(feed, feed.cursor, access, ask)
            results.update(_stored(feed, page, ask))
            if page.is_last:
                _settle_unreadable(feed)
                dues.went_well(feed, page.cursor, clock.now())
                return Outcome(results=results)
            access = page.access
            if time.monotonic() > ends:
                break
    dues.goes_on(feed, clock.now())
    return Outcome(results=results, is_over=False)


def _asked(feed: Feed, cursor: str, access: str, ask: wires.Ears) -> Pulled:
    """Return the page behind the cursor. Raises WireError, NoPageError, CannotOpenError."""
    assert feed.row.pull is not None  # noqa: S101 - only such feeds are ever due
    secrets = feed.open_secrets() | ({ACCESS: access} if access else {})
    return wires.carry(feed.row.pull(cursor, feed.said, secrets, clock.now()), ask)


def _stored(feed: Feed, page: Pulled, ask: wires.Ears) -> Counter[str]:
    """Store a page with its cursor. One with nothing in it leaves the cursor to the end of the pull, if it is that."""
    if not page.read and page.is_last:
        return Counter()
    with transaction.atomic():
        receipts = _taken(feed, page)
        if not dues.advance(feed, page.cursor):
            raise _MovedOnError
    _acknowledge(feed, page, receipts, ask)
    return Counter(str(each.result) for each in receipts)


def _taken(feed: Feed, page: Pulled) -> list[Receipt]:
    arrival = Arrival(door=f"{feed.source}_pull", pieces=page.raws, is_awaited=False)
    return receive.take_read(feed, page.read, arrival) if page.read else []


def _acknowledge(feed: Feed, page: Pulled, receipts: list[Receipt], ask: wires.Ears) -> None:
    """Tell the sender what became of what it has a name for, each name once; a failure of it ends the pull, not the page."""
    if feed.row.acknowledge is None:
        return
    problems: dict[str, list[Problem]] = {}
    for name, receipt in zip(page.names, receipts, strict=True):
        problems.setdefault(name, []).extend(receipt.problems)
    for name, found in problems.items():
        talk = feed.row.acknowledge(Taken(name, tuple(found)), feed.said, feed.open_secrets())
        wires.carry(talk, ask)


def _failed(feed: Feed, results: Counter[str], error: WireError | NoPageError) -> Outcome:
    failure, now = dues.failure_of(error), clock.now()
    log.warning("not pulled", feed=feed.public_id, error=type(error).__name__)
    if isinstance(error, NoPageError):
        _keep_unreadable(feed, error, now)
    dues.failed(feed, failure, now)
    return Outcome(results=results, problem=failure.words)


def _keep_unreadable(feed: Feed, error: NoPageError, now: datetime) -> None:
    """Keep what a shop answered and nobody could read: once while it is the same."""
    if not error.raw:
        return
    row = Arrival(door=f"{feed.source}_pull", raw=error.raw, is_awaited=False).delivery(feed.company, 0, now)
    row.feed, row.source, row.result = feed, feed.name, Delivery.Result.REFUSED
    row.body_hash = deliveries.digest(error.raw)
    row.problems, row.is_whole = deliveries.told([Problem("", error.problem, error.cure)]), True
    mine = Delivery.objects.filter(company=feed.company, result=Delivery.Result.REFUSED, settled_at=None)
    if not mine.filter(feed=feed, body_hash=row.body_hash).exists():
        row.save()


def _settle_unreadable(feed: Feed) -> None:
    """What could not be read has been asked for again, and came."""
    if feed.problem:
        mine = Delivery.objects.filter(company_id=feed.company_id, result=Delivery.Result.REFUSED, settled_at=None)
        mine.filter(feed=feed, is_whole=True, door=f"{feed.source}_pull").update(settled_at=clock.now())


def fill(backfill: Backfill) -> Outcome:
    """Ask for one page of a backfill, and let it rest as `backfilling` says; its failures are noted on its row."""
    feed, results = backfill.feed, Counter[str]()
    if backfilling.must_wait(backfill):
        backfilling.wait(backfill, clock.now())
        return Outcome(results=results, is_over=False)
    begun = time.monotonic()
    try:
        with wires.opened(feed) as ask:
            page = _asked(feed, backfill.cursor, "", ask)
            receipts = _filled(backfill, page, begun)
            results.update(str(each.result) for each in receipts)
            _acknowledge(feed, page, receipts, ask)
    except (WireError, NoPageError) as error:
        failure, now = dues.failure_of(error), clock.now()
        if isinstance(error, NoPageError):
            _keep_unreadable(feed, error, now)
        backfilling.failed(backfill, failure, now)
        return Outcome(results=results, problem=failure.words)
    except CannotOpenError:
        backfilling.failed(backfill, SECRETS_CLOSED, clock.now())
        return Outcome(results=results, problem=SECRETS_CLOSED.words)
    except _MovedOnError:
        return Outcome(results=Counter())
    return Outcome(results=results, is_over=page.is_last)


def _filled(backfill: Backfill, page: Pulled, begun: float) -> list[Receipt]:
    """Store a page of a backfill and move it on, in one transaction."""
    with transaction.atomic():
        receipts = _taken(backfill.feed, page)
        results = Counter(str(each.result) for each in receipts)
        took = timedelta(seconds=time.monotonic() - begun)
        if not backfilling.advance(backfill, page, results, took, clock.now()):
            raise _MovedOnError
    return receipts


def test(feed: Feed) -> Tested:
    """Ask the source whether it lets us in, and say in words what works; nothing is taken in."""
    if feed.row.check is None:
        return Tested()
    try:
        with wires.opened(feed) as ask:
            found = wires.carry(feed.row.check(feed.said, feed.open_secrets()), ask)
    except (WireError, NoPageError) as error:
        return Tested(wrong=dues.failure_of(error).words)
    except CannotOpenError:
        return Tested(wrong=SECRETS_CLOSED.words)
    return Tested(wrong=found) if isinstance(found, str) else found
