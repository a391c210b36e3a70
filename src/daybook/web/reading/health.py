"""How each connection and each feed is doing: its tokens, its calls of today, when it last answered or brought something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daybook.companies.models import Company
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection, PostingSettings, TokenSet
from daybook.feeds.models import Feed
from daybook.posting import limits, pacing
from daybook.web import titles, words
from daybook.web.reading import feeds as feed_states

MOST_FEEDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One connection."""

    connection: Connection
    ledger: str
    badge: words.Badge
    is_asked: bool
    """It has tokens and limits at all: a folder or a mail server has none."""
    token: TokenSet | None
    lapses_at: datetime | None
    """When the consent is over unless the tokens are used before; they are while Daybook runs."""
    day_left: int | None
    """None: not known, or the day of calls has begun anew since."""
    day_has: int | None
    is_paused: bool

    @property
    def day_used(self) -> int | None:
        """Return how many of the day's calls are used, ours and other programs' of the same app."""
        return None if self.day_left is None or self.day_has is None else max(0, self.day_has - self.day_left)

    @property
    def percent_used(self) -> int:
        """Return the same of a hundred."""
        return min(100, round(100 * (self.day_used or 0) / self.day_has)) if self.day_has else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """One feed."""

    feed: Feed
    badge: words.Badge
    last_good: datetime | None


def connections(company: Company, now: datetime) -> list[Health]:
    """Return how the company's connections are, in a fixed number of statements."""
    rows = list(roster.of_company(company))
    tokens = {each.connection_id: each for each in _tokens(rows)}
    plans = PostingSettings.objects.filter(connection__in=rows).values_list("connection_id", "app_calls_a_day")
    return [_of(each, tokens.get(each.pk), dict(plans), now) for each in rows]


def _tokens(rows: list[Connection]) -> list[TokenSet]:
    return list(TokenSet.objects.filter(connection__in=rows).only("connection_id", "expires_at", "refreshed_at"))


def _of(connection: Connection, token: TokenSet | None, plans: Mapping[int, int | None], now: datetime) -> Health:
    consent = endpoints.consent_of(connection) if connection.is_ledger_known else None
    lapses_after = consent.lapses_after if consent is not None else None
    is_used = token is not None and connection.is_connected
    plan = connection.calls_a_day or plans.get(connection.pk)
    if plan is None and connection.is_ledger_known:
        plan = next(iter(endpoints.ledger_of(connection).terms.calls_a_day), None)
    return Health(
        connection=connection,
        ledger=titles.of(connection.ledger),
        badge=words.connection(connection.status),
        is_asked=consent is not None,
        token=token,
        lapses_at=token.refreshed_at + lapses_after if token and is_used and lapses_after else None,
        day_left=limits.of_day(pacing.windows_of(connection), now),
        day_has=plan,
        is_paused=connection.paused_until is not None and connection.paused_until > now,
    )


def feeds(company: Company) -> list[FeedHealth]:
    """Return how the company's open feeds are, what is wrong first; at most 20 of them."""
    rows = Feed.objects.filter(company=company, closed_at=None)[:MOST_FEEDS]
    found = [FeedHealth(feed=each, badge=feed_states.badge(each), last_good=_last_good(each)) for each in rows]
    return sorted(
        found, key=lambda each: ("bad", "warn").index(each.badge.tone) if each.badge.tone in {"bad", "warn"} else 2
    )


def _last_good(feed: Feed) -> datetime | None:
    return max(filter(None, (feed.last_received_at, feed.pulled_at)), default=None)
