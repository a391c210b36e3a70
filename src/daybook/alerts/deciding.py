"""PURE: what is due to whom: what of all that waits is news, what is muted, when a summary is due, what is warned of."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MUTED_FOR = timedelta(hours=1)
"""So long the same cause at the same connection is not told again, however much comes to wait for it."""
WARNED_AGAIN_AFTER = timedelta(hours=24)
LAPSES_WITHIN = timedelta(days=7)
CALLS_LEFT = 0.1
"""Of a day's calls: with less for documents a warning goes out."""
DIGEST_HOUR = time(7)


class Kind(StrEnum):
    """What a mail is for; each can be stopped by itself."""

    AT_ONCE = "at_once"
    WARNING = "warning"
    DIGEST = "digest"


class Digest(StrEnum):
    """How often somebody wants a summary."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class Foreseen(StrEnum):
    """What is warned of before it happens."""

    CONSENT_LAPSES = "consent_lapses"
    CALLS_RUN_OUT = "calls_run_out"


class Verdict(StrEnum):
    """What becomes of something that waits."""

    TELL = "tell"
    MUTED = "muted"
    """News, and told as soon as the hour is over, if it waits still."""
    NOTHING = "nothing"


CONSENT_LOST = "consent_lost"
"""Beside the causes of documents: a connection asks for consent again."""
APP_REFUSED = "app_refused"
"""The same: the ledger's login does not take the app any more."""
FIRST_LOOK = "first_look"
"""The same: documents are ready, and nothing posts before somebody has looked at one of them."""
FEED_FAILS = "feed_fails"
"""Of a feed: it was asked several times in a row, or its folder looked at, and each time it failed."""
FEED_QUIET = "feed_quiet"
"""Of a feed: what sends to it by itself has sent nothing for days."""
REFUSED = "deliveries_refused"
"""Of a feed, or of what named no feed: what came was refused, and nobody has looked at it."""
FAILS = 3
"""So often in a row something is tried before a mail says that it fails: once may be a hiccup."""
QUIET_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that waits for a person at one place for one cause: at a connection, or a feed, or what named no feed."""

    company_id: int
    cause: str
    connection_id: int = 0
    """0: at no connection, but where things come in."""
    feed: str = ""
    """Its public id, where it is about one."""
    documents: int = 0
    orders: int = 0
    deliveries: int = 0
    newest_id: int = 0
    """The greatest id of its documents and orders, or of its deliveries."""
    newest_at: datetime | None = None
    """When the last document came to wait; None: no document says when."""

    @property
    def count(self) -> int:
        """Return how many wait."""
        return self.documents + self.orders + self.deliveries

    @property
    def key(self) -> "Key":
        """Return what tells it from all else that waits."""
        return self.company_id, self.connection_id, self.feed, self.cause

    def with_more(self, other: "Waiting") -> "Waiting":
        """Return both together."""
        moments = [each.newest_at for each in (self, other) if each.newest_at is not None]
        return replace(
            self,
            documents=self.documents + other.documents,
            orders=self.orders + other.orders,
            deliveries=self.deliveries + other.deliveries,
            newest_id=max(self.newest_id, other.newest_id),
            newest_at=max(moments, default=None),
        )


Key = tuple[int, int, str, str]
"""Company, connection, feed, cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was last told of it."""

    count: int
    newest_id: int
    newest_at: datetime | None
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What of a connection tells of its end, and of its day's calls; None: not known."""

    lapses_at: datetime | None = None
    """When its consent is over unless its tokens are used before."""
    calls_left: int | None = None
    """Of today, for documents: what is kept for people is not among them."""
    calls_a_day: int | None = None


def verdict(waiting: Waiting, known: Known | None, now: datetime) -> Verdict:
    """Return whether what waits is told now."""
    if known is None:
        return Verdict.TELL
    if not _is_news(waiting, known):
        return Verdict.NOTHING
    return Verdict.TELL if now >= known.told_at + MUTED_FOR else Verdict.MUTED


def _is_news(waiting: Waiting, known: Known) -> bool:
    """More than before, something newer, or the same document that came to wait anew."""
    if waiting.count > known.count or waiting.newest_id > known.newest_id:
        return True
    return waiting.newest_at is not None and (known.newest_at is None or waiting.newest_at > known.newest_at)


def still_known(waiting: Waiting | None, known: Known) -> int:
    """Return how many are known of from now on: fewer wait where some were cured, and the next ones are news again."""
    return min(known.count, waiting.count if waiting is not None else 0)


def next_digest(digest: Digest, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the next summary is due: at seven by the clock of the organisation, weekly ones on Mondays."""
    if digest is Digest.NEVER:
        return None
    there = after.astimezone(zone)
    days = (7 - there.weekday()) % 7 if digest is Digest.WEEKLY else 0
    due = datetime.combine(there.date() + timedelta(days=days), DIGEST_HOUR, zone)
    if due <= there:
        due = datetime.combine(due.date() + timedelta(days=7 if digest is Digest.WEEKLY else 1), DIGEST_HOUR, zone)
    return due


def covers(digest: Digest) -> timedelta:
    """Return how long a time a summary is about."""
    return timedelta(days=7 if digest is Digest.WEEKLY else 1)


def warnings(outlook: Outlook, now: datetime) -> list[Foreseen]:
    """Return what is to be warned of."""
    found = []
    if outlook.lapses_at is not None and now < outlook.lapses_at <= now + LAPSES_WITHIN:
        found.append(Foreseen.CONSENT_LAPSES)
    if (
        outlook.calls_left is not None
        and outlook.calls_a_day
        and outlook.calls_left <= outlook.calls_a_day * CALLS_LEFT
    ):
        found.append(Foreseen.CALLS_RUN_OUT)
    return found


def is_warned_again(told_at: datetime | None, now: datetime) -> bool:
    """Return whether a warning goes out that was given then, or never."""
    return told_at is None or now >= told_at + WARNED_AGAIN_AFTER
