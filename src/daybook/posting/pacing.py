"""How long a connection's documents linger now: read from its row, its settings and what came in the last week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from daybook.connections.models import Connection, PostingSettings
from daybook.documents.kinds import SPECS
from daybook.kit import clock
from daybook.ledgers.ledger import Ledger, Route, kinds_of
from daybook.outbox import arrivals
from daybook.posting import batching, budget, limits
from daybook.posting.batching import Linger
from daybook.posting.budget import Expected
from daybook.posting.limits import Windows


def linger(connection: Connection, ledger: Ledger, settings: PostingSettings) -> Linger:
    """Return how long documents wait for others, by the company's choice and by what is left of the day's calls."""
    now, windows = clock.now(), windows_of(connection)
    left = limits.of_day(windows, now)
    if left is None or left <= ledger.terms.calls_kept_for_people:  # not known, or used up: `limits.allowance`
        return batching.linger(settings.post_within_minutes)
    lasts = limits.day_ends(windows, now) - now
    calls = limits.for_documents(left, ledger.terms, lists=looks_an_hour(ledger, settings), lasts=lasts)
    needed = budget.linger(expected(connection, ledger, now), calls=calls, lasts=lasts)
    return batching.linger(settings.post_within_minutes, needed)


def expected(connection: Connection, ledger: Ledger, now: datetime) -> Sequence[Expected]:
    """Return what each route is expected to carry; a route by which nothing came is left out."""
    if connection.organisation_id is None:
        return []
    came = arrivals.since(connection.company_id, connection.organisation_id, arrivals.hour_of(now - budget.WEEK))
    return [
        Expected(budget.expected(hours, now=now), room(route), route.name, 1 + route.reads_before)
        for route in ledger.routes.values()
        if (hours := together([came.get(kind, {}) for kind in kinds_of(ledger, route.name)]))
    ]


def room(route: Route) -> int:
    """Return how many documents go in one call."""
    return min(route.documents_a_call, batching.MAX_DOCUMENTS)


def looks_an_hour(ledger: Ledger, settings: PostingSettings) -> int:
    """Return the calls of one hourly look: one a kind, of those that the company has."""
    is_after = settings.post_payments or settings.post_credit_notes
    return sum(is_after or not SPECS[form.kind].follows for form in ledger.forms.values())


def windows_of(connection: Connection) -> Windows:
    """Return what the connection's row says of limits and pauses."""
    return Windows(
        day_remaining=connection.day_remaining,
        minute_remaining=connection.minute_remaining,
        read_at=connection.limits_read_at,
        paused_until=connection.paused_until,
        retry_at=connection.retry_at,
        minute_began_at=connection.minute_began_at,
        day_began_at=connection.day_began_at,
    )


def rest_until(connection: Connection, moment: datetime | None, *, most: timedelta) -> None:
    """Note when the sweep is to wake the next drain, at the latest after `most`; None: as soon as it likes."""
    until = None if moment is None else min(moment, clock.now() + most)
    if until != connection.post_at:
        Connection.objects.filter(pk=connection.pk).update(post_at=until)


def together(counts: Sequence[Mapping[datetime, int]]) -> Mapping[datetime, int]:
    """Return what came of several kinds by the hour."""
    total: Counter[datetime] = Counter()
    for each in counts:
        total.update(each)
    return total
